#!/usr/bin/env python3
"""A registry and its witnesses: the quorum and those who fail it; a restored backup is found out
before anything is signed."""
import http.client
import json
import os
import pathlib
import shutil
import signal
import sys
import threading
import time

import world
from witness import Witness
from world import check

FORGE = os.environ['FORGE'] = os.path.abspath(sys.argv.pop(1))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'attacks'))
from forger import Party, Registry  # noqa: E402


def wait(what, ready, seconds=15):
    end = time.monotonic() + seconds
    while not ready():
        check(time.monotonic() < end, f'not in {seconds} s: {what}')
        time.sleep(0.02)


def ask(w, method, path, body=None):
    c = http.client.HTTPConnection('127.0.0.1', w.port, timeout=20)
    c.request(method, path, body)
    r = c.getresponse()
    return r.status, r.read(), r.getheader('Chancery-Level')


def roster(w, query=''):
    """The roster that is there already, said once more: the same entry, its proof."""
    return ask(w, 'POST', '/v1/rosters' + query, (w.dir / 'alpha-roster.txt').read_bytes())


def size(w):
    return int(ask(w, 'GET', '/log/checkpoint')[1].split(b'\n')[1])


def log_text(w):
    return (w.dir / 'registry.log').read_text()


def logged(w, event, **fields):
    """How often that stands in the log."""
    return sum(o['event'] == event and all(o.get(k) == v for k, v in fields.items())
               for o in map(json.loads, log_text(w).splitlines()))


def policy(w, need, *witnesses):
    names = ' '.join(f'w{i}' for i in range(len(witnesses)))
    (w.dir / 'registry/policy').write_text(''.join(
        f'witness w{i} {x.vkey} {x.url}\n' for i, x in enumerate(witnesses)) +
        f'group all {need} {names}\nquorum all\n')
    w.stop()
    w.start()


def send(w, text):
    w.send('alpha', 'bravo.example', text)


def attack_46_witnesses_fail(w):
    a, b, c = (Witness(FORGE, f'{x}.witness.example') for x in 'abc')
    c.part = 'lying'
    policy(w, 2, a, b, c)
    wait('both cosign', lambda: a.size == b.size == size(w))
    status, body, level = roster(w, '?level=witnessed')
    check(status == 200 and level == 'witnessed', f'{status} {level}')
    check(a.name.encode() in body and b.name.encode() in body, 'lines of the quorum')
    check(c.name.encode() not in body, 'a line that does not verify')
    check(roster(w)[2] == 'published', 'nobody asked for more')
    for i in range(3):                             # growth: proofs from the size known
        send(w, f'paper {i}\n')
    wait('growth is cosigned', lambda: a.size == b.size == size(w))
    check(any(old > 0 for old, _ in a.asked), 'no consistency proof was asked for')

    asked = len(a.asked)                           # a log that rests is not shown twice
    time.sleep(0.8)
    check(len(a.asked) == asked, f'{a.asked}')

    b.part = 'dead'                                # stops nothing but the word
    send(w, 'more\n')
    wait('a goes on', lambda: a.size == size(w))
    index = size(w)
    check(b.size < index, 'b is dead')
    w.stop()
    w.start()                                      # nothing is witnessed yet in this run
    begun = time.monotonic()
    status, body, level = roster(w, '?level=witnessed')
    check(status == 200 and level == 'published', f'{status} {level}: never pretended')
    check(b'.proof' in body and 4.5 < time.monotonic() - begun < 15, 'it waits, and not for ever')
    check(logged(w, 'witness-failed', witness=b.name, why='it answers with an error') == 2,
          log_text(w))
    b.part = 'good'                                # and catches up
    wait('b is back', lambda: b.size == size(w), 40)
    wait('witnessed again', lambda: roster(w, '?level=witnessed')[2] == 'witnessed')
    check(logged(w, 'witness-back', witness=b.name), log_text(w))
    check(logged(w, 'witness-failed', witness=c.name, why='its cosignature does not verify'),
          log_text(w))
    code, out, err = w.raw(['registry', 'status', w.dir / 'registry', '--json'])
    check(code == 0, err)
    told = {x['name']: x for x in json.loads(out)['witnesses']}
    check(told[a.name]['size'] == size(w) and told[c.name]['size'] == 0, out)
    for x in (a, b, c):
        x.stop()


