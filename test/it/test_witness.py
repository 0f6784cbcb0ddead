"""A witness as a program: every status over HTTP, a log added beside it, SIGHUP, two processes on one
folder, a state that was lost, a disk that fills or fails, kill -9 around every durable call.
usage: test_witness.py CHANCERY SHIM"""
import base64
import hashlib
import http.client
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

EXE, SHIM = sys.argv[1:3]
top = pathlib.Path(tempfile.mkdtemp(prefix='chancery-witness-'))
alive = []


def check(ok, what):
    if not ok:
        raise SystemExit(f'FAILED: {what}')


def b64(data):
    return base64.b64encode(data).decode()


def sha(data):
    return hashlib.sha256(data).digest()


class Log:
    """A log of 1-byte entries with a key of its own, signed by openssl."""
    def __init__(self, name, key='key'):
        self.name, self.key = name, top / f'{name}.{key}'
        subprocess.run(['openssl', 'genpkey', '-algorithm', 'ed25519', '-out', self.key],
                       check=True)
        pub = subprocess.run(['openssl', 'pkey', '-in', self.key, '-pubout', '-outform', 'DER'],
                             check=True, capture_output=True).stdout[-32:]
        self.id = sha(name.encode() + b'\n\x01' + pub)[:4]
        self.vkey = f'{name}+{self.id.hex()}+{b64(bytes([1]) + pub)}'

    def leaves(self, size, fork=False):
        return [sha(b'\0' + bytes([99 if fork and i == 0 else i])) for i in range(size)]

    def root(self, leaves):
        if len(leaves) < 2:
            return leaves[0] if leaves else sha(b'')
        k = 1 << (len(leaves) - 1).bit_length() - 1
        return sha(b'\1' + self.root(leaves[:k]) + self.root(leaves[k:]))

    def proof(self, m, leaves, whole=True):
        if m == len(leaves):
            return [] if whole else [self.root(leaves)]
        k = 1 << (len(leaves) - 1).bit_length() - 1
        if m <= k:
            return self.proof(m, leaves[:k], whole) + [self.root(leaves[k:])]
        return self.proof(m - k, leaves[k:], False) + [self.root(leaves[:k])]

    def request(self, old, size, fork=False):
        leaves = self.leaves(size, fork)
        text = f'{self.name}\n{size}\n{b64(self.root(leaves))}\n'
        (top / 'text').write_text(text)
        sig = subprocess.run(['openssl', 'pkeyutl', '-sign', '-rawin', '-inkey', self.key, '-in',
                              top / 'text'], check=True, capture_output=True).stdout
        proof = self.proof(old, leaves) if 0 < old < size else []
        return (f'old {old}\n' + ''.join(b64(h) + '\n' for h in proof) + '\n' + text +
                f'\n\u2014 {self.name} {b64(self.id + sig)}\n').encode()


def command(*args, code=0):
    p = subprocess.run([EXE, 'witness', *map(str, args)], capture_output=True, text=True,
                       timeout=60)
    check(p.returncode == code, f'witness {args}: {p.returncode}: {p.stderr}{p.stdout}')
    return p.stdout + p.stderr


