"""The desk against pages and programs that are not its own, by plain HTTP."""
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.parse

import web
import world
from world import PASS, World, check, main


def refused(answer, status, what):
    check(answer[0] == status, f'{what}: {answer[0]}, wanted {status}')
    check(PASS not in answer[2] and 'bravo.example' not in answer[2], f'{what}: says too much')


def rebinding(w):
    """A name of a stranger that turns to 127.0.0.1."""
    with web.Desk(w, 'bravo') as d:
        d.begin()
        for host in ('evil.example', f'evil.example:{d.port}', '127.0.0.1', f'127.0.0.1:{d.port + 1}',
                     f'127.0.0.1.evil.example:{d.port}', f'localhost.evil.example:{d.port}',
                     f'0.0.0.0:{d.port}', f'[::1]:{d.port}'):
            refused(d.ask('GET', '/h/1/unlock', Host=host), 421, f'Host {host}')
        check(d.ask('GET', '/h/1/unlock', Host=f'localhost:{d.port}')[0] == 200, 'localhost')


def token(w):
    """The first link works once, and only whole."""
    with web.Desk(w, 'bravo') as d:
        refused(d.ask('GET', '/start?t='), 403, 'no token')
        refused(d.ask('GET', f'/start?t={d.token[:-1]}'), 403, 'a token cut short')
        refused(d.ask('GET', f'/start?t={d.token[:-1]}!'), 403, 'a token changed')
        head = d.begin()
        cookie = head['Set-Cookie']
        for want in ('HttpOnly', 'SameSite=Strict', 'Path=/'):
            check(want in cookie, f'cookie without {want}: {cookie}')
        check(head['Location'] == '/' and head['Referrer-Policy'] == 'no-referrer', 'the way on')
        refused(d.ask('GET', f'/start?t={d.token}', Cookie=None), 403, 'the link twice')
        check(d.token not in (w.dir / 'desk.log').read_text().replace(d.link, ''), 'the token is logged')


def stranger(w):
    """Without the cookie, or with a wrong one, there is nothing."""
    with web.Desk(w, 'bravo') as d:
        d.begin()
        d.unlock()
        for path in ('/', '/h/1/talks', '/h/1/talks/strait', '/h/1/jobs/1', '/h/1/unlock'):
            refused(d.ask('GET', path, Cookie=None), 403, f'{path} without a cookie')
            refused(d.ask('GET', path, Cookie=d.cookie[:-1] + '~'), 403, f'{path}, wrong cookie')
            refused(d.ask('GET', path, Cookie='x' + d.cookie), 403, f'{path}, other name')
        refused(d.ask('POST', '/h/1/lock', f'form={d.csrf}', Cookie=None,
                      Origin=f'http://{d.host}'), 403, 'a form without a cookie')


def foreign_form(w):
    """A page of another site posts a form."""
    with web.Desk(w, 'bravo') as d:
        d.begin()
        d.unlock()
        own = {'Origin': f'http://{d.host}'}
        body = f'form={d.csrf}'
        for what, text, head in (
                ('no hidden field', '', own), ('an empty one', 'form=', own),
                ('a wrong one', 'form=' + 'A' * 43, own), ('it twice', body + '&' + body, own),
                ('no Origin', body, {}), ('Origin null', body, {'Origin': 'null'}),
                ('another Origin', body, {'Origin': 'http://evil.example'}),
                ('another port', body, {'Origin': f'http://127.0.0.1:{d.port + 1}'}),
                ('https', body, {'Origin': f'https://{d.host}'}),
                ('cross-site', body, {**own, 'Sec-Fetch-Site': 'cross-site'}),
                ('same-site', body, {**own, 'Sec-Fetch-Site': 'same-site'})):
            refused(d.ask('POST', '/h/1/lock', text, **head), 403, f'a form with {what}')
        refused(d.ask('POST', '/h/1/lock', body, **own, Content_Type='text/plain'), 415, 'no form')
        check(d.get('/h/1/talks')[0] == 200, 'and it is open as before')
        check(d.post('/h/1/lock')[0] == 303, 'our own form')
        check(d.get('/h/1/talks')[0] == 303, 'and now it is locked')


