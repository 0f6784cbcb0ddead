"""Pages in a real browser: unlocked, visited, judged by axe, photographed in light and dark, wide and
narrow, in three languages. Screenshots go to CHANCERY_SHOTS, else to the test's own folder. Without
a browser each page is asked for once, by plain HTTP."""
import sys

import web
from browser import browser, missing
from world import PASS, check, main


def addresses(w, n):
    said = [x for x in (w.dir / 'bravo/talks/strait/public').iterdir() if (x / 'disclosure.txt').exists()]
    talks = '/h/1/talks/strait'
    paper = {k: f'{talks}/papers/{v.replace("/", "-")}' for k, v in n.items()}
    return {'talks': '/h/1/talks', 'talks-page': talks, 'public': talks + '/public',
            'contest-said': f'{talks}/public/{said[0].name}/contest',
            'paper-opened': paper['opened'], 'paper-waits': paper['waits'],
            'paper-ended': paper['declined'], 'sign-for': paper['waits'] + '/sign-for',
            'search': '/h/1/search?q=joint+room&way=theirs', 'register': '/h/1/register',
            'keys': '/h/1/keys', 'passphrase': '/h/1/keys/passphrase',
            'help': '/h/1/help/index', 'help-keyboard': '/h/1/help/keyboard',
            'help-commands': '/h/1/help/commands', 'help-trouble': '/h/1/help/trouble',
            'help-journalists': '/h/1/help/journalists'}


def pages(w):
    urls = addresses(w, web.papers(w))
    with web.Desk(w, 'bravo') as d:
        if not missing():
            browser(w, 'pages.js', {'link': d.link, 'base': f'http://{d.host}', 'pass': PASS,
                                    'pages': urls})
            return
        d.begin()
        d.unlock()
        for name, url in urls.items():
            status, _, text = d.get(url)
            check(status == 200 and '</html>' in text, f'{name}: {status}')
        print(f'      without {missing()}: as HTML only')


sys.exit(main([pages]))
