#!/usr/bin/env python3
"""seal, unseal and keygen: files anywhere, without a home. usage: test_files.py CHANCERY"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import terminal

CHANCERY = os.path.abspath(sys.argv[1])
HERE = pathlib.Path(__file__).parent
LOW = 'age1' + 'q' * 52 + '5cu47z'          # a point of low order
ran = 0


def check(ok, what):
    global ran
    ran += 1
    if not ok:
        raise AssertionError(what)


def run(*args, code=0, stdin=b'', env=None, limit=60):
    """Output and errors; without a terminal, so that nothing can be asked."""
    r = subprocess.run([CHANCERY, *args], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       timeout=limit, check=False, start_new_session=True, env=env)
    check(r.returncode == code, f'{args}: exit {r.returncode}, wanted {code}: {r.stderr.decode()}')
    return r.stdout, r.stderr.decode()


def refused(*args, word, code, left=None, **more):
    """One line that says why, nothing on standard output, and no file."""
    out, err = run(*args, code=code, **more)
    check(out == b'', f'{args}: {len(out)} bytes came out')
    check(err.startswith('chancery: ') and err.endswith('\n') and err.count('\n') == 1, err)
    check(word in err, f'{args}: “{word}” not in: {err}')
    check(all(c == '\n' or c.isprintable() for c in err), f'no hidden character: {err!r}')
    check(left is None or not left.exists(), f'{left} was left behind')


def keys(d, k, to):
    text = k.read_text().split('\n')
    check(re.fullmatch(r'# created: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', text[0]) and
          text[1] == f'# public key: {to}' and text[2].startswith('AGE-SECRET-KEY-1'), text)
    check(k.stat().st_mode & 0o777 == 0o600, 'a key file is for its owner')
    before = k.read_bytes()
    refused('keygen', '-o', k, word='never written over', code=1)
    refused('keygen', '--yes', '-o', k, word='never written over', code=1)
    check(k.read_bytes() == before, 'the key is untouched')
    out, err = run('keygen')
    check(err == 'Public key: ' + re.search(r'key: (\S+)', out.decode())[1] + '\n', err)
    check(run('keygen', '-y', stdin=before)[0].decode() == to + '\n', 'from standard input')
    refused('keygen', '-y', '--pq', k, word='takes no --pq', code=2)
    refused('keygen', k, word='only -y takes a file', code=2)
    os.chmod(k, 0o644)
    out, err = run('keygen', '-y', k)
    check(out.decode() == to + '\n' and 'chmod 600' in err, err)
    os.chmod(k, 0o600)


def damage(d, k, to):
    text = os.urandom(200000)
    (d / 'text').write_bytes(text)
    run('seal', '-r', to, '-o', d / 'f.age', d / 'text')
    sealed, x = (d / 'f.age').read_bytes(), d / 'x'
    check(run('unseal', '-i', k, d / 'f.age')[0] == text, 'it opens')
    head = sealed.index(b'\n---') + 65
    for cut in (0, 10, head - 60, head - 1):
        refused('unseal', '-i', k, '-o', x, word='cut off', code=2, left=x, stdin=sealed[:cut])
    for cut in (head, head + 15, head + 40, head + 65552, head + 65553, len(sealed) - 1):
        refused('unseal', '-i', k, '-o', x, word='cut off', left=x, stdin=sealed[:cut],
                code=2 if (cut - head) % 65552 < 16 else 1)
    flipped = bytearray(sealed)
    flipped[-100000] ^= 1
    refused('unseal', '-i', k, '-o', x, word='altered', code=1, left=x, stdin=bytes(flipped))
    out, err = run('unseal', '-i', k, code=1, stdin=bytes(flipped))
    check(text.startswith(out) and 0 < len(out) < len(text) and 'not all' in err, err)
    refused('unseal', '-i', k, '-o', x, word="not a file in age's format", code=2, left=x, stdin=text)
    armored = run('seal', '-a', '-r', to, d / 'text')[0]
    check(run('unseal', '-i', k, stdin=b' \n' + armored)[0] == text, 'armor is noticed')
    bad = armored.replace(b'-----END', b'-----AND')
    refused('unseal', '-i', k, '-o', x, word=', line ', code=2, left=x, stdin=bad)
    x.write_bytes(b'before')
    run('unseal', '-i', k, '-o', x, code=1, stdin=bytes(flipped))
    check(x.read_bytes() == b'before', 'what was there is untouched')
    run('unseal', '-i', k, '-o', x, d / 'f.age')
    check(x.read_bytes() == text, 'and replaced when all is well')
    x.unlink()


def usage(d, k, to):
    f, x = d / 'text', d / 'x'
    other = d / 'other.txt'
    run('keygen', '-o', other)
    secret = k.read_text().split('\n')[2]
    rs = d / 'rs'
    rs.write_text(f'# us\n\n{to}\r\n')
    for args, word, code in (
            (['seal', f], 'for whom?', 2),
            (['seal', '-p', '-r', to, f], 'not both', 2),
            (['seal', '-r', secret, f], 'an identity, which is secret', 2),
            (['seal', '-r', 'ssh-ed25519 AAAA', f], 'ssh key', 2),
            (['seal', '-r', to[:-1], f], 'not whole', 2),
            (['seal', '-r', 'hello', f], 'not a recipient', 2),
            (['seal', '-r', LOW, f], 'nobody can seal to', 2),
            (['seal', '-R', k, f], 'line 3: an identity, which is secret', 2),
            (['seal', '-R', d / 'none', f], 'there is no file', 2),
            (['seal', '-R', '/dev/null', f], 'no recipient', 2),
            (['seal', '-R', '-'], 'wanted for two things', 2),
            (['seal', '-r', to, d / 'none'], 'there is no such file', 1),
            (['seal', '-r', to, '-o', f, f], 'same file', 1),
            (['seal', '-r', to, '--json', f], '--json', 2),
            (['unseal', '-i', rs, d / 'f.age'], 'line 3: a recipient, which is public', 2),
            (['unseal', '-i', '/dev/null', d / 'f.age'], 'no identity', 2),
            (['unseal', d / 'f.age'], 'name an identity with -i', 1),
            (['unseal', '-i', other, d / 'f.age'], 'not sealed for any', 1),
            (['unseal', '-j', 'no/name', d / 'f.age'], '-j wants', 2)):
        more = [] if '--json' in args or args[:1] == ['seal'] and '-o' in args else ['-o', x]
        refused(*args[:1], *more, *args[1:], word=word, code=code, left=x) if '--json' not in args \
            else run(*args, code=code)
    check(run('seal', '-R', rs, f)[0][:21] == b'age-encryption.org/v1', 'a file of recipients')
    both = run('seal', '-e', '-i', other, '-r', to, stdin=b'hi')[0]
    for who in (k, other):
        check(run('unseal', '-d', '-i', who, stdin=both)[0] == b'hi', 'for both')
    refused('unseal', '-i', k, '-o', d / 'none/x', d / 'f.age', word='no such folder', code=1)


def parts(d, k):
    text, f, x = (d / 'text').read_bytes(), d / 'f.age', d / 'x'
    n = len(text)
    for at, length in ((0, 1), (1, 65535), (65535, 2), (65536, 65536), (100, 150000), (n - 1, 1),
                       (n - 1, 99), (n, 1), (0, n), (131071, 1 << 60)):
        out = run('unseal', '-i', k, '--from', str(at), '--length', str(length), f)[0]
        check(out == text[at:at + length], f'part {at} {length}')
    check(run('unseal', '-i', k, '--from', '70000', f)[0] == text[70000:], 'to the end')
    refused('unseal', '-i', k, '--from', str(n + 1), '-o', x, f, word=f'it has {n} bytes', code=2,
            left=x)
    refused('unseal', '-i', k, '--from', '1', '-o', x, word='of a plain file only', code=2, left=x,
            stdin=f.read_bytes())
    sealed = bytearray(f.read_bytes())
    sealed[-70000] ^= 1                     # the chunk before the last
    (d / 'bad').write_bytes(sealed)
    check(run('unseal', '-i', k, '--length', '9', d / 'bad')[0] == text[:9], 'not looked at')
    refused('unseal', '-i', k, '--from', '130000', '-o', x, d / 'bad', word='altered', code=1, left=x)
    (d / 'bad').write_bytes(f.read_bytes()[:-1])
    refused('unseal', '-i', k, '--length', '9', '-o', x, d / 'bad', word='altered', code=1, left=x)


# ---- passphrases ----

def passphrases(d, k):
    f, p, kp, x = d / 'text', d / 'pass', d / 'key.age', d / 'x'
    p.write_text('a b c d e f g\n')
    check(run('seal', '-p', code=4, stdin=b'x')[1].count('--passphrase-file') == 1, 'no terminal')
    code, shown = terminal.run([CHANCERY, 'seal', '-p', '-o', d / 'p.age', f],
                          [('New passphrase', '\n')])
    made = re.search(r'The passphrase is +(\S+)', shown)
    check(code == 0 and made and re.fullmatch('([a-z]{5}-){6}[a-z]{5}', made[1]), shown)
    code, shown = terminal.run([CHANCERY, 'unseal', '-o', x, d / 'p.age'], [('Passphrase', made[1] + '\n')])
    check(code == 0 and x.read_bytes() == f.read_bytes() and made[1] not in shown, shown)
    x.unlink()
    code, shown = terminal.run([CHANCERY, 'unseal', '-o', x, d / 'p.age'], [('Passphrase', 'wrong\n')])
    check(code == 4 and 'not the passphrase' in shown and not x.exists(), shown)
    code, shown = terminal.run([CHANCERY, 'seal', '-p', '-o', x, f],
                          [('New passphrase', 'one two three\n'), ('same again', 'one two four\n')])
    check(code == 4 and 'differ' in shown and not x.exists(), shown)
    code, shown = terminal.run([CHANCERY, 'seal', '-p', '-o', x, f], [('New passphrase', '\x03')])
    check(code != 0 and not x.exists(), 'Ctrl-C')
    refused('unseal', '-i', k, d / 'p.age', word='leave out -i', code=1)
    for flags in (['-p'], ['-ap']):
        run('seal', *flags, '--passphrase-file', p, '-o', kp, k)
        check(run('unseal', '--passphrase-file', p, '-i', kp, d / 'f.age')[0] == f.read_bytes(),
              'a protected key file')
        code, shown = terminal.run([CHANCERY, 'unseal', '-i', kp, '-o', x, d / 'f.age'],
                              [('Passphrase of', 'a b c d e f g\n')])
        check(code == 0 and x.read_bytes() == f.read_bytes(), shown)
    check(run('unseal', '-i', kp, '-i', k, d / 'f.age')[0] == f.read_bytes(), 'asked only when needed')
    run('seal', '-i', k, '-o', d / 'k2.age', k)
    refused('unseal', '-i', d / 'k2.age', d / 'f.age', word='not under a passphrase', code=2)
    hard = b'age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 23\n' + b'A' * 43 + \
        b'\n--- ' + b'A' * 43 + b'\n' + bytes(40)
    refused('unseal', '--passphrase-file', p, word='more work', code=2, stdin=hard)


def terminals(d, k):
    code, shown = terminal.run([CHANCERY, 'seal', '-i', k, d / 'text'])
    check(code == 2 and '-o -' in shown, shown)
    code, shown = terminal.run([CHANCERY, 'seal', '-a', '-i', k, d / 'text'])
    check(code == 0 and '-----BEGIN AGE' in shown, shown[:200])
    for text, code, word in (('caf\u00e9 \u202eX\n'.encode(), 0, 'caf\u00e9 <U+202E>X'),
                             (b'a\x1b[31mb', 2, 'no text'), (b'x\0y', 2, 'no text'),
                             (b'\xff\xfe', 2, 'no text'), (b'a' * (1 << 20), 0, 'aaaa'),
                             (b'a' * ((1 << 20) + 1), 2, 'more than')):
        (d / 't').write_bytes(text)
        run('seal', '-i', k, '-o', d / 't.age', d / 't')
        got, shown = terminal.run([CHANCERY, 'unseal', '-i', k, d / 't.age'])
        check(got == code and word in shown and '\x1b' not in shown and '\u202e' not in shown,
              f'{got}: {shown[-300:]}')
    got, shown = terminal.run([CHANCERY, 'unseal', '-i', k, '-o', '-', d / 't.age'])
    check(got == 0 and shown.count('a') > 1 << 20, '-o - shows it anyhow')
    sealed = bytearray((d / 'f.age').read_bytes())
    sealed[-1] ^= 1
    (d / 't.age').write_bytes(sealed)
    got, shown = terminal.run([CHANCERY, 'unseal', '-i', k, d / 't.age'])
    check(got == 1 and shown.startswith('chancery: ') and 'nothing was written' in shown, shown[:300])
    code, shown = terminal.run([CHANCERY, 'keygen'])
    check(code == 0 and 'Public key' not in shown, shown)


# ---- plugins ----

def plugin(d, part, *args, code=0, wait='20', **more):
    return run(*args[:1], '-j', part, '--plugin-wait', wait, *args[1:], code=code,
               env={**os.environ, 'PATH': f'{d / "bin"}:{os.environ["PATH"]}'}, **more)


def plugins(d, to):
    (d / 'bin').mkdir()
    for part in ('good', 'facts', 'early', 'silent', 'endless', 'stream', 'huge', 'deaf', 'garbage',
                 'order', 'two', 'wrongkey', 'error', 'noise', 'pin', 'choice', 'labelled', 'tty',
                 'unknown'):
        shutil.copy(HERE / 'double.py', d / f'bin/age-plugin-{part}')
        os.chmod(d / f'bin/age-plugin-{part}', 0o755)
    env = {**os.environ, 'PATH': f'{d / "bin"}:{os.environ["PATH"]}'}
    f, g, x = d / 'text', d / 'g.age', d / 'x'
    for part in ('good', 'unknown'):
        plugin(d, part, 'seal', '-o', g, f)
        check(b'\n-> double\n' in g.read_bytes()[:200], 'its stanza stands in the header')
        check(plugin(d, part, 'unseal', g)[0] == f.read_bytes(), 'there and back')
    plugin(d, 'good', 'seal', '-r', to, '-o', x, f)
    check(plugin(d, 'good', 'unseal', x)[0] == f.read_bytes(), 'beside one of ours')
    x.unlink()
    err = plugin(d, 'facts', 'unseal', g)[1]
    check("fds ['0', '1', '2', '3'] in / args ['--age-plugin=identity-v1'] labels False" in err, err)
    for part, word, code in (
            ('early', 'ended before it was done', 1), ('endless', 'more than is allowed', 2),
            ('stream', 'more than is allowed', 2), ('huge', 'more than is allowed', 2),
            ('deaf', 'more than is allowed', 2), ('garbage', 'malformed', 2),
            ('error', 'age-plugin-error: no token in the slot <U+001B>[31m<U+202E>', 1)):
        for args in (['seal', '-o', x, f], ['unseal', '-o', x, g]):
            begun = time.monotonic()
            out, err = plugin(d, part, *args, code=code)
            check(word in err.split('\n')[-2] and not x.exists(), f'{part}: {err[-300:]}')
            check('\x1b' not in err and '\u202e' not in err, 'marked')
            check(time.monotonic() - begun < 10, f'{part}: it takes too long')
    for part, word, code in (('order', 'not sealed for any', 1), ('two', 'malformed', 2),
                             ('wrongkey', 'altered', 1)):
        out, err = plugin(d, part, 'unseal', '-o', x, g, code=code)
        check(word in err and not x.exists(), f'{part}: {err}')
    check('sealed for nobody' in plugin(d, 'order', 'seal', '-o', x, f, code=1)[1], 'no stanza')
    err = plugin(d, 'silent', 'seal', '-o', x, f, code=1, wait='1')[1]
    check('said nothing for 1 seconds' in err and not x.exists(), err)
    err = plugin(d, 'noise', 'unseal', '-o', x, g)[1]
    check(1 < err.count('\n') < 300 and '\x1b' not in err and x.read_bytes() == f.read_bytes(),
          'a flood of errors is cut')
    x.unlink()
    err = plugin(d, 'labelled', 'seal', '-r', to, '-o', x, f, code=1)[1]
    check('hybrid and classic' in err and not x.exists(), err)
    plugin(d, 'labelled', 'seal', '-o', x, f)
    x.unlink()
    err = plugin(d, 'tty', 'unseal', '-o', x, g)[1]
    check('age-plugin-tty: touch it now <U+001B>[31mred <U+202E>X' in err, err)
    x.unlink()
    check('wrong PIN' in plugin(d, 'pin', 'unseal', '-o', x, g, code=1)[1], 'no terminal: fail')
    asks(d, env, g, x)
    # the first failure is told, and the others are tried
    out, err = plugin(d, 'early', 'unseal', '-j', 'good', g)
    check(out == f.read_bytes(), 'another plugin opens it')
    check('no folder of PATH' in run('unseal', '-j', 'good', '-o', x, g, code=1)[1], 'not in PATH')
    r = subprocess.run([CHANCERY, 'unseal', '-j', 'good', g], cwd=d / 'bin', check=False,
                       env={**os.environ, 'PATH': ':.:bin'}, capture_output=True, timeout=20)
    check(r.returncode == 1, 'never from the current folder')


def asks(d, env, g, x):
    f = d / 'text'
    args = [CHANCERY, 'unseal', '-j', 'pin', '-o', x, g]
    code, shown = terminal.run(args, [('PIN of the token', '2468\n'), ('Name', 'Alpha\n')], env=env)
    check(code == 0 and x.read_bytes() == f.read_bytes() and '2468' not in shown and
          'Alpha' in shown, shown)
    x.unlink()
    code, shown = terminal.run(args, [('PIN of the token', '1\n'), ('Name', 'Alpha\n')], env=env)
    check(code == 1 and 'wrong PIN' in shown and not x.exists(), shown)
    code, shown = terminal.run(args, [('PIN of the token', '\x03')], env=env)
    check(code == -2 and not x.exists(), f'Ctrl-C: {code} {shown}')
    args = [CHANCERY, 'unseal', '-j', 'choice', '-o', x, g]
    for typed, word in (('y\n', 'chosen: ok yes'), ('n\n', 'chosen: ok no')):
        code, shown = terminal.run(args, [('[y: insert it, n: skip it]', typed)], env=env)
        check(code == 0 and word in shown, shown)


def main():
    with tempfile.TemporaryDirectory() as name:
        d = pathlib.Path(name)
        k = d / 'key.txt'
        err = run('keygen', '-o', k)[1]
        to = err.removeprefix('Public key: ').strip()
        keys(d, k, to)
        damage(d, k, to)
        usage(d, k, to)
        parts(d, k)
        passphrases(d, k)
        terminals(d, k)
        plugins(d, to)
    print(f'ok: {ran} checks')


main()
