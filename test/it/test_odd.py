#!/usr/bin/env python3
"""Odd input and poor disks: one line that says what, where and what to do; nothing half written."""
import json
import os
import resource
import signal
import subprocess
import sys

from world import CHANCERY, check, main


def run(w, who, *args, limit=None):
    """Exit code, output, errors; with files of at most `limit` bytes, as on a full disk."""
    def poor():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    more = ['--home', w.dir / who, '--passphrase-file', w.dir / 'pass', '--yes'] if who else []
    r = subprocess.run([CHANCERY, *args, *more], env=w.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, preexec_fn=None if limit is None else poor,
                       timeout=60, check=False)
    return r.returncode, r.stdout, r.stderr.decode()


def refused(w, args, word, code=2):
    got, out, err = run(w, 'alpha', *args)
    check(got == code, f'{args}: exit {got}, wanted {code}: {err}')
    check(err.startswith('chancery: ') and err.count('\n') == 1 and err.endswith('\n'), err)
    check(word in err and out == b'', f'“{word}”: {err}')
    check(all(c == '\n' or c.isprintable() for c in err), f'no hidden character: {err!r}')


def kept(w, name, data):
    path = w.dir / name
    path.write_bytes(data)
    return path


def papers(w):
    to = ['--to', 'bravo.example', '--form', 'note', '--act', 'proposal']
    good = w.paper('Text.\n')
    for data, word in ((b'caf\xe9\n', 'UTF-8'), (b'One.\0\n', 'letters'), (b'', 'empty'),
                       (b'\n\n\n', 'empty'), (b'<script>x</script>\n', 'line 1'),
                       (b'a' * 70000, 'passages'), (b'a\n\n' * 5000, 'passages'),
                       (b'a' * (18 << 20), 'larger')):
        refused(w, ['send', kept(w, 'bad.md', data), *to], word)
    refused(w, ['send', w.dir / 'none.md', *to], 'there is no file')
    refused(w, ['send', w.dir, *to], 'is a folder')
    for name, word in (('none', 'there is no file'), ('.', 'is a folder')):
        refused(w, ['send', good, *to, '--attach', w.dir / name], word)
    for name in ('a\x01b.txt', 'a\nb.txt', 'a\u202etxt.exe', 'a\u200bb'):
        refused(w, ['send', good, *to, '--attach', kept(w, name, b'x')], 'rename it')
    raw = os.fsencode(w.dir) + b'/\xff.txt'
    with open(raw, 'wb') as f:
        f.write(b'x')
    refused(w, ['send', good, *to, '--attach', os.fsdecode(raw)], 'rename it')
    for subject in ('a\u202eb', 'a\u200bb', 'a\nb', 'x' * 257, ' x', 'a\tb', 'a\u00adb', '-'):
        refused(w, ['send', good, *to, '--subject', subject], '--subject')
    for more, word in ((['--re', 'nonsense'], 'is no number'), (['--date', '2026-02-30'], '--date'),
                       (['--answer-by', '2001-01-01'], 'past'), (['--lapse', '0'], '--lapse'),
                       (['--lapse', '99999'], '--lapse'), (['--lapse', '9' * 30], '--lapse'),
                       (['--copy', '0'], '--copy'), (['--languages', 'x_y'], '--languages'),
                       (['--nonsense'], 'option'), ([good], 'too many')):
        refused(w, ['send', good, *to, *more], word)
    refused(w, ['send', good, *to, '--re', 'BRAVO-ALPHA/2026/0099'], 'there is no paper', 1)
    for who in ('nobody.example', 'alpha.example'):
        refused(w, ['send', good, '--to', who, *to[2:]], 'party')
    for number in ('', '/', '../../etc/passwd', 'ALPHA-BRAVO/2026/0001/..', 'a\x1b[31m', 'x' * 5000):
        refused(w, ['show', number], 'is no number')
    check(w.json('alpha', 'outbox') == {'waiting': [], 'sent': []}, 'nothing was kept')
    # What only looks odd: CRLF, no line end, a BOM, a long name, an empty file.
    crlf = kept(w, 'crlf.md', b'\xef\xbb\xbfOne.\r\n\r\nTwo.')
    n = w.send('alpha', 'bravo.example', 'x\n', '--subject', 'e\u0301', '--attach',
               kept(w, 'n' * 251 + '.txt', b''))
    m = w.json('alpha', 'send', crlf, *to)['number']
    w.run('bravo', 'sync')
    for x in (n, m):
        w.run('bravo', 'sign-for', x)
    check(w.shown('bravo', n)['subject'] == '\u00e9', 'one form of a letter')
    check(w.shown('bravo', m)['text'] == 'One.\n\nTwo.\n', w.shown('bravo', m)['text'])


def full(w):
    """No room, at several points; then the same again with room."""
    big = kept(w, 'big.bin', os.urandom(200000))
    send = ['send', w.paper('Text.\n'), '--to', 'bravo.example', '--form', 'note', '--act',
            'proposal', '--attach', big]

    def poor(who, limit, *args):
        code, _, err = run(w, who, *args, limit=limit)
        check(code == 5 and 'full' in err and err.count('\n') == 1 and 'lost' in err, f'{args} {err}')

    for limit in (0, 2000, 100000):
        poor('alpha', limit, *send)
        check(not [p for p in (w.dir / 'alpha/outbox').iterdir() if p.name[0] != '.'], 'outbox')
    n = json.loads(run(w, 'alpha', *send, '--json')[1])['number']
    check(n.endswith('/0001'), n)
    for limit in (0, 3000, 100000):
        poor('bravo', limit, 'sync')
    w.run('bravo', 'sync')
    for limit in (0, 100):
        poor('bravo', limit, 'sign-for', n)
    w.run('bravo', 'sign-for', n)
    init = ['registry', 'init', w.dir / 'other', '--origin', 'exercise.other']
    for limit in (0, 100, 3000, 30000):
        _, _, err = run(w, None, *init, limit=limit)
        check(err.count('\n') == 1 and 'nothing was kept' in err, f'{limit}: {err}')
    check(run(w, None, *init, '--url', 'nonsense')[0] == 2, 'a bad address')
    check(run(w, None, *init)[0] == 0, 'with room it is made')
    check(run(w, None, *init)[0] == 1, 'once')
    into = w.dir / 'saved'
    poor('bravo', 1000, 'show', n, '--save', into)
    check(list(into.iterdir()) == [], 'no piece of an attachment')
    w.run('bravo', 'show', n, '--save', into)
    check((into / '01.bin').read_bytes() == big.read_bytes(), 'all of it')


if __name__ == '__main__':
    sys.exit(main([papers, full]))
