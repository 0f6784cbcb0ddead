"""First run, as a person without a terminal meets it: nothing but `chancery desk` was typed, in a
fresh folder; then talks between two desks on one machine, by pages alone."""
import os
import shutil
import signal
import sys
import time
import types

import browser as chromium
import web
import world
from world import PASS, check


def place(w, name):
    """A machine of somebody's own: what a Desk asks of a world, with a data folder of its own."""
    folder = w.dir / name
    folder.mkdir(exist_ok=True)
    (folder / 'pass').write_text(PASS + '\n')
    return types.SimpleNamespace(dir=folder, env={**w.env, 'XDG_DATA_HOME': str(folder / 'data')})


def homes(at):
    return sorted((at.dir / 'data' / 'chancery').glob('*/home.txt'))


def form(d, path):
    _, _, text = d.get(path)
    d.csrf = text.split('name="form" value="')[1].split('"')[0]


def party_by_command(at, handle):
    """The same with less work for the passphrase."""
    r = web.subprocess.run([world.CHANCERY, 'party', 'new', handle, '--person', 'a', '--exercise',
                            '--work-factor', '10', '--passphrase-file', str(at.dir / 'pass')],
                           env=at.env, capture_output=True, text=True, timeout=60)
    check(r.returncode == 0, r.stderr)


def make_party(d, name, wait=True, **more):
    form(d, '/first/party')
    fields = {'title': name.split('.')[0].title(), 'handle': name, 'person': 'A. Jones',
              'pass': PASS, 'again': PASS, **more}
    status, head, text = d.post('/first/party', **fields)
    if not wait:
        return status, text
    check(status == 303, f'the party: {status} {text}')
    return d.follow(head['Location'])


def browser(w):
    """Two persons, two machines, no terminal: from the first link to a charter in force."""
    at, other = place(w, 'browser'), place(w, 'other-browser')
    with web.Desk(at) as d, web.Desk(other) as o:
        chromium.browser(at, 'first.js', {'link': d.link, 'base': f'http://{d.host}', 'pass': PASS,
                                          'otherLink': o.link, 'otherBase': f'http://{o.host}'})


def refusals(w):
    """A form that cannot stand is given back with a sentence, and nothing is made."""
    at = place(w, 'refusals')
    with web.Desk(at) as d:
        d.begin()
        for more, words in (({'pass': 'short', 'again': 'short'}, 'Too short'),
                            ({'again': PASS + 'x'}, 'not the same'),
                            ({'handle': 'alpha'}, 'with a dot in between'),
                            ({'person': '...'}, 'at least one letter'),
                            ({'title': 'a\u202eb'}, 'turn the direction')):
            status, text = make_party(d, 'alpha.example', wait=False, **more)
            check(status == 422 and words in text and PASS not in text, f'{words}: {status}')
        form(d, '/first/folder')
        for folder in ('relative', str(at.dir), '/nowhere/at/all'):
            status, _, text = d.post('/first/folder', dir=folder)
            check(status == 422 and 'class="note trouble"' in text, f'{folder}: {status}')
    check(homes(at) == [], 'something was made')


def killed(w):
    """kill -9 at any moment of the making: there is a whole party or none, and the next try works."""
    at = place(w, 'killed')
    whole = 0
    for delay in (0.02, 0.12, 0.25):
        with web.Desk(at) as d:
            d.begin()
            form(d, '/first/party')
            d.post('/first/party', title='Alpha', handle='alpha.example', person='a', again=PASS,
                   exercise='yes', **{'pass': PASS})
            time.sleep(delay)
            d.stop(signal.SIGKILL)
        for home in homes(at):
            whole += 1
            check((home.parent / 'party-key.age').exists() and
                  (home.parent / 'rosters/alpha.example/1.txt').exists(), f'{delay}: half made')
            shutil.rmtree(home.parent)
    with web.Desk(at) as d:
        d.begin()
        _, text = make_party(d, 'alpha.example', exercise='yes')
        check('Recovery sheet' in text, 'the sheet')
    check(len(homes(at)) == 1, f'{homes(at)} {whole}')


def backup(w):
    """What the sheet promises: the backup file, unpacked elsewhere, opens with the passphrase."""
    at = place(w, 'backup')
    party_by_command(at, 'alpha.example')
    with web.Desk(at) as d:
        d.begin()
        d.unlock()
        n = 1
        c = web.http.client.HTTPConnection('127.0.0.1', d.port)
        c.request('GET', f'/h/{n}/backup', headers={'Host': d.host, 'Cookie': d.cookie})
        r = c.getresponse()
        name = r.headers['Content-Disposition'].split('"')[1]
        (at.dir / name).write_bytes(r.read())
    shutil.unpack_archive(at.dir / name, at.dir / 'back', 'tar')
    home, = (at.dir / 'back').glob('*/home.txt')
    other = place(w, 'other')
    with web.Desk(other) as d:
        d.begin()
        form(d, '/first/folder')
        status, head, text = d.post('/first/folder', dir=str(home.parent))
        check(status == 303, f'{status} {text}')
        d.unlock()
        check(d.get('/h/1/talks')[0] == 200, 'it opens')


