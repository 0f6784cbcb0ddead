"""A registry in a folder of its own, its clients, and what they keep in mind: every place that was
told and every checkpoint that was shown. The register is judged by that, entry by entry."""
import base64
import hashlib
import http.client
import json
import pathlib
import re
import shutil
import subprocess
import threading
import time

ORIGIN = 'exercise.register.example'
CHECKPOINT = re.compile(re.escape(ORIGIN.encode()) + rb'\n(\d+)\n([A-Za-z0-9+/]{43}=)\n')
LIMIT = 120     # seconds that anything may take, beside many other programs
chancery = party = None


class Failed(Exception):
    pass


def check(ok, what):
    if not ok:
        raise Failed(what)


def sha(data):
    return hashlib.sha256(data).digest()


def run(*args):
    """Exit code and output of a program that is not part of the game."""
    r = subprocess.run([str(a) for a in args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, timeout=LIMIT, check=False, cwd='/')
    return r.returncode, r.stdout.decode()


def must(*args):
    code, out = run(*args)
    check(code == 0, f'{args[0]} {args[1]}: exit {code}: {out}')
    return out


# ---- the process ----

class Registry:
    """`chancery registry run` in DIR; `before`: what it runs under."""
    def __init__(self, folder):
        self.dir, self.p, self.port = folder, None, 0
        self.port_file = folder.with_name('port')
        self.log = folder.with_name('stderr')

    def start(self, before=()):
        """True when it listens; False when it ended before."""
        self.spawn(before)
        return self.listens()

    def spawn(self, before=()):
        self.port_file.unlink(missing_ok=True)
        with open(self.log, 'wb') as log:
            # The parent's death is the child's: nothing stays behind an interrupted test.
            self.p = subprocess.Popen(
                [*map(str, before), chancery, 'registry', 'run', str(self.dir), '--port-file',
                 str(self.port_file), '--with-parent'], cwd='/', stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=log)

    def listens(self):
        end = time.monotonic() + LIMIT
        while True:
            try:
                text = self.port_file.read_text()
            except FileNotFoundError:
                text = ''
            if text.endswith('\n'):
                self.port = int(text)
                return True
            if self.p.poll() is not None:
                return False
            check(time.monotonic() < end, 'it neither starts nor ends')
            time.sleep(0.003)

    def threads(self):
        """Their ids in the order in which they came to be; the first is the loop's."""
        return sorted(int(t.name) for t in pathlib.Path(f'/proc/{self.p.pid}/task').iterdir())

    def end(self, kill=False):
        """Told to stop, unless it is about to by itself, and waited for: its exit code."""
        if self.p.poll() is None and (kill or '"event":"stopping"' not in self.said()):
            (self.p.kill if kill else self.p.terminate)()
        try:
            code = self.p.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.p.kill()
            self.p.wait()
            raise Failed('it does not stop') from None
        finally:
            self.p.stdin.close()
        return code

    def said(self):
        return self.log.read_text(errors='replace')


def new(folder):
    """A registry with both parties, in DIR/registry; stopped. Its verifier key is in DIR/vkey."""
    r = Registry(folder / 'registry')
    must(chancery, 'registry', 'init', r.dir, '--origin', ORIGIN)
    must(party, 'begin', r.dir)
    for who in ('alpha', 'bravo'):
        must(chancery, 'registry', 'enrol', r.dir, f'{r.dir}.{who}')
    check(r.start(), 'a new registry does not start: ' + r.said())
    must(party, 'meet', r.port)
    facts = json.loads(must(chancery, 'registry', 'status', r.dir, '--json'))
    (folder / 'vkey').write_text(facts['vkey'])
    check(r.end() == 0, 'a new registry does not stop')
    return r


def copy(folder, base):
    """The same registry once more, without its reserve of zeros."""
    shutil.copytree(base, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns('reserve'))
    return Registry(folder / 'registry')


# ---- clients ----

class Gone(Exception):
    """No answer came."""


class Client:
    """One connection; what it sees goes into `seen`. A refusal is counted, not an error."""
    def __init__(self, port, token, seen):
        self.c = http.client.HTTPConnection('127.0.0.1', port, timeout=LIMIT)
        self.token, self.seen = token, seen

    def ask(self, method, path, body=None):
        head = {'Authorization': f'Bearer {self.token}'} if self.token else {}
        try:
            self.c.request(method, path, body, head)
            a = self.c.getresponse()
            data = a.read()
        except (OSError, http.client.HTTPException):
            self.c.close()
            raise Gone from None
        if a.status == 200:
            self.seen.look(data)
        return a.status, data

    def append(self, entries, level='durable'):
        """True when they are acknowledged. A refusal says so, and is no answer of another kind."""
        status, data = self.ask('POST', f'/v1/entries?level={level}', b''.join(entries))
        if status != 200:
            check(status in (500, 503, 507), f'an append is answered {status}: {data!r}')
            check(b'"title":' in data, f'{status} without a reason: {data!r}')
            self.seen.refused += 1
            return False
        if level == 'durable':
            places = [int(x) for x in data.split()]
        else:
            places = [int(re.search(rb'^index (\d+)$', data, re.M)[1])]
            size = max(int(s) for s, _ in CHECKPOINT.findall(data))
            check(places[0] < size, f'a proof of {places[0]} under a checkpoint of {size}')
        check(len(places) == len(entries), 'as many places as entries')
        for place, entry in zip(places, entries):
            self.seen.told(place, entry)
        return True

    def checkpoint(self):
        return self.ask('GET', '/log/checkpoint')


# ---- what was seen ----

def tile_path(at, width):
    digits = f'{at // 1000:03}/{at % 1000:03}' if at >= 1000 else f'{at:03}'
    return '/log/tile/entries/' + ('x' if at >= 1000 else '') + digits + (
        f'.p/{width}' if width < 256 else '')


class Seen:
    """Outlives the registry. `judge` reads on where it stopped: the roots hold the rest."""
    def __init__(self):
        self.at = {}            # entry -> place
        self.entry = {}         # place -> entry
        self.roots = {}         # size -> root in base64
        self.size = self.refused = 0
        self.leaves = []        # of entries that were read
        self.edge = []          # (width, root) of the complete trees over them
        self.lock = threading.Lock()

    def look(self, data):
        for size, root in CHECKPOINT.findall(data):
            old = self.roots.setdefault(int(size), root)
            check(old == root, f'two roots of {int(size)}: {old} {root}')

    def told(self, place, entry):
        with self.lock:
            check(self.at.setdefault(entry, place) == place, f'a second place of {place}')
            check(self.entry.setdefault(place, entry) == entry, f'a second entry at {place}')

    def grow(self, entry):
        width, root = 1, sha(b'\0' + entry)
        while self.edge and self.edge[-1][0] == width:
            root = sha(b'\1' + self.edge.pop()[1] + root)
            width *= 2
        self.edge.append((width, root))
        self.leaves.append(entry)

    def root(self):
        all_of = sha(b'') if not self.edge else self.edge[-1][1]
        for _, root in reversed(self.edge[:-1]):
            all_of = sha(b'\1' + root + all_of)
        return base64.b64encode(all_of)

    def judge(self, client):
        """Nothing that was told is lost or moved, each checkpoint is a prefix, nothing is twice."""
        status, data = client.checkpoint()
        check(status == 200, f'no checkpoint: {status}')
        size = int(CHECKPOINT.search(data)[1])
        check(size >= self.size, f'the register shrank from {self.size} to {size}')
        check(max(self.roots) <= size, f'{max(self.roots)} was shown, {size} is left')
        check(not self.entry or max(self.entry) < size, 'an entry that was acknowledged is lost')
        at = len(self.leaves) // 256
        while len(self.leaves) < size:
            width = min(256, size - at * 256)
            status, data = client.ask('GET', tile_path(at, width))
            check(status == 200 and len(data) == 34 * width, f'bundle {at}: {status}')
            for i in range(len(self.leaves) - at * 256, width):
                check(data[34 * i:34 * i + 2] == b'\0\x20', f'bundle {at} is not in its form')
                self.grow(data[34 * i + 2:34 * i + 34])
                seen = self.roots.get(len(self.leaves))
                check(seen in (None, self.root()), f'another root of {len(self.leaves)}')
            at += 1
        check(self.roots[size] == self.root() and size == len(self.leaves), 'the newest root')
        for place, entry in self.entry.items():
            check(self.leaves[place] == entry, f'entry {place} is another one')
        check(len(set(self.leaves)) == size, 'an entry is there twice')
        self.size = size


def audit(r, vkey):
    out = must(chancery, 'log', 'audit', f'http://127.0.0.1:{r.port}/log', '--key', vkey)
    check('all in order' in out, out)
