"""Talks that lie open in a browser renew themselves when a paper comes: news.js. By plain HTTP: asking for
news keeps no desk open, and tells a stranger nothing."""
import sys
import threading
import time

import web
from browser import browser, missing
from world import PASS, check, main


def renewed(w):
    w.send('alpha', 'bravo.example', 'One.\n', '--subject', 'The first')
    w.run('bravo', 'sync')
    now = w.dir / 'now'

    def send():
        end = time.monotonic() + 60
        while not now.exists() and time.monotonic() < end:
            time.sleep(0.05)
        w.send('alpha', 'bravo.example', 'Two.\n', '--subject', 'While it lay open')

    with web.Desk(w, 'bravo') as d:
        sender = threading.Thread(target=send)
        sender.start()
        browser(w, 'news.js', {'link': d.link, 'base': f'http://{d.host}', 'pass': PASS, 'now': str(now)})
        sender.join()


def plain(w):
    with web.Desk(w, 'bravo') as d:
        check(d.ask('GET', '/h/1/news')[0] == 403, 'a stranger')
        d.begin()
        check(d.get('/h/1/news')[2] == 'locked', 'while it is locked')
        d.unlock()
        check(d.get('/h/1/news')[2].isdigit(), 'a number')


if missing():
    print(f'skip: renewed: {missing()} is missing')
sys.exit(main([plain] if missing() else [plain, renewed]))
