#!/usr/bin/env python3
"""Edges of delivery with the real programs: lapse, clocks, rosters, epochs, a registry that hides."""
import datetime
import hashlib
import os
import shutil
import subprocess
import sys

from proxy import Proxy
from world import CHANCERY, check, main

VERIFY = CHANCERY + '-verify'
HOMES = ('alpha', 'bravo')


def clock(w, days, *who):
    """The virtual clock of these (all of them and the registry), so many days from now."""
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    for name in who or HOMES + ('registry',):
        (w.dir / name / 'clock').write_text(at.strftime('%Y-%m-%dT%H:%M:%SZ\n'))


def verify(path, *more, want=0):
    r = subprocess.run([VERIFY, '--exercise-ok'] + [str(a) for a in more] + [str(path)],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    text = r.stdout.decode()
    check(r.returncode == want, f'verify {path}: exit {r.returncode}, wanted {want}\n{text}'
          f'{r.stderr.decode()}')
    return text


def files(folder):
    return {p.name: p.read_bytes() for p in folder.rglob('*') if p.is_file()}


def lapse(w):
    """Nobody signs: it lapses by the author's clock, provably, and no signature comes after."""
    n = w.send('alpha', 'bravo.example', 'Text.\n', '--lapse', '3')
    m = w.send('alpha', 'bravo.example', 'Never seen.\n', '--lapse', '3')
    w.run('bravo', 'sync')
    clock(w, 4)
    _, err = w.run('bravo', 'sign-for', n, want=1)
    check('laps' in err and 'nothing changed' in err, err)
    for _ in range(2):
        w.run('alpha', 'sync')
        w.run('bravo', 'sync')
    for who in HOMES:
        check([w.state(who, x) for x in (n, m)] == ['lapsed', 'lapsed'], f'{who}')
        w.run(who, 'show', n)
    _, err = w.run('bravo', 'sign-for', n, want=1)
    check('lapsed' in err, err)
    _, err = w.run('alpha', 'take-back', n, want=1)
    check('lapsed' in err, err)
    check(w.json('bravo', 'inbox')['waiting'] == [], 'nothing waits')
    for who in HOMES:
        for i, x in enumerate((n, m)):
            out = w.dir / f'{who}-record-{i}'
            w.run(who, 'export', x, out)
            text = verify(out, '--trust', out / 'trust.txt')
            check('lapsed' in text.lower() and 'NOT PROVEN' not in text, text)
    for i in (0, 1):
        a, b = (files(w.dir / f'{who}-record-{i}') for who in HOMES)
        check(a.keys() == b.keys(), f'{a.keys() ^ b.keys()}')
        for name in a:
            check(a[name] == b[name] or name in ('README.txt', 'trust.txt', 'cover.txt'), name)


def lapse_unseen(w):
    """The addressee never looks at all: the author alone brings the lapse about."""
    n = w.send('alpha', 'bravo.example', 'Text.\n', '--lapse', '3')
    clock(w, 2)
    w.run('alpha', 'sync')
    check(w.state('alpha', n) != 'lapsed', 'too early')
    clock(w, 4)
    for _ in range(2):
        w.run('alpha', 'sync')
    check(w.state('alpha', n) == 'lapsed', w.state('alpha', n))
    out = w.dir / 'record'
    w.run('alpha', 'export', n, out)
    check('NOT PROVEN' not in verify(out, '--trust', out / 'trust.txt'), 'proven')


def hidden(w):
    """A registry that hides one paper from mailbox and deliveries is caught by its signed heads."""
    n = w.send('alpha', 'bravo.example', 'One.\n')
    w.run('bravo', 'sync')
    m = w.send('alpha', 'bravo.example', 'Two.\n')
    l = hash_of(w, m)
    with Proxy(w) as p:
        p.hide = l
        _, err = w.run('bravo', 'sync', want=1)
        check('did not give us' in err and 'alpha.example' in err, err)
        check((w.dir / 'bravo/talks/strait/alarm-alpha.example.txt').exists(), 'evidence')
        w.run('bravo', 'show', m, want=1)
        _, err = w.run('bravo', 'sync', want=1)
        check('did not give us' in err, err)
    w.run('bravo', 'sync')
    check(w.state('bravo', m) is not None and n, 'it comes when it is shown')


def hash_of(w, number):

    note = (w.folder('alpha', number) / 'submission.txt').read_bytes()
    return hashlib.sha256(note[:note.index(b'\n\n') + 1]).hexdigest()


def not_hidden(w):
    """What is put aside, ended unseen, or came while we looked raises no alarm."""
    a = w.send('alpha', 'bravo.example', 'One.\n')
    w.run('alpha', 'take-back', a)
    with Proxy(w) as p:
        # One that comes between our look at the heads and at the mailbox.
        p.before['/v1/mailboxes/'] = lambda: w.send('alpha', 'bravo.example', 'Two.\n')
        w.run('bravo', 'sync')
        b = w.json('bravo', 'inbox')['waiting'][0]['number']
        # One that is taken back between the two.
        c = w.send('alpha', 'bravo.example', 'Three.\n')
        p.before['/v1/mailboxes/'] = lambda: w.run('alpha', 'take-back', c)
        w.run('bravo', 'sync')
        check(w.state('bravo', c) == 'taken-back', w.state('bravo', c))
        d = w.send('alpha', 'bravo.example', 'Four.\n')
        p.before['/v1/envelopes/'] = lambda: w.run('alpha', 'take-back', d)
        w.run('bravo', 'sync')
        e = w.send('alpha', 'bravo.example', 'Five.\n')
        p.flip = '/v1/envelopes/'
        _, err = w.run('bravo', 'sync', want=1)
        check('put aside' in err and 'did not give us' not in err, err)
        p.flip = None
        w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', b)
    w.run('bravo', 'sign-for', e)
    w.run('bravo', 'sync')
    check(not list((w.dir / 'bravo/talks/strait').glob('alarm-*')), 'no alarm')


def epochs(w):
    """A day passes between deposit key and submission; open deposits outlive their epoch."""
    deposits = w.dir / 'registry/deposits'

    def keys():
        return sorted(p.parent.name for p in deposits.glob('*/key'))

    n = w.send('alpha', 'bravo.example', 'One.\n')
    first = keys()
    check(len(first) == 1, f'{first}')
    with Proxy(w) as p:
        p.after['/v1/deposit-key'] = lambda: clock(w, 1.01, 'registry')
        m = w.send('alpha', 'bravo.example', 'Two.\n')
        check(m and m.endswith('/0002'), f'{m}')
    clock(w, 1.02)
    check(len(keys()) == 2, f'{keys()}')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    check(len(keys()) == 1 and keys() != first, f'the first epoch key is gone: {keys()}')
    clock(w, 2.03)
    w.run('bravo', 'sign-for', m)
    w.run('alpha', 'sync')
    check(w.state('alpha', n) == w.state('alpha', m) == 'delivered', 'delivered')
    o = w.send('alpha', 'bravo.example', 'Three.\n')
    second = keys()
    check(len(second) == 1, f'one epoch key: {second}')
    clock(w, 4)
    w.stop(9)
    w.start()
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', o)
    check(second[0] not in keys(), f'{keys()}')


def rosters(w):
    """A roster past its date cannot send; one renewed while papers are open delivers them."""
    n = w.send('alpha', 'bravo.example', 'One.\n')
    w.run('bravo', 'sync')
    w.run('bravo', 'roster', 'renew')
    w.run('bravo', 'sign-for', n)
    m = w.send('alpha', 'bravo.example', 'Two.\n', '--lapse', '200')
    w.run('bravo', 'roster', 'renew')
    w.run('bravo', 'sync')
    w.run('alpha', 'sync')
    clock(w, 120)
    _, err = w.run('alpha', 'send', w.paper('Three.\n'), '--to', 'bravo.example', '--form', 'note',
                   '--act', 'proposal', want=1)
    check('roster renew' in err, err)
    _, err = w.run('bravo', 'sign-for', m, want=1)
    check('roster renew' in err, err)
    w.run('bravo', 'roster', 'renew')
    w.run('bravo', 'sign-for', m)
    w.run('alpha', 'roster', 'renew')
    w.run('alpha', 'sync')
    for who in HOMES:
        check(w.shown(who, m)['receipt_counts'], f'{who}: the receipt counts')
        out = w.dir / f'{who}-record'
        w.run(who, 'export', m, out)
        text = verify(out, '--trust', out / 'trust.txt')
        check('NOT PROVEN' not in text, text)
    w.send('alpha', 'bravo.example', 'Four.\n')


def back_in_time(w):
    """A clock set back convicts nobody and stops nothing."""
    n = w.send('alpha', 'bravo.example', 'One.\n')
    for days, who in ((-2, ('alpha',)), (-2, ('registry',)), (-1, ('bravo',))):
        clock(w, days, *who)
        m = w.send('alpha', 'bravo.example', f'{days} {who}.\n')
        w.run('bravo', 'sync')
        w.run('bravo', 'sign-for', m)
        w.run('alpha', 'sync')
        check(w.state('alpha', m) == w.state('bravo', m) == 'delivered', f'{days} {who}')
    w.run('bravo', 'sign-for', n)
    w.run('bravo', 'sync')


def restored(w):
    """The registry comes back from an older backup: every home says so, and signs nothing."""
    w.send('alpha', 'bravo.example', 'One.\n')
    w.run('bravo', 'sync')
    w.stop()
    shutil.copytree(w.dir / 'registry', w.dir / 'backup')
    w.start()
    n = w.send('alpha', 'bravo.example', 'Two.\n')
    w.run('bravo', 'sync')
    w.run('alpha', 'sync')
    w.stop()
    shutil.rmtree(w.dir / 'registry')
    os.rename(w.dir / 'backup', w.dir / 'registry')
    w.start()
    for who in HOMES:
        _, err = w.run(who, 'sync', want=1)
        check('shrank or forked' in err, err)
        _, err = w.run(who, 'sync', want=1)
        check('evidence' in err, err)
    _, err = w.run('bravo', 'sign-for', n, want=1)
    check('evidence' in err, err)
    check(not list((w.dir / 'bravo').rglob('pending.*')), 'nothing was signed')
    w.run('alpha', 'send', w.paper('Three.\n'), '--to', 'bravo.example', '--form', 'note', '--act',
          'proposal', want=1)
    check(w.json('alpha', 'outbox')['waiting'] == [], 'nothing was kept')
    w.run('bravo', 'inbox')
    w.run('bravo', 'show', n)


def settled(w):
    """What is settled is passed over; a file of it that was lost comes back all the same."""
    n = w.send('alpha', 'bravo.example', 'One.\n')
    m = w.send('alpha', 'bravo.example', 'Two.\n')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    w.run('bravo', 'decline', m)
    for _ in range(2):
        w.run('alpha', 'sync')
        w.run('bravo', 'sync')
    before = w.json('alpha', 'outbox'), w.run('alpha', 'outbox')
    for who in HOMES:
        for x in (n, m):
            mark = w.dir / who / w.folder('bravo', x).relative_to(w.dir / 'bravo') / 'settled.txt'
            check(mark.exists(), f'{mark} is missing')
            mark.unlink()
    check((w.json('alpha', 'outbox'), w.run('alpha', 'outbox')) == before, 'the same list')
    w.run('bravo', 'sync')
    whole = files(w.folder('bravo', n))
    for name in ('handover.txt', 'opened.proof.txt'):
        (w.folder('bravo', n) / name).unlink()
        w.run('bravo', 'sync')
        now = files(w.folder('bravo', n))
        check(now.keys() == whole.keys() and now['handover.txt'] == whole['handover.txt'], name)


if __name__ == '__main__':
    sys.exit(main([lapse, lapse_unseen, hidden, not_hidden, epochs, rosters, back_in_time,
                   restored, settled]))
