#!/usr/bin/env python3
"""chancery seal, unseal and keygen against the stock tools, both ways, for every kind of key that
both have: the newest age of Go with plugins built from its module, rage, and Debian's age.

usage: files.py CHANCERY FOLDER-FOR-TOOLS. What cannot be had is skipped by name: age by Go (built
once into the folder), rage when neither it nor cargo is here; cargo builds it only with
CHANCERY_BUILD_RAGE=1, for that takes minutes. With nothing to compare with it is a skip (77)."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'it'))
import terminal  # noqa: E402
from age_go import TAG, VERSION, tagpq  # noqa: E402
import age_go  # noqa: E402

CHANCERY = os.path.abspath(sys.argv[1])
TOOLS = pathlib.Path(os.path.abspath(sys.argv[2]))
RAGE = '0.12.1'
SIZES = (0, 1, 65535, 65536, 65537, 1 << 20)
PHRASE = 'correct horse battery'
ran, skipped = 0, []


def check(ok, what):
    global ran
    ran += 1
    if not ok:
        raise AssertionError(what)


def run(*args, stdin=None, env=None):
    r = subprocess.run([os.fspath(a) for a in args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       stdin=subprocess.DEVNULL if stdin is None else None, input=stdin, env=env,
                       timeout=120, check=False)
    check(r.returncode == 0, f'{args}: exit {r.returncode}: {r.stderr.decode()[-500:]}')
    return r.stdout


def skip(what):
    print('SKIP interop files:', what)
    skipped.append(what)


# ---- the tools ----

def rage_tools():
    for path in (shutil.which('rage'), pathlib.Path.home() / '.cargo/bin/rage', TOOLS / 'bin/rage'):
        if path and pathlib.Path(path).exists():
            return pathlib.Path(path).parent
    if os.environ.get('CHANCERY_BUILD_RAGE') == '1' and shutil.which('cargo'):
        subprocess.run(['cargo', 'install', '--locked', '--root', TOOLS, f'rage@{RAGE}'], check=True)
        return TOOLS / 'bin'
    return None


# ---- one peer ----

class Peer:
    def __init__(self, d, name, bin_, tool, plugins=None, pinentry=False):
        self.d, self.name, self.tool = d, name, bin_ / tool
        self.keygen = bin_ / f'{tool}-keygen'
        path = f'{plugins}:{os.environ["PATH"]}' if plugins else os.environ['PATH']
        self.env = {**os.environ, 'PATH': path}
        self.pinentry = pinentry
        if pinentry:
            self.env['PINENTRY_PROGRAM'] = str(d / 'pinentry')

    def seal(self, flags, out, text):
        run(self.tool, *flags, '-o', out, text, env=self.env)

    def open(self, flags, sealed):
        return run(self.tool, '-d', *flags, sealed, env=self.env)

    def seal_pass(self, out, text):
        if self.pinentry:
            return run(self.tool, '-p', '-o', out, text, env=self.env)
        code, shown = terminal.run([self.tool, '-p', '-o', out, text], [
            ('passphrase', PHRASE + '\n'), ('onfirm passphrase', PHRASE + '\n')], env=self.env)
        check(code == 0, shown)

    def open_pass(self, flags, sealed):
        if self.pinentry:
            return run(self.tool, '-d', *flags, sealed, env=self.env)
        out = self.d / 'opened'
        code, shown = terminal.run([self.tool, '-d', *flags, '-o', out, sealed],
                                   [('passphrase', PHRASE + '\n')], env=self.env)
        check(code == 0, shown)
        return out.read_bytes()


def there_and_back(p, d, what, to, ours, theirs, sizes=SIZES):
    """Whatever is sealed with the flags `to` opens with these, on either side."""
    text, a, b = d / 'text', d / 'by-us', d / 'by-them'
    for n in sizes:
        data = os.urandom(n)
        text.write_bytes(data)
        for armor in ([], ['-a']):
            run(CHANCERY, 'seal', *armor, *to, '-o', a, text, env=p.env)
            p.seal([*armor, *to], b, text)
            check(p.open(theirs, a) == data, f'{p.name} opens ours, {what}, {n} {armor}')
            check(p.open(theirs, b) == data, f'{p.name} opens its own, {what}, {n}')
            check(run(CHANCERY, 'unseal', *ours, b, env=p.env) == data,
                  f'we open that of {p.name}, {what}, {n} {armor}')
            check(run(CHANCERY, 'unseal', *ours, a, env=p.env) == data, f'we open ours, {what}, {n}')


def to_hardware(p, d, what, to):
    """Keys that only a plugin opens: both sides seal, both open through it."""
    text, a, b = d / 'text', d / 'by-us', d / 'by-them'
    text.write_bytes(data := os.urandom(70000))
    run(CHANCERY, 'seal', '-r', to, '-o', a, text)
    p.seal(['-r', to], b, text)
    for f in (a, b):
        check(p.open(['-j', 'tagtest'], f) == data, f'{p.name} opens {f.name}, {what}')
        check(run(CHANCERY, 'unseal', '-j', 'tagtest', f, env=p.env) == data,
              f'we open {f.name} by the plugin, {what}')


def keys(p, d, kind, flag):
    """A key of each side, read by the other; the recipients are the same text."""
    ours, theirs = d / f'our-{p.name}-{kind}.txt', d / f'their-{p.name}-{kind}.txt'
    run(CHANCERY, 'keygen', *flag, '-o', ours)
    run(p.keygen, *flag, '-o', theirs)
    for k in (ours, theirs):
        check(run(CHANCERY, 'keygen', '-y', k) == run(p.keygen, '-y', k), f'recipient of {k.name}')
    return ours, theirs, run(p.keygen, '-y', ours).decode().strip(), \
        run(p.keygen, '-y', theirs).decode().strip()


def native(p, d, kind, flag=()):
    ours, theirs, to, to2 = keys(p, d, kind, flag)
    there_and_back(p, d, kind, ['-r', to], ['-i', ours], ['-i', ours])
    (d / 'rs').write_text(f'# two\n{to}\n\n{to2}\n')
    there_and_back(p, d, f'two of {kind}', ['-R', d / 'rs'], ['-i', theirs], ['-i', ours],
                   (0, 65537))
    return ours, to


def passphrases(p, d, key, to):
    text, a, b, phrase = d / 'text', d / 'by-us', d / 'by-them', d / 'phrase'
    text.write_bytes(data := os.urandom(100000))
    phrase.write_text(PHRASE + '\n')
    us = ('--passphrase-file', phrase)
    run(CHANCERY, 'seal', '-p', *us, '-o', a, text)
    check(p.open_pass([], a) == data, f'{p.name} opens ours by passphrase')
    p.seal_pass(b, text)
    check(run(CHANCERY, 'unseal', *us, b) == data, f'we open that of {p.name} by passphrase')
    # key files under a passphrase, of both sides, on both sides
    run(CHANCERY, 'seal', '-r', to, '-o', d / 'f', text)
    run(CHANCERY, 'seal', '-pa', *us, '-o', a, key)
    p.seal_pass(b, key)
    check(p.open_pass(['-i', a], d / 'f') == data, f'{p.name} uses our protected key')
    check(run(CHANCERY, 'unseal', *us, '-i', b, d / 'f') == data, f'we use that of {p.name}')


def mixes(p, d, classic, hybrid):
    """Both sides refuse the same mixtures, and write nothing."""
    (d / 'text').write_bytes(b'x')
    for tool in ([CHANCERY, 'seal'], [p.tool]):
        out = d / 'mixed'
        r = subprocess.run([*tool, '-r', classic, '-r', hybrid, '-o', out, d / 'text'], check=False,
                           capture_output=True, timeout=60, env=p.env)
        check(r.returncode != 0 and not out.exists(), f'{tool[0]} mixes')


def pq_plugin(p, d, key, to):
    """A native hybrid key behind its plugin: the identity AGE-PLUGIN-PQ-1…, on both sides."""
    text, a, pid = d / 'text', d / 'by-us', d / 'pq.txt'
    text.write_bytes(data := os.urandom(70000))
    pid.write_bytes(run(p.tool.parent / 'age-plugin-pq', '-identity', key, env=p.env))
    run(CHANCERY, 'seal', '-r', to, '-o', a, text)
    check(run(CHANCERY, 'unseal', '-i', pid, a, env=p.env) == data, 'we open by age-plugin-pq')
    check(p.open(['-i', pid], a) == data, 'age opens by age-plugin-pq')


def pinentry(d):
    path = d / 'pinentry'
    path.write_text('#!/bin/sh\necho OK\nwhile read -r word rest; do\ncase $word in\n'
                    f'GETPIN) echo "D {PHRASE}"; echo OK ;;\nBYE) echo OK; exit ;;\n'
                    '*) echo OK ;;\nesac\ndone\n')
    path.chmod(0o755)


def main():
    bin_, rage, debian = age_go.tools(TOOLS), rage_tools(), pathlib.Path('/usr/bin')
    with tempfile.TemporaryDirectory() as name:
        d = pathlib.Path(name)
        pinentry(d)
        if bin_:
            p = Peer(d, f'age {VERSION}', bin_, 'age', plugins=bin_)
            key, to = native(p, d, 'X25519')
            pq, to_pq = native(p, d, 'hybrid', ['-pq'])
            to_hardware(p, d, 'age1tag', TAG)
            to_hardware(p, d, 'age1tagpq', tagpq(bin_))
            mixes(p, d, to, to_pq)
            mixes(p, d, TAG, to_pq)
            mixes(p, d, to, tagpq(bin_))
            pq_plugin(p, d, pq, to_pq)
            passphrases(p, d, key, to)
            passphrases(p, d, pq, to_pq)
        else:
            skip(f'age {VERSION}: no Go, or it does not build')
        if rage:
            p = Peer(d, 'rage', rage, 'rage', plugins=bin_, pinentry=True)
            key, to = native(p, d, 'X25519')
            passphrases(p, d, key, to)
            if bin_:
                to_hardware_rage(p, d)
        else:
            skip('rage: not here')
        if (debian / 'age').exists():
            p = Peer(d, "Debian's age", debian, 'age')
            key, to = native(p, d, 'X25519')
            passphrases(p, d, key, to)
        else:
            skip("Debian's age: not here")
    print(f'{ran} checks, {len(skipped)} tools skipped')
    if len(skipped) == 3:
        sys.exit(1 if os.environ.get('CI') == 'true' else 77)


def to_hardware_rage(p, d):
    """rage has no age1tag of its own; what we seal it opens through the same plugin."""
    text, a = d / 'text', d / 'by-us'
    text.write_bytes(data := os.urandom(70000))
    run(CHANCERY, 'seal', '-r', TAG, '-o', a, text)
    check(p.open(['-j', 'tagtest'], a) == data, 'rage opens ours by the plugin')


main()
