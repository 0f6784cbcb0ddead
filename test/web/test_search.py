"""The search, by plain HTTP: what is found, what narrows it, what nobody can break; and that nothing
of it outlives the lock."""
import re
import sys
import urllib.parse

import web
import world
from world import World, check, main

WORD = 'Rhododendronpark'


def filled(d):
    """The search page, once all papers are in."""
    end = web.time.monotonic() + 30
    while web.time.monotonic() < end:
        _, _, text = d.get('/h/1/search')
        if 'taken in' not in text:
            return
        web.time.sleep(0.1)
    raise world.Failed('the search does not get ready')


def seek(d, q, **more):
    """Folders that were found, and the page."""
    status, _, text = d.get('/h/1/search?' + urllib.parse.urlencode({'q': q, **more}))
    check(status == 200 and '</html>' in text, f'{q!r}: {status}')
    return re.findall(r'<h3><a href="/h/1/talks/strait/papers/([^"]+)">', text), text


def finds(w):
    n = {k: v.replace('/', '-') for k, v in web.papers(w).items()}
    with web.Desk(w, 'bravo', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        filled(d)
        for q, want in (('patrol boats', ['opened']), ('"joint room"', ['opened', 'waits']),
                        ('\u0444\u043b\u0430\u0413\u0430', ['waits']), ('\u65e0\u65d7', ['waits']),
                        ('\u0639\u0644\u0645', ['waits']), ('thank map', ['answer']),
                        ('draft', []), ('alpha.example', ['opened', 'waits', 'answer', 'declined']),
                        (n['opened'][-9:].replace('-', '/'), ['opened'])):
            got, text = seek(d, q)
            if q == '"joint room"':
                check('A <mark>joint</mark> <mark>room</mark>, staffed' in text, text[-2500:])
            check(set(got) >= {n[k] for k in want} and (want or not got), f'{q!r}: {got}')
        check(len(seek(d, 'a', way='ours')[0]) == 1, 'ours')
        check(seek(d, '', standing='4')[0] == [n['waits']], 'waits')
        check(len(seek(d, '', way='theirs')[0]) == len(n) - 1, 'theirs')
        check(not seek(d, 'patrol', until='2020-01-01')[0], 'dates')
        check(seek(d, 'patrol', **{'from': '2020-01-01', 'talks': 'strait'})[0], 'dates')
        check(not seek(d, 'patrol', talks='other')[0], 'talks')
        for q in ('"', '" OR 1', 'a AND', '(', 'NEAR(', '*', '-', 'subject:', '%', '<script>', "'",
                  '\u202e', 'x' * 1500):
            text = seek(d, q)[1]
            check('note trouble' not in text and '<script>' not in text, f'{q[:20]!r}')
        # Signed for beside the desk: its text is there soon.
        w.run('bravo', 'sign-for', n['waits'].replace('ALPHA-BRAVO-2026-', 'ALPHA-BRAVO/2026/'))
        end = web.time.monotonic() + 20
        while seek(d, 'draft rules')[0] != [n['waits']]:
            check(web.time.monotonic() < end, 'the text of one signed for is not found')
            web.time.sleep(0.2)


def memory(pid):
    """All that a process may write to."""
    out = []
    with open(f'/proc/{pid}/maps', encoding='ascii', errors='replace') as maps, \
            open(f'/proc/{pid}/mem', 'rb', 0) as mem:
        for line in maps:
            place, rights = line.split()[:2]
            if not rights.startswith('rw') or '[v' in line:
                continue
            a, b = (int(x, 16) for x in place.split('-'))
            if b - a >= 1 << 30:
                continue # a sanitizer's own
            try:
                mem.seek(a)
                out.append(mem.read(b - a))
            except OSError:
                pass
    return b'\0'.join(out)


def wiped(w):
    """The words of a text are in memory while the desk is open, and not when it is locked; on the
    disk they never were."""
    w.send('alpha', 'bravo.example', f'We meet in the {WORD}.\n', '--subject', 'Where')
    with web.Desk(w, 'alpha', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        filled(d)
        check(seek(d, 'meet')[0], 'it is found')
        check(WORD.lower().encode() in memory(d.proc.pid), 'the index is in memory')
        d.post('/h/1/lock')
        end = web.time.monotonic() + 10
        while WORD.lower().encode() in memory(d.proc.pid):
            check(web.time.monotonic() < end, 'a word of a text outlives the lock')
            web.time.sleep(0.2)
        for path in sorted((w.dir / 'alpha').rglob('*')):
            check(not path.is_file() or WORD.lower().encode() not in path.read_bytes().lower(),
                  f'{path} holds a word')
        d.unlock()
        filled(d)
        check(seek(d, 'meet')[0], 'and is found again')


sys.exit(main([finds, wiped]))
