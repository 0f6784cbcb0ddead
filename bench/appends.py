"""The register beside Tessera's: parts of bench/run, whose tools come in as `b`.

One program, bench_append, loads both servers. Server and load share the cores, so a figure is of
the pair; `load` tells what the load itself took of each entry. Read the ratio: both servers met the
same machine in turn, run by run, and the medians are compared.
"""
import base64
import contextlib
import functools
import hashlib
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

TESSERA = 'github.com/transparency-dev/tessera'
DELAY = 5000  # microseconds that each flush of an emulated disk takes
b = None


def parts(bench):
    global b
    b = bench
    return append, hammer, slow_disk, tenmillion


# ---- the peers ----

def go(*args, **env):
    return subprocess.run(['go', *map(str, args)], env=os.environ | env, check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def peer(name):
    """Tessera's conformance server `posix` or its load program `hammer`, built once; or None."""
    tool = b.PEERS / 'bin' / name
    if tool.exists():
        return tool
    if not shutil.which('go'):
        print(f'SKIP beside Tessera ({name}): no go')
        return None
    package = {'posix': './cmd/conformance/posix', 'hammer': './internal/hammer'}[name]
    print(f'(building {TESSERA} {package})', flush=True)
    try:
        source = json.loads(go('mod', 'download', '-json', f'{TESSERA}@latest'))['Dir']
        go('build', '-C', source, '-o', tool, package)
    except (OSError, subprocess.CalledProcessError):
        print(f'SKIP beside Tessera ({name}): it could not be built')
        return None
    return tool


def ed25519():
    """Seed and public key."""
    private = subprocess.run(['openssl', 'genpkey', '-algorithm', 'ed25519', '-outform', 'DER'],
                             check=True, stdout=subprocess.PIPE).stdout
    public = subprocess.run(['openssl', 'pkey', '-inform', 'DER', '-pubout', '-outform', 'DER'],
                            check=True, input=private, stdout=subprocess.PIPE).stdout
    return private[-32:], public[-32:]


def note_key(d, name):
    """A key of signed notes: a file of the private half, and the other's text."""
    seed, public = ed25519()
    one = hashlib.sha256(name.encode() + b'\n\x01' + public).hexdigest()[:8]
    file = d / 'note.key'
    file.write_text(f'PRIVATE+KEY+{name}+{one}+' + base64.b64encode(b'\x01' + seed).decode())
    return file, f'{name}+{one}+' + base64.b64encode(b'\x01' + public).decode()


# ---- the servers ----

def slow(calls):
    """What makes each flush take longer. -D: the server stays our own child."""
    return ['strace', '-D', '-f', '--seccomp-bpf', '-o', '/dev/null', '-e', f'trace={calls}', '-e',
            f'inject={calls}:delay_exit={DELAY}']


@functools.cache
def rooms():
    return tempfile.TemporaryDirectory(prefix='bench-', dir=b.BUILD)


def room():
    """A folder, which goes at the end of all: where thousands of files were just removed, ext4 looks
    at each of their inodes before it makes a file, and a run would pay for those before it. For the
    same reason each is to lie in another part of the disk (T), if the file system knows how, and
    what earlier runs left in the kernel's memory goes to the disk first."""
    os.sync()
    with contextlib.suppress(OSError):
        subprocess.run(['chattr', '+T', rooms().name], stderr=subprocess.DEVNULL)
    return contextlib.nullcontext(pathlib.Path(tempfile.mkdtemp(dir=rooms().name)))


@contextlib.contextmanager
def running(command):
    p = subprocess.Popen([str(a) for a in command], stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
    try:
        yield p
    finally:
        p.terminate()
        p.wait(60)


@contextlib.contextmanager
def ours(d, before=()):
    """A new registry: port, folder, process."""
    folder, port = d / 'registry', d / 'port'
    subprocess.run([b.CHANCERY, 'registry', 'init', folder, '--origin', 'register.example'],
                   check=True, stdout=subprocess.DEVNULL)
    with running([*before, b.CHANCERY, 'registry', 'run', folder, '--port-file', port]) as p:
        b.wait_for(port, p)
        yield port.read_text().strip(), folder, p


@contextlib.contextmanager
def theirs(d, tool, before=()):
    """A new log of Tessera's: port, public key."""
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        port = s.getsockname()[1]
    key, public = note_key(d, 'tessera.example')
    with running([*before, tool, '--storage_dir', d / 'tessera', '--private_key', key,
                  '--listen', f'127.0.0.1:{port}']) as p:
        for _ in range(200):
            with contextlib.suppress(OSError):
                socket.create_connection(('127.0.0.1', port), 1).close()
                break
            if p.poll() is not None:
                break
            time.sleep(0.05)
        yield str(port), public


def load(port, conns, seconds, each, path, *more):
    out = subprocess.run([b.BUILD / 'bench' / 'bench_append', *map(str, (
        port, conns, seconds, each, path, *more))], check=True, stdout=subprocess.PIPE).stdout
    r = json.loads(out)
    if r['failed']:
        raise SystemExit(f'bench: {r["failed"]} of {r["n"]} appends were refused')
    return r


def load_ours(conns, each=1, seconds=5, path='/v1/entries', before=()):
    with room() as d, ours(d, before) as (port, folder, p):
        begun = b.used(p.pid)
        r = load(port, conns, 1 if b.QUICK else seconds, each, path, folder)
        return r | {'cpu_us': 1e6 * (b.used(p.pid) - begun) / r['n']}


def load_theirs(tool, conns, seconds=5, before=()):
    with room() as d, theirs(d, tool, before) as (port, _):
        return load(port, conns, 1 if b.QUICK else seconds, 1, '/add')


def median(runs, what):
    return statistics.median(r[what] for r in runs)


def show(what, mine, other=()):
    name = 'Tessera POSIX' if other else None
    for field, unit in (('rate', '/s'), ('p50', 'ms'), ('p99', 'ms')):
        more = (name, median(other, field)) if other else ()
        b.row(f'{what}{"" if field == "rate" else ", " + field}', median(mine, field), unit, *more)


# ---- the parts ----

def append():
    """Single entries over HTTP, all durable when answered; then in hundreds; then one by one."""
    tool = peer('posix')
    mine, other = [], []
    for _ in range(b.RUNS):
        mine.append(load_ours(256))
        if tool:
            other.append(load_theirs(tool, 256))
    show('append: one entry a request, 256 connections', mine, other)
    b.row('append: an entry, CPU time of the registry', median(mine, 'cpu_us'), 'us')
    b.row('append: an entry, CPU time of the load', median(mine, 'load_us'), 'us')
    show('append: 1,024 entries a request, 8 connections',
         [load_ours(8, 1024) for _ in range(b.RUNS)])
    show('append: one writer, durable', [load_ours(1, seconds=2) for _ in range(b.RUNS)],
         [load_theirs(tool, 1, seconds=5)] if tool else ())
    show('append: one writer, published with its proof',
         [load_ours(1, seconds=2, path='/v1/entries?level=published') for _ in range(b.RUNS)])


def hammer_rate(tool, url, key, n):
    begun = time.monotonic()
    subprocess.run([str(tool), f'--log_public_key={key}', f'--log_url={url}',
                    f'--write_log_url={url}', '--max_read_ops=0', '--num_readers_full=0',
                    '--num_readers_random=0', '--num_writers=4096', '--max_write_ops=100000',
                    '--dup_chance=0', f'--leaf_write_goal={n}', '--max_runtime=2m',
                    '--show_ui=false'], check=True, timeout=180, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return n / (time.monotonic() - begun)


def hammer():
    """Tessera's own load program, which needs an /add: bench_add gives one over our register."""
    tool, server = peer('hammer'), peer('posix')
    if not tool or not server:
        return
    n = 20000 if b.QUICK else 200000
    mine, other = [], []
    for _ in range(b.RUNS):
        with room() as d:
            folder, port = d / 'registry', d / 'port'
            subprocess.run([b.CHANCERY, 'registry', 'init', folder, '--origin',
                            'register.example'], check=True, stdout=subprocess.DEVNULL)
            with running([b.BUILD / 'bench' / 'bench_add', folder, port]) as p:
                b.wait_for(port, p)
                at, key = port.read_text().split()
                mine.append(hammer_rate(tool, f'http://127.0.0.1:{at}', key, n))
        with room() as d, theirs(d, server) as (at, key):
            other.append(hammer_rate(tool, f'http://127.0.0.1:{at}', key, n))
    b.row('append: driven by hammer, 4,096 writers', statistics.median(mine), '/s',
          'Tessera POSIX', statistics.median(other))


def slow_disk():
    """Each flush takes 5 ms more. For Tessera only fsync is slowed, not its synchronous writes."""
    if not shutil.which('strace'):
        print('SKIP slow-disk: no strace')
        return
    tool = peer('posix')
    before = slow('fsync,fdatasync,syncfs')
    show('slow disk, 5 ms a flush: 1,024 connections',
         [load_ours(1024, before=before) for _ in range(b.RUNS)],
         [load_theirs(tool, 1024, before=slow('fsync,fdatasync'))] if tool else ())
    show('slow disk, 5 ms a flush: 1,024 entries a request, 8 connections',
         [load_ours(8, 1024, before=before) for _ in range(b.RUNS)])


def size_of(folder):
    """Bytes on the disk, blocks and all."""
    return sum(f.lstat().st_blocks * 512 for f in folder.rglob('*'))


def tenmillion():
    """What a large register takes: room, memory, its start, and a full audit over HTTP."""
    n = 100_000 if b.QUICK else 10_000_000
    what = f'{n:,} entries'
    with room() as d:
        with ours(d) as (port, folder, p):
            r = load(port, 4, 600, 1024, '/v1/entries', folder, n)
            b.row(f'{what}: appended, 1,024 a request', r['rate'], '/s')
            b.row(f'{what}: requests asked to come again, tiles being behind', r['busy'], '')
            b.row(f'{what}: memory of the registry', b.peak(p.pid), 'MiB')
        b.row(f'{what}: room on the disk', size_of(folder) / 1e9, 'GB')
        port = d / 'port'
        port.unlink()
        begun = time.monotonic()
        with running([b.CHANCERY, 'registry', 'run', folder, '--port-file', port]) as p:
            b.wait_for(port, p)
            b.row(f'{what}: start', time.monotonic() - begun, 's')
            b.row(f'{what}: memory after the start', b.peak(p.pid), 'MiB')
            facts = subprocess.run([b.CHANCERY, 'registry', 'status', folder, '--json'],
                                   check=True, stdout=subprocess.PIPE).stdout
            begun = time.monotonic()
            subprocess.run([b.CHANCERY, 'log', 'audit',
                            f'http://127.0.0.1:{port.read_text().strip()}/log', '--key',
                            json.loads(facts)['vkey']], check=True, stdout=subprocess.DEVNULL)
            b.row(f'{what}: audit, over HTTP', time.monotonic() - begun, 's')
