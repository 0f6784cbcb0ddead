#!/usr/bin/env python3
"""Hostile registries, hostile bodies, and accidents in between."""
import json
import random
import re
import shutil
import signal
import sys
import threading
import time

from stage import Sent, check, main
from forger import forge, hexsha, pack, sign, stmt, text_of, unpack, value
from between import Proxy


def objects(w):
    """One signed object of every kind that the programs made, and more by the forger."""
    n = w.honest('Signed for.\n')
    m = w.send('alpha', 'bravo.example', 'Not this one.\n')
    w.arrive('bravo')
    w.run('bravo', 'decline', m)
    a, b = dict(unpack(w.record('bravo', n))), dict(unpack(w.record('bravo', m)))
    s = Sent(w.reg, w.alpha, w.bravo, ['x'])
    out = {k: a[k] for k in ('charter', 'registry', 'submission', 'registered', 'notice',
                             'receipt', 'handover', 'opened')}
    out.update({k: b[k] for k in ('decline', 'ended')})
    out['paper'] = dict(unpack(a['cover']))['paper']
    out['roster'] = w.bravo.roster
    out['deposit-key'] = w.reg.ask('GET', '/v1/deposit-key')[1]
    out['heads'] = w.reg.call(w.bravo, 'GET', f'/v1/talks/{w.reg.talks}/heads')[1]
    out['take-back'] = s.about('take-back', w.alpha)
    out['checkpoint'] = w.reg.ask('GET', '/log/checkpoint')[1]
    out['sign-in'] = w.bravo.sign(stmt(
        'sign-in', ('talks', '-'), ('party', w.bravo.handle), ('roster', w.bravo.ref),
        ('registry', w.reg.origin), ('tls-name', '-'), ('challenge', '0' * 64),
        ('time', '2026-01-01T00:00:00Z')), 'sign-in')
    out['confirmation'] = confirmation(w, w.bravo, a)
    return n, hexsha(text_of(a['submission'])), out


def confirmation(w, p, record, leaves='-'):
    d = hexsha(text_of(dict(unpack(record['cover']))['paper']))
    return p.sign(stmt('confirmation', ('talks', w.reg.talks), ('party', p.handle),
                       ('roster', p.ref), ('paper', d),
                       ('receipt', hexsha(text_of(record['receipt']))), ('leaves', leaves),
                       ('sentence', 'received'), ('note', '-'), ('checkpoint', '-'),
                       ('time', '2026-11-25T00:00:00Z')))