def several(w):
    """All homes there are, in one desk; a second desk on one of them refuses, politely."""
    at = place(w, 'several')
    for who in ('alpha.example', 'bravo.example'):
        party_by_command(at, who)
    with web.Desk(at) as d:
        d.begin()
        _, _, text = d.get('/')
        check('alpha.example' in text and 'bravo.example' in text, text[-2000:])
        d.unlock(2)
        check(d.get('/h/2/talks')[0] == 200 and d.get('/h/1/talks')[0] == 303, 'one is open')
        d.post('/h/2/lock')
        check(d.get('/h/2/talks')[0] == 303, 'each is locked by itself')
        r = web.subprocess.run([world.CHANCERY, 'desk', '--no-browser'], env=at.env,
                               capture_output=True, text=True, timeout=20)
        check(r.returncode == 1 and 'open already' in r.stderr and 'nothing was' in r.stderr,
              f'{r.returncode} {r.stderr}')


def post(d, path, **fields):
    """Act, and where it leads to."""
    status, head, text = d.post(path, **fields)
    check(status == 303, f'{path}: {status} {text[-3000:]}')
    return d.follow(head['Location'])


def get_file(d, path):
    status, head, text = d.get(path)
    check(status == 200 and 'attachment' in head.get('Content-Disposition', ''), f'{path}: {status}')
    return text


def two_desks(w):
    """From two fresh machines to talks in force, by pages alone, over a trial registry that one of
    the desks runs; it ends with its desk and comes again with it, at the same address."""
    a, b = place(w, 'desk-a'), place(w, 'desk-b')
    for at, who in ((a, 'alpha.example'), (b, 'bravo.example')):
        party_by_command(at, who)
    with web.Desk(a) as alpha, web.Desk(b) as bravo:
        for d in (alpha, bravo):
            d.begin()
            d.unlock()
        check(alpha.get('/h/1/open')[1]['Location'] == '/h/1/meet', 'first a registry')
        where, _ = post(alpha, '/h/1/meet/trial')
        check(where.startswith('/h/1/open'), where)
        origin = alpha.get('/h/1/open')[2].split('<option>')[1].split('<')[0]
        _, text = post(alpha, '/h/1/open', title='The strait', **{'with': 'bravo.example',
                       'registry': origin, 'pass': 'not this one', 'basis': 'confidential',
                       'confirm': 'by-consent', 'words': 'diplomacy'})
        check('That is not the passphrase' in text and 'value="The strait"' in text, text[-3000:])
        where, text = post(alpha, '/h/1/open', title='Thé Straït', **{'with': 'bravo.example',
                           'registry': origin, 'pass': PASS, 'basis': 'confidential',
                           'confirm': 'by-consent', 'words': 'diplomacy'})
        check('/talks/the-strait' in where and 'Nobody is bound' in text, text[-3000:])
        talks = '/h/1/talks/the-strait'
        invitation = get_file(alpha, f'{talks}/invite/bravo.example/file')
        letter = get_file(alpha, f'{talks}/invite/bravo.example/letter')
        bad = invitation[:-20]
        status, _, text = bravo.post('/h/1/join', file=bad)
        check(status == 422 and 'altered' in text, f'an altered invitation: {status}')
        _, text = post(bravo, '/h/1/join', file=invitation.replace('\n', '\r\n'))
        words = text.split('<bdi dir="ltr">')[1].split('<')[0]
        check(words in letter, 'the words of letter and page differ')
        _, text = post(bravo, '/h/1/join/take', same='yes', **{'pass': PASS})
        check('Send this file back' in text and 'does not know our party' in text, text[-3000:])
        answer = get_file(bravo, f'{talks}/answer')
        _, text = post(alpha, f'{talks}/answers', a0=answer)
        check('Read the charter' in text and 'Sign the charter' in text, text[-3000:])
        status, _, _ = alpha.post(f'{talks}/sign')
        check(status == 422, 'not without the tick')
        _, text = post(alpha, f'{talks}/sign', same='yes')
        check('has not signed yet' in text, text[-3000:])
        _, text = post(bravo, f'{talks}/fetch')
        check('Read the charter' in text, text[-3000:])
        _, text = post(bravo, f'{talks}/sign', same='yes')
        check('in force' in text, text[-3000:])
        _, text = post(alpha, f'{talks}/sign', again='yes')
        check('in force' in text, text[-3000:])
    with web.Desk(a) as alpha:
        alpha.begin()
        alpha.unlock()
        end = time.monotonic() + 30
        while 'In step with' not in alpha.get('/h/1/talks')[2]:
            check(time.monotonic() < end, 'not in step with the trial registry that came again')
            alpha.post('/h/1/sync')     # it may not be up yet, and by itself a desk waits long
            time.sleep(0.5)


