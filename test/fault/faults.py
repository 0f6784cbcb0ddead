#!/usr/bin/env python3
"""The registry's disk fails, or it is killed, at every system call that touches its folder; and it
is killed at any moment while others write. Each time it is started again, and judged by what its
clients were told: nothing acknowledged is lost or moved, no size ever has two roots.

usage: faults.py CHANCERY PARTY [--seed N] [--sample N | --all] [--kills N] [--jobs N]

The calls of a run without faults are counted first, thread by thread. Then each is met by strace
with EIO, ENOSPC and SIGKILL, in a registry that was stopped in order and in one that was killed.
Without --all it is a sample of N of these, and as many kills under load; the seed is SEED of the
environment, or the date."""
import argparse
import collections
import concurrent.futures
import datetime
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile
import threading
import time
import subprocess

import register
from register import Client, Failed, Gone, Registry, Seen, audit, check, must, run, sha

CALLS = ('openat', 'write', 'pwrite64', 'fsync', 'fdatasync', 'syncfs', 'close', 'rename',
         'renameat', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat', 'mkdir', 'mkdirat',
         'ftruncate', 'fallocate')
SYNCS = ('fsync', 'fdatasync', 'syncfs')
FAULTS = ('EIO', 'ENOSPC', 'KILL')
FULL = 'FULL'                   # ENOSPC from that call on: a disk that stays full
STOPPED, FAULT = 0, 5           # exit codes
SKIP = 77

# One fault: `base` it starts from, the thread (0: the loop, from the first instruction on), the nth
# of its calls of that name; `what` the call was about in the run without faults.
Plan = collections.namedtuple('Plan', 'base thread call nth fault what')


def named(plan):
    return (f'{plan.base}, thread {plan.thread}: {plan.fault} at {plan.call} {plan.nth} '
            f'({plan.what})')


# ---- strace ----

def strace(log, calls, inject=None):
    under = ['strace', '-f', '-y', '-qq', '-o', log, '-e',
             'trace=' + ','.join('?' + c for c in calls)]
    return under + (['-e', f'inject=?{inject}'] if inject else [])


def from_start(fault, *how):
    """What a program runs under, remaining our child. The fast way delivers no signal."""
    return [*strace(*how), '-D'] + ([] if fault == 'KILL' else ['--seccomp-bpf'])


def permitted(top):
    """Why not, or None."""
    if not shutil.which('strace'):
        return 'strace is missing (tools/deps test)'
    log = top / 'probe'
    code, _ = run(*from_start(None, log, ['fsync']), 'true')
    if code != 0 or not log.exists():
        return 'ptrace is not permitted here'
    if os.geteuid() != 0:
        return 'only root may trace a program that guards its memory'
    return None


def lines(log):
    """(thread id, call, the line) of each call as it began."""
    for line in log.read_text(errors='replace').splitlines():
        m = re.match(r'(\d+) +(\w+)\(', line)
        if m:
            yield int(m[1]), m[2], line


