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


def attack_31_sent_once(w):
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


def take_back(w):
    def one(mode, step):
        n = w.send('alpha', 'bravo.example', 'Text.\n')
        died = killed(w, 'alpha', mode, step, 'take-back', n)
        w.run('alpha', 'sync')
        if w.state('alpha', n) != 'taken-back':
            w.run('alpha', 'take-back', n)  # it died before that was signed
        w.run('bravo', 'sync')
        for who in ('alpha', 'bravo'):
            check(w.state(who, n) == 'taken-back', f'{mode}:{step}: {who}: {w.state(who, n)}')
        a, b = w.folder('alpha', n), w.folder('bravo', n)
        check((a / 'ended.txt').read_bytes() == (b / 'ended.txt').read_bytes(), f'{mode}:{step}')
        check(not list(a.glob('conflict-*')), 'no conflict')
        return died

    check(steps(w, one) > 2, 'some steps')


def confirm(w):
    """What a delegate said in public is whole or not there, and the same on both sides."""
    n = w.send('alpha', 'bravo.example', 'Text.\n')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    w.run('alpha', 'sync')
    said = [0]

    def public(who):
        at = w.dir / who / 'talks' / 'strait' / 'public'
        return {p.name: sorted(f.name for f in p.iterdir()) for p in at.iterdir()}

    def one(mode, step):
        died = killed(w, 'bravo', mode, step, 'confirm', n)
        w.run('bravo', 'sync')
        w.run('bravo', 'confirm', n)
        said[0] += 1 if died else 2
        for who in ('alpha', 'bravo', 'bravo'):
            w.run(who, 'sync')
        a, b = public('alpha'), public('bravo')
        check(a.keys() == b.keys() and len(b) >= said[0], f'{mode}:{step}: {a} {b}')
        check(all('confirmation.txt' in f and 'confirmation.proof.txt' in f and 'extract.txt' in f
                  for f in b.values()), f'{mode}:{step}: {b}')
        return died

    check(steps(w, one) > 2, 'some steps')


def full(w):
    """No room at the Nth write of a delegate: one line, looking goes on, and later it completes."""
    stride = 1 if 'CHANCERY_LONG' in os.environ else 5

    def short(who, step, *args):
        code, out, err = w.raw(list(args) + ['--home', w.dir / who, '--passphrase-file',
                                             w.dir / 'pass', '--yes'],
                               {'LD_PRELOAD': SHIM, 'CHANCERY_SHIM': f'enospc:{step}'})
        check(code in (0, 1, 3, 5), f'enospc:{step}: exit {code}: {err}')
        # More lines may say what was done before; the last says what was not.
        check(code == 0 or err.splitlines()[-1].startswith('chancery: '), f'enospc:{step}: {err}')
        w.run(who, 'inbox')
        w.run(who, 'outbox')
        return code != 0

    step, met = 1, 0
    while step < 400:
        args = ['send', w.paper(f'Paper at {step}.\n'), '--to', 'bravo.example', '--form', 'note',
                '--act', 'proposal']
        before = len(sent(w))
        failed = short('alpha', step, *args)
        w.run('alpha', 'sync')
        if len(sent(w)) == before:
            check(failed, f'enospc:{step}: it said it was sent')
            w.run('alpha', *args)
        n = sent(w)[-1]
        check(len(sent(w)) == before + 1, f'enospc:{step}: {sent(w)}')
        failed = short('bravo', step, 'sync') or failed
        w.run('bravo', 'sync')
        failed = short('bravo', step, 'sign-for', n) or failed
        w.run('bravo', 'sync')
        if w.state('bravo', n) != 'delivered':
            w.run('bravo', 'sign-for', n)
        w.run('alpha', 'sync')
        for who in ('alpha', 'bravo'):
            check(w.state(who, n) == 'delivered', f'enospc:{step}: {who}')
        check(f'Paper at {step}.' in w.shown('bravo', n)['text'], 'its text')
        for who in ('alpha', 'bravo'):
            check(not list((w.dir / who).rglob('.tmp-*')), f'enospc:{step}: half a file')
        met += failed
        if not failed:
            break
        step += stride
    check(met > 2, f'{met} steps met a full disk')


if __name__ == '__main__':
    sys.exit(main([attack_31_sent_once, sign_for, sync, take_back, confirm, full]))