def headers(w):
    """Every answer says what a browser may do with it."""
    want = {'X-Content-Type-Options': 'nosniff', 'X-Frame-Options': 'DENY',
            'Cross-Origin-Opener-Policy': 'same-origin',
            'Cross-Origin-Resource-Policy': 'same-origin'}
    with web.Desk(w, 'bravo') as d:
        d.begin()
        _, text = d.unlock()
        asset = text.split('href="/a/')[1].split('"')[0]
        for path in ('/h/1/talks', '/h/1/nothing', '/nothing', '/h/9/talks', '/a/' + asset, '/a/x.js',
                     '/h/1/talks/..', '/h/1/talks/%2e%2e%2fx', '/h/1/talks/strait/papers/%2e%2e'):
            status, head, _ = d.get(path)
            check(status in (200, 400, 404), f'{path}: {status}')
            if status == 400:
                continue    # the strict reader, before any page
            for name, value in want.items():
                check(head[name] == value, f'{path}: {name}: {head[name]}')
            csp = head['Content-Security-Policy']
            for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'",
                         "form-action 'self'"):
                check(part in csp, f'{path}: {csp}')
            check('unsafe' not in csp and '*' not in csp, csp)
            check(head['Cache-Control'] == 'no-store' or path == '/a/' + asset, f'{path}: kept')
        check('<script>' not in text and ' style=' not in text and ' onclick=' not in text, 'inline')


def way_on(w):
    """No address leads elsewhere."""
    with web.Desk(w, 'bravo') as d:
        d.begin()
        d.unlock()
        for to in ('//evil.example', 'http://evil.example', '/\\evil.example', 'x', '',
                   '/h/1/talks\r\nSet-Cookie: a=b'):
            _, head, _ = d.get('/h/1/unlock?to=' + urllib.parse.quote(to))
            check(head['Location'] in ('/', '/h/1/talks'), f'{to!r} leads to {head["Location"]}')
            status, head, _ = d.post('/language', lang='fr', to=to)
            check(status == 303 and head['Location'] == '/' and not head['Set-Cookie'],
                  f'{to!r} leads to {head["Location"]}')


def wrong_passphrase(w):
    with web.Desk(w, 'bravo') as d:
        d.begin()
        _, _, text = d.get('/h/1/unlock')
        d.csrf = text.split('name="form" value="')[1].split('"')[0]
        _, head, _ = d.post('/h/1/unlock', **{'pass': 'guessed'})
        path, text = d.follow(head['Location'])
        check('wrong=1' in path and 'role="alert"' in text, f'{path}')
        check(d.get('/h/1/talks')[0] == 303, 'it stays locked')


def second_desk(w):
    """Two desks on one folder: the second refuses, politely. The command works beside."""
    with web.Desk(w, 'bravo') as d:
        r = subprocess.run([world.CHANCERY, 'desk', str(w.dir / 'bravo'), '--no-browser'],
                           env=w.env, capture_output=True, text=True, timeout=20)
        check(r.returncode == 1 and 'open already' in r.stderr, f'{r.returncode} {r.stderr}')
        d.begin()
        d.unlock()
        w.run('bravo', 'sync')
        w.json('bravo', 'inbox')
        code = d.stop()
        check(code == 0, f'it ends with {code}')
        check(not (w.dir / 'bravo' / 'desk-open.html').exists(), 'the first page stays')


def two_homes(w):
    """One desk, two homes: each is opened by itself."""
    with web.Desk(w, 'alpha', 'bravo') as d:
        d.begin()
        _, _, text = d.get('/')
        check('alpha.example' in text and 'bravo.example' in text, 'both are named')
        d.unlock(2)
        check(d.get('/h/2/talks')[0] == 200 and d.get('/h/1/talks')[0] == 303, 'one is open')


def registry_away(w):
    """Said calmly, in words; what waits goes on by itself when the registry is back."""
    w.stop()
    with web.Desk(w, 'bravo') as d:
        d.begin()
        d.unlock()
        text = d.until('/h/1/talks', 'cannot be reached since')
        check('Nothing is lost' in text and 'tried again' in text, 'the words')
        w.start()
        d.post('/h/1/sync')
        d.until('/h/1/talks', 'In step with')


