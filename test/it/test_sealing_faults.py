#!/usr/bin/env python3
"""chancery seal and unseal in a bad world: full disks, broken ones, readers that go away, kills. One
line says what happened, the target is untouched, nothing is left behind. The second argument is
the shim (test/fault/shim.c) as a library."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

CHANCERY, SHIM = (os.path.abspath(a) for a in sys.argv[1:3])
CHUNK = 65536
SIZE = 40 * CHUNK + 12345


def check(ok, what):
    if not ok:
        sys.exit(f'test_sealing_faults: {what}')


class Room:
    """A folder with keys, a plain and a sealed file."""

    def __init__(self, d):
        self.d = pathlib.Path(d)
        self.key, self.plain, self.sealed = (self.d / n for n in ('key', 'plain', 'sealed'))
        self.run('keygen', '-o', self.key)
        self.to = [x.split(': ')[1] for x in self.key.read_text().splitlines()
                   if x.startswith('# public key')][0]
        self.plain.write_bytes(bytes(i * 7 % 251 for i in range(251)) * (SIZE // 251 + 1))
        os.truncate(self.plain, SIZE)
        self.run('seal', '-r', self.to, '-o', self.sealed, self.plain)
        self.names = set(os.listdir(d))

    def start(self, *args, shim='', **how):
        env = dict(os.environ)
        if shim:
            env.update(LD_PRELOAD=SHIM, CHANCERY_SHIM=shim)
        return subprocess.Popen([CHANCERY, *map(str, args)], env=env, cwd=self.d,
                                stderr=subprocess.PIPE, **{'stdin': subprocess.DEVNULL, **how})

    def run(self, *args, code=0, **how):
        """The output and the error line of a command that ends with this code."""
        p = self.start(*args, **{'stdout': subprocess.PIPE, **how})
        out, err = p.communicate(timeout=60)
        check(p.returncode == code, f'{args} {how}: exit {p.returncode}: {err.decode()}')
        if code > 0:
            lines = err.decode().splitlines()
            check(len(lines) == 1 and lines[0].startswith('chancery: '), f'one line, not {lines}')
        return out, err.decode()

    def jobs(self):
        """Both directions, with the file each reads and what must come out."""
        yield ['seal', '-r', self.to], self.plain
        yield ['unseal', '-i', self.key], self.sealed

    def refused(self, args, source, says, code=5, **how):
        """To a new file, and over an old one: nothing is left, the old one is whole."""
        for threads in (1, 2):
            for old in (None, b'old'):
                target = self.d / 'target'
                if old:
                    target.write_bytes(old)
                _, err = self.run(*args, '--threads', threads, '-o', target, source, code=code,
                                  **how)
                check(says in err, f'{says}: {err}')
                self.clean(old)

    def clean(self, old):
        target = self.d / 'target'
        check(target.exists() == (old is not None), 'no target where none was')
        if old:
            check(target.read_bytes() == old, 'the old file is whole')
            target.unlink()
        check(set(os.listdir(self.d)) == self.names, f'left behind: {os.listdir(self.d)}')


def same(room):
    """Short reads and writes and interruptions change nothing."""
    for shim in ('short:1000', 'eintr:3', 'short:70000 eintr:2', 'no-tmpfile:1'):
        sealed, opened = room.d / 'a', room.d / 'b'
        room.run('seal', '-r', room.to, '-o', sealed, room.plain, shim=shim)
        room.run('unseal', '-i', room.key, '-o', opened, sealed, shim=shim)
        check(opened.read_bytes() == room.plain.read_bytes(), f'{shim}: the same')
        with open(sealed, 'rb') as f:
            out, _ = room.run('unseal', '-i', room.key, shim=shim, stdin=f)
        check(out == room.plain.read_bytes(), f'{shim}: the same by pipes')
        sealed.unlink()
        opened.unlink()


def disks(room):
    for args, source in room.jobs():
        for n in (1, 2, 5):
            for more in ('', ' no-tmpfile:1'):
                room.refused(args, source, 'no room', shim=f'enospc:{n}' + more)
                room.refused(args, source, 'cannot be written', shim=f'eio-write:{n}' + more)
            room.refused(args, source, 'cannot be read', shim=f'eio-read:{n}')
        room.refused(args, source, 'cannot be written', shim='eio:1')  # the fsync of the content
        _, err = room.run(*args, '-o', '/dev/full', source, code=5)
        check('no room' in err, err)
        with open('/dev/full', 'wb') as full:
            _, err = room.run(*args, '-o', '-', source, code=5, stdout=full)
        check('no room' in err, err)


def verdicts(room):
    """What is cut off, altered or too long gives no file, and to a pipe only whole chunks."""
    whole, plain = room.sealed.read_bytes(), room.plain.read_bytes()
    bad = room.d / 'bad'
    start = len(whole) - (SIZE + 41 * 16)
    at = start + 20 * (CHUNK + 16)
    cases = [(whole[:at], 'cut off', 20), (whole[:at + 100], 'cut off', 20),
             (whole[:at + 7] + b'!' + whole[at + 8:], 'altered', 20),
             (whole[:-1], 'cut off', 40), (whole[:start], 'cut off', 0),
             (whole + b'x', 'altered', 40), (whole[:50], 'cut off', 0), (b'', 'cut off', 0)]
    room.names.add('bad')
    for data, says, chunks in cases:
        bad.write_bytes(data)
        for threads in ('1', '2'):
            p = room.start('unseal', '-i', room.key, '--threads', threads, bad,
                           stdout=subprocess.PIPE)
            out, err = p.communicate(timeout=60)
            check(p.returncode in (1, 2), f'{says}: exit {p.returncode}, {err}')
            check(says in err.decode() and err.count(b'\n') == 1, f'{says}: {err}')
            check(out == plain[:chunks * CHUNK], f'{says}: {len(out)} bytes came out')
            room.refused(['unseal', '-i', room.key], bad, says, code=p.returncode)
    bad.unlink()
    room.names.remove('bad')


def readers(room):
    """Whoever reads the output goes away."""
    for args, source in room.jobs():
        for threads in (1, 2):
            p = room.start(*args, '--threads', threads, '-o', '-', source, stdout=subprocess.PIPE)
            p.stdout.read(10)
            p.stdout.close()
            err = p.stderr.read().decode()
            check(p.wait(60) == 5 and 'has gone' in err and err.count('\n') == 1,
                  f'{p.returncode}: {err}')


def kills(room):
    for args, source in room.jobs():
        for shim in ('kill-write:1', 'kill-write:4', 'kill-before:1', 'kill-after:1',
                     'kill-before:2'):
            room.run(*args, '-o', room.d / 'target', source, code=-9, shim=shim)
            room.clean(None)
        # With an old file there, the new one is linked beside and renamed.
        for step in range(1, 5):
            (room.d / 'target').write_bytes(b'old')
            room.run(*args, '-o', room.d / 'target', source, code=-9, shim=f'kill-before:{step}')
            check((room.d / 'target').read_bytes() == b'old', 'the old file is whole')
            left = set(os.listdir(room.d)) - room.names - {'target'}
            check(len(left) == (step == 4), f'step {step}: {left}')
            for name in left:
                (room.d / name).unlink()
            room.clean(b'old')


def interrupts(room):
    """Ctrl-C while it waits for more input."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL) # the tests may run under nohup, which seal keeps
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        for shim in ('', 'no-tmpfile:1'):
            for args, source in room.jobs():
                p = room.start(*args, '-o', room.d / 'target', shim=shim, stdin=subprocess.PIPE,
                               stdout=subprocess.DEVNULL)
                p.stdin.write(source.read_bytes()[:30 * CHUNK])
                p.stdin.flush()
                time.sleep(0.2)
                p.send_signal(number)
                check(p.wait(60) == -number, f'{number}: exit {p.returncode}')
                p.stdin.close()
                p.stderr.close()
                room.clean(None)


