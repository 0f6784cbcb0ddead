"""Papers and the acts on them in a real browser: what a person sees before each act, and what the
public will see. Screenshots go to CHANCERY_SHOTS, else to the test's own folder."""
import os
import pathlib
import shutil
import subprocess
import sys

import web
from browser import browser, missing
from world import PASS, check, main


def acts(w):
    n = web.papers(w)
    w.run('alpha', 'confirm', n['opened'])
    w.run('bravo', 'sync')
    paper = lambda k: f'/h/1/talks/strait/papers/{n[k].replace("/", "-")}'
    with web.Desk(w, 'bravo') as d:
        browser(w, 'acts.js', {'link': d.link, 'base': f'http://{d.host}', 'pass': PASS,
                               'confirm': paper('opened') + '/confirm',
                               'disclose': paper('answer') + '/disclose',
                               'contest': paper('opened') + '/contest',
                               'statement': '/h/1/talks/strait/statement'})


TEXTS = ('# \u041f\u0440\u0435\u0434\u043b\u043e\u0436\u0435\u043d\u0438\u0435\n\n\u041a\u0430\u0436\u0434\u0430\u044f '
         '\u0441\u0442\u043e\u0440\u043e\u043d\u0430 \u0434\u0435\u0440\u0436\u0438\u0442 \u0434\u0432\u0430 '
         '\u043a\u0430\u0442\u0435\u0440\u0430.\n\n\u062a\u062d\u062a\u0641\u0638 \u0643\u0644 \u062f\u0648\u0644\u0629 '
         '\u0628\u0632\u0648\u0631\u0642\u064a\u0646 (2) \u0641\u064a \u0627\u0644\u0645\u0636\u064a\u0642.\n\n'
         '\u53cc\u65b9\u5404\u4fdd\u7559\u4e24\u8258\u5de1\u903b\u8247\u3002\n\n' +
         'Each side keeps two patrol boats in its own lane, and no more than two at any time.\n\n' * 36)


def sheets(pdf):
    """The text of each sheet."""
    r = subprocess.run(['pdftotext', '-layout', str(pdf), '-'], capture_output=True, timeout=60)
    check(r.returncode == 0, f'pdftotext: {r.stderr}')
    return r.stdout.decode().split('\f')[:-1]


def printed(w):
    """What the browser prints: number and caveat on every sheet, each script in its own type."""
    if not shutil.which('pdftotext'):
        print('skip: pdftotext (poppler-utils) is missing')
        return
    first = w.send('bravo', 'alpha.example', 'A question.\n', '--subject', 'A question')
    w.run('alpha', 'sync')
    w.run('alpha', 'sign-for', first)
    n = w.send('alpha', 'bravo.example', TEXTS, '--subject', 'Patrols', '--caveat', 'ORCON, DELEGATION ONLY',
               '--re', first, act='reply')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    path = f'/h/1/talks/strait/papers/{n.replace("/", "-")}'
    out = pathlib.Path(os.environ.get('CHANCERY_SHOTS') or w.dir)
    with web.Desk(w, 'bravo') as d:
        browser(w, 'print.js', {'link': d.link, 'base': f'http://{d.host}', 'pass': PASS,
                                'pages': {'paper': path, 'record': path + '/record'},
                                'to': str(out)})
    paper, record = sheets(out / 'paper.pdf'), sheets(out / 'record.pdf')
    check(len(paper) >= 3 and len(record) <= 2, f'{len(paper)} and {len(record)} sheets')
    for name, pages in (('paper', paper), ('record', record)):
        for i, text in enumerate(pages):
            for want in (n, 'ORCON, DELEGATION ONLY', 'exercise', f'{i + 1} / {len(pages)}'):
                check(want.replace(' ', '') in text.replace(' ', ''),
                      f'{name}, sheet {i + 1} without {want!r}: {text}')
            check('Lock now' not in text and 'Check again' not in text, f'{name}: a button: {text}')
    whole = ''.join(paper)
    for want in ('\u041a\u0430\u0436\u0434\u0430\u044f \u0441\u0442\u043e\u0440\u043e\u043d\u0430',
                 '\u53cc\u65b9\u5404\u4fdd\u7559', 'Registered', 'Signed for'):
        check(want in whole, f'{want!r} is not printed')
    check('A question.' not in whole, 'what it answers is another paper')


if missing():
    print(f'skip: {missing()} is missing')
    sys.exit(77)
sys.exit(main([acts, printed]))