def attack_04_key_confusion(w):
    """Every signed object is offered wherever another is expected, to registry and judge."""
    n, l, obj = objects(w)
    doors = {'roster': '/v1/rosters', 'sign-in': '/v1/tokens', 'checkpoint': '/v1/cosignatures',
             'confirmation': '/v1/statements'}
    doors.update({k: f'/v1/deliveries/{l}/{k}' for k in
                  ('receipt', 'decline', 'take-back', 'opened', 'defect', 'key-missing')})
    size = int(obj['checkpoint'].split(b'\n')[1])
    for door, where in doors.items():
        for kind, data in obj.items():
            if kind == door:
                continue
            for p in (w.alpha, w.bravo):
                status, answer = w.reg.call(p, 'POST', where, data)
                check(400 <= status < 500, f'{kind} at {where} by {p.handle}: {status} {answer}')
    for kind in obj:
        if kind in ('submission', 'charter'):
            continue
        for what in ('submission', 'charter'):
            body = pack('submission', [(what, obj[kind])] + (
                [('deposit', b'x')] if what == 'submission' else []))
            where = '/v1/charters' if what == 'charter' else '/v1/submissions'
            status, answer = w.reg.call(w.alpha, 'POST', where, body)
            check(400 <= status < 500, f'{kind} as {what}: {status} {answer}')
    now = int(w.reg.ask('GET', '/log/checkpoint')[1].split(b'\n')[1])
    check(now == size, f'the register grew from {size} to {now}')
    # Right text, a key of another purpose.
    s = Sent(w.reg, w.alpha, w.bravo, ['x'])
    check(s.post()[0] == 201, 'twin')
    text = text_of(s.about('receipt', w.bravo))
    for key in ('sign-in', 'cosign'):
        status, answer = w.reg.call(w.bravo, 'POST', f'/v1/deliveries/{s.l}/receipt',
                                    w.bravo.sign(text, key))
        check(status == 422 and b'bad-signature' in answer, f'{key}: {status} {answer}')
    cosign = forge('cosign', w.bravo.delegate, w.bravo.key['statements'], '1800000000',
                   given=text_of(obj['checkpoint']))
    status, answer = w.reg.ask('POST', '/v1/cosignatures', obj['checkpoint'] + cosign)
    check(400 <= status < 500, f'a cosignature by the statement key: {status} {answer}')
    c = json.loads(w.reg.ask('POST', '/v1/challenges')[1])['challenge']
    text = stmt('sign-in', ('talks', '-'), ('party', w.bravo.handle), ('roster', w.bravo.ref),
                ('registry', w.reg.origin), ('tls-name', '-'), ('challenge', c),
                ('time', '2026-01-01T00:00:00Z'))
    status, answer = w.reg.ask('POST', '/v1/tokens', w.bravo.sign(text))
    check(status == 422 and b'sign-in key' in answer, f'signed in by the statement key: {status}')
    check(w.reg.ask('POST', '/v1/tokens', w.bravo.sign(text.replace(
        b'exercise.registry', b'exercise.another'), 'sign-in'))[0] == 422, 'another registry')
    check(w.reg.ask('POST', '/v1/tokens', w.bravo.sign(text, 'sign-in'))[0] == 200, 'twin')
    check(w.reg.ask('POST', '/v1/tokens', w.bravo.sign(text, 'sign-in'))[0] == 401, 'once')
    # To the judge: each in the place of each other.
    w.proven(w.file('record.txt', w.record('bravo', n)))
    parts = ('charter', 'registry', 'submission', 'registered', 'notice', 'receipt', 'handover',
             'opened')
    for part in parts:
        for kind, data in obj.items():
            if kind == part:
                continue
            code, out = w.verify(w.file('record.txt', w.record('bravo', n, **{part: data})),
                                 '--exercise-ok')
            check(code in (1, 2) and 'PROVEN as far' not in out, f'{kind} as {part}: {out}')


def attack_11_run_reused(w):
    """A nonce, an envelope or a key that was seen before makes no second run, ended or not."""
    one = Sent(w.reg, w.alpha, w.bravo, ['One.'])
    check(one.post()[0] == 201, 'twin')

    def again(label):
        two = lambda **kw: Sent(w.reg, w.alpha, w.bravo, ['Two.'], kw)
        cases = [two(l=lambda x: {**x, 'nonce': value(one.l_text + b'\n', 'nonce')}),
                 two(e=lambda _: one.e), two(k=lambda _: [one.k, one.k_pub])]
        for i, s in enumerate(cases):
            status, data = s.post()
            check(status == 409 and b'repeated' in data, f'{label} {i}: {status} {data}')
            rejected = json.loads(data)['rejected'].encode()
            check(value(rejected, 'reason') == 'repeated' and
                  value(rejected, 'submission') == s.l, 'the refusal is signed and for this L')

    again('open')
    w.stop(signal.SIGKILL)
    w.start()
    again('after a crash')
    # A receipt for one run says nothing in another.
    two = Sent(w.reg, w.alpha, w.bravo, ['Two.'])
    check(two.post()[0] == 201, 'twin')
    for body in (one.about('receipt', w.bravo), two.about('receipt', w.bravo, paper=one.d),
                 two.about('receipt', w.bravo, cover=hexsha(one.cover)),
                 two.about('receipt', w.bravo, pair=one.pair()),
                 two.about('receipt', w.bravo, submission=one.l)):
        status, data = w.reg.call(w.bravo, 'POST', f'/v1/deliveries/{two.l}/receipt', body)
        check(status == 422 and b'does not fit' in data, f'{status} {data}')
    check(one.receive()[0] == 200, 'twin')
    again('signed for')
    status, _ = w.reg.call(w.alpha, 'POST', f'/v1/deliveries/{two.l}/take-back',
                           two.about('take-back', w.alpha))
    check(status == 200, 'twin')
    one = two
    again('taken back')


