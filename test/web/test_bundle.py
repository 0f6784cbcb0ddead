"""Papers and the acts on them in a real browser: what a person sees before each act, and what the
public will see. Screenshots go to CHANCERY_SHOTS, else to the test's own folder."""
import sys

import web
from browser import browser, missing
from world import PASS, main


def acts(w):
    n = web.papers(w)
    w.run('alpha', 'confirm', n['opened'])
    w.run('bravo', 'sync')
    paper = lambda k: f'/h/1/talks/strait/papers/{n[k].replace("/", "-")}'
    with web.Desk(w, 'bravo') as d:
        browser(w, 'acts.js', {'link': d.link, 'base': f'http://{d.host}', 'pass': PASS,
                               'pages': {'sign-for': paper('waits') + '/sign-for',
                                         'decline': paper('waits') + '/decline',
                                         'take-back': paper('answer') + '/take-back'},
                               'confirm': paper('opened') + '/confirm',
                               'disclose': paper('answer') + '/disclose',
                               'contest': paper('opened') + '/contest',
                               'statement': '/h/1/talks/strait/statement'})


if missing():
    print(f'skip: {missing()} is missing')
    sys.exit(77)
sys.exit(main([acts]))
