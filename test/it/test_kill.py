#!/usr/bin/env python3
"""Killed at a durable step: the same command, or a sync, completes. Nothing acknowledged is lost,
nothing is sent twice. The second argument is the shim (test/fault/shim.c) as a library."""
import os
import sys

from world import check, main

SHIM = os.path.abspath(sys.argv.pop(1))
# Every step in a long run, some of them in an ordinary one.
STRIDE = 1 if 'CHANCERY_LONG' in os.environ else 7


def killed(w, who, mode, step, *args):
    """Run a command that dies at that step; True when it died, False when it ended before."""
    code, out, err = w.raw(list(args) + ['--home', w.dir / who, '--passphrase-file',
                                         w.dir / 'pass', '--yes'],
                           {'LD_PRELOAD': SHIM, 'CHANCERY_SHIM': f'{mode}:{step}'})
    check(code in (0, -9), f'{mode}:{step}: exit {code}: {err}')
    return code == -9


def steps(w, run):
    """Call run(mode, step) for steps until it is not killed any more."""
    step, n = 1, 0
    while run('kill-after' if n % 2 else 'kill-before', step):
        step, n = step + STRIDE, n + 1
        check(step < 2000, 'it never ends')
    return n


def sent(w):
    return [x['number'] for x in w.json('alpha', 'outbox')['sent']]


def send(w):
    total = [0]

    def one(mode, step):
        args = ['send', w.paper(f'Paper {total[0]}.\n'), '--to', 'bravo.example', '--form', 'note',
                '--act', 'proposal']
        died = killed(w, 'alpha', mode, step, *args)
        w.run('alpha', 'sync')
        if len(sent(w)) == total[0]:
            w.run('alpha', *args)  # it died before the paper was staged whole
        total[0] += 1
        numbers = sent(w)
        check([int(x[-4:]) for x in numbers] == list(range(1, total[0] + 1)),
              f'{mode}:{step}: {numbers}')
        check(not [p for p in (w.dir / 'alpha' / 'outbox').iterdir()], 'the outbox is empty')
        check(f'Paper {total[0] - 1}.' in w.shown('alpha', numbers[-1])['text'], 'its text')
        return died

    check(steps(w, one) > 3, 'some steps')
    w.run('bravo', 'sync')
    check(len(w.json('bravo', 'inbox')['waiting']) == total[0], 'all arrived, none twice')


def sign_for(w):
    def one(mode, step):
        n = w.send('alpha', 'bravo.example', 'Text.\n')
        w.run('bravo', 'sync')
        died = killed(w, 'bravo', mode, step, 'sign-for', n)
        if step % 2:
            w.run('bravo', 'sign-for', n)
        else:
            w.run('bravo', 'sync')
            if w.state('bravo', n) != 'delivered':
                w.run('bravo', 'sign-for', n)  # it died before the receipt was signed
        w.run('alpha', 'sync')
        for who in ('alpha', 'bravo'):
            s = w.shown(who, n)
            check(s['state'] == 'delivered' and s['receipt_counts'], f'{mode}:{step}: {who}: {s}')
            check([x['step'] for x in s['steps']].count('opened') == 1, f'{mode}:{step}: {who}')
        a, b = w.folder('alpha', n), w.folder('bravo', n)
        for name in ('receipt.txt', 'handover.txt', 'keybox.age', 'opened.txt'):
            check((a / name).read_bytes() == (b / name).read_bytes(), f'{mode}:{step}: {name}')
        check(not list(b.glob('conflict-*')) and not list(a.glob('conflict-*')), 'no conflict')
        return died

    check(steps(w, one) > 3, 'some steps')


def sync(w):
    def one(mode, step):
        n = w.send('alpha', 'bravo.example', 'Text.\n')
        died = killed(w, 'bravo', mode, step, 'sync')
        w.run('bravo', 'sync')
        check(n in [x['number'] for x in w.json('bravo', 'inbox')['waiting']],
              f'{mode}:{step}: it waits')
        w.run('bravo', 'decline', n)
        return died

    check(steps(w, one) > 2, 'some steps')


if __name__ == '__main__':
    sys.exit(main([send, sign_for, sync]))
