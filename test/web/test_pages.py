"""Pages in a real browser: unlocked, visited, judged by axe, photographed in light and dark, wide and
narrow, in three languages. Screenshots go to CHANCERY_SHOTS, else to the test's own folder."""
import sys

import web
from browser import browser, missing
from world import PASS, main


TEXT = """# Rules of the joint room

Each side staffs it with *three* persons:

* a duty officer,
* an interpreter,
* a clerk who keeps the log.

## Calls

> No call waits longer than ten minutes.

See [the map](https://maps.example/strait) and the annex.
"""


def drafts(w):
    """Two drafts and a paper that waits in the outbox; the way to the first."""
    with web.Desk(w, 'bravo', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        f = {'to': 'alpha.example', 'kind': 'note', 'act': 'counter-offer', 'basis': 'confidential',
             'subject': 'Rules of the joint room', 'caveat': 'Heads of delegation only', 'text': TEXT,
             'answer-by': '2030-01-15'}
        first = d.post('/h/1/talks/strait/compose', **f)[1]['Location']
        d.ask('PUT', first + '/files?name=map%20of%20the%20strait.pdf', b'x' * 70000,
              Origin=f'http://{d.host}', X_Chancery_Form=d.csrf)
        d.post('/h/1/talks/strait/compose', **{**f, 'subject': '', 'text': '<b>'})
        later = d.post('/h/1/talks/strait/compose', **{**f, 'subject': 'Lanes for fishing boats'})
        _, head, _ = d.post(later[1]['Location'] + '/send', delay='3600')
        d.follow(head['Location'])
        return first


def pages(w):
    n = web.papers(w)
    draft = drafts(w)
    paper = lambda k: f'/h/1/talks/strait/papers/{n[k].replace("/", "-")}'
    with web.Desk(w, 'bravo') as d:
        browser(w, 'pages.js', {'link': d.link, 'base': f'http://{d.host}', 'pass': PASS,
                                'pages': {'talks': '/h/1/talks', 'help': '/h/1/help/index', 'help-keyboard': '/h/1/help/keyboard',
                                          'help-commands': '/h/1/help/commands',
                                          'search': '/h/1/search?q=joint+room&way=theirs',
                                          'talks-page': '/h/1/talks/strait',
                                          'compose': draft, 'review': draft + '/review',
                                          'drafts': '/h/1/drafts', 'outbox': '/h/1/outbox',
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
