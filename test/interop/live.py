#!/usr/bin/env python3
"""A registry that runs, read over HTTP by programs that are none of ours: Go's sumdb, torchwood
and Tessera's fsck. Its register has a full bundle and a full tile beside partial ones."""
import pathlib
import shutil
import subprocess
import sys
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'it'))
from world import check, main  # noqa: E402

ENTRIES = 270   # the first full tile has 256
skipped = []


def get(w, path):
    with urllib.request.urlopen(f'http://127.0.0.1:{w.port}{path}', timeout=20) as r:
        return r.read()


def by(w, script, vkey):
    r = subprocess.run([HERE / script, f'http://127.0.0.1:{w.port}/log', vkey], check=False,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(r.stdout.strip())
    if r.returncode == 77:
        skipped.append(script)
    else:
        check(r.returncode == 0, f'{script}: exit {r.returncode}')


def register(w):
    a = w.send('alpha', 'bravo.example', 'One.\n')
    b = w.send('alpha', 'bravo.example', 'Two.\n')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', a)
    w.run('bravo', 'decline', b)
    lines = dict(line.split(' ', 1) for line in get(w, '/v1/registry').decode().split('\n')
                 if ' ' in line and not line.startswith('\u2014'))
    vkey = lines['vkey']
    by(w, 'go.sh', vkey)                # a register of one partial bundle
    size = int(get(w, '/log/checkpoint').split(b'\n')[1])
    for _ in range(ENTRIES - size):
        w.run('alpha', 'roster', 'renew')
    check(int(get(w, '/log/checkpoint').split(b'\n')[1]) >= 256, 'a full tile')
    by(w, 'go.sh', vkey)
    by(w, 'fsck.sh', vkey)
    # What was full stays as it is; what no tree of this size has is not there.
    full = get(w, '/log/tile/0/000')
    check(len(full) == 256 * 32, 'a full tile has 256 hashes')
    w.stop(9)
    w.start()
    check(get(w, '/log/tile/0/000') == full, 'the same tile after a crash')
    by(w, 'go.sh', vkey)


if __name__ == '__main__':
    if not shutil.which('go'):
        print('SKIP interop/live: no go')
        sys.exit(77)
    status = main([register])
    if status == 0 and skipped:
        print('SKIP interop/live: ' + ', '.join(sorted(set(skipped))))
        status = 77
    sys.exit(status)
