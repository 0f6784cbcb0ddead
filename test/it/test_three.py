#!/usr/bin/env python3
"""Three parties and a home that is not an addressee; a wire that lies about keys."""
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
    file = next(p for p in (w.dir / 'registry/deposits').rglob('*') if len(p.name) == 64)
    kept = file.read_bytes()
    file.unlink()
    _, err = w.run('bravo', 'sign-for', n, want=3)
    check('nothing is lost' in err or 'nothing was lost' in err, err)
    check(w.state('bravo', n) != 'delivered', w.state('bravo', n))
    file.write_bytes(kept)
    if w.server.poll() is not None:
        w.start()
    w.run('bravo', 'sync')
    check(w.state('bravo', n) == 'delivered', w.state('bravo', n))


if __name__ == '__main__':
    world.World = Three
    sys.exit(world.main([each_pair, swapped_keybox, lost_deposit]))
