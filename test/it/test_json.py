#!/usr/bin/env python3
"""--json: one object whatever happens, with the keys of doc/json.md. usage: test_json.py CHANCERY DOC"""
import json
import re
import subprocess
import sys
import urllib.request

from world import CHANCERY, check, main

DOC = sys.argv.pop(1)


def documented():
    """The words in backquotes of each row of the table, and of `Cover`."""
    text = open(DOC, encoding='utf-8').read()
    cover = set(' '.join(re.findall(r'`([^`]*)`', text[text.index('**Cover**'):text.index('| command')]))
                .split())
    out = {}
    for row in re.findall(r'^\| (`.*?) \| (.*) \|$', text, re.M):
        words = set(' '.join(re.findall(r'`([^`]*)`', row[1])).split())
        if re.match('cover', row[1]) or ': cover' in row[1]:
            words |= cover
        for name in re.findall(r'`([^`]*)`', row[0]):
            out[name] = words
    return out


def keys(o):
    if isinstance(o, dict):
        return set(o).union(*(keys(v) for v in o.values()))
    return set().union(*(keys(v) for v in o)) if isinstance(o, list) else set()


def files(run, w):
    k, f = w.dir / 'k', w.dir / 'f.age'
    to = run(None, 'keygen', '-o', k)['recipient']
    check(run(None, 'keygen', '-y', k)['recipients'] == [{'recipient': to}], 'the same recipient')
    run(None, 'seal', '-r', to, '-o', f, w.paper('Text.', 'f'))
    run(None, 'unseal', '-i', k, '-o', w.dir / 'g', f)
    check(run(None, 'unseal', '-i', k, '--from', '2', '-o', w.dir / 'g', f)['size'] == 5, 'size')
    run(None, 'unseal', '-i', k, f, want=2)
    run(None, 'unseal', '-i', f, '-o', w.dir / 'g', f, want=2)


