"""Logs of others checked and copied: a log that grows over HTTP, and every way it may lie.
usage: test_log.py CHANCERY"""
import base64
import functools
import gzip
import hashlib
import http.server
import json
import os
import pathlib
import re
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import terminal

EXE = sys.argv[1]
VERIFY = os.path.join(os.path.dirname(EXE) or '.', 'chancery-verify')
ENV = {k: v for k, v in os.environ.items() if k != 'CHANCERY_HOME'}
top = pathlib.Path(tempfile.mkdtemp(prefix='chancery-log-'))
ENV.update(XDG_STATE_HOME=str(top / 'xdg'), XDG_DATA_HOME=str(top / 'none'))


def check(ok, what):
    if not ok:
        raise SystemExit(f'FAILED: {what}')


def sha(data):
    return hashlib.sha256(data).digest()


def openssl(*args):
    return subprocess.run(['openssl', *args], check=True, capture_output=True).stdout


class Key:
    """Of a log (kind 1) or of one who cosigns (kind 4); openssl signs."""
    def __init__(self, name, kind):
        self.name, self.key = name, top / f'{name}.{kind}.key'
        openssl('genpkey', '-algorithm', 'ed25519', '-out', self.key)
        pub = openssl('pkey', '-in', self.key, '-pubout', '-outform', 'DER')[-32:]
        self.id = sha(name.encode() + b'\n' + bytes([kind]) + pub)[:4]
        self.vkey = f'{name}+{self.id.hex()}+{base64.b64encode(bytes([kind]) + pub).decode()}'

    def line(self, text, before=b''):
        (top / 'text').write_bytes(text)
        sig = openssl('pkeyutl', '-sign', '-inkey', self.key, '-rawin', '-in', top / 'text')
        return '— {} '.format(self.name).encode() + base64.b64encode(self.id + before + sig) + b'\n'

    def cosign(self, log, when):
        """One line more in the log's checkpoint."""
        note = (log.dir / 'checkpoint').read_bytes()
        text = note[:note.index(b'\n\n') + 1]
        log.put('checkpoint', note + self.line(b'cosignature/v1\ntime %d\n' % when + text,
                                               when.to_bytes(8, 'big')))


class Log(Key):
    """A log of entries of many lengths in a folder."""
    def __init__(self, name):
        super().__init__(name, 1)
        self.dir = top / 'log'

    def put(self, path, data):
        path = self.dir / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    @staticmethod
    def entry(i, odd=None):
        return (b'odd' if i == odd else b'e') * (i % 37) + b'%d' % i

    def write(self, size, odd=None, shown=None):
        """The whole folder at one size; `odd`: this entry is another one."""
        shutil.rmtree(self.dir, ignore_errors=True)
        entries = [self.entry(i, odd) for i in range(size)]
        for i in range(0, size, 256):
            some = entries[i:i + 256]
            end = '' if len(some) == 256 else f'.p/{len(some)}'
            self.put(f'tile/entries/{i // 256:03}{end}',
                     b''.join(len(e).to_bytes(2, 'big') + e for e in some))
        row, level = [sha(b'\0' + e) for e in entries], 0
        root = self.root(row)
        while row:
            for i in range(0, len(row), 256):
                end = '' if len(row) - i >= 256 else f'.p/{len(row) - i}'
                self.put(f'tile/{level}/{i // 256:03}{end}', b''.join(row[i:i + 256]))
            row = [self.root(row[i:i + 256]) for i in range(0, len(row) - 255, 256)]
            level += 1
        self.sign(shown or size, root)

    def sign(self, size, root):
        text = f'{self.name}\n{size}\n{base64.b64encode(root).decode()}\n'.encode()
        self.put('checkpoint', text + b'\n' + self.line(text))

    def root(self, leaves):
        if len(leaves) < 2:
            return leaves[0] if leaves else sha(b'')
        k = 1 << (len(leaves) - 1).bit_length() - 1
        return sha(b'\1' + self.root(leaves[:k]) + self.root(leaves[k:]))


def run(*args, code=0, says=''):
    p = subprocess.run([EXE, 'log', *map(str, args)], capture_output=True, text=True, timeout=60, env=ENV)
    check(p.returncode == code and says in p.stderr + p.stdout,
          f'{args}: {p.returncode} {p.stdout} {p.stderr}')
    return p.stdout


