"""A home and a folder as witnesses of a real registry: both are in its policy, both cosign, and what
the home cosigns for the registry is what its own rounds go on from. usage: CHANCERY"""
import hashlib
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request

from world import CHANCERY, check, main


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def start(w, *args):
    p = subprocess.Popen([CHANCERY, 'witness', 'run', *map(str, args), '--with-parent'],
                         stdout=subprocess.PIPE, text=True)
    url = p.stdout.readline().rstrip('.\n').rsplit(' ', 1)[1]
    return p, p.stdout.readline().split()[-1], url


def wait(what, ready):
    end = time.monotonic() + 30
    while not ready():
        check(time.monotonic() < end, what)
        time.sleep(0.05)


def home_and_folder(w):
    _, out, _ = w.raw(['registry', 'status', w.dir / 'registry', '--json'])
    log = json.loads(out)['vkey']
    for args in (['new', w.dir / 'w', '--name', 'witness.example'], ['add', w.dir / 'w', log]):
        code, _, err = w.raw(['witness', *args])
        check(code == 0, err)
    w.run('alpha', 'sync')
    home, home_key, home_url = start(w, '--home', w.dir / 'alpha', '--passphrase-file',
                                     w.dir / 'pass')
    alone, key, url = start(w, w.dir / 'w')
    try:
        (w.dir / 'registry/policy').write_text(
            f'witness h {home_key} {home_url}\nwitness w {key} {url}\n'
            'group both all h w\nquorum both\n')
        w.stop()
        w.start()
        w.send('alpha', 'bravo.example', 'Text.\n')
        path = '/' + hashlib.sha256(b'exercise.registry').hexdigest() + '/checkpoint'
        names = [k.partition('+')[0] for k in (home_key, key)]

        def cosigned():
            size = fetch(f'http://127.0.0.1:{w.port}/log/checkpoint').split('\n')[1]
            try:
                return all(fetch(u + path).split('\n')[1] == size for u in (home_url, url))
            except urllib.error.HTTPError as e:
                check(e.code == 404, e)  # that one cosigned nothing yet
                return False
        wait('both cosign the newest', cosigned)
        for name, u in zip(names, (home_url, url)):
            check(f'\u2014 {name} ' in fetch(u + path), f'the line of {name}')
        kept = w.dir / 'alpha/registries/exercise.registry/checkpoint.txt'
        check(kept.read_text() == fetch(home_url + path), 'one state')
        for _ in range(2):
            w.run('alpha', 'sync')
            w.send('bravo', 'alpha.example', 'More.\n')
        wait('both go on', cosigned)
        check(not w.json('alpha', 'status')['registries'][0]['alarm'], 'no alarm')
    finally:
        for p in (home, alone):
            p.terminate()
            check(p.wait(20) == 0, 'it did not end well')


if __name__ == '__main__':
    sys.exit(main([home_and_folder]))
