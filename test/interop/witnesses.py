#!/usr/bin/env python3
"""Witnesses and logs of others: litewitness cosigns for our registry, and our witness for a log of
Tessera's, by its own client. Each status is met at least once, and torchwood judges the outcome.

usage: witnesses.py CHANCERY FORGE FOLDER-FOR-TOOLS"""
import base64
import contextlib
import hashlib
import http.client
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / 'it'), str(HERE.parent / 'attacks')]
import world  # noqa: E402
from world import check  # noqa: E402
os.environ['FORGE'] = os.path.abspath(sys.argv.pop(1))
TOOLS = pathlib.Path(sys.argv.pop(1))
from forger import Party, Registry, forge  # noqa: E402
import go_tools  # noqa: E402

tools, lost = {}, {}


def run(*args, code=0):
    r = subprocess.run([str(a) for a in args], check=False, text=True, timeout=60,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    check(r.returncode == code, f'{args}: {r.returncode}, wanted {code}: {r.stdout}')
    return r.stdout


def wait(what, ready, seconds=20):
    end = time.monotonic() + seconds
    while not (found := ready()):
        check(time.monotonic() < end, f'not in {seconds} s: {what}')
        time.sleep(0.02)
    return found


@contextlib.contextmanager
def running(log, *args):
    """A program, its output in a file, and its end."""
    with open(log, 'ab') as out:
        p = subprocess.Popen([str(a) for a in args], stdin=subprocess.DEVNULL, stdout=out,
                             stderr=out)
    try:
        yield p
    finally:
        p.kill()
        p.wait(20)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


# ---- litewitness for our registry ----

@contextlib.contextmanager
def litewitness(d):
    """One with a key of its own in an agent of its own: address and key."""
    agent, key, log, port = d / 'agent', d / 'ssh', d / 'litewitness.log', free_port()
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key)
    with running(d / 'agent.log', 'ssh-agent', '-D', '-a', agent):
        wait('the agent', agent.exists)
        subprocess.run(['ssh-add', '-q', key], check=True, stderr=subprocess.DEVNULL,
                       env={**os.environ, 'SSH_AUTH_SOCK': str(agent)})
        finger = run('ssh-keygen', '-l', '-f', key).split()[1]
        with running(log, tools['litewitness'], '-db', d / 'litewitness.db', '-name',
                     'litewitness.example', '-key', finger, '-ssh-agent', agent, '-listen',
                     f'127.0.0.1:{port}') as p:
            def ready():
                check(p.poll() is None, log.read_text())
                return 'msg=listening' in log.read_text()
            wait('litewitness', ready)
            vkey = re.search(r'vkey=(\S+)', log.read_text()).group(1)
            yield f'http://127.0.0.1:{port}', vkey.strip('"')


def follow(d, origin, vkey):
    """What witnessctl does: it cannot be built where a module of its is not to be had."""
    db = sqlite3.connect(d / 'litewitness.db')
    with db:
        db.execute('INSERT INTO log VALUES (?, 0, ?)',
                   (origin, base64.b64encode(hashlib.sha256().digest()).decode()))
        db.execute('INSERT INTO key VALUES (?, ?)', (origin, vkey))
    db.close()


def get(w, path):
    with urllib.request.urlopen(f'http://127.0.0.1:{w.port}{path}', timeout=20) as r:
        return r.read().decode()


def log_text(w):
    return (w.dir / 'registry.log').read_text()


def append(w, entry, level='witnessed'):
    """What the registry answers, and the level that it names."""
    reg, alpha = Registry(w), Party(w, 'alpha')
    reg.sign_in(alpha)
    c = http.client.HTTPConnection('127.0.0.1', w.port, timeout=20)
    c.request('POST', f'/v1/entries?level={level}', entry.ljust(32),
              {'Authorization': 'Bearer ' + alpha.token})
    r = c.getresponse()
    body = r.read()
    check(r.status == 200, f'append: {r.status} {body}')
    return body, r.getheader('Chancery-Level')