def split(path, sizes=None):
    """The file that proves a split view, to a third party that trusts the log's key; then away with
    it. Without sizes: there must be none."""
    check(path.exists() == (sizes is not None), f'{path} for {sizes}')
    if sizes is None:
        return
    trust = top / 'trust'
    trust.write_text(f'registry {log.vkey}\n')
    p = subprocess.run([VERIFY, '--json', '--trust', trust, path],
                       capture_output=True, text=True, timeout=20)
    got = json.loads(p.stdout)[0] if p.stdout else {}
    check(p.returncode == 0 and got['kind'] == 'split-view' and
          tuple(t['size'] for t in got['trees']) == sizes, f'{path}: {p.stdout} {p.stderr}')
    path.unlink()


def flip(path, at=-1):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


log = Log('log.example')
log.dir.mkdir()


class answer:
    status = None       # for everything, when it is set
    delay = 0           # before each
    coding = None       # that nobody asked for


class Quiet(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        time.sleep(answer.delay)
        if answer.status:
            self.send_error(answer.status)
        elif answer.coding:
            self.coded()
        else:
            super().do_GET()

    def coded(self):
        try:
            body = pathlib.Path(self.translate_path(self.path)).read_bytes()
        except OSError:
            self.send_error(404)
            return
        body = gzip.compress(body) if answer.coding == 'gzip' else body
        self.send_response(200)
        self.send_header('Content-Encoding', answer.coding)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass            # who asked was killed


server = Server(
    ('127.0.0.1', 0), functools.partial(Quiet, directory=str(log.dir)))
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f'http://127.0.0.1:{server.server_port}'
state, copy = top / 'state', top / 'copy'
follow = ('follow', url, '--key', log.vkey, '--state', state)
audit = ('audit', log.dir, '--key', log.vkey)
mirror = ('mirror', url, copy, '--key', log.vkey)


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob('*')
            if p.is_file() and p.name != '.state'}


def proofs(size):
    """Proofs of place: made from an address and from a folder, by place, bytes and hashes; and what
    the verifier says of them."""
    out, entry, trust = top / 'proof', top / 'entry', top / 'trust'
    trust.write_text(f'registry {log.vkey}\n')

    def verify(bytes_, code, says, text=None):
        entry.write_bytes(bytes_)
        (top / 'given').write_bytes(out.read_bytes() if text is None else text)
        p = subprocess.run([VERIFY, '--trust', trust, '--entry', entry, top / 'given'],
                           capture_output=True, text=True, timeout=20)
        check(p.returncode == code and says in p.stdout + p.stderr, f'{p.returncode} {p.stdout} {p.stderr}')

    for i in (0, 1, 255, 256, size - 1):
        one = log.entry(i)
        got = json.loads(run('prove', url, '--key', log.vkey, '--index', i, '--json'))
        check((got['index'], got['size'], got['leaf']) == (i, size, sha(b'\0' + one).hex()), got)
        entry.write_bytes(one)
        for how in (('--index', i), ('--entry', entry), ('--hash', got['leaf'])):
            out.unlink(missing_ok=True)
            run('prove', log.dir, '--key', log.vkey, *how, '-o', out)
            check(out.read_text() == got['proof'], f'{how}: another proof')
        check(run('prove', url, '--key', log.vkey, '--index', i) == got['proof'], 'printed')
        verify(one, 0, f'at place {i} of the log {log.name}, in a tree of {size} entries')
        verify(one + b'x', 1, 'NOT PROVEN')
    whole = out.read_bytes()
    verify(one, 1, 'NOT PROVEN', whole.replace(b'index ', b'index 1'))
    verify(one, 2, 'not a proof in its exact form', whole[:40])
    trust.write_text('# nobody\n')
    verify(one, 1, 'not among those that you trust')
    run('prove', url, '--key', log.vkey, '--index', 0, '-o', out, code=1, says='is untouched')
    run('prove', url, '--key', log.vkey, '--index', size, code=1, says=f'has {size} entries')
    run('prove', url, '--key', log.vkey, '--hash', '00' * 32, code=1, says='no such entry')
    run('prove', url, '--key', log.vkey, code=2, says='which entry')
    run('prove', url, '--key', log.vkey, '--index', 1, '--hash', '00' * 32, code=2)
    run('prove', url, '--key', log.vkey, '--hash', 'xx', code=2, says='64 hex digits')
    # an entry of 32 bytes by itself; tiles and bundles that lie
    check(len(log.entry(30)) == 32, 'a commitment')
    run('prove', url, '--key', log.vkey, '--hash', log.entry(30).hex(), says='index 30\n')
    flip(log.dir / 'tile/0/001')
    run('prove', url, '--key', log.vkey, '--index', 256 + 255, code=1, says='do not lead from that entry')
    log.write(size)
    flip(log.dir / 'tile/entries/000')
    run('prove', url, '--key', log.vkey, '--index', 255, code=1, says='does not hold the entry')