def attack_12_wrong_deposit(w):
    """A key that is not the one of L, or bound to another L."""
    other = forge('identity').decode().split()
    first = Sent(w.reg, w.alpha, w.bravo, ['Before.'])
    check(first.post()[0] == 201, 'twin')
    s = Sent(w.reg, w.alpha, w.bravo, ['Text.'])
    right = s.deposit
    for name, deposit in (
            ('another key', s.deposit_of(other[0], s.l)),
            ('another L', s.deposit_of(s.k, first.l)), ('of another run', first.deposit),
            ('no age file', b'x' * 300), ('to another', forge('seal', '-', other[1], given=b'x')),
            ('cut', right[:-1]), ('flipped', right[:-1] + bytes([right[-1] ^ 1]))):
        s.deposit = deposit
        status, data = s.post()
        check(status == 422 and b'key-does-not-fit' in data, f'{name}: {status} {data}')
        rejected = json.loads(data)['rejected'].encode()
        check(value(rejected, 'reason') == 'key-does-not-fit' and
              value(rejected, 'etsi') == 'A.2', f'{name}: a signed refusal')
    s.deposit = right
    w.arrives(s)
    w.run('bravo', 'sign-for', s.number)
    check(w.run('bravo', 'show', s.number, '--text')[0] == b'Text.\n', 'twin')


def key_of_another_suite(w):
    """A classic K for a hybrid party: all fits L, and the registry does not take it."""
    classic = {'k': lambda _: forge('identity', 'classic').decode().split()}
    s = Sent(w.reg, w.alpha, w.bravo, ['Text.'], classic)
    status, data = s.post()
    check(status == 422 and b'key-does-not-fit' in data, f'{status} {data}')
    w.arrives(Sent(w.reg, w.alpha, w.bravo, ['Text.']))


def attack_26_receipt_without_key(w):
    """The registry keeps the key to itself: then nobody has a receipt."""
    n = w.honest('For a key.\n')
    other = dict(unpack(w.record('bravo', w.honest('Another.\n'))))['keybox']
    good = w.record('alpha', n)
    w.proven(w.file('record.txt', good), 'delivered')
    mine = dict(unpack(good))['keybox']
    for keybox, word in ((None, 'the keybox that the handover names is not here'),
                         (other, 'not the'), (mine[:-1], 'not the'), (b'x' * len(mine), 'not the')):
        out = w.refuted(w.file('record.txt', w.record('alpha', n, keybox=keybox)), 1, word)
        check('How it ended: delivered' not in out, out)
    # The author's own desk, given the receipt and not the key.
    proxy = Proxy(w)

    def no_keybox(method, where, body, ask):
        status, data = ask()
        if status == 200 and method == 'GET' and re.fullmatch('/v1/deliveries/[0-9a-f]{64}', where):
            data = pack('record', [x for x in unpack(data) if x[0] != 'keybox'])
        return status, data

    m = w.send('alpha', 'bravo.example', 'For a key, too.\n')
    w.arrive('bravo')
    w.run('bravo', 'sign-for', m)
    proxy.between('alpha', no_keybox)
    w.arrive('alpha')
    shown = w.shown('alpha', m)
    check(not shown.get('receipt_counts') and shown['state'] != 'delivered', f'{shown}')
    proxy.away('alpha')
    w.arrive('alpha')
    shown = w.shown('alpha', m)
    check(shown['receipt_counts'] and shown['state'] == 'delivered', f'{shown}')


