#!/usr/bin/env python3
"""One submission, one end: two processes race receipt, decline, take-back and lapse against one
registry. The seed is printed; give another in ATTACK_SEED."""
import http.client
import json
import multiprocessing
import os
import random
import sys
import time

from stage import Sent, check, main, world
from forger import forge, text_of, value

ROUNDS, LAPSING = (180 if os.environ.get('CHANCERY_LONG') == '1' else 90), 20
ENDS = {'receipt': 'delivered', 'decline': 'declined', 'take-back': 'taken-back'}


class Cheap(Sent):
    """Nobody will open it: E has the form of an age file, and that is all a registry sees."""
    shape = None

    def __init__(self, reg, a, b, **bend):
        if not Cheap.shape:
            Cheap.shape = Sent(reg, a, b, ['x'])
        one = Cheap.shape
        payload = len(one.e) - one.e.index(b'\n--- ') - 49
        bend.update({'d': lambda _: one.d_text, 'signature': lambda _: one.signature,
                     'cover': lambda _: one.cover, 'body': lambda _: one.body,
                     'e': lambda _: one.e[:-payload] + os.urandom(payload)})
        super().__init__(reg, a, b, ['x'], bend)


def make(w, lapse='2027-06-01T00:00:00Z'):
    """Registered; and the three statements that could end it."""
    s = Cheap(w.reg, w.alpha, w.bravo, l=lambda l: {**l, 'lapse': lapse})
    status, data = s.post()
    check(status == 201, f'{status} {data}')
    return s, {'receipt': s.about('receipt', w.bravo), 'decline': s.about('decline', w.bravo),
               'take-back': s.about('take-back', w.alpha)}


def ask(port, where, body, token):
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
    c.request('POST', where, body, {'Authorization': 'Bearer ' + token} if token else {})
    r = c.getresponse()
    data = r.read()
    c.close()
    return r.status, data


def racer(port, jobs, gate, out):
    answers = []
    for delay, where, body, token in jobs:
        gate.wait(60)
        time.sleep(delay)
        answers.append(ask(port, where, body, token))
    out.put(answers)


def race(w, plans):
    """plans: for each process a list of (delay, where, body, token). The answers, likewise."""
    gate, queues, procs = multiprocessing.Barrier(len(plans)), [], []
    for plan in plans:
        q = multiprocessing.Queue()
        p = multiprocessing.Process(target=racer, args=(w.port, plan, gate, q))
        p.start()
        queues.append(q)
        procs.append(p)
    answers = [q.get(timeout=120) for q in queues]
    for p in procs:
        p.join(20)
    return list(zip(*answers))


def size(w):
    return int(w.reg.ask('GET', '/log/checkpoint')[1].split(b'\n')[1])


def end_of(w, s):
    """The one end that the record shows, by its parts."""
    r = w.reg.record(w.alpha, s.l)
    ends = [k for k in ('handover', 'ended') if k in r]
    check(len(ends) == 1, f'{s.l}: {ends}')
    check(('keybox' in r) == ('handover' in r) == ('receipt' in r), f'half a handover: {list(r)}')
    return 'delivered' if 'handover' in r else value(r['ended'], 'end')


