#!/usr/bin/env python3
"""The writer's model (doc/model/writer.pml) holds in every order of events, and each mistake that is
built into it on purpose is found. Usage: writer.py MODEL"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

MISTAKES = ('ACK_EARLY', 'SIGN_EARLY', 'DROP_EARLY', 'REPORT_EARLY', 'TRUST_TORN', 'RECOVER_MEMORY')
SKIP = 77


def errors(model, *defines):
    """How many errors Spin finds, over how many states."""
    with tempfile.TemporaryDirectory() as d:
        subprocess.run(['spin', *(f'-D{x}' for x in defines), '-a', model], cwd=d, check=True,
                       stdout=subprocess.DEVNULL, timeout=60)
        subprocess.run([os.environ.get('CC', 'cc').split()[-1], '-w', '-o', 'pan', 'pan.c'],
                       cwd=d, check=True, timeout=120)
        out = subprocess.run(['./pan', '-m1000000'], cwd=d, stdout=subprocess.PIPE,
                             timeout=120).stdout.decode()
    found = re.search(r'errors: (\d+)', out)
    states = re.search(r'(\d+) states, stored', out)
    if not found or not states or 'max search depth too small' in out:
        sys.exit(f'Spin did not finish:\n{out}')
    return int(found[1]), int(states[1])


def main():
    if not shutil.which('spin'):
        print('skipped: writer model (no spin)')
        sys.exit(SKIP)
    model = pathlib.Path(sys.argv[1]).resolve()
    n, states = errors(model)
    if n or states < 10000:
        sys.exit(f'{n} errors in {states} states')
    print(f'{states} states, no error')
    for mistake in MISTAKES:
        if errors(model, mistake)[0] == 0:
            sys.exit(f'{mistake} was not found')
        print(f'{mistake}: found')


main()