class Attached:
    """strace on one thread of a running registry."""
    def __init__(self, tid, *how):
        status = pathlib.Path(f'/proc/{tid}/status')
        under = [a for a in strace(*how) if a != '-f']
        self.p = subprocess.Popen([*map(str, under), '-p', str(tid)], cwd='/',
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        end = time.monotonic() + register.LIMIT
        while 'TracerPid:\t0' in status.read_text():
            check(self.p.poll() is None and time.monotonic() < end, 'strace does not attach')
            time.sleep(0.002)

    def end(self):
        self.p.wait(register.LIMIT)


# ---- the load of a run with a fault ----

def entries(name, n):
    return [sha(f'{name} {i}'.encode()) for i in range(n)]


def rest_for_tiles():
    time.sleep(0.28)            # they gather for 200 ms


# In order: singles, batches over the ends of tiles, a second time the same, a delivery; tiles are
# written beside, reported, and their rows dropped.
def one(client, name, level='durable'):
    client.append(entries(name, 1), level)
    client.checkpoint()


def batch(client, name, n):
    client.append(entries(name, n))
    client.checkpoint()


def deliver(client, n, told):
    """A paper by its steps. What a step answered once it answers again, byte by byte."""
    code, out = run(register.party, 'deliver', client.c.port, n)
    check(code in (0, 3, 4), f'deliver: {code}: {out}')
    for line in out.splitlines():
        if not re.match(r'\w+ \d+ ', line):
            continue
        step, status, data = line.split(' ')
        data = bytes.fromhex(data)
        if status in ('200', '201'):
            client.seen.look(data)
            if step != 'envelope':
                check(told.setdefault((n, step), data) == data, f'{step}: another answer')
        elif status != '0':
            client.seen.refused += 1
    if code == 3:
        raise Gone


def load(port, seen, told):
    """Everything that is asked. Gone when the registry is."""
    code, token = run(register.party, 'token', port)
    if code == 3:
        raise Gone
    if code != 0:               # it would not sign in: a refusal as well
        seen.refused += 1
        return False
    client = Client(port, token.strip(), seen)
    before = seen.refused
    one(client, 'first')
    batch(client, 'many', 300)
    one(client, 'proven', 'published')
    rest_for_tiles()
    one(client, 'after tiles')
    batch(client, 'few', 3)
    batch(client, 'many', 300)
    deliver(client, 0, told)
    batch(client, 'more', 270)
    one(client, 'proven too', 'published')
    client.ask('GET', '/log/tile/0/000')
    rest_for_tiles()
    one(client, 'last')
    return seen.refused == before


# ---- one fault ----

def bases(top):
    """A registry stopped in order, and one that died with tiles still to be written."""
    stopped, killed = top / 'stopped', top / 'killed'
    stopped.mkdir()
    r = register.new(stopped)
    register.copy(killed, stopped)
    r = Registry(killed / 'registry')
    check(r.start(), r.said())
    seen = Seen()
    client = Client(r.port, must(register.party, 'token', r.port).strip(), seen)
    check(client.append(entries('before', 530)), 'a batch on a sound disk')
    client.checkpoint()
    r.end(kill=True)
    return {'stopped': (stopped, Seen()), 'killed': (killed, seen)}


def remembered(seen):
    """The same memory once more, for another life of the same registry."""
    new = Seen()
    new.at, new.entry, new.roots = dict(seen.at), dict(seen.entry), dict(seen.roots)
    return new


def count(top, name, base):
    """The calls of a run without faults that touch the folder."""
    folder = top / f'count-{name}'
    r = register.copy(folder, base)
    log = folder / 'log'
    check(r.start(from_start(None, log, CALLS)), 'under strace: ' + r.said())
    tids = r.threads()
    at_start = collections.Counter((t, c) for t, c, _ in lines(log) if t in tids)
    check(load(r.port, Seen(), {}), 'all is taken without a fault')
    check(r.end() == STOPPED, 'it stops in order: ' + r.said())
    plans, nth = [], collections.Counter()
    for tid, call, line in lines(log):
        nth[tid, call] += 1
        n, thread = nth[tid, call], tids.index(tid)
        if str(r.dir) not in line:
            continue
        what = re.sub(r'[0-9a-f]{16,}', '*', line.split(str(r.dir), 1)[1])
        what = re.split(r'[">,]', what)[0].strip('/') or 'its folder'
        if thread > 0:          # strace counts from when it attaches
            n -= at_start[tid, call]
            if n <= 0:
                continue
        faults = FAULTS + ((FULL,) if call == 'pwrite64' else ())
        plans += [Plan(name, thread, call, n, fault, what) for fault in faults]
    shutil.rmtree(folder)
    return plans


def inject(plan):
    if plan.fault == FULL:
        return f'{plan.call}:error=ENOSPC:when={plan.nth}+'
    how = 'signal=KILL' if plan.fault == 'KILL' else f'error={plan.fault}'
    return f'{plan.call}:{how}:when={plan.nth}'


def live(r, plan, log, seen, told):
    """The life in which it meets the fault: its exit code, and whether it came up."""
    how = (log, [plan.call], inject(plan))
    tracer = None
    up = r.start([] if plan.thread else from_start(plan.fault, *how))
    try:
        if up and plan.thread:
            tracer = Attached(r.threads()[plan.thread], *how)
        if up:
            load(r.port, seen, told)
    except Gone:
        r.p.wait(register.LIMIT)
    finally:
        code = r.end()
        if tracer:
            tracer.end()
    return code, up


def judge_end(plan, code, up, met, said):
    """How a registry may end that met this."""
    ends = [x for x in said.splitlines() if '"event":"ended"' in x]
    if plan.fault == 'KILL':
        check(code == (-9 if met else STOPPED), f'killed, it ends with {code}')
        return
    check(code in (STOPPED, FAULT) or not up and code in (1, 2, 3), f'it ends with {code}: {said}')
    check(code == STOPPED or len(ends) == 1 and said.splitlines()[-1] == ends[0] and
          f'"exit":{code}' in ends[0], f'it ends with one line that says why: {said}')
    # SQLite syncs the folder once more after us, and looks away: there is nothing left to sync.
    overlooked = plan.call == 'fdatasync' and plan.what == 'its folder'
    if met and plan.call in SYNCS and plan.fault in ('EIO', 'ENOSPC') and not overlooked:
        check(code == FAULT, f'a sync failed, and it ends with {code}: {said}')


def wal_of(r):
    """The head of the database's WAL, with its salts; empty when there is none."""
    try:
        return (r.dir / 'db.sqlite-wal').read_bytes()[:32]
    except FileNotFoundError:
        return b''


def again(r, vkey, seen, told):
    """On a sound disk: all is there, all is taken that was not, and stays."""
    found = wal_of(r)
    check(r.start(), 'it does not start again: ' + r.said())
    # What the kernel may hold without the disk is not built on.
    check(not found or wal_of(r) != found, 'it goes on with the WAL that it found')
    seen.judge(Client(r.port, None, seen))
    check(load(r.port, seen, told), 'all is taken on a sound disk')
    seen.judge(Client(r.port, None, seen))
    audit(r, vkey)
    check(r.end() == STOPPED, 'it stops in order: ' + r.said())
    left = list(r.dir.rglob('.tmp-*'))
    check(not left, f'half a file stays: {left}')
    keys = [p for p in (r.dir / 'deposits').rglob('*')
            if p.is_file() and p.name != 'key' and p.read_bytes().strip(b'\0')]
    check(not keys, f'a key that was handed over stays: {keys}')


def meet(top, base, number, plan):
    """One fault from copy to verdict: whether it was met, and how the registry ended."""
    folder = top / f'fault-{number}'
    r = register.copy(folder, base[plan.base][0])
    seen, told, log = remembered(base[plan.base][1]), {}, folder / 'log'
    try:
        code, up = live(r, plan, log, seen, told)
        met = code == -9 if plan.fault == 'KILL' else '(INJECTED)' in log.read_text()
        judge_end(plan, code, up, met, r.said())
        again(r, (folder / 'vkey').read_text(), seen, told)
    except (Failed, Gone, OSError, subprocess.TimeoutExpired) as e:
        if r.p and r.p.poll() is None:
            r.end(kill=True)
        raise Failed(f'{named(plan)}: {e!r} (in {folder})') from e
    shutil.rmtree(folder)
    return met, 'killed' if code < 0 else 'stopped' if code else 'went on'


def injections(top, base, plans, jobs):
    """All of them; how many were met, by call and fault, and what came of it."""
    table, bad = collections.Counter(), []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        todo = {pool.submit(meet, top, base, i, p): p for i, p in enumerate(plans)}
        for i, f in enumerate(concurrent.futures.as_completed(todo)):
            plan = todo[f]
            try:
                met, end = f.result()
                table[plan.call, plan.fault, end if met else 'not met'] += 1
            except Failed as e:
                bad.append(e)
                print(f'FAIL  {e}', flush=True)
            if i % 100 == 99:
                print(f'      {i + 1} of {len(plans)}', flush=True)
    for call in CALLS:
        for fault in (*FAULTS, FULL):
            ends = {e: n for (c, f, e), n in table.items() if (c, f) == (call, fault)}
            if ends:
                print(f'{call:10} {fault:7} ' + ', '.join(f'{n} {e}' for e, n in
                                                          sorted(ends.items())))
    met = collections.Counter()
    for (_, fault, end), n in table.items():
        met[fault] += n if end != 'not met' else 0
    print(f'{sum(met.values())} faults met in {len(plans)} runs, {len(bad)} failed')
    for fault in (*FAULTS, FULL):
        asked = sum(p.fault == fault for p in plans)
        # A few may miss: the order of events is not that of the run in which they were counted.
        check(bad or asked < 20 or met[fault] >= asked // 2,
              f'{fault} was met {met[fault]} times of {asked}')
    check(bad or sum(met.values()) > 0, 'no fault was met')
    return bad


# ---- kills under load ----

class Writer(threading.Thread):
    """Appends of all sorts until nobody answers; what was not acknowledged is asked again by the
    next one."""
    def __init__(self, port, token, seen, seed, open_):
        super().__init__()
        self.client, self.rng = Client(port, token, seen), random.Random(seed)
        self.open, self.bad = open_, None

    def step(self):
        level, n = 'durable', 1
        if self.open and self.rng.random() < 0.5:
            some = self.open.pop()
        else:
            n = self.rng.choice((1, 1, 1, 2, 30, 300))
            some = [self.rng.randbytes(32) for _ in range(n)]
        if len(some) == 1 and self.rng.random() < 0.3:
            level = 'published'
        self.open.append(some)
        if self.client.append(some, level):
            self.open.remove(some)
        if self.rng.random() < 0.2:
            self.client.checkpoint()

    def run(self):
        try:
            while True:
                self.step()
        except Gone:
            pass
        except Exception as e:      # the main thread tells it
            self.bad = e


def life(r, seen, rng, open_):
    """One life of the registry among writers, and its sudden end."""
    if rng.random() < 0.15:         # in the middle of its start
        r.spawn()
        time.sleep(rng.uniform(0, 0.08))
        r.end(kill=True)
        return
    check(r.start(), 'it does not start again: ' + r.said())
    seen.judge(Client(r.port, None, seen))
    token = must(register.party, 'token', r.port).strip()
    writers = [Writer(r.port, token, seen, rng.random(), o) for o in open_]
    for w in writers:
        w.start()
    time.sleep(rng.uniform(0, 0.4))
    r.end(kill=True)
    for w in writers:
        w.join(register.LIMIT)
        if w.bad:
            raise w.bad


def kills(top, base, n, rng):
    """A registry that dies n times, judged at each start, and audited at the end."""
    folder = top / f'kills-{rng.random()}'
    r = register.copy(folder, base['stopped'][0])
    seen, open_ = Seen(), [[] for _ in range(4)]
    try:
        for _ in range(n):
            life(r, seen, rng, open_)
        check(r.start(), 'it does not start again: ' + r.said())
        seen.judge(Client(r.port, None, seen))
        audit(r, (folder / 'vkey').read_text())
        check(r.end() == STOPPED, 'it stops in order')
        check(seen.refused == 0, 'it refuses what it should take')
    except (Failed, Gone, OSError, subprocess.TimeoutExpired) as e:
        r.end(kill=True)
        raise Failed(f'kills: {e!r} (in {folder})') from e
    shutil.rmtree(folder)
    return len(seen.entry), seen.size


def all_kills(top, base, n, rng, jobs):
    """At most fifty in the life of one folder, two folders at once."""
    step = min(50, (n + 1) // 2)
    each = [min(step, n - i) for i in range(0, n, step)]
    bad, told = [], 0
    with concurrent.futures.ThreadPoolExecutor(min(jobs, 2)) as pool:
        todo = [pool.submit(kills, top, base, k, random.Random(rng.random())) for k in each]
        for f in concurrent.futures.as_completed(todo):
            try:
                acked, size = f.result()
                told += acked
                print(f'      a register of {size}, {acked} acknowledged', flush=True)
            except Failed as e:
                bad.append(e)
                print(f'FAIL  {e}', flush=True)
    print(f'{n} kills under load, {told} entries acknowledged, {len(bad)} failed')
    check(bad or told > 10 * n, 'hardly an entry was written')
    return bad


# ---- all of it ----

def options():
    o = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    o.add_argument('chancery')
    o.add_argument('party')
    o.add_argument('--seed', type=int, default=int(
        os.environ.get('SEED') or datetime.date.today().strftime('%Y%m%d')))
    o.add_argument('--sample', type=int, default=10)
    o.add_argument('--all', action='store_true')
    o.add_argument('--kills', type=int)
    o.add_argument('--only', default='', help='calls, as fsync,syncfs')
    o.add_argument('--jobs', type=int, default=4)
    return o.parse_args()


def main():
    o = options()
    register.chancery = os.path.abspath(o.chancery)
    register.party = os.path.abspath(o.party)
    rng = random.Random(o.seed)
    top = pathlib.Path(tempfile.mkdtemp(prefix='chancery-faults-'))
    print(f'seed {o.seed}', flush=True)
    begun, bad = time.monotonic(), []
    try:
        base = bases(top)
        n_kills = (1000 if o.all else o.sample) if o.kills is None else o.kills
        if n_kills:
            bad += all_kills(top, base, n_kills, rng, o.jobs)
        why = permitted(top)
        if why:
            print(f'skipped: faults by strace: {why}')
        elif o.all or o.sample:
            some = sorted(base) if o.all else [rng.choice(sorted(base))]
            plans = [p for name in some for p in count(top, name, base[name][0])
                     if not o.only or p.call in o.only.split(',')]
            bad += injections(top, base, plans if o.all else rng.sample(plans, o.sample), o.jobs)
    except Failed as e:
        bad.append(e)
        print(f'FAIL  {e}')
    print(f'{time.monotonic() - begun:.1f} s')
    if bad:
        print(f'again: SEED={o.seed}; kept in {top}')
        return 1
    shutil.rmtree(top)
    return SKIP if why else 0


if __name__ == '__main__':
    sys.exit(main())
