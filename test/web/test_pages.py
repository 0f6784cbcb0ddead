"""Pages in a real browser: unlocked, visited, judged by axe, photographed in light and dark, wide and
narrow, in three languages. Screenshots go to CHANCERY_SHOTS, else to the test's own folder."""
import sys

import web
from browser import browser, missing
from world import PASS, main


def pages(w):
    n = web.papers(w)
    paper = lambda k: f'/h/1/talks/strait/papers/{n[k].replace("/", "-")}'
    with web.Desk(w, 'bravo') as d:
        browser(w, 'pages.js', {'link': d.link, 'base': f'http://{d.host}', 'pass': PASS,
                                'pages': {'talks': '/h/1/talks', 'help': '/h/1/help/index', 'help-keyboard': '/h/1/help/keyboard',
                                          'help-commands': '/h/1/help/commands',
                                          'search': '/h/1/search?q=joint+room&way=theirs',
                                          'talks-page': '/h/1/talks/strait',
                                          'paper-opened': paper('opened'),
                                          'paper-waits': paper('waits'),
                                          'paper-ended': paper('declined'),
                                          'sign-for': paper('waits') + '/sign-for',
                                          'public': '/h/1/talks/strait/public',
                                          'register': '/h/1/register'}})


if missing():
    print(f'skip: {missing()} is missing')
    sys.exit(77)
sys.exit(main([pages]))