def practice(w):
    """An exercise with oneself: one form, and a paper waits in the one side for the other."""
    at = place(w, 'practice')
    with web.Desk(at) as d:
        d.begin()
        form(d, '/first/practice')
        where, text = post(d, '/first/practice', again=PASS, **{'pass': PASS})
        n = where.split('/')[2]
        check('Exercise' in text, text[-3000:])
        d.post(f'/h/{n}/sync')
        d.until(f'/h/{n}/talks', 'A first paper, to try with')
    check((at.dir / 'data/chancery/trial/registry').is_dir(), 'the trial registry')
    with web.Desk(at) as d:
        d.begin()
        _, _, text = d.get('/')
        check('north.example' in text and 'south.example' in text, 'both sides come again')


def keys(w):
    """Whose keys these are; the list is signed anew with the passphrase only."""
    at = place(w, 'practice')
    with web.Desk(at) as d:
        d.begin()
        d.unlock()
        _, _, text = d.get('/h/1/keys')
        check('north.example' in text and 'Who acts for us' in text, text[-3000:])
        check('south.example' in text.split('Parties that are known')[1], 'the other side')
        _, text = post(d, '/h/1/keys/renew', **{'pass': 'not this one'})
        check('That is not the passphrase' in text, text[-3000:])
        _, text = post(d, '/h/1/keys/renew', **{'pass': PASS})
        check('Version' in text and 'stands at every' in text, text[-3000:])


def clock(w):
    """A clock that was moved, and one that stands before the papers on file, are told in words."""
    at = place(w, 'practice')
    hand = next((at.dir / 'data/chancery/practice').glob('north')) / 'clock'
    with web.Desk(at) as d:
        d.begin()
        d.unlock()
        d.post('/h/1/sync')
        text = d.until('/h/1/talks', 'A first paper')
        check('clock was moved' not in text and 'seems to be wrong' not in text, 'all is well')
        now = time.time()
        for offset, words in ((86400 * 3, 'moved forward'), (-3600 * 5, 'seems to be wrong')):
            hand.write_text(time.strftime('%Y-%m-%dT%H:%M:%SZ\n', time.gmtime(now + offset)))
            check(words in d.until('/h/1/talks', words), words)
        hand.unlink()
        d.until('/h/1/talks', 'moved forward')


def opened(w):
    """`chancery desk` starts the browser with a file of its own, that only we may read: the token is
    in no argument of a program and in no address, and the file is gone when it was used."""
    at = place(w, 'opened')
    tools = at.dir / 'tools'
    tools.mkdir()
    (tools / 'xdg-open').write_text(f'#!/bin/sh\necho "$1" > {at.dir}/asked.tmp\n'
                                    f'mv {at.dir}/asked.tmp {at.dir}/asked\n')
    (tools / 'xdg-open').chmod(0o755)
    env = {**at.env, 'PATH': f'{tools}:{at.env["PATH"]}', 'DISPLAY': ':99',
           'XDG_RUNTIME_DIR': str(at.dir)}
    out = open(at.dir / 'said', 'wb')
    proc = web.subprocess.Popen([world.CHANCERY, 'desk'], env=env, stdout=out, stderr=out)
    try:
        end = time.monotonic() + 20
        while not (at.dir / 'asked').exists():
            check(proc.poll() is None and time.monotonic() < end, 'no browser was asked for')
            time.sleep(0.02)
        file = web.pathlib.Path((at.dir / 'asked').read_text().strip())
        page = file.read_text()
        check(file.stat().st_mode & 0o077 == 0, 'others may read it')
        token = page.split('name="t" value="')[1].split('"')[0]
        port = int(page.split('127.0.0.1:')[1].split('/')[0])
        check(token not in str(file), 'the token is in the name')
        c = web.http.client.HTTPConnection('127.0.0.1', port, timeout=20)
        c.request('POST', '/start', f't={token}',
                  {'Content-Type': 'application/x-www-form-urlencoded', 'Origin': 'null'})
        r = c.getresponse()
        text = r.read().decode()
        check(r.status == 200 and 'url=/' in text and token not in text, f'{r.status} {text}')
        check(not file.exists(), 'the file stays')
        c.close()
    finally:
        proc.terminate()
        proc.wait(20)
        out.close()
    said = (at.dir / 'said').read_text()
    check('open in your browser' in said and 'http://127.0.0.1:' in said, said)


def main(tests):
    chosen = sys.argv[1:]
    bad = 0
    with world.World(keep='KEEP' in os.environ) as w:
        for t in tests:
            if chosen and t.__name__ not in chosen:
                continue
            begun = time.monotonic()
            try:
                t(w)
                print(f'ok    {t.__name__} ({time.monotonic() - begun:.1f} s)', flush=True)
            except (world.Failed, web.subprocess.TimeoutExpired) as e:
                bad += 1
                print(f'FAIL  {t.__name__}: {e}', flush=True)
    return 1 if bad else 0


if __name__ == '__main__':
    plain = [refusals, killed, backup, several, two_desks, practice, keys, clock, opened]
    if chromium.missing():
        print(f'skip  browser: {chromium.missing()} is missing')
    sys.exit(main(plain if chromium.missing() else [browser] + plain))