def start(folder, shim=''):
    env = dict(os.environ)
    if shim:
        env.update(LD_PRELOAD=SHIM, CHANCERY_SHIM=shim)
    p = subprocess.Popen([EXE, 'witness', 'run', folder, '--with-parent'], env=env,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    alive.append(p)
    line = p.stdout.readline()
    return p, int(line.rstrip('.\n').rsplit(':', 1)[1]) if ':' in line else 0


def stop(p, how=signal.SIGTERM):
    p.send_signal(how)
    return p.wait(timeout=30)


def ask(port, body=None, path='/add-checkpoint', method=None):
    """Status, type, body; status 0: the witness went away."""
    c = http.client.HTTPConnection('127.0.0.1', port, timeout=20)
    try:
        c.request(method or ('POST' if body is not None else 'GET'), path, body=body)
        r = c.getresponse()
        return r.status, r.getheader('Content-Type'), r.read()
    except (http.client.HTTPException, OSError):
        return 0, '', b''
    finally:
        c.close()


def shown(port, log):
    return ask(port, path=f'/{sha(log.name.encode()).hex()}/checkpoint')


def proves(file, log):
    """Whether a third party that trusts the log's key is shown two trees."""
    trust = top / 'split-trust'
    trust.write_text(f'registry {log.vkey}\n')
    p = subprocess.run([os.path.join(os.path.dirname(EXE) or '.', 'chancery-verify'), '--trust', trust, file],
                       capture_output=True, text=True, timeout=20)
    return p.returncode == 0 and 'signed two trees' in p.stdout


def statuses(folder, log, later):
    p, port = start(folder)
    check(command('run', folder, code=1).find('runs already') > 0, 'a second run')
    check(shown(port, log)[0] == 404, 'shown before anything was cosigned')
    s, kind, body = ask(port, log.request(0, 3))
    check(s == 200 and body.startswith('\u2014 witness.example '.encode()), f'first: {s} {body}')
    first = body
    check(ask(port, log.request(0, 5))[:3] == (409, 'text/x.tlog.size', b'3\n'), '409')
    check(ask(port, log.request(3, 2))[0] == 400, 'old above size')
    check(ask(port, b'old 3\n')[0] == 400, 'no request')
    check(ask(port, log.request(3, 5, fork=True))[0] == 422, 'a fork')
    check(ask(port, log.request(3, 3))[0] == 200, 'the same again')
    check(ask(port, log.request(3, 3, fork=True))[0] == 422, 'two trees of one size')
    check(len(list((folder / 'alarms').iterdir())) == 3, 'the two are kept, and what proves it')
    check(proves(next((folder / 'alarms').glob('*-split-view.txt')), log), 'no proof')
    wrong = bytearray(log.request(3, 5))
    at = wrong.rindex(b' ') + 12
    wrong[at] = ord('A') if wrong[at] != ord('A') else ord('B')
    check(ask(port, bytes(wrong))[0] == 403, 'a wrong signature')
    check(ask(port, log.request(3, 5))[0] == 200, 'the right proof after a 409')
    note = shown(port, log)[2]
    check(note.startswith(f'{log.name}\n5\n'.encode()) and
          note.count(b'\n\xe2\x80\x94 ') == 2 and first not in note, 'the note shown')
    check(ask(port, b'x' * 70000)[0] in (0, 413), 'too large')
    check(ask(port, path='/add-checkpoint')[0] == 405 and ask(port, path='/x')[0] == 404, 'paths')
    check(ask(port, later.request(0, 1))[0] == 404, 'not followed')
    command('add', folder, later.vkey)
    check(ask(port, later.request(0, 1))[0] == 200, 'followed, without a restart')
    one, two = Log('keys.example', 'one'), Log('keys.example', 'two')
    command('add', folder, one.vkey)
    check(ask(port, one.request(0, 1))[0] == 200, 'the first key')
    check(ask(port, two.request(1, 2))[0] == 403, 'a key that is not known')
    command('add', folder, two.vkey)
    check(ask(port, two.request(1, 2))[0] == 200, 'a second key, without a restart')
    check(ask(port, one.request(2, 2))[0] == 200, 'the first key, still')
    check('"size":5' in command('status', folder, '--json').replace(' ', ''), 'status')
    check(stop(p) == 0, 'stop')
    p, port = start(folder)
    check(ask(port, log.request(0, 1))[2] == b'5\n', 'remembered')
    stop(p)


def until(what, true):
    end = time.monotonic() + 20
    while not true():
        check(time.monotonic() < end, what)
        time.sleep(0.01)


def reloaded(folder, log, later):
    """SIGHUP reads the logs anew: one is let go and taken up again, and what was cosigned of it is
    not forgotten; a file that is not in its form changes nothing."""
    logs, p, port = folder / 'logs.txt', *start(folder)
    kept = logs.read_text()
    logs.write_text(''.join(x for x in kept.splitlines(True) if later.vkey not in x))
    check(ask(port, later.request(1, 2))[0] == 200, 'followed until it is told')
    p.send_signal(signal.SIGHUP)
    until('no log is let go', lambda: ask(port, later.request(2, 2))[0] == 404)
    check(ask(port, log.request(5, 5))[0] == 200, 'the other log is followed')
    logs.write_text('nonsense\n' + kept)
    p.send_signal(signal.SIGHUP)
    until('nothing is said', lambda: 'the logs stay as they were' in p.stderr.readline())
    check(ask(port, log.request(5, 5))[0] == 200, 'a damaged file')
    check(ask(port, later.request(2, 2))[0] == 404, 'a damaged file')
    logs.write_text(kept)
    p.send_signal(signal.SIGHUP)
    until('no log is taken up', lambda: ask(port, later.request(0, 1))[0] != 404)
    check(ask(port, later.request(0, 1))[2] == b'2\n', 'forgotten while it was not followed')
    check(stop(p) == 0, 'stop')


def lost(folder, log):
    state = folder / 'state' / sha(log.name.encode()).hex()
    kept = state.read_bytes()
    state.unlink()
    check('make a new witness key' in command('run', folder, code=1), 'a state that is lost')
    command('add', folder, log.vkey, code=1)
    check(not state.exists(), 'add made a lost state anew')
    state.write_bytes(kept.replace(b'\n5\n', b'\n4\n'))
    command('run', folder, code=1)
    state.write_bytes(kept)


def faults(folder, log):
    """Whatever ended it: what was answered is on the disk, and the next start knows it."""
    size, old = 5, 5
    for shim in [f'kill-{w}:{n}' for n in range(1, 5) for w in ('before', 'after')] + \
            ['eio:1', 'eio:2', 'enospc-sync:1', 'enospc-sync:2', 'enospc:1']:
        p, port = start(folder, shim)
        size += 1
        s = ask(port, log.request(old, size))[0] if port else 0
        check(s in (0, 200, 500, 503), f'{shim}: {s}')
        sync = shim.startswith(('eio:', 'enospc-sync:'))
        check(not sync or s == 500, f'{shim}: {s}')
        check(not shim.startswith('enospc:') or s == 503, f'{shim}: {s}')
        if sync:
            check(p.wait(timeout=30) == 5, f'{shim}: it went on')
        elif p.poll() is None:
            stop(p, signal.SIGKILL)
        p, port = start(folder)
        now = int(ask(port, log.request(0, 60))[2])
        check(now >= size if s == 200 else now in (old, size), f'{shim}: {s}, then {now}')
        old = size = now
        stop(p)


try:
    where = top / 'w'
    one, two = Log('one.example'), Log('two.example')
    text = command('new', where, '--name', 'witness.example')
    check('witness.example+' in text, text)
    check((where / 'key').stat().st_mode & 0o777 == 0o600, 'mode of the key')
    command('new', where, '--name', 'witness.example', code=1)
    command('add', where, 'nonsense', code=2)
    command('add', where, one.vkey)
    command('add', where, one.vkey)
    statuses(where, one, two)
    reloaded(where, one, two)
    lost(where, one)
    faults(where, one)
    print('ok')
finally:
    for q in alive:
        if q.poll() is None:
            q.kill()
            q.wait()
    shutil.rmtree(top)
