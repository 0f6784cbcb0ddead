#!/usr/bin/env python3
"""Every file of the CCTV age suite through `chancery unseal`: to a pipe exactly the bytes that the
suite lets out, to a file all of them or no file. The folder is that of CHANCERY_SHARED."""
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import zlib

CHANCERY = os.path.abspath(sys.argv[1])
FILES = 96

def check(ok, what):
    if not ok:
        sys.exit(f'test_sealing_vectors: {what}')


def load(path):
    """The fields of a file of the suite, and the bytes to open."""
    head, _, body = path.read_bytes().partition(b'\n\n')
    fields = {}
    for line in head.decode().splitlines():
        key, _, value = line.partition(': ')
        fields.setdefault(key, []).append(value)
    return fields, zlib.decompress(body) if 'compressed' in fields else body


def unseal(d, fields, threads, *args):
    keys, word = d / 'keys', d / 'word'
    options = ['--threads', str(threads)]
    if 'passphrase' in fields:
        word.write_text(fields['passphrase'][0] + '\n')
        options += ['--passphrase-file', word]
    else:
        keys.write_text('\n'.join(fields.get('identity', [])) + '\n')
        keys.chmod(0o600)
        options += ['-i', keys]
    p = subprocess.run([CHANCERY, 'unseal', *options, *args], stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    return p.returncode, p.stdout, p.stderr.decode()


def one(d, name, fields, body):
    expect = fields['expect'][0]
    sealed, opened = d / 'sealed', d / 'opened'
    sealed.write_bytes(body)
    for threads in (1, 2):
        code, out, err = unseal(d, fields, threads, sealed)
        check((code == 0) == (expect == 'success'), f'{name}: {expect}, exit {code}: {err}')
        check(code in (0, 1, 2, 4), f'{name}: exit {code}: {err}')
        if 'payload' in fields:
            check(hashlib.sha256(out).hexdigest() == fields['payload'][0],
                  f'{name}: {len(out)} bytes came out')
        else:
            check(not out, f'{name}: {len(out)} bytes came out and none may')
        if code:
            check(err.count('\n') == 1, f'{name}: one line: {err}')
            check(expect != 'HMAC failure' or 'altered' in err, f'{name}: {err}')
        code, _, err = unseal(d, fields, threads, '-o', opened, sealed)
        check(opened.exists() == (code == 0) == (expect == 'success'), f'{name}: -o: {err}')
        if code == 0:
            check(opened.read_bytes() == out, f'{name}: the same in the file')
            opened.unlink()


def main():
    folder = pathlib.Path(os.environ.get('CHANCERY_SHARED', '')) / 'vectors/age-cctv/testdata'
    if not folder.is_dir():
        print('skipped: vectors/age-cctv, as CHANCERY_SHARED names no folder that has it')
        sys.exit(1 if os.environ.get('CI') == 'true' else 77)
    n = 0
    with tempfile.TemporaryDirectory(prefix='chancery-') as d:
        for path in sorted(folder.iterdir()):
            fields, body = load(path)
            one(pathlib.Path(d), path.name, fields, body)
            n += 1
    check(n == FILES, f'{n} files, not {FILES}')
    print(f'ok: {n} files')


main()
