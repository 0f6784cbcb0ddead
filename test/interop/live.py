#!/usr/bin/env python3
"""A registry that runs, read over HTTP by programs that are none of ours: Go's sumdb, torchwood
and Tessera's fsck. Papers and raw entries stand in one register, at sizes below, at and above full
tiles; then one bit is flipped on the way, and each reader must say so.

usage: live.py CHANCERY FORGE FOLDER-FOR-TOOLS"""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import types
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / 'it'), str(HERE.parent / 'attacks')]
import world  # noqa: E402
from world import check  # noqa: E402
FORGE = os.environ['FORGE'] = os.path.abspath(sys.argv.pop(1))
TOOLS = pathlib.Path(sys.argv.pop(1))
from forger import Party, Registry, unpack  # noqa: E402
from proxy import Proxy  # noqa: E402
import go_tools  # noqa: E402

READERS = 'sumdb', 'torchwood', 'fsck'
FILES = 'checkpoint', 'tile/entries/001', 'tile/0/001', 'tile/0/002.p', 'tile/1/000.p'
tools, lost = {}, {}


def get(w, path):
    with urllib.request.urlopen(f'http://127.0.0.1:{w.port}{path}', timeout=20) as r:
        return r.read()


class Log:
    """The register as parties see it who append to it, and as strangers do who read it."""

    def __init__(self, w):
        self.w, self.reg, self.alpha = w, Registry(w), Party(w, 'alpha')
        self.seen, self.proofs = [], w.dir / 'proofs'
        self.proofs.mkdir()
        lines = dict(line.split(' ', 1) for line in get(w, '/v1/registry').decode().split('\n')
                     if ' ' in line and not line.startswith('\u2014'))
        self.vkey = lines['vkey']
        (w.dir / 'vkey').write_text(self.vkey + '\n')

    def size(self):
        return int(get(self.w, '/log/checkpoint').split(b'\n')[1])

    def keep(self, text, folder=None):
        """A proof into the folder; its path."""
        folder = folder or self.proofs
        path = folder / f'{len(list(folder.iterdir()))}.proof'
        path.write_bytes(text)
        return path

    def append(self, n, level='durable'):
        """n new entries in one request; what it answers."""
        at = self.size()
        body = b''.join(hashlib.sha256(b'%d %d' % (at, i)).digest() for i in range(n))
        status, out = self.reg.call(self.alpha, 'POST', f'/v1/entries?level={level}', body)
        check(status == 200, f'append: {status} {out}')
        return out

    def grow(self, to):
        """Raw entries up to a size, the last one with its proof; the checkpoint there is kept."""
        while self.size() < to - 1:
            self.append(min(to - 1 - self.size(), 300))
        self.keep(self.append(1, 'published'))
        check(self.size() == to, f'{self.size()} entries, not {to}')
        self.see()

    def prove(self, *places):
        """Proofs that our own command makes of what the registry serves."""
        for i in places:
            code, out, err = self.w.raw(['log', 'prove', f'http://127.0.0.1:{self.w.port}/log',
                                         '--key', self.vkey, '--index', i])
            check(code == 0, f'log prove: {err}')
            self.keep(out)

    def see(self):
        self.seen.append(self.w.dir / f'checkpoint-{self.size()}')
        self.seen[-1].write_bytes(get(self.w, '/log/checkpoint'))

    def read(self, by, port=None, proofs=None, seen=()):
        """Whether a reader is content, and what it says."""
        base = f'http://127.0.0.1:{port or self.w.port}/log'
        if by == 'fsck':
            args = [tools['fsck'], '--N=8', '--ui=false', f'--storage_url={base}/',
                    f'--public_key={self.w.dir / "vkey"}']
        else:
            args = [tools['tlogcheck'], '-by', by, *(['-proofs', proofs] if proofs else []),
                    *(x for c in seen for x in ('-old', c)), base, self.vkey]
        try:
            r = subprocess.run([str(a) for a in args], check=False, text=True, timeout=20,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except subprocess.TimeoutExpired as e:
            return False, f'{by} did not end: {e.stdout}'
        # fsck 1.0.4 ends with 0 whatever it found: its word counts.
        good = "Successfully fsck'd" in r.stdout if by == 'fsck' else r.returncode == 0
        return good, r.stdout

    def agree(self):
        for by in (x for x in READERS if x not in lost):
            good, said = self.read(by, proofs=self.proofs, seen=self.seen)
            check(good, f'{by} at {self.size()}: {said}')
            if 'no proofs' in said:
                lost['proofs'] = said.strip().split('(', 1)[1]
            print(said.strip().split('\n')[-1].split('] ')[-1], flush=True)


def statements(w, log):
    """Papers, and the proofs that the registry gave for what became of them."""
    a = w.send('alpha', 'bravo.example', 'One.\n')
    b = w.send('alpha', 'bravo.example', 'Two.\n')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', a)
    w.run('bravo', 'decline', b)
    sent = log.reg.call(log.alpha, 'GET', f'/v1/talks/{log.reg.talks}/sent')[1]
    for row in json.loads(sent):
        record = log.reg.call(log.alpha, 'GET', f'/v1/deliveries/{row["submission"]}')[1]
        for name, text in unpack(record):
            if name.endswith('.proof'):
                log.keep(text)
    check(len(list(log.proofs.iterdir())) >= 6, 'proofs of two papers')


def flipped(log):
    """Every reader notices a bit of every kind of file, and of a proof."""
    with Proxy(log.w) as p:
        port = p.server.server_address[1]
        for by in (x for x in READERS if x not in lost):
            p.flip = None
            good, said = log.read(by, port)
            check(good, f'{by} through the proxy: {said}')
            for path in FILES:
                p.flip = f'/log/{path}'
                good, said = log.read(by, port)
                check(not good, f'{by} does not notice a bit of {path}: {said}')
    bad = log.w.dir / 'bad'
    bad.mkdir()
    text = bytearray(next(iter(log.proofs.glob('0.proof'))).read_bytes())
    at = text.index(b'\nindex') + 12
    text[at] = ord('A') if text[at] != ord('A') else ord('B')
    log.keep(bytes(text), bad)
    for by in READERS[:1] if 'proofs' in lost else READERS[:2]:
        good, said = log.read(by, proofs=bad)
        check(not good, f'{by} takes a bad proof: {said}')


def forked(log, copy):
    """A copy of the registry that went on otherwise: its checkpoint is no beginning of ours."""
    port, d = log.w.dir / 'fork.port', log.w.dir
    p = subprocess.Popen([world.CHANCERY, 'registry', 'run', copy, '--port-file', port,
                          '--with-parent'], env=log.w.env, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 20
        while not (port.exists() and port.read_text().endswith('\n')):
            check(p.poll() is None and time.monotonic() < end, 'the fork does not start')
            time.sleep(0.02)
        there = types.SimpleNamespace(dir=d, port=int(port.read_text()))
        status, out = Registry(there).call(Party(log.w, 'alpha'), 'POST', '/v1/entries', b'f' * 32)
        check(status == 200, f'fork: {status} {out}')
        other = d / 'checkpoint-other'
        other.write_bytes(get(there, '/log/checkpoint'))
    finally:
        p.terminate()
        p.wait(20)
    for by in READERS[:2]:
        good, said = log.read(by, seen=[other])
        check(not good, f'{by} takes a fork: {said}')


def own(log):
    """The registry's own folder, audited beside it; and a copy of it with a bit flipped, a file gone."""
    def audit(folder, *more):
        r = subprocess.run([world.CHANCERY, 'log', 'audit', folder, *more], check=False, timeout=20,
                           env=log.w.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return r.returncode, r.stdout
    folder, copy = log.w.dir / 'registry', log.w.dir / 'own'
    code, said = audit(folder)
    check(code == 0 and f'{log.size()} entries' in said, said)
    shutil.copytree(folder, copy)
    for name in ('entries/000', '0/000'):   # known to be durable: later batches came
        file = copy / 'tiles' / name
        whole = bytearray(file.read_bytes())
        for bad in (whole[:-1], whole[:99] + bytes([whole[99] ^ 1]) + whole[100:]):
            file.write_bytes(bad)
            code, said = audit(copy)
            check(code == 1 and name.split('/')[1] in said, said)
        file.unlink()
        code, said = audit(copy)
        check(code == 1 and 'is missing' in said, said)
        file.write_bytes(whole)
    code, said = audit(copy)
    check(code == 0, said)
    check(audit(copy, '--key', log.vkey[:-4] + 'AAAA')[0] != 0, 'another key')
    shutil.rmtree(copy)


def register(w):
    log = Log(w)
    statements(w, log)
    log.see()
    log.agree()                 # one partial bundle
    log.grow(256)
    log.prove(0, 255)
    log.agree()                 # one full tile, and no other
    w.stop()
    shutil.copytree(w.dir / 'registry', w.dir / 'copy')
    w.start()
    log.grow(257)
    forked(log, w.dir / 'copy')
    log.grow(700)
    log.prove(1, 256, 699)
    log.agree()                 # two full ones and a part
    own(log)
    flipped(log)
    # What was full stays as it is, whatever ended the registry.
    full = get(w, '/log/tile/0/001')
    check(len(full) == 256 * 32, 'a full tile has 256 hashes')
    w.stop(9)
    w.start()
    check(get(w, '/log/tile/0/001') == full, 'the same tile after a crash')
    log.agree()


if __name__ == '__main__':
    for name in ('tlogcheck', 'fsck'):
        try:
            tools[name] = go_tools.tool(TOOLS, name)
        except go_tools.Missing as e:
            lost[name] = e
    status = 77 if 'tlogcheck' in lost else world.main([register])
    for name, why in lost.items():
        print(f'SKIP interop/live: {name}: {why}')
    sys.exit(status or (77 if lost else 0))
