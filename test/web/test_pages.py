"""Every page in a real browser: unlocked, visited, judged by axe in light and dark, never wider than a
window, in three languages. Screenshots go to CHANCERY_SHOTS where it is set. Without a browser each page
is asked for once, by plain HTTP. A row of the table of pages that is neither visited nor named here
fails."""
import pathlib
import re
import sys

import web
from browser import browser, missing
from world import PASS, check, main


# Rows that give a file or lead on, and unlock, with which pages.js begins; and pages that stand only in the
# midst of something, which others look at: test_first (inviting, comparing, the practice), test_compose
# (drafts in every state), test_delegate (a home that waits, adding, recalling).
FILES = {'start', '', 'unlock', 'help', 'jobs/*', 'backup', 'roster', 'news', 'saved/*', 'wait/request',
         'keys/welcome/file', 'talks/*/answer'}
ELSEWHERE = {'first', 'first/party', 'first/folder', 'first/practice', 'meet/compare', 'join/compare',
             'talks/*/invite/*', 'talks/*/invite/*/*', 'talks/*/papers/*/answer', 'drafts/*', 'drafts/*/discard',
             'drafts/*/review', 'talks/*/charter', 'first/join', 'wait', 'wait/compare', 'keys/add/compare',
             'keys/welcome', 'keys/recall/*'}


def addresses(w, n):
    said = [x for x in (w.dir / 'bravo/talks/strait/public').iterdir() if (x / 'disclosure.txt').exists()]
    talks = '/h/1/talks/strait'
    paper = {k: f'{talks}/papers/{v.replace("/", "-")}' for k, v in n.items()}
    return {'talks': '/h/1/talks', 'talks-page': talks, 'public': talks + '/public',
            'contest-said': f'{talks}/public/{said[0].name}/contest',
            'about-said': f'{talks}/public/{said[0].name}/statement',
            'paper-opened': paper['opened'], 'paper-waits': paper['waits'],
            'paper-ended': paper['declined'], 'record': paper['opened'] + '/record',
            'sign-for': paper['waits'] + '/sign-for', 'decline': paper['waits'] + '/decline',
            'take-back': paper['answer'] + '/take-back', 'export': paper['opened'] + '/export',
            'confirm': paper['opened'] + '/confirm', 'disclose': paper['answer'] + '/disclose',
            'contest': paper['opened'] + '/contest', 'about': paper['opened'] + '/statement',
            'statement': talks + '/statement', 'compose': talks + '/compose', 'drafts': '/h/1/drafts',
            'outbox': '/h/1/outbox', 'keys': '/h/1/keys', 'sheet': '/h/1/sheet', 'meet': '/h/1/meet',
            'open': '/h/1/open', 'join': '/h/1/join', 'homes': '/homes',
            'search': '/h/1/search?q=joint+room&way=theirs', 'register': '/h/1/register',
            'passphrase': '/h/1/keys/passphrase', 'add': '/h/1/keys/add',
            'help': '/h/1/help/index', 'help-keyboard': '/h/1/help/keyboard',
            'help-delegates': '/h/1/help/delegates', 'help-commands': '/h/1/help/commands', 'help-trouble': '/h/1/help/trouble',
            'help-journalists': '/h/1/help/journalists'}


def every_row(urls):
    """No page of the table is forgotten."""
    root = pathlib.Path(__file__).resolve().parents[2]
    rows = re.findall(r'\{ G, "([^"]*)"', (root / 'src/page/table.c').read_text(encoding='utf-8'))
    seen = [re.sub(r'^/(h/\d+/)?', '', u.split('?')[0]) for u in urls.values()]
    fits = lambda row: re.compile(row.replace('*', '[^/]+')).fullmatch
    left = {r for r in rows if r not in FILES | ELSEWHERE and not any(map(fits(r), seen))}
    check(len(rows) > 40 and not left, f'no visit: {sorted(left)}')
    check(not (FILES | ELSEWHERE) - set(rows), f'no row: {sorted((FILES | ELSEWHERE) - set(rows))}')


def pages(w):
    n = web.papers(w)
    urls = addresses(w, n)
    every_row(urls)
    w.run('alpha', 'confirm', n['opened'])
    w.run('bravo', 'sync')
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