def places(room):
    for args, source in room.jobs():
        before = source.read_bytes()
        _, err = room.run(*args, '-o', source, source, code=1)
        check('same file' in err and source.read_bytes() == before, err)
        with open(source, 'rb') as i, open(source, 'ab') as o:
            _, err = room.run(*args, code=1, stdin=i, stdout=o)
        check('same file' in err and source.read_bytes() == before, err)
        room.run(*args, '-o', '/dev/null', source)
        out, _ = room.run(*args, '-o', '/dev/stdout', source)
        check(len(out) >= SIZE, '/dev/stdout is a place to write to')
        fifo = room.d / 'fifo'
        os.mkfifo(fifo)
        p = room.start(*args, '-o', fifo, source, stdout=subprocess.DEVNULL)
        with open(fifo, 'rb') as f:
            check(len(f.read()) >= SIZE, 'a fifo is a place to write to')
        p.stderr.close()
        check(p.wait(60) == 0 and fifo.is_fifo(), 'and stays one')
        fifo.unlink()
        os.symlink('elsewhere', room.d / 'link')
        _, err = room.run(*args, '-o', room.d / 'link', source, code=2)
        check('symbolic link' in err, err)
        (room.d / 'link').unlink()
    room.clean(None)


def main():
    with tempfile.TemporaryDirectory(prefix='chancery-') as d:
        room = Room(d)
        for part in (same, disks, verdicts, readers, kills, interrupts, places):
            part(room)
            room.clean(None)
    print('ok')


main()