def dated(state):
    """Cosignatures that a policy asks for, and how old they may be."""
    a, b, rules = Key('a.example', 4), Key('b.example', 4), top / 'policy'
    now = int(time.time())
    both = ('follow', url, '--key', log.vkey, '--state', state, '--policy', rules)
    rules.write_text(f'log {log.vkey}\nwitness a {a.vkey}\nwitness b {b.vkey}\n'
                     'group both all a b\nquorum both\n')
    log.write(700)
    a.cosign(log, now)
    run(*both, code=1, says='has not the cosignatures')
    b.cosign(log, now - 500)
    run(*both)
    run(*both, '--max-age', 1000)
    run(*both, '--max-age', 400, code=1, says='stands still')   # the quorum is as old as b
    rules.write_text(rules.read_text().replace('quorum both', 'group any any a b\nquorum any')
                     .replace('group both all a b\n', ''))
    run(*both, '--max-age', 400)
    rules.write_text(f'witness b {b.vkey}\nquorum none\n')
    run(*both, '--max-age', 400, code=1, says='stands still')
    log.write(700)
    run(*both)
    run(*both, '--max-age', 400, code=1, says='no cosignature that dates it')
    rules.write_text('quorum\n')
    run(*both, code=2, says='is no policy')
    run(*both[:-1], top / 'no-policy', code=1, says='could not be read')
    run('follow', url, '--key', log.vkey, '--max-age', 1, code=2, says='give --policy')
    run('follow', url, code=2, says='no home here knows')


def odd_servers(state):
    """Bytes in a coding that nobody asked for are said to be that; slow ones are waited for."""
    how = ('follow', url, '--key', log.vkey, '--state', state)
    log.write(300)
    answer.coding = 'gzip'
    run(*how, code=1, says='checkpoint came in the coding gzip, which was not asked for')
    check(not state.exists(), 'nothing was kept')
    answer.coding = 'identity'
    run(*how)
    answer.coding, answer.delay = None, 0.3
    run('audit', url, '--key', log.vkey, says='300 entries')
    answer.delay = 0


def resumed():
    """An audit that is ended goes on where it was, at an address as in a folder."""
    log.write(40 * 256)
    part = top / 'part'
    how = ('audit', url, '--key', log.vkey, '--resume', part)
    answer.delay = 0.03
    p = subprocess.Popen([EXE, 'log', *map(str, how)], env=ENV)
    try:
        end = time.monotonic() + 20
        while not part.exists():
            check(p.poll() is None and time.monotonic() < end, 'no state of an audit under way')
            time.sleep(0.01)
    finally:
        p.kill()
        p.wait()
    kept = part.read_bytes()
    answer.delay = 0.04
    code, shown = terminal.run([EXE, 'log', *map(str, how)], env=ENV)   # with a bar, being slow
    answer.delay = 0
    checked = re.search(r'10240 entries, (\d+) of them checked now', shown)
    check(code == 0 and checked and 0 < int(checked[1]) < 10240, shown)
    check('entries checked' in shown.split('10240 entries')[0], f'no bar: {shown!r}')
    check(not part.exists(), 'an audit that is through begins anew')
    for bad in (kept[:-1], kept + b'x', kept[:40] + b'?' + kept[41:], b''):
        part.write_bytes(bad)
        run(*how, code=1, says='is damaged')
        check(part.read_bytes() == bad, 'nothing was changed')
    part.write_bytes(kept)
    run('audit', log.dir, '--key', Key('log.other', 1).vkey, '--resume', part, code=1, says='another log')
    log.write(40 * 256, 3)          # what was checked and what comes do not fit together
    for _ in range(2):              # a state saved on the way there is no way around it
        run(*how, code=1, says='has other hashes than it had')
    check(list(top.glob('part*')) == [part], 'its state stays, alone')