def every_command(w):
    table, seen = documented(), set()

    def run(who, *args, want=0, name=None):
        more = [] if args[0] == 'registry' or who is None else \
            ['--home', w.dir / who, '--passphrase-file', w.dir / 'pass', '--yes']
        r = subprocess.run([CHANCERY, *args, *more, '--json'], env=w.env, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
        check(r.returncode == want, f'{args}: exit {r.returncode}: {r.stderr.decode()}')
        o = json.loads(r.stdout)
        check(isinstance(o, dict), f'{args}: one object')
        if want:
            check(set(o) <= {'error', 'type', 'exit'} and o['exit'] == want, f'{args}: {o}')
            check(o['error'] and o['error'] in r.stderr.decode(), f'{args}: {o}')
            return o
        name = name or ' '.join(args[:2] if args[0] in ('party', 'roster', 'delegate', 'talks',
                                                        'registry', 'witness', 'log') else args[:1])
        check(name in table, f'{name} is not in the page')
        check(keys(o) <= table[name], f'{name}: not in the page: {keys(o) - table[name]}')
        seen.add(name)
        return o

    send = ['send', w.paper('# A\n\nText.\n'), '--to', 'bravo.example', '--form', 'note', '--act',
            'proposal', '--subject', 's', '--title', 't', '--attach', w.paper('x', 'a.txt')]
    run('alpha', *send, '--dry-run')
    held = run('alpha', *send, '--delay', '10')['outbox']
    run('alpha', 'outbox')
    run('alpha', 'outbox', '--cancel', held, name='outbox --cancel')
    n = run('alpha', *send)['number']
    for args in (['status'], ['sync'], ['inbox'], ['show', n], ['sign-for', n], ['show', n],
                 ['delegate', 'list'], ['talks', 'list'], ['talks', 'show'], ['roster', 'show'],
                 ['confirm', n], ['statement', 'Hi.'], ['publish', w.dir / 'pub'],
                 ['export', n, w.dir / 'record'], ['roster', 'renew'], ['roster', 'publish'],
                 ['delegate', 'passphrase', '--new-passphrase-file', w.dir / 'pass'],
                 ['delegate', 'key', '--reveal', '-o', w.dir / 'key']):
        run('bravo', *args)
    run('alpha', 'disclose', n, '--passages', '1')
    run('alpha', 'contest', n, 'No.')
    run('alpha', 'outbox')
    m, o = (w.send('alpha', 'bravo.example', 'T.\n') for _ in range(2))
    run('alpha', 'take-back', m)
    run('bravo', 'sync')
    run('bravo', 'decline', o)
    run('new', 'party', 'new', 'new.example', '--person', 'p', '--exercise', '--work-factor', '4')
    run('mate', 'delegate', 'ask', 'alpha.example', '--person', 'p2', '--title', 't', '--exercise',
        '--work-factor', '4')
    run('alpha', 'delegate', 'add', w.dir / 'mate/request.txt', '-o', w.dir / 'welcome')
    run('mate', 'delegate', 'join', w.dir / 'welcome')
    run('alpha', 'delegate', 'recall', 'p2')
    run('alpha', 'talks', 'open', 'second', '--with', 'bravo.example', '--registry',
        f'http://127.0.0.1:{w.port}')
    run('alpha', 'talks', 'invite', 'bravo.example', '-o', w.dir / 'i2', '--talks', 'second')
    run('bravo', 'talks', 'join', w.dir / 'i2', want=1)  # two versions of alpha's roster ahead
    run('bravo', 'sync')
    run('bravo', 'talks', 'join', w.dir / 'i2', '-o', w.dir / 'a2')
    run('alpha', 'talks', 'sign', w.dir / 'a2', '--talks', 'second')
    vkey = run(None, 'registry', 'status', w.dir / 'registry')['vkey']
    run(None, 'witness', 'new', w.dir / 'witness', '--name', 'witness.example')
    check(run(None, 'witness', 'add', w.dir / 'witness', vkey)['added'] == 1, 'added')
    check(run(None, 'witness', 'status', w.dir / 'witness')['logs'][0]['size'] == 0, 'followed')
    log, copied = f'http://127.0.0.1:{w.port}/log', w.dir / 'mirror'
    size = run(None, 'log', 'follow', log, '--key', vkey, '--state', w.dir / 'state')['size']
    check(size > 0, 'entries of a registry')
    # without a key: as a home knows the registry, whose own cosigner dates its checkpoints
    run('alpha', 'log', 'follow', log, '--max-age', '3600')
    run('alpha', 'log', 'follow', log + '/nowhere', want=2)
    check(run(None, 'log', 'mirror', log, copied, '--key', vkey)['size'] == size, 'copied')
    check(run(None, 'log', 'audit', copied, '--key', vkey)['checked'] == size, 'the copy')
    check(run(None, 'log', 'audit', w.dir / 'registry')['checked'] == size, 'its own folder, beside it')
    check(run(None, 'log', 'prove', copied, '--key', vkey, '--index', '0')['size'] == size, 'a proof')
    run(None, 'registry', 'enrol', w.dir / 'registry', w.dir / 'alpha-roster.txt')
    run(None, 'registry', 'init', w.dir / 'other', '--origin', 'exercise.other')
    copy = w.dir / 'copy'
    copy.mkdir()
    with urllib.request.urlopen(f'http://127.0.0.1:{w.port}/log/checkpoint') as answer:
        (copy / 'checkpoint').write_bytes(answer.read())
    w.stop()
    run(None, 'registry', 'restore', w.dir / 'registry', '--from', copy)
    w.start()
    files(run, w)
    check(seen == set(table), f'not tried: {set(table) - seen}')
    t = ['--talks', 'strait']
    for args, want in ((['nonsense'], 2), (['show'], 2), (['show', n, '--bad'], 2), (['send'], 2),
                       (['show', 'x', *t], 2), (['talks', 'nonsense'], 2), (['inbox', '-x'], 2),
                       (['delegate', 'key'], 2), (['take-back', n, *t], 1),
                       (['inbox', '--talks', 'none'], 1), (['sync', '--talks', 'none'], 1),
                       (['outbox', '--talks', 'none'], 1), (['outbox', '--cancel', 'x'], 1)):
        run('bravo', *args, want=want)
    check(run('bravo', 'decline', n, *t, want=1)['type'] == 'already-ended', 'type')
    for args in (['status'], ['sync'], ['inbox'], ['show', n]):
        run('nobody', *args, want=1)
    for args in (['run', w.dir / 'none'], ['status', w.dir / 'none']):
        check('no registry' in run(None, 'registry', *args, want=1)['error'], f'{args}')
    run(None, 'registry', 'init', w.dir / 'third', want=2)
    w.stop()
    run('bravo', 'sync', want=3)


if __name__ == '__main__':
    sys.exit(main([every_command]))