def append(w, entry, query=''):
    """A raw entry of alpha; the answer and its level."""
    reg, alpha = Registry(w), Party(w, 'alpha')
    reg.sign_in(alpha)
    c = http.client.HTTPConnection('127.0.0.1', w.port, timeout=20)
    c.request('POST', '/v1/entries' + query, entry, {'Authorization': 'Bearer ' + alpha.token})
    r = c.getresponse()
    return r.status, r.read(), r.getheader('Chancery-Level')


def slow_and_forked(w):
    """A slow witness is waited for when the quorum needs it, and only then; one that holds another
    history by its own word convicts nobody."""
    a, b, c = (Witness(FORGE, f'{x}.witness.example') for x in 'abc')
    b.part, c.part = 'slow', 'forked'
    policy(w, 2, a, b, c)
    wait('the quorum meets', lambda: a.size == b.size == size(w))
    begun = time.monotonic()
    status, body, level = append(w, b'1' * 32, '?level=witnessed')
    check(status == 200 and level == 'witnessed' and b.name.encode() in body, f'{status} {level}')
    check(0.6 < time.monotonic() - begun < 12, 'it waited for b')
    check(append(w, b'1' * 32)[2] == 'durable', 'asked for no more')
    check(logged(w, 'witness-failed', witness=c.name, why='it holds another history (422)'),
          log_text(w))
    figures = ask(w, 'GET', '/metrics')[1].decode()
    check('\nchancery_witnesses 3\n' in figures and '\nchancery_witnesses_failing 1\n' in figures and
          f'chancery_witnessed_entries {size(w)}\n' in figures, figures)
    check(w.server.poll() is None, 'it goes on')
    for x in (a, b, c):
        x.stop()


def silent(w):
    """One that takes questions and says nothing: it is not waited for at the end, and a reload while
    the registry waits for it at the start does no harm."""
    a, took = Witness(FORGE, 'a.witness.example'), []
    policy(w, 1, a)
    wait('a cosigns', lambda: a.size == size(w))
    a.part = 'silent'
    while not took or took[-1] >= 1 and len(took) < 3:     # the machine may be busy
        asked = a.silent
        append(w, b'%d' % len(took) * 32)
        wait('a is asked', lambda: a.silent > asked)
        server, begun = w.server, time.monotonic()
        w.stop()
        took.append(time.monotonic() - begun)
        check(server.returncode == 0, 'it ended well')
        asked = a.silent
        start = threading.Thread(target=w.start)
        start.start()
        wait('a is asked at the start', lambda: a.silent > asked)
        w.server.send_signal(signal.SIGHUP)
        a.spoken.set()
        start.join(20)
        check(not start.is_alive() and w.server.poll() is None, 'the registry is up')
        a.spoken.clear()
    print(f'stopped in {took[-1]:.2f} s')
    check(took[-1] < 1, f'it waits for a silent witness: {took}')
    a.stop()


def start_refused(w, *words):
    """It does not start, says why, and signs nothing."""
    code, out, err = w.raw(['registry', 'run', w.dir / 'registry', '--listen',
                            f'127.0.0.1:{w.port}'])
    check(code == 1 and 'restore' in err and 'Nothing was signed' in err, f'{code} {out} {err}')
    check(all(x in err for x in words), err)


def restored_backup(w):
    a = Witness(FORGE, 'a.witness.example')
    policy(w, 1, a)
    send(w, 'before\n')
    wait('a cosigns', lambda: a.size == size(w))
    w.stop()
    shutil.copytree(w.dir / 'registry', w.dir / 'backup')
    w.start()
    send(w, 'after\n')
    wait('a cosigns', lambda: a.size == size(w))
    w.stop()
    shutil.rmtree(w.dir / 'registry')
    shutil.copytree(w.dir / 'backup', w.dir / 'registry')
    now, seen = a.size, a.note
    start_refused(w, f'"signed":{now}')
    check(a.size == now, 'nothing was shown to a')

    a.stop()                                       # silent: it starts, and says so
    w.start()
    check(logged(w, 'witness-silent', witness=a.name), log_text(w))
    status, body, _ = ask(w, 'POST', '/v1/cosignatures', seen)
    check(status == 503, f'{status} {body}')       # its own signature, of a later day
    check(w.server.wait(20) == 1, 'it stops signing')
    w.server = None
    check((w.dir / 'registry/alarm').read_bytes() == seen, 'the proof is kept')
    check(logged(w, 'alarm', kept='alarm'), log_text(w))
    start_refused(w)                               # and stays refused without any witness
    return a


