#!/usr/bin/env python3
"""Three parties and a home that is not an addressee; a wire that lies about keys."""
import os
import pty
import shutil
import subprocess
import sys

import world
from proxy import Proxy
from world import CHANCERY, World, check

VERIFY = CHANCERY + '-verify'
PARTIES = ('alpha', 'bravo', 'charlie')


class Three(World):
    def make(self):
        registry = self.dir / 'registry'
        code, _, err = self.raw(['registry', 'init', registry, '--origin', 'exercise.registry'])
        check(code == 0, err)
        self.start()
        for who in PARTIES:
            self.run(who, 'party', 'new', f'{who}.example', '--person', f'{who}.person',
                     '--exercise', '--work-factor', '10')
            roster = self.dir / f'{who}-roster.txt'
            self.run(who, 'roster', 'show', '-o', roster)
            code, _, err = self.raw(['registry', 'enrol', registry, roster])
            check(code == 0, err)
        self.run('alpha', 'talks', 'open', 'strait', '--with', 'bravo.example,charlie.example',
                 '--registry', f'http://127.0.0.1:{self.port}')
        for who in PARTIES[1:]:
            file = self.dir / f'{who}-invitation.txt'
            self.run('alpha', 'talks', 'invite', f'{who}.example', '-o', file)
            self.run(who, 'talks', 'join', file, '-o', self.dir / f'{who}-answer.txt')
        self.run('alpha', 'talks', 'sign', *[self.dir / f'{x}-answer.txt' for x in PARTIES[1:]])
        for who in PARTIES[1:] + PARTIES:
            self.run(who, 'talks', 'sign')


def each_pair(w):
    """A paper between each two, both ways; each pair has its own numbers, chain and record."""
    sent = []
    for a in PARTIES:
        for b in PARTIES:
            if a != b:
                n = w.send(a, f'{b}.example', f'{a} to {b}.\n')
                check(n == f'{a}-{b}/'.upper() + n[-9:] and n.endswith('/0001'), n)
                sent.append((a, b, n))
    for who in PARTIES:
        w.run(who, 'sync')
        waiting = sorted(x['number'] for x in w.json(who, 'inbox')['waiting'])
        check(waiting == sorted(n for _, b, n in sent if b == who), f'{who}: {waiting}')
    for a, b, n in sent:
        w.run(b, 'sign-for' if a < b else 'decline', n)
    for _ in range(2):
        for who in PARTIES:
            w.run(who, 'sync')
    for a, b, n in sent:
        want = 'delivered' if a < b else 'declined'
        check(w.state(a, n) == w.state(b, n) == want, f'{n}')
        third = next(x for x in PARTIES if x not in (a, b))
        w.run(third, 'show', n, want=1)
    a, b, n = sent[0]
    for who in (a, b):
        out = w.dir / f'{who}-record'
        w.run(who, 'export', n, out)
        r = subprocess.run([VERIFY, '--exercise-ok', '--trust', out / 'trust.txt', out],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        check(r.returncode == 0 and b'NOT PROVEN' not in r.stdout, r.stdout.decode())


def swapped_keybox(w):
    """Another keybox than the one the handover names is not believed; the right one comes later."""
    n = w.send('alpha', 'bravo.example', 'Text.\n')
    w.run('bravo', 'sync')

    def swap(path, status, data):
        at = data.find(b'part keybox ')
        if at >= 0:
            at = data.index(b'\n--- ', at) + 60
            data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
        return status, data

    with Proxy(w) as p:
        p.change = swap
        for args in (['sign-for', n], ['sync']):
            _, err = w.run('bravo', *args, want=1)
            check('does not hold' in err and 'keybox' in err, err)
        check(w.state('bravo', n) != 'delivered', 'nothing was kept')
    w.run('bravo', 'sync')
    check(w.state('bravo', n) == 'delivered', w.state('bravo', n))
    check(b'Text.' in w.run('bravo', 'show', n, '--text')[0], 'opened')


def lost_deposit(w):
    """The registry cannot find the key: no handover, no end; put back, it is handed over."""
    n = w.send('alpha', 'bravo.example', 'Text.\n')
    w.run('bravo', 'sync')
    file = w.dir / 'registry/deposits/slots'
    kept = file.read_bytes()

    def write(data):
        with open(file, 'r+b') as f:
            f.write(data)

    write(bytes(len(kept)))
    _, err = w.run('bravo', 'sign-for', n, want=3)
    check('nothing is lost' in err or 'nothing was lost' in err, err)
    check(w.state('bravo', n) != 'delivered', w.state('bravo', n))
    write(kept)
    if w.server.poll() is not None:
        w.start()
    w.run('bravo', 'sync')
    check(w.state('bravo', n) == 'delivered', w.state('bravo', n))


def age(args, words):
    """Stock age, which asks for its passphrase on a terminal."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp('age', ['age', *map(str, args)])
    said = b''
    try:
        for word in words:
            while not said.rstrip().endswith(b':'):
                said += os.read(fd, 1024)
            said = b''
            os.write(fd, (word + '\n').encode())
        while said is not None:
            said = os.read(fd, 1024) or None
    except OSError:
        pass
    check(os.waitpid(pid, 0)[1] == 0, f'age {args[0]}')


def key_missing(w):
    """The addressee's key opens no keybox: it says so, and the author alone can show the key."""
    if not shutil.which('age'):
        print('skip  key_missing: no age here')
        return
    n = w.send('alpha', 'bravo.example', 'Text.\n')
    w.run('bravo', 'sync')
    keys, plain = w.dir / 'bravo/keys.age', w.dir / 'plain'
    age(['-d', '-o', plain, keys], [world.PASS])
    other = subprocess.run(['age-keygen'], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           check=True).stdout.decode().split()[-1]
    lines = ['seal ' + other if x.startswith('seal ') else x for x in plain.read_text().split('\n')]
    plain.write_text('\n'.join(lines))
    keys.unlink()
    age(['-p', '-o', keys, plain], [world.PASS, world.PASS])
    _, err = w.run('bravo', 'sign-for', n, want=1)
    check('keybox-does-not-open' in err, err)
    w.run('bravo', 'sync')
    check(w.json('bravo', 'inbox')['waiting'] == [], 'it waits for no signature any more')
    for _ in range(2):
        w.run('alpha', 'sync')
    a, b = w.shown('alpha', n), w.shown('bravo', n)
    check('key is missing' in a['standing'] and 'key is missing' in b['standing'], f'{a} {b}')
    check(a['receipt_counts'] and not b['receipt_counts'], 'it counts for who holds the key')
    for who, more, code in (('alpha', ['--paper'], 0), ('alpha', [], 1), ('bravo', [], 1)):
        out = w.dir / f'{who}{len(more)}'
        w.run(who, 'export', n, out, *more)
        check((out / 'key.txt').exists() == (code == 0), 'the key goes with the paper alone')
        r = subprocess.run([VERIFY, '--exercise-ok', '--trust', out / 'trust.txt', out],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        check(r.returncode == code and b'key is missing' in r.stdout, r.stdout.decode())


if __name__ == '__main__':
    world.World = Three
    sys.exit(world.main([each_pair, swapped_keybox, lost_deposit, key_missing]))