def judge(w, vkey, policy, *more, code=0):
    """torchwood on the proofs, by a policy."""
    return run(tools['tlogcheck'], '-by', 'torchwood', '-proofs', w.dir / 'proofs', '-policy',
               policy, *more, f'http://127.0.0.1:{w.port}/log', vkey, code=code)


def their_witness(w):
    vkey = re.search(r'^vkey (\S+)$', get(w, '/v1/registry'), re.M).group(1)
    origin, policy = vkey.split('+')[0], w.dir / 'registry/policy'
    (w.dir / 'proofs').mkdir()
    with litewitness(w.dir) as (url, theirs):
        policy.write_text(f'witness lite {theirs} {url}\nquorum lite\n')
        w.stop()
        w.start()
        wait('404 is named', lambda: 'does not know this register (404)' in log_text(w))
        follow(w.dir, origin, vkey)
        w.stop()
        w.start()
        for i in range(3):                  # the first of all, then with proofs of consistency
            body, level = append(w, b'entry %d' % i)
            check(level == 'witnessed' and b'litewitness.example' in body, f'{level} {body}')
            (w.dir / f'proofs/{i}.proof').write_bytes(body)
        print(judge(w, vkey, policy).strip())
        w.stop()
        kept = shutil.copytree(w.dir / 'registry', w.dir / 'backup')
        w.start()                           # it asks from 0 again, and is told the size by 409
        check(append(w, b'after a restart')[1] == 'witnessed', 'witnessed after a restart')
        other = w.dir / 'other-policy'      # the same name, another key: no quorum
        stranger = forge('vkey-cosign', theirs.split('+')[0], base64.b64encode(bytes(32)).decode())
        other.write_text(policy.read_text().replace(theirs, stranger.decode().strip()))
        check('policy components' in judge(w, vkey, other, code=1), 'a quorum of a stranger')
        # A restored backup: this witness keeps no checkpoint that would convict us, but it tells
        # that it saw more, and cosigns nothing.
        w.stop()
        shutil.rmtree(w.dir / 'registry')
        kept.rename(w.dir / 'registry')
        w.start()
        size = int(append(w, b'another history', 'durable')[0]) + 1
        wait('the backup is found out',
             lambda: 'it holds more than this register' in log_text(w))
        check(f'chancery_witnessed_entries {size}\n' not in get(w, '/metrics'), 'it is cosigned')


# ---- our witness for a log of Tessera's ----

def note_key(path, name):
    """A log's key as Tessera reads it; the verifier's half."""
    der = subprocess.run(['openssl', 'genpkey', '-algorithm', 'ed25519', '-outform', 'DER'],
                         check=True, stdout=subprocess.PIPE).stdout
    pub = subprocess.run(['openssl', 'pkey', '-inform', 'DER', '-pubout', '-outform', 'DER'],
                         check=True, input=der, stdout=subprocess.PIPE).stdout[-32:]
    half = hashlib.sha256(name.encode() + b'\n\x01' + pub).hexdigest()[:8]
    path.write_text(f'PRIVATE+KEY+{name}+{half}+' + base64.b64encode(b'\1' + der[-32:]).decode())
    return f'{name}+{half}+' + base64.b64encode(b'\1' + pub).decode()


def write_entries(d, first, n):
    d.mkdir()
    for i in range(first, first + n):
        (d / f'{i:04}').write_bytes(b'entry %d\n' % i)


def oneshot(log, key, entries, policy, until=None):
    """Tessera's appender, that publishes only what the policy's witnesses cosigned; what it says.
    It goes on trying for ever when they do not, so it is ended when it said what is awaited."""
    said = log.with_name('oneshot.log')
    said.unlink(missing_ok=True)
    with running(said, tools['posix-oneshot'], '--storage_dir', log, '--private_key', key,
                 '--entries', entries / '*', *(['--witness_policy_file', policy] if policy else []),
                 '--witness_timeout', '5s') as p:
        if until:
            wait(until, lambda: until in said.read_text())
        else:
            check(p.wait(30) == 0, said.read_text())
    return said.read_text()


