#!/usr/bin/env python3
"""Kills at any moment: the registry and the delegates die again and again while papers go back and
forth. Afterwards nothing that was acknowledged is lost, nothing is there twice."""
import os
import random
import signal
import subprocess
import sys
import threading
import time

import world
from world import check, main

SECONDS = 60 if 'CHANCERY_LONG' in os.environ else 8


def one(w, who, rng, *args):
    """A command that may be killed while it runs; its exit code."""
    p = subprocess.Popen([world.CHANCERY] + [str(a) for a in args] +
                         ['--home', str(w.dir / who), '--passphrase-file', str(w.dir / 'pass'),
                          '--yes', '--json'],
                         env=w.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
    if rng.random() < 0.3:
        try:
            p.wait(rng.random() * 0.3)
        except subprocess.TimeoutExpired:
            p.kill()
    out, err = p.communicate(timeout=60)
    check(p.returncode in (0, 1, 3, -signal.SIGKILL), f'{args}: {p.returncode}: {err.decode()}')
    return p.returncode, out


def play(w, me, other, seed, until, said, broken):
    rng = random.Random(seed)
    try:
        while time.monotonic() < until:
            text = f'{me} {rng.random()}.\n'
            code, _ = one(w, me, rng, 'send', w.paper(text, f'{me}.md'), '--to', f'{other}.example',
                          '--form', 'note', '--act', 'proposal')
            if code == 0:
                said.append(text)
            one(w, me, rng, 'sync')
            try:
                waiting = w.json(me, 'inbox')['waiting']
            except world.Failed:
                continue
            for x in waiting:
                one(w, me, rng, 'sign-for', x['number'])
    except (world.Failed, OSError, subprocess.TimeoutExpired) as e:
        broken.append(e)


def settle(w):
    for _ in range(3):
        for who in ('alpha', 'bravo'):
            w.run(who, 'sync')
            for x in w.json(who, 'inbox')['waiting']:
                w.run(who, 'sign-for', x['number'])


def load(w):
    seed = int(os.environ.get('SEED', random.SystemRandom().randrange(1 << 30)))
    print(f'seed {seed}')
    rng = random.Random(seed)
    until, said, broken = time.monotonic() + SECONDS, {'alpha': [], 'bravo': []}, []
    threads = [threading.Thread(target=play, args=(w, a, b, seed + i, until, said[a], broken))
               for i, (a, b) in enumerate((('alpha', 'bravo'), ('bravo', 'alpha')))]
    for t in threads:
        t.start()
    kills = 0
    while time.monotonic() < until:
        time.sleep(rng.uniform(0.2, 1.0))
        w.stop(signal.SIGKILL)
        kills += 1
        w.start()
    for t in threads:
        t.join()
    for e in broken:
        raise e
    settle(w)
    total = 0
    for me, other in (('alpha', 'bravo'), ('bravo', 'alpha')):
        out = w.json(me, 'outbox')
        check(out['waiting'] == [], f'{me}: {out["waiting"]}')
        numbers = [x['number'] for x in out['sent']]
        check([int(x[-4:]) for x in numbers] == list(range(1, len(numbers) + 1)), f'{numbers}')
        texts = []
        for n in numbers:
            check(w.state(me, n) == w.state(other, n) == 'delivered', f'{n}: its state')
            text = w.shown(other, n)['text']
            check(text == w.shown(me, n)['text'], f'{n}: its text')
            texts.append(text)
            for name in ('registered', 'handover', 'receipt'):
                check((w.folder(me, n) / f'{name}.txt').read_bytes() ==
                      (w.folder(other, n) / f'{name}.txt').read_bytes(), f'{n}: {name}')
        for text in said[me]:
            check(sum(text.strip() in t for t in texts) == 1, f'{me}: {text}: once, and not lost')
        total += len(numbers)
    check(total > 2 and kills > 3, f'{total} papers, {kills} kills')
    print(f'{total} papers, {kills} kills of the registry')


if __name__ == '__main__':
    sys.exit(main([load]))