def mirror(w, to):
    """A static copy of the log, by its public paths."""
    n = size(w)
    names = ['checkpoint'] + [f'tile/{kind}/000.p/{n}' for kind in ('0', 'entries')]
    for name in names:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_bytes(ask(w, 'GET', '/log/' + name)[1])
    return n


def restore(w, copy, want=0):
    code, out, err = w.raw(['registry', 'restore', w.dir / 'registry', '--from', copy])
    check(code == want, f'{code} {out} {err}')
    return out.decode() + err


def way_on(w):
    """What a restored backup lacks comes from a copy of the log; everybody sees one history."""
    a = Witness(FORGE, 'a.witness.example')
    policy(w, 1, a)
    waiting = w.send('alpha', 'bravo.example', 'before\n')
    wait('a cosigns', lambda: a.size == size(w))
    mirror(w, w.dir / 'old')
    w.stop()
    shutil.copytree(w.dir / 'registry', w.dir / 'backup')
    w.start()
    n = size(w)
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', waiting)            # its key was handed over, in the lost part
    send(w, 'after\n')
    wait('a cosigns', lambda: a.size == size(w))
    all_ = mirror(w, w.dir / 'copy')
    w.stop()
    shutil.rmtree(w.dir / 'registry')
    shutil.copytree(w.dir / 'backup', w.dir / 'registry')
    start_refused(w)

    check('larger state' in restore(w, w.dir / 'old', 1), 'a copy that does not reach')
    bundle = w.dir / f'copy/tile/entries/000.p/{all_}'
    whole = bundle.read_bytes()
    for bad in (whole[:-3] + b'abc', whole[:-34], whole[:34 * n] + whole[34 * n + 34:] + whole[:34]):
        bundle.write_bytes(bad)
        check('changed' in restore(w, w.dir / 'copy', 1 if len(bad) == len(whole) else 2),
              'a false copy')
        start_refused(w)
    bundle.write_bytes(whole)
    check(any((w.dir / 'registry/deposits').glob('*/*')), 'a deposit came back with the backup')
    said = restore(w, w.dir / 'copy')
    check(f'from {n} to {all_}' in said and f'entries {n} to {all_ - 1}' in said, said)
    check(not any((w.dir / 'registry/deposits').iterdir()), 'and is erased')
    check('Nothing is missing' in restore(w, w.dir / 'copy'), 'once is enough')

    w.start()
    check(size(w) == all_, 'the whole log')
    for name in ('tile/0', 'tile/entries'):
        name += f'/000.p/{all_}'
        check(ask(w, 'GET', '/log/' + name)[1] == (w.dir / 'copy' / name).read_bytes(), name)
    check(ask(w, 'GET', '/log/checkpoint')[1].split(b'\n\n')[0] ==
          (w.dir / 'copy/checkpoint').read_bytes().split(b'\n\n')[0], 'one history')
    wait('a cosigns it', lambda: a.asked[-1] == (all_, all_))
    check(roster(w)[0] == 410, 'it takes no more statements')
    code, _, err = w.raw(['sync', '--home', w.dir / 'alpha', '--passphrase-file', w.dir / 'pass',
                          '--yes'])
    check('alarm' not in err and 'history' not in err, f'{code} {err}')
    check(not list((w.dir / 'alpha').glob('registries/*/split*')), 'one history at the desk')
    status, body, level = append(w, b'2' * 32, '?level=witnessed')
    check(status == 200 and level == 'witnessed', f'{status} {level} {body}')
    check((all_, all_ + 1) in a.asked, 'growth, proven from the restored size')
    a.stop()


TESTS = [attack_46_witnesses_fail, slow_and_forked, silent, restored_backup, way_on]
if __name__ == '__main__':
    sys.exit(world.main(TESTS))