def command_beside(w):
    """What the command did beside the desk is on the page by itself."""
    with web.Desk(w, 'bravo', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        number = w.send('alpha', 'bravo.example', 'A text.\n', '--subject', 'Beside the desk')
        w.run('bravo', 'sync')
        text = d.until('/h/1/talks', 'Beside the desk')
        check('Sign for it' in text, 'it waits for the signature')
        w.run('bravo', 'sign-for', number)
        d.until('/h/1/talks', 'Nothing waits for you')
        path = f'/h/1/talks/strait/papers/{number.replace("/", "-")}'
        status, head, _ = d.post(path + '/check')
        _, text = d.follow(head['Location'])
        check(status == 303 and 'was checked again' in text, 'checked again')


def altered_file(w):
    """A record that somebody touched: said so, and not shown as if it held."""
    n = web.papers(w)
    name = n['opened'].replace('/', '-')
    receipt = w.dir / 'bravo' / 'talks' / 'strait' / name / 'receipt.txt'
    text = receipt.read_text()
    receipt.write_text(text[:-10] + ('A' if text[-10] != 'A' else 'B') + text[-9:])
    with web.Desk(w, 'bravo', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        _, head, _ = d.post(f'/h/1/talks/strait/papers/{name}/check')
        _, text = d.follow(head['Location'])
        check('was checked again' not in text and 'class="note trouble"' in text, text[-2000:])


def lists_agree(w):
    """What the list says of a paper is what its own page and the command say, settled or not; also
    from the sealed copy, and when that is damaged."""
    n = web.papers(w)
    seen = []
    for turn in range(3):
        if turn == 2:
            (w.dir / 'bravo' / 'desk-index.age').write_bytes(b'damaged')
        with web.Desk(w, 'bravo', more=['--no-sync']) as d:
            d.begin()
            d.unlock()
            text = d.until('/h/1/talks/strait', 'class="timeline"')
            for part in text.split('<li class="')[1:]:
                if 'papers/' not in part:
                    continue
                number = part.split('papers/')[1].split('"')[0]
                standing = part.split('class="standing">')[1].split('</p>')[0].split(' \u00b7 ')[0]
                _, _, own = d.get(f'/h/1/talks/strait/papers/{number}')
                check(f'class="standing">{standing}<' in own, f'{number}: {standing}')
                check(w.json('bravo', 'show', number)['standing'] == standing, f'{number}')
                seen.append(standing)
    check(len(seen) == 3 * len(n) and len(set(seen)) >= 4, f'{seen}')


def unlocking(w):
    """A desk that was just unlocked stays so; the clock that locks it begins then."""
    with web.Desk(w, 'bravo', more=['--no-sync']) as d:
        d.begin()
        for _ in range(25):
            d.unlock()
            check(d.get('/h/1/talks')[0] == 200, 'it is locked again')
            d.post('/h/1/lock')


def large_paper(w):
    """One that takes long to open does not hold up other pages; it is opened once, by a job."""
    (w.dir / 'big.bin').write_bytes(bytes(24 << 20))
    number = w.send('alpha', 'bravo.example', 'See the file.\n', '--subject', 'Large', '--attach',
                    w.dir / 'big.bin')
    path = f'/h/1/talks/strait/papers/{number.replace("/", "-")}'
    with web.Desk(w, 'alpha', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        status, head, _ = d.get(path)
        check(status == 303 and '/jobs/' in head['Location'], f'a job: {status}')
        _, text = d.follow(head['Location'])
        check('See the file.' in text and 'big.bin' in text and '25.1 MB' in text, text[-3000:])
        status, _, text = d.get(path)
        check(status == 200 and 'See the file.' in text, 'the second time at once')
        d.post('/h/1/lock')
        check(d.get(path)[0] == 303, 'locked with the rest')


def network(w):
    """All that a desk connects to while it is used is its registry: looked at by strace, in every
    thread and child. What the browser asks for is looked at by lib.js."""
    if not shutil.which('strace'):
        print('skip: network: strace is missing (tools/deps test)')
        return
    log = w.dir / 'strace.log'
    under = ['strace', '-f', '-qq', '-o', str(log), '-e', 'trace=connect,sendto,sendmsg,bind']
    with web.Desk(w, 'bravo', under=under) as d:
        d.begin()
        d.unlock()
        d.until('/h/1/talks', 'In step with')
        number = w.send('alpha', 'bravo.example', 'See http://elsewhere.example/x.png\n\n'
                        '![x](http://elsewhere.example/x.png)\n', '--subject', 'From outside')
        d.post('/h/1/sync')
        d.until('/h/1/talks', 'From outside')
        for path in ('', '/search?q=outside', '/help/index', '/register', '/outbox', '/drafts',
                     '/talks/strait', f'/talks/strait/papers/{number.replace("/", "-")}'):
            d.get('/h/1' + path)
        desk = re.search(r'(\d+)', log.read_text())[1]     # strace passes no signal on
        os.kill(int(desk), signal.SIGTERM)
        d.proc.wait(20)
    text = log.read_text()
    places = set(re.findall(r'AF_INET6?, sin6?_port=htons\((\d+)\),.*?"([^"]+)"', text))
    connected = set(re.findall(r'connect\(\d+, \{sa_family=AF_INET6?, sin6?_port=htons\((\d+)\),'
                               r'.*?"([^"]+)"', text))
    check((str(w.port), '127.0.0.1') in connected, f'the registry was not asked: {connected}')
    check(connected == {(str(w.port), '127.0.0.1')}, f'it connects to {connected}')
    check({a for _, a in places} == {'127.0.0.1'}, f'addresses: {places}')


sys.exit(main([rebinding, token, stranger, foreign_form, headers, way_on, wrong_passphrase,
               second_desk, two_homes, registry_away, command_beside, altered_file,
               lists_agree, unlocking, large_paper, network]))
