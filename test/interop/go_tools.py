#!/usr/bin/env python3
"""Programs of others, and ours over their libraries, that Go builds once into a folder.

Usage: go_tools.py FOLDER NAME: prints where it is; or why it cannot be had, and exits with 77.
"""
import fcntl
import os
import pathlib
import re
import shutil
import subprocess
import sys

GO = 'go1.27.0'     # what torchwood's newest asks for; the module proxy has it as a toolchain
TESSERA = 'github.com/transparency-dev/tessera', 'v1.0.4'
TORCHWOOD = 'filippo.io/torchwood', 'v0.10.0'
PROGRAMS = {
    'fsck': (*TESSERA, 'cmd/fsck'),
    'posix-oneshot': (*TESSERA, 'cmd/examples/posix-oneshot'),
    'litewitness': (*TORCHWOOD, 'cmd/litewitness'),
}
OURS = pathlib.Path(__file__).resolve().parent / 'go'
LIMIT = 600


class Missing(Exception):
    """Why a program cannot be had; a skip, by this name."""


def go(*args, toolchain='auto', **env):
    if not shutil.which('go'):
        raise Missing('no go')
    try:
        return subprocess.run(['go', *map(str, args)], cwd=OURS, check=False, text=True,
                              timeout=LIMIT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**os.environ, 'GOFLAGS': '-buildvcs=false', **env,
                                   'GOTOOLCHAIN': toolchain})
    except subprocess.TimeoutExpired as e:
        raise Missing(f'go {args[0]} takes more than {LIMIT} s') from e


def newest():
    """The toolchain that builds torchwood's newest, or None."""
    have = re.search(r'go1\.(\d+)', go('version', toolchain='local').stdout)
    if have and int(have.group(1)) >= 27:
        return 'local'
    return GO if GO in go('version', toolchain=GO).stdout.split() else None


def install(target, module, version, paths, toolchain='auto'):
    """Commands of a module, into a folder."""
    r = go('install', *(f'{module}/{p}@{version}' for p in paths), toolchain=toolchain,
           GOBIN=str(target))
    if r.returncode != 0:
        raise Missing(f'{module} {version}: {r.stdout.strip()[-300:]}')


def tlogcheck(target):
    """Ours: what it needs is had or not; that it compiles is our own affair."""
    chain = newest()
    mod = OURS / ('go.mod' if chain else 'old.mod')
    how = ['-mod=readonly', f'-modfile={mod}']
    r = go('list', *how, '-deps', '.', toolchain=chain or 'local')
    if r.returncode != 0:
        raise Missing(f'modules of tlogcheck: {r.stdout.strip()[-300:]}')
    r = go('build', *how, '-o', target, '.', toolchain=chain or 'local')
    if r.returncode != 0:
        raise RuntimeError(f'tlogcheck does not build:\n{r.stdout}')


def tool(folder, name):
    """Path of a program, built now if it is not there. Missing."""
    folder = pathlib.Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f'{name}.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if name == 'tlogcheck':
            tlogcheck(folder / name)
            return folder / name
        module, version, path = PROGRAMS[name]
        target = folder / f'{module.rsplit("/", 1)[1]}-{version}'
        if not (target / name).exists():
            chain = newest() if module == TORCHWOOD[0] else 'auto'
            if not chain:
                raise Missing(f'{name} {version}: it asks for {GO}')
            install(target, module, version, [path], chain)
        return target / name


if __name__ == '__main__':
    try:
        print(tool(sys.argv[1], sys.argv[2]))
    except Missing as e:
        print(f'SKIP interop/{sys.argv[2]}: {e}', file=sys.stderr)
        sys.exit(77)
