#!/usr/bin/env python3
"""delegate passphrase, killed at every durable step: both keys open with the old passphrase or both with
the new one, and the same command completes. The second argument is the shim (test/fault/shim.c)."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

CHANCERY, SHIM = (os.path.abspath(a) for a in sys.argv[1:3])


def check(ok, what):
    if not ok:
        sys.exit(f'test_passphrase: {what}')


class Room:
    def __init__(self, d):
        self.d = pathlib.Path(d)
        for name in ('old', 'new', 'other'):
            (self.d / name).write_text(f'the {name} passphrase of several words\n')
        self.run('party', 'new', 'alpha.example', '--person', 'a.jones', '--work-factor', '1')
        shutil.copytree(self.home, self.d / 'kept')

    @property
    def home(self):
        return self.d / 'home'

    def again(self):
        shutil.rmtree(self.home)
        shutil.copytree(self.d / 'kept', self.home)

    def raw(self, *args, by='old', shim=''):
        env = {**os.environ, **({'LD_PRELOAD': SHIM, 'CHANCERY_SHIM': shim} if shim else {})}
        r = subprocess.run([CHANCERY, *map(str, args), '--home', self.home, '--passphrase-file',
                            self.d / by, '--yes'], env=env, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        return r.returncode, (r.stdout + r.stderr).decode()

    def run(self, *args, by='old', code=0):
        got, err = self.raw(*args, by=by)
        check(got == code, f'{args} by {by}: exit {got}, wanted {code}: {err}')
        return err

    def change(self, by='old', to='new', shim='', more=()):
        return self.raw('delegate', 'passphrase', '--new-passphrase-file', self.d / to, *more, by=by,
                        shim=shim)

    def opens(self, by):
        """Keys and party key together: a new roster wants both."""
        code, said = self.raw('roster', 'renew', by=by)
        check((code == 1 and 'is signed' in said) or code == 4, f'{code}: {said}') # no registry to tell
        return code == 1

    def names(self):
        return sorted(p.name for p in self.home.iterdir() if '.age' in p.name)


def kills(room):
    died, first, last = 0, None, None
    for step in range(1, 200):
        mode = f'kill-before:{step}'
        room.again()
        code, err = room.change(shim=mode)
        check(code in (0, -9), f'{mode}: exit {code}: {err}')
        if code == 0:
            break
        died += 1
        # A reader that has no lock sees the one or the other, whole.
        before = room.names()
        by = [x for x in ('old', 'new') if room.raw('delegate', 'key', '--reveal', '-o', room.d / 'key',
                                                    by=x)[0] == 0]
        check(len(by) == 1, f'{mode}: the keys open with {by}: {before}')
        check(room.opens(by[0]), f'{mode}: the party key does not open with the {by[0]} one: {before}')
        check(room.names() == ['keys.age', 'party-key.age'], f'{mode}: left {room.names()}')
        first, last = first or by[0], by[0]
        code, err = room.change(by=by[0])
        check(code == 0 and room.opens('new') and not room.opens('old'), f'{mode}: again: {err}')
    check(died > 10 and first == 'old' and last == 'new', f'{died} kills, from {first} to {last}')
    print(f'{died} kills')


def refusals(room):
    room.again()
    code, err = room.change(by='new')
    check(code == 4 and 'wrong passphrase' in err and room.opens('old'), err)
    for shim in ('enospc:1', 'eio:1', 'eio:3', 'eio:5'):
        room.again()
        code, err = room.change(shim=shim)
        check(code in (0, 5), f'{shim}: {code} {err}')
        check(room.opens('new' if code == 0 else 'old') or room.opens('new'), f'{shim}: nothing opens: {err}')


def away(room):
    """The party key was on a stick while the passphrase changed."""
    room.again()
    (room.home / 'party-key.age').rename(room.d / 'stick')
    code, err = room.change()
    check(code == 0 and room.names() == ['keys.age'], err)
    (room.d / 'stick').rename(room.home / 'party-key.age')
    check(not room.opens('new'), 'it has the old one')
    code, err = room.change(by='new', to='other')
    check(code == 4 and 'another passphrase' in err and 'nothing was changed' in err, err)
    code, err = room.change(by='new', to='other', more=['--party-passphrase-file', room.d / 'old'])
    check(code == 0 and room.opens('other') and not room.opens('new'), err)


with tempfile.TemporaryDirectory(prefix='chancery-pass-') as folder:
    r = Room(folder)
    kills(r)
    refusals(r)
    away(r)
print('ok')