def attack_29_crash_before_the_answer(w):
    """The registry dies behind the log and before its answer: receipt and key stay one record."""
    proxy = Proxy(w)
    rng = random.Random(29)
    for round_ in range(4):
        n = w.send('alpha', 'bravo.example', f'Round {round_}.\n')
        w.arrive('bravo')
        lost = []

        def die(method, where, body, ask):
            if where.endswith('/receipt'):
                if round_ < 2:
                    lost.append(ask()[1])
                    w.stop(signal.SIGKILL)
                else:  # at some moment while it works
                    kill = lambda: (time.sleep(rng.random() / 100), w.stop(signal.SIGKILL))
                    t = threading.Thread(target=kill)
                    t.start()
                    try:
                        lost.append(ask()[1])
                    except OSError:
                        pass
                    t.join()
                return None
            return ask()

        proxy.between('bravo', die)
        w.run('bravo', 'sign-for', n, want=3)
        proxy.away('bravo')
        w.start()
        check(w.state('bravo', n) != 'delivered', 'no key, no delivery')
        w.run('bravo', 'sign-for' if round_ % 2 else 'sync', *([n] if round_ % 2 else []))
        if w.state('bravo', n) != 'delivered':
            check(not lost, 'an answer was lost and the record is not there')
            w.run('bravo', 'sign-for', n)
        w.arrive('alpha')
        for name in ('receipt.txt', 'handover.txt', 'keybox.age'):
            x = [(w.folder(p, n) / name).read_bytes() for p in ('alpha', 'bravo')]
            check(x[0] == x[1], f'{name} differs')
            if lost and name != 'receipt.txt':
                check(dict(unpack(lost[0]))[name.split('.')[0]] == x[0], f'{name} is another now')
        check(w.run('bravo', 'show', n, '--text')[0] == f'Round {round_}.\n'.encode(), 'the text')
        check(not list(w.folder('bravo', n).glob('conflict-*')), 'two records')


def attack_30_answer_lost(w):
    """A time-out that was none: the same bytes again, one paper; other bytes are refused."""
    proxy = Proxy(w)

    def drop(method, where, body, ask):
        if where == '/v1/submissions':
            lost.append((body, ask()))
            return None
        return ask()

    lost = []
    before = w.json('alpha', 'outbox')['sent']
    proxy.between('alpha', drop)
    w.run('alpha', 'send', w.paper('Once.\n'), '--to', 'bravo.example', '--form', 'note', '--act',
          'proposal', want=3)
    w.run('alpha', 'sync', want=3)
    check(len(lost) > 1 and len(set(b for b, _ in lost)) == 1, 'the same bytes every time')
    check(len(set(a for _, a in lost)) == 1 and lost[0][1][0] == 201, 'the same answer every time')
    proxy.away('alpha')
    w.arrive('alpha')
    sent = w.json('alpha', 'outbox')
    check(not sent['waiting'] and len(sent['sent']) == len(before) + 1, f'{sent}')
    s = Sent(w.reg, w.alpha, w.bravo, ['Twice.'])
    answers = [s.post() for _ in range(3)]
    check(answers[0][0] == 201 and len(set(answers)) == 1, 'same bytes, same answer')
    nonce = value(s.l_text + b'\n', 'nonce')
    status, data = Sent(w.reg, w.alpha, w.bravo, ['Other.'], {
        'l': lambda l: {**l, 'nonce': nonce}}).post()
    check(status == 409 and b'repeated' in data, f'{status} {data}')
    w.stop(signal.SIGKILL)
    w.start()
    w.reg.sign_in(w.alpha)
    check(s.post() == answers[0], 'after a crash, too')
    first = s.receive()
    check(first[0] == 200 and s.receive() == first, 'the same receipt, the same handover')