def watched():
    """A watch that goes on: a line at each change, a word when it reaches nobody, the end at an alarm.
    Its state is where programs keep theirs."""
    log.write(255)
    p = subprocess.Popen([EXE, 'log', 'follow', url, '--key', log.vkey, '--every', '1'], env=ENV,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1)

    def line(says):
        ready = select.select([p.stdout], [], [], 20)[0]
        got = p.stdout.readline() if ready else 'nothing'
        check(says in got, f'{got!r}, not {says!r}')

    try:
        line('in order: 255 entries, 255 of them new')
        away = log.dir / 'checkpoint'
        whole = away.read_bytes()
        away.write_bytes(b'')          # a server that is not right for a moment is no alarm
        answer.status = 503
        line('answered with 503')
        answer.status = None
        away.write_bytes(whole)
        line('in order: 255 entries, 0 of them new')
        log.write(257)
        line('in order: 257 entries, 2 of them new')
        log.write(257, 3)
        line('proves it to anybody')
        line('does not continue the one before')
        check(p.wait(20) == 1, 'the end')
    finally:
        p.kill()
        p.wait()
    kept = list((top / 'xdg/chancery/logs').iterdir())
    check(sorted(f.name.split('.')[-1] for f in kept) == ['alarm', 'split-view', 'state'] and
          all(f.name.startswith('log.example-') for f in kept), f'{kept}')
    run('follow', url, '--key', log.vkey, '--every', '1', '--json', code=2)
    run('follow', url, '--key', log.vkey, '--every', '100000', code=2)


try:
    for size, new in ((0, 0), (1, 1), (255, 254), (256, 1), (257, 1), (700, 443), (700, 0)):
        log.write(size)
        got = json.loads(run(*follow, '--json'))
        check((got['size'], got['checked']) == (size, new), f'{size}: {got}')
        run(*audit)
        run(*mirror)
        run('audit', copy, '--key', log.vkey)
        mine = files(copy)
        check(all(mine.get(k) == v for k, v in files(log.dir).items()), f'copy at {size}')
    before = state.read_bytes()
    proofs(700)
    dated(top / 'dated')
    watched()
    resumed()
    odd_servers(top / 'odd')

    # one byte anywhere is seen, and the file is named
    for path, says in (('tile/entries/001', 'tile/0/001'), ('tile/0/002.p/188', 'tile/0/002'),
                       ('tile/1/000.p/2', 'tile/1/000.p/2'), ('checkpoint', 'checkpoint')):
        log.write(700)
        flip(log.dir / path, -10)
        run(*audit, code=1, says=says)
    log.write(700)
    (log.dir / 'tile/entries/001').write_bytes(b'\0\7short')
    run(*audit, code=1, says='is not a bundle of 256 entries')
    log.write(700)
    (log.dir / 'tile/entries/002.p/188').unlink()
    run(*audit, code=1, says='tile/entries/002 is missing')

    # a full tile stands for a partial one that is gone
    log.write(800)
    kept = {k: (log.dir / k).read_bytes() for k in ('checkpoint', 'tile/1/000.p/3')}
    log.write(1024)
    for k, data in kept.items():
        log.put(k, data)
    check(not (log.dir / 'tile/0/003.p').exists(), 'no partial tile')
    run(*audit, says='800 entries')

    # shrunk, forked at one size, forked below, and a tree that is not served
    log.write(600)
    run(*follow, code=1, says='shrank')
    check((top / 'state.alarm').read_bytes() == (log.dir / 'checkpoint').read_bytes(), 'kept')
    run(*mirror, code=1, says='shrank')
    mine, theirs = top / 'state.split-view', copy / '.state.split-view'
    split(mine)
    split(theirs)
    for size, odd in ((700, 3), (900, 3), (900, 690)):
        log.write(size, odd)
        run(*audit)
        run(*follow, code=1, says='proves it to anybody')
        run(*mirror, code=1)
        split(mine, (700, size))
        split(theirs, (700, size))
    # taken back and written anew: only who has a copy can still show it
    log.write(600, 3)
    run(*follow, code=1, says='no file can be made')
    run(*mirror, code=1, says='proves it to anybody')
    split(mine)
    split(theirs, (600, 700))
    log.write(900)
    log.sign(900, sha(b'other'))
    run(*follow, code=1, says='not the one it serves')
    split(mine)
    check(state.read_bytes() == before, 'an alarm left the state as it was')
    run('audit', copy, '--key', log.vkey, says='700 entries')

    # another key, a damaged state, an absent log
    log.write(900)
    other = Log('log.example')
    run('audit', log.dir, '--key', other.vkey, code=1, says='not one that this key signed')
    flip(state, 60)
    run(*follow, code=1, says='damaged')
    run('follow', 'http://127.0.0.1:9/', '--key', log.vkey, '--state', top / 'none', code=3)
    check(not (top / 'none').exists(), 'no state of nothing')

    shared = os.environ.get('CHANCERY_SHARED')
    if shared:
        other = pathlib.Path(shared) / 'vectors/tlog-tiles/tessera-log'
        vkey = json.loads((other / 'keys.json').read_text())['vkey']
        run('audit', other, '--key', vkey, says='15 entries')
finally:
    server.shutdown()
    shutil.rmtree(top)