def our_witness(w):
    d, folder, port = w.dir, w.dir / 'witness', w.dir / 'witness.port'
    key, policy, log = d / 'key', d / 'policy', d / 'tessera'
    vkey = note_key(key, 'tessera.example')
    said = run(world.CHANCERY, 'witness', 'new', folder, '--name', 'ours.example')
    ours = re.search(r'ours\.example\+\S+', said).group(0)
    few, more, others = d / 'few', d / 'more', d / 'others'
    write_entries(few, 0, 300)
    write_entries(more, 300, 400)
    write_entries(others, 1000, 500)
    with running(d / 'witness.log', world.CHANCERY, 'witness', 'run', folder, '--port-file', port):
        wait('our witness', lambda: port.exists() and port.read_text().endswith('\n'))
        url = f'http://127.0.0.1:{port.read_text().strip()}'
        policy.write_text(f'log {vkey}\nwitness ours {ours} {url}\nquorum ours\n')

        oneshot(d / 'unknown', key, few, policy, 'says checkpoint origin is unknown: 404')
        run(world.CHANCERY, 'witness', 'add', folder, note_key(d / 'key2', 'tessera.example'))
        oneshot(d / 'strange', key, few, policy,
                'says no signatures verify against trusted public key: 403')
        run(world.CHANCERY, 'witness', 'add', folder, vkey)

        oneshot(log, key, few, policy)              # from 0
        print(tessera_log(log, vkey, policy, 300))
        fork = shutil.copytree(log, d / 'fork')
        ahead = shutil.copytree(log, d / 'ahead')
        oneshot(ahead, key, more, None)             # published without asking
        check(b'ours.example' not in (ahead / 'checkpoint').read_bytes(), 'nobody was asked')
        oneshot(log, key, more, policy)             # with a proof of consistency from 300
        print(tessera_log(log, vkey, policy, 700))
        oneshot(fork, key, others, policy, 'says that the consistency proof is bad: 422')
        check('ours.example' not in fork_note(fork), 'a fork is cosigned')


def fork_note(fork):
    """The lines of the checkpoint past the size that both share."""
    text = (fork / 'checkpoint').read_text()
    return '' if text.split('\n')[1] == '300' else text


def tessera_log(log, vkey, policy, size):
    """A log of Tessera's with our cosignature, by torchwood and by our own audit; and torchwood on
    the proofs that we make of it."""
    check((log / 'checkpoint').read_text().split('\n')[1] == str(size), f'{size} entries')
    ours = ('--key', vkey, '--policy', policy)
    run(world.CHANCERY, 'log', 'audit', log, *ours)
    proofs = log / 'proofs'
    proofs.mkdir(exist_ok=True)
    for i in (0, size - 1):
        run(world.CHANCERY, 'log', 'prove', log, '--index', i, '-o', proofs / f'{size}-{i}.proof',
            *ours)
    said = run(tools['tlogcheck'], '-policy', policy, '-cosigned', '-proofs', proofs, log, vkey)
    return said.strip()


NEEDS = {their_witness: ('litewitness', 'ssh-agent', 'tlogcheck'),
         our_witness: ('posix-oneshot', 'tlogcheck')}

if __name__ == '__main__':
    for name in sorted({n for need in NEEDS.values() for n in need}):
        try:
            tools[name] = (go_tools.tool(TOOLS, name) if name != 'ssh-agent' else
                           shutil.which(name) or lost.update({name: 'not here'}))
        except go_tools.Missing as e:
            lost[name] = e
    able = [t for t, need in NEEDS.items() if not lost.keys() & set(need)]
    status = world.main(able) if able else 0
    for name, why in lost.items():
        print(f'SKIP interop/witnesses: {name}: {why}')
    sys.exit(status or (77 if lost else 0))