def hostile_answers(w):
    """What a registry could answer instead: another envelope, another's record, an old one."""
    proxy = Proxy(w)
    old = w.honest('Before.\n')
    old_l = hexsha(text_of((w.folder('bravo', old) / 'submission.txt').read_bytes()))
    n = w.send('alpha', 'bravo.example', 'Now.\n')
    f = w.folder('alpha', n)
    l = hexsha(text_of((f / 'submission.txt').read_bytes()))
    e = (f / 'envelope.age').read_bytes()
    old_e = (w.folder('bravo', old) / 'envelope.age').read_bytes()

    def answer(where, change):
        def hook(_, path, body, ask):
            status, data = ask()
            return (status, change(data)) if re.search(where, path) else (status, data)
        return hook

    def refused(what, hook, word):
        proxy.between('bravo', hook)
        code, err = w.arrive('bravo')
        waiting = [x['number'] for x in w.json('bravo', 'inbox')['waiting']]
        check(code == 1 and n not in waiting, f'{what}: {code} {err} {waiting}')
        check(word in err + (w.why('bravo', l) or ''), f'{what}: {err}')
        proxy.away('bravo')

    part = lambda name, data: lambda pack_: pack('record', [
        (k, data if k == name else v) for k, v in unpack(pack_)])
    theirs = dict(unpack(w.reg.call(w.bravo, 'GET', f'/v1/deliveries/{old_l}')[1]))
    flip = lambda at: lambda x: x[:at] + bytes([x[at] ^ 1]) + x[at + 1:]
    for what, change in (('flipped', flip(len(e) // 2)), ('flipped header', flip(60)),
                         ('cut', lambda x: x[:-1]), ('longer', lambda x: x + b'x'),
                         ('of another paper', lambda _: old_e), ('none', lambda _: b'')):
        refused(what, answer('/v1/envelopes/', change), '')
    for what, change in (('another submission', part('submission', theirs['submission'])),
                         ('flipped L', lambda p: flip(p.index(b'lapse 20') + 8)(p)),
                         ("another's record", lambda _: pack('record', list(theirs.items())))):
        refused(what, answer(f'/v1/deliveries/{l}$', change), 'another submission')
    w.arrive('bravo')
    check(n in [x['number'] for x in w.json('bravo', 'inbox')['waiting']], 'twin: it arrives')
    # The answer to the receipt: of another run, with another key, forged.
    good = dict(theirs)
    for what, change in (
            ('an old handover', lambda _: pack('answer', [
                (k, good[k]) for k in ('handover', 'handover.proof', 'keybox')])),
            ('another keybox', lambda p: pack('answer', [
                (k, good['keybox'] if k == 'keybox' else v) for k, v in unpack(p)])),
            ('no keybox', lambda p: pack('answer', [x for x in unpack(p) if x[0] != 'keybox'])),
            ('not signed by it', lambda p: pack('answer', [
                (k, w.bravo.sign(text_of(v)) if k == 'handover' else v) for k, v in unpack(p)])),
            ('an empty answer', lambda p: pack('answer', []))):
        proxy.between('bravo', answer('/receipt$', change))
        code, out, err = w.raw(['sign-for', n, '--home', w.dir / 'bravo', '--passphrase-file',
                                w.dir / 'pass', '--yes'])
        check(code in (1, 2) and err.count('\n') <= 2, f'{what}: {code} {err}')
        check(b'Signed for' not in out and w.state('bravo', n) != 'delivered',
              f'{what} passes for a handover')
        w.run('bravo', 'show', n, '--text', want=1)
    proxy.away('bravo')
    w.run('bravo', 'sign-for', n)
    check(w.run('bravo', 'show', n, '--text')[0] == b'Now.\n', 'twin')


def attack_01_courier(w):
    """A registry in league gives alpha's paper for bravo to charlie."""
    n = w.send('alpha', 'bravo.example', 'For bravo alone.\n')
    note = (w.folder('alpha', n) / 'submission.txt').read_bytes()
    l = hexsha(text_of(note))
    w.reg.sign_in(w.bravo)
    box = f'/v1/mailboxes/{w.bravo.mailbox}'
    rows = json.loads(w.reg.call(w.bravo, 'GET', box)[1])
    row = next(r for r in rows if r['submission'] == l)
    proxy = Proxy(w)

    def league(method, where, body, ask):
        if where.startswith('/v1/mailboxes/'):
            pages.append(where)
            return 200, json.dumps([row] if endless or '?' not in where else []).encode()
        if method == 'GET' and (l in where or row['envelope'] in where):
            return ask(token=w.bravo.token)
        return ask()

    status, _ = w.reg.call(w.charlie, 'GET', f'/v1/deliveries/{l}')
    check(status in (403, 404), f'an honest registry gives it to nobody else: {status}')
    status, _ = w.reg.call(w.charlie, 'GET', f'/v1/envelopes/{row["envelope"]}')
    check(status in (403, 404), f'nor E: {status}')
    pages, endless = [], True
    proxy.between('charlie', league)
    code, err = w.arrive('charlie')
    check(code == 1 and len(pages) == 2, f'asked for ever: {code} {err} {pages}')
    endless = False
    shutil.rmtree(w.dir / 'charlie/quarantine' / l)
    code, err = w.arrive('charlie')
    check(code == 1 and 'not addressed to us' in (w.why('charlie', l) or err), f'{code} {err}')
    check(w.json('charlie', 'inbox')['waiting'] == [], 'in the inbox')
    proxy.away('charlie')
    # What was put aside is no place in the chain of what alpha sends to charlie.
    m = w.send('alpha', 'charlie.example', 'For charlie.\n')
    code, err = w.arrive('charlie')
    check(code == 0 and m in [x['number'] for x in w.json('charlie', 'inbox')['waiting']],
          f'{code} {err}')
    w.arrive('bravo')
    check(n in [x['number'] for x in w.json('bravo', 'inbox')['waiting']], 'twin')


def attack_27_paper_kept_back(w):
    """The registry hides a paper from its addressee: the signed heads of the pair chains tell."""
    w.honest('Seen.\n')
    n = w.send('alpha', 'bravo.example', 'Kept back.\n')
    l = hexsha(text_of((w.folder('alpha', n) / 'submission.txt').read_bytes()))
    proxy = Proxy(w)

    def hide(method, where, body, ask):
        status, data = ask()
        if where.startswith('/v1/mailboxes/') and status == 200:
            data = json.dumps([r for r in json.loads(data) if r['submission'] != l]).encode()
        return status, data

    proxy.between('bravo', hide)
    code, err = w.arrive('bravo')
    alarm = w.dir / 'bravo/talks/strait/alarm-alpha.example.txt'
    check(code == 1 and alarm.exists(), f'{code} {err}')
    check(b'chancery-exercise/heads@v1' in alarm.read_bytes(), 'its signed word is kept')
    print(f'      {err.strip()}', flush=True)
    proxy.away('bravo')
    w.arrive('bravo')
    check(n in [x['number'] for x in w.json('bravo', 'inbox')['waiting']], 'twin')


def attack_24_evidence_reaches_the_author(w):
    """The addressee signs for it and never speaks again: all that proves it comes from the registry."""
    n = w.send('alpha', 'bravo.example', 'Text.\n')
    w.arrive('bravo')
    w.run('bravo', 'sign-for', n)
    shutil.move(w.dir / 'bravo', w.dir / 'bravo-away')
    try:
        w.arrive('alpha')
        w.proven(w.file('r24.txt', w.record('alpha', n)), 'How it ended: delivered')
    finally:
        shutil.move(w.dir / 'bravo-away', w.dir / 'bravo')


def attack_32_unsigned_refusal(w):
    """A refusal that the registry did not sign, for this paper, is no refusal: it is sent again."""
    proxy = Proxy(w)
    other = Sent(w.reg, w.alpha, w.bravo, ['Other.'])
    check(other.post()[0] == 201, 'twin')
    w.arrive('alpha')    # which learns what its party sent from elsewhere
    status, data = Sent(w.reg, w.alpha, w.bravo, ['x'], {
        'l': lambda l: {**l, 'nonce': value(other.l_text + b'\n', 'nonce')}}).post()
    real = json.loads(data)
    check(status == 409 and 'rejected' in real, f'{status} {data}')
    for what, rejected in (('none', None), ("another paper's", real['rejected']),
                           ('unsigned', text_of(real['rejected'].encode()).decode()),
                           ("a party's", w.charlie.sign(text_of(real['rejected'].encode())).decode())):
        problem = {**real, 'rejected': rejected}
        if rejected is None:
            del problem['rejected']
        proxy.between('alpha', lambda m, p, b, ask: (409, json.dumps(problem).encode())
                      if p == '/v1/submissions' else ask())
        text = w.paper(f'Refused by nobody: {what}.\n')
        code, _, err = w.raw(['send', text, '--to', 'bravo.example', '--form', 'note', '--act',
                              'proposal', '--home', w.dir / 'alpha', '--passphrase-file',
                              w.dir / 'pass', '--yes'])
        proxy.away('alpha')
        check(code != 0, f'{what}: {code} {err}')
        waits = [x['number'] for x in w.json('alpha', 'outbox')['waiting']]
        check(len(waits) == 1, f'{what}: {waits}')
        w.arrive('alpha')
        box = w.json('alpha', 'outbox')
        check(not box['waiting'] and waits[0] in [x['number'] for x in box['sent']],
              f'{what}: it is not sent again: {box}')


def ends_by_others(w):
    """Who may end a submission, and plead of it, is fixed: by party, by power, by order."""
    s = Sent(w.reg, w.alpha, w.bravo, ['Text.'])
    check(s.post()[0] == 201, 'twin')
    where = f'/v1/deliveries/{s.l}/'
    plea = lambda kind, p, ho='0' * 64: s.about(
        kind, p, ('handover', ho), *([] if kind == 'opened' else [(
            'cause', 'paper-malformed' if kind == 'defect' else 'no-keybox')]))
    for p in (w.alpha, w.bravo, w.charlie):
        for kind in ('receipt', 'decline', 'take-back'):
            if p is (w.alpha if kind == 'take-back' else w.bravo):
                continue
            for session in (w.alpha, w.bravo, w.charlie):
                status, data = w.reg.call(session, 'POST', where + kind, s.about(kind, p))
                check(400 <= status < 500, f'{kind} by {p.handle}: {status} {data}')
            forged = sign(text_of(s.about(kind, w.bravo if kind != 'take-back' else w.alpha)),
                          (w.bravo if kind != 'take-back' else w.alpha).delegate,
                          p.key['statements'])
            status, data = w.reg.call(p, 'POST', where + kind, forged)
            check(400 <= status < 500, f'{kind} forged by {p.handle}: {status} {data}')
        for kind in ('opened', 'defect', 'key-missing'):
            status, data = w.reg.call(p, 'POST', where + kind, plea(kind, p))
            check(400 <= status < 500, f'{kind} before the receipt: {status} {data}')
    check(not {'handover', 'ended', 'opened', 'defect', 'key-missing'} & set(
        w.reg.record(w.alpha, s.l)), 'something was taken')
    status, data = s.receive()
    check(status == 200, f'twin: {status} {data}')
    ho = hexsha(text_of(dict(unpack(data))['handover']))
    for p in (w.alpha, w.charlie):
        for kind in ('opened', 'defect', 'key-missing'):
            status, data = w.reg.call(p, 'POST', where + kind, plea(kind, p, ho))
            check(400 <= status < 500, f'{kind} by {p.handle}: {status} {data}')
    status, data = w.reg.call(w.bravo, 'POST', where + 'opened', plea('opened', w.bravo))
    check(400 <= status < 500, f'opened, of another handover: {status} {data}')
    status, data = w.reg.call(w.bravo, 'POST', where + 'opened', plea('opened', w.bravo, ho))
    check(status == 200, f'twin: {status} {data}')


if __name__ == '__main__':
    sys.exit(main([attack_01_courier, attack_04_key_confusion, attack_11_run_reused,
                   attack_12_wrong_deposit, key_of_another_suite, attack_26_receipt_without_key,
                   attack_29_crash_before_the_answer, attack_30_answer_lost, ends_by_others,
                   hostile_answers, attack_24_evidence_reaches_the_author,
                   attack_32_unsigned_refusal, attack_27_paper_kept_back]))
