"""A whole exchange by browser: see exchange.js. Its pictures are kept in CHANCERY_SHOTS, else in the
test's own folder."""
import sys

import test_first
import web
from browser import browser, missing
from world import PASS


def exchange(w, hands):
    a, b = test_first.place(w, f'{hands}-a'), test_first.place(w, f'{hands}-b')
    files = w.dir / f'{hands}-files'
    files.mkdir()
    with web.Desk(a) as alpha, web.Desk(b) as bravo:
        browser(w, 'exchange.js', {'hands': hands, 'alpha': alpha.link, 'bravo': bravo.link,
                                   'pass': PASS, 'files': str(files)}, seconds=560)


def by_pointer(w):
    exchange(w, 'pointer')


def by_keyboard(w):
    exchange(w, 'keyboard')


if missing():
    print(f'skip: {missing()} is missing')
    sys.exit(77)
sys.exit(test_first.main([by_pointer, by_keyboard]))