def attack_28_one_end(w):
    seed = int(os.environ.get('ATTACK_SEED', random.randrange(1 << 32)))
    print(f'      seed {seed}', flush=True)
    rng = random.Random(seed)
    before, sent, picks, plans = size(w), [], [], [[], []]
    for _ in range(ROUNDS):
        s, body = make(w)
        pick = [rng.choice(list(ENDS)) for _ in plans]
        for plan, kind in zip(plans, pick):
            p = w.alpha if kind == 'take-back' else w.bravo
            plan.append((rng.choice((0, 0, rng.random() / 200)),
                         f'/v1/deliveries/{s.l}/{kind}', body[kind], p.token))
        sent.append(s)
        picks.append(pick)
    won = {}
    answers = race(w, plans)
    check(size(w) == before + 2 * ROUNDS, f'{size(w) - before} entries for {ROUNDS} L')
    for s, pick, got in zip(sent, picks, answers):
        end = end_of(w, s)
        won[end] = won.get(end, 0) + 1
        for kind, (status, data) in zip(pick, got):
            if status == 200:
                check(ENDS[kind] == end, f'{kind} was answered 200 and the end is {end}')
            else:
                check(status == 409 and json.loads(data)['end'] == end, f'{kind}: {status} {data}')
        check(200 in [g[0] for g in got], 'one of them won')
        if pick[0] == pick[1]:
            check(got[0] == got[1] and got[0][0] == 200, 'the same bytes, the same answer')
    print(f'      {won}', flush=True)
    check(set(won) == set(ENDS.values()), f'the race was none: {won}')
    until = time.monotonic() + 5    # they go after the last answer
    while world.deposits(w) and time.monotonic() < until:
        time.sleep(0.05)
    check(not world.deposits(w), 'a key was kept')


def attack_28_at_the_lapse_time(w):
    """All lapse at one second; receipts and cosignatures arrive around it."""
    rng = random.Random(int(os.environ.get('ATTACK_SEED', '7')))
    begun = time.time()
    make(w)     # how long one takes here: under a sanitizer, much longer
    at = int(time.time() + 3 + LAPSING * max(1 / 8, 2 * (time.time() - begun)))
    lapse = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(at))
    before, made = size(w), [make(w, lapse) for _ in range(LAPSING)]
    kinds = [rng.choice(('receipt', 'receipt', 'take-back')) for _ in made]
    note = w.reg.ask('GET', '/log/checkpoint')[1]
    text = text_of(note)

    def cosigned(t):
        return text + b'\n' + b''.join(
            x + b'\n' for x in note.split(b'\n\n', 1)[1].split(b'\n') if x) + forge(
                'cosign', w.alpha.delegate, w.alpha.key['cosign'], str(t), given=text)

    # The author alone, with a clock that is ahead, lapses nothing.
    status, data = w.reg.ask('POST', '/v1/cosignatures', cosigned(at + 1000))
    check(status in (200, 400, 409, 422), f'{status} {data}')
    check(not any('ended' in w.reg.record(w.alpha, s.l) for s, _ in made[:3])
          or time.time() >= at, 'lapsed before its time')
    wait = at - time.time() - 0.2
    check(wait > 0, 'this machine is too slow for the test')
    plans = [[], []]
    for i, ((s, body), kind) in enumerate(zip(made, kinds)):
        p = w.alpha if kind == 'take-back' else w.bravo
        plans[0].append(((wait if i == 0 else 0) + rng.random() / 40,
                         f'/v1/deliveries/{s.l}/{kind}', body[kind], p.token))
        plans[1].append(((wait if i == 0 else 0) + rng.random() / 40, '/v1/cosignatures',
                         cosigned(at + 1001 + i), None))
    answers = race(w, plans)
    time.sleep(max(0, at + 1 - time.time()))
    ask(w.port, '/v1/cosignatures', cosigned(at + 5000), None)
    check(size(w) == before + 2 * LAPSING, f'{size(w) - before} entries for {LAPSING} L')
    won = {}
    for (s, _), kind, (got, _) in zip(made, kinds, answers):
        end = end_of(w, s)
        won[end] = won.get(end, 0) + 1
        check((got[0] == 200) == (end == ENDS[kind]) and end in (ENDS[kind], 'lapsed'),
              f'{kind}: {got} and {end}')
        if got[0] != 200:
            check(b'lapse-out-of-range' in got[1] or b'already-ended' in got[1], f'{got}')
    print(f'      {won}', flush=True)


if __name__ == '__main__':
    sys.exit(main([attack_28_one_end, attack_28_at_the_lapse_time]))
