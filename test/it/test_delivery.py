#!/usr/bin/env python3
"""Delivery end to end: the real programs, two parties, one registry, all as an exercise."""
import hashlib
import subprocess
import sys

import world
from world import check, main


def both_ways(w):
    """A proposal and its reply, each signed for and opened; both records hold the same words."""
    n = w.send('alpha', 'bravo.example', '# Terms\n\nFirst.\n\nSecond, with two\nlines.\n',
               '--subject', 'Первое предложение', '--title', 'Sealed title')
    check(n == 'ALPHA-BRAVO/2026/0001' or n.startswith('ALPHA-BRAVO/'), n)
    w.run('bravo', 'sync')
    waiting = w.json('bravo', 'inbox')['waiting']
    check([x['number'] for x in waiting] == [n], f'inbox: {waiting}')
    check(waiting[0]['subject'] == 'Первое предложение', 'the subject is in the cover')
    check('title' not in waiting[0], 'the title is sealed')
    w.run('bravo', 'show', n, '--text', want=1)
    check('text' not in w.shown('bravo', n), 'no text before the signature')
    w.run('bravo', 'sign-for', n)
    check(w.json('bravo', 'inbox')['waiting'] == [], 'nothing waits any more')
    out, _ = w.run('bravo', 'show', n, '--text')
    check(out.decode() == '# Terms\n\nFirst.\n\nSecond, with two\nlines.\n', 'the text came whole')
    w.run('alpha', 'sync')
    a, b = w.shown('alpha', n), w.shown('bravo', n)
    check(a['state'] == b['state'] == 'delivered', f'{a["state"]} {b["state"]}')
    check(a['receipt_counts'] and b['receipt_counts'], 'the receipt counts')
    check([s['step'] for s in a['steps']] == [s['step'] for s in b['steps']], 'the same steps')
    check('opened' in [s['step'] for s in a['steps']], 'opened is its own step')
    check(a['title'] == b['title'] == 'Sealed title', 'the title is shown afterwards')
    same_words(w, n)
    m = w.send('bravo', 'alpha.example', 'We answer.\n', '--re', n, '--subject', 'رد على المقترح',
               act='reply')
    check(m.startswith('BRAVO-ALPHA/') and m.endswith('/0001'), m)
    w.run('alpha', 'sync')
    waiting = w.json('alpha', 'inbox')['waiting']
    check(waiting[0]['re'] == n and waiting[0]['subject'] == 'رد على المقترح', f'{waiting}')
    w.run('alpha', 'sign-for', m)
    w.run('bravo', 'sync')
    check(w.state('bravo', m) == 'delivered', 'the reply is delivered')


def same_words(w, number):
    """Every statement of the record is the same file on both sides."""
    a, b = w.folder('alpha', number), w.folder('bravo', number)
    names = ['submission', 'registered', 'notice', 'receipt', 'handover', 'opened']
    for name in names:
        check((a / f'{name}.txt').read_bytes() == (b / f'{name}.txt').read_bytes(), name)
        if name not in ('submission', 'receipt'):
            check((a / f'{name}.proof.txt').exists() and (b / f'{name}.proof.txt').exists(),
                  f'{name} has its place')
    check((a / 'keybox.age').read_bytes() == (b / 'keybox.age').read_bytes(), 'keybox')
    check((a / 'envelope.age').read_bytes() == (b / 'envelope.age').read_bytes(), 'E')


def times(w):
    """After both have looked, the record has cosigned times on both sides."""
    n = w.send('alpha', 'bravo.example', 'Text.\n')
    for _ in range(2):
        w.run('bravo', 'sync')
        w.run('alpha', 'sync')
    w.run('bravo', 'sign-for', n)
    for _ in range(2):
        w.run('alpha', 'sync')
        w.run('bravo', 'sync')
    for who in ('alpha', 'bravo'):
        for s in w.shown(who, n)['steps']:
            if 'index' in s:
                check('not_after' in s, f'{who}: {s} has no time bound')


def attachments(w):
    big = w.dir / 'Annex A (map).PDF'
    big.write_bytes(bytes(range(256)) * 4096 * 3)
    note = w.dir / 'примечание'
    note.write_text('small')
    n = w.send('alpha', 'bravo.example', 'See the annexes.\n', '--attach', big, '--attach', note)
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    into = w.dir / 'saved'
    shown = w.shown('bravo', n, '--save', into)
    check([a['file'] for a in shown['attachments']] == ['01.pdf', '02.bin'], f'{shown}')
    check(shown['attachments'][0]['name'] == 'Annex A (map).PDF', 'its own name is shown')
    check((into / '01.pdf').read_bytes() == big.read_bytes(), 'bytes')
    check((into / '02.bin').read_bytes() == b'small', 'bytes')
    check(sorted(p.name for p in into.iterdir()) == ['01.pdf', '02.bin'], 'nothing else')
    w.run('bravo', 'show', n, '--save', into, want=1)
    check((into / '01.pdf').read_bytes() == big.read_bytes(), 'nothing is written over')


def ends(w):
    """Declined, taken back, and taken back too late."""
    a = w.send('alpha', 'bravo.example', 'One.\n')
    b = w.send('alpha', 'bravo.example', 'Two.\n')
    c = w.send('alpha', 'bravo.example', 'Three.\n')
    check([x[-4:] for x in (a, b, c)] == ['0001', '0002', '0003'], 'numbers without gaps')
    w.run('bravo', 'sync')
    w.run('bravo', 'decline', a, '--reason', 'Not now.')
    out, _ = w.run('alpha', 'take-back', b, '--reason', 'A mix-up.')
    check(b'taken back: it was never signed for' in out, out.decode())
    w.run('bravo', 'sign-for', c)
    _, err = w.run('alpha', 'take-back', c, want=1)
    check('was signed for by bravo.person at 20' in err and 'nothing changed' in err, err)
    _, err = w.run('bravo', 'sign-for', b, want=1)
    check('taken back' in err, err)
    w.run('alpha', 'sync')
    w.run('bravo', 'sync')
    for who in ('alpha', 'bravo'):
        check([w.state(who, x) for x in (a, b, c)] == ['declined', 'taken-back', 'delivered'],
              f'{who}: {[w.state(who, x) for x in (a, b, c)]}')
    w.run('bravo', 'show', a, '--text', want=1)
    w.run('bravo', 'take-back', c, want=1)
    w.run('alpha', 'sign-for', c, want=1)
    check(w.shown('alpha', a)['reason'] == 'Not now.', 'the reason came along')


def taken_back_unseen(w):
    """Taken back before the addressee looked: no cover, no alarm, and the next paper arrives."""
    a = w.send('alpha', 'bravo.example', 'One.\n')
    w.run('alpha', 'take-back', a)
    b = w.send('alpha', 'bravo.example', 'Two.\n')
    w.run('bravo', 'sync')
    out, _ = w.run('bravo', 'show', a)
    check(b'its cover was never seen here' in out, out.decode())
    _, err = w.run('bravo', 'show', a, '--text', want=1)
    check('stays sealed: taken back' in err, err)
    w.run('bravo', 'sign-for', b)
    w.run('bravo', 'sync')
    check([w.state('bravo', x) for x in (a, b)] == ['taken-back', 'delivered'], 'states')


def restarts(w):
    """The registry is killed and started again between the steps."""
    n = w.send('alpha', 'bravo.example', 'Text.\n')
    w.stop(9)
    w.start()
    w.run('bravo', 'sync')
    w.stop(9)
    w.start()
    w.run('bravo', 'sign-for', n)
    w.stop()
    w.start()
    w.run('alpha', 'sync')
    check(w.state('alpha', n) == 'delivered', 'delivered')


def down(w):
    """Not reached: exit 3, nothing lost; the same bytes go out later."""
    w.json('alpha', 'send', w.paper('Later.\n'), '--to', 'bravo.example', '--form', 'note',
           '--act', 'proposal', '--delay', '1')
    out = w.dir / 'alpha' / 'outbox'
    staged = {p.name: p.read_bytes() for d in out.iterdir() for p in d.iterdir()}
    check(set(staged) >= {'envelope.age', 'submission.txt', 'deposit.age', 'cover.age', 'key.age',
                          'number.txt'}, f'{set(staged)}')
    w.run('alpha', 'sync')
    check(w.json('alpha', 'outbox')['waiting'][0]['state'] == 'held', 'held')
    w.stop()
    (w.dir / 'alpha' / 'clock').write_text('2030-01-01T00:00:00Z\n')
    w.run('alpha', 'sync', want=3)
    w.run('alpha', 'send', w.paper('More.\n'), '--to', 'bravo.example', '--form', 'note',
          '--act', 'proposal', want=3)
    (w.dir / 'alpha' / 'clock').unlink()
    w.start()
    item = next(out.iterdir())
    # Its time has come: the file says from when on, and nothing else of it changes.
    text = (item / 'number.txt').read_text()
    (item / 'number.txt').write_text(text[:text.index('not-before')] +
                                     'not-before 2020-01-01T00:00:00Z\n')
    w.run('alpha', 'sync')
    check(list(out.iterdir()) == [], 'the outbox is empty')
    sent = w.json('alpha', 'outbox')['sent']
    check(len(sent) == 1, f'{sent}')
    f = w.folder('alpha', sent[0]['number'])
    for name in ('envelope.age', 'submission.txt'):
        check((f / name).read_bytes() == staged[name], f'{name}: the same bytes')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', sent[0]['number'])


def cancel(w):
    item = w.json('alpha', 'send', w.paper('Not yet.\n'), '--to', 'bravo.example', '--form',
                  'note', '--act', 'proposal', '--delay', '60')['outbox']
    _, err = w.run('alpha', 'send', w.paper('Second.\n'), '--to', 'bravo.example', '--form', 'note',
                   '--act', 'proposal', want=1)
    check('waits in the outbox' in err, err)
    w.run('alpha', 'outbox', '--cancel', item)
    w.run('alpha', 'outbox', '--cancel', item, want=1)
    check(w.send('alpha', 'bravo.example', 'Now.\n').endswith('/0001'), 'the number was not used')


def refused(w):
    """What cannot stand is refused with one line that says where."""
    wrong = w.dir / 'wrong'
    wrong.write_text('another passphrase\n')
    w.run('alpha', 'sync', want=4, passphrase=wrong)
    for text, word in (('Fine.\n\nBad <b>html</b>.\n', 'line 3'), ('', 'empty'),
                       ('One.\n\n```\ncode\n\nmore\n```\n', 'line')):
        _, err = w.run('alpha', 'send', w.paper(text), '--to', 'bravo.example', '--form', 'note',
                       '--act', 'proposal', want=2)
        check(word in err and 'nothing was sent' in err, err)
    for args in (['--form', 'poem', '--act', 'proposal'], ['--form', 'note', '--act', 'shout'],
                 ['--form', 'note', '--act', 'acceptance'],
                 ['--form', 'note', '--act', 'proposal', '--basis', 'gossip'],
                 ['--form', 'note', '--act', 'proposal', '--may-confirm', 'colour'],
                 ['--form', 'note', '--act', 'proposal', '--answer-by', 'soon']):
        w.run('alpha', 'send', w.paper('Text.\n'), '--to', 'bravo.example', *args, want=2)
    w.run('alpha', 'send', w.paper('Text.\n'), '--to', 'charlie.example', '--form', 'note',
          '--act', 'proposal', want=2)
    w.run('alpha', 'show', 'ALPHA-BRAVO/2026/0009', want=1)
    w.run('alpha', 'show', 'nonsense', want=2)
    check(w.json('alpha', 'outbox') == {'waiting': [], 'sent': []}, 'nothing was kept')


def dry_run(w):
    def files():
        """All but what any look at the registry brings: rosters and checkpoints."""
        return sorted(str(p) for p in (w.dir / 'alpha').rglob('*')
                      if not {'rosters', 'registries'} & set(p.parts))

    before = files()
    out = w.json('alpha', 'send', w.paper('Text.\n'), '--to', 'bravo.example', '--form', 'note',
                 '--act', 'proposal', '--subject', 'S', '--title', 'T', '--dry-run')
    check(out['number'].endswith('/0001') and out['subject'] == 'S' and out['provable'],
          f'{out}')
    check(files() == before, 'nothing was written')
    text, _ = w.run('alpha', 'send', w.paper('Text.\n'), '--to', 'BRAVO', '--form', 'note', '--act',
                    'proposal', '--dry-run')
    check(b'What bravo.example sees before signing' in text, text.decode())


def flipped(w):
    """The server's copy of E is damaged: put aside, never shown as a paper; mended, it arrives."""
    n = w.send('alpha', 'bravo.example', 'Text.\n')
    name = hashlib.sha256((w.folder('alpha', n) / 'envelope.age').read_bytes()).hexdigest()
    at = next(p for p in (w.dir / 'registry' / 'envelopes').rglob('*') if p.is_file() and
              hashlib.sha256(p.read_bytes()).hexdigest() == name)
    good = at.read_bytes()
    at.write_bytes(good[:5000] + bytes([good[5000] ^ 1]) + good[5001:])
    _, err = w.run('bravo', 'sync', want=1)
    check('put aside' in err and 'not shown' in err, err)
    check(w.json('bravo', 'inbox')['waiting'] == [], 'it is not in the inbox')
    check(list((w.dir / 'bravo' / 'quarantine').glob('*/why.txt')), 'the reason is kept')
    w.run('bravo', 'show', n, want=1)
    at.write_bytes(good)
    w.run('bravo', 'sync')
    check([x['number'] for x in w.json('bravo', 'inbox')['waiting']] == [n], 'it arrives')
    check(list((w.dir / 'bravo' / 'quarantine').iterdir()) == [], 'nothing is put aside any more')
    # Our own copy is damaged after the signature: not shown.
    w.run('bravo', 'sign-for', n)
    mine = w.folder('bravo', n) / 'envelope.age'
    mine.write_bytes(good[:-1000] + bytes([good[-1000] ^ 1]) + good[-999:])
    out, err = w.run('bravo', 'show', n, '--text', want=1)
    check(b'Text' not in out, 'nothing is shown of a damaged paper')


def stock_tools(w):
    """Stock tools open it all, with keys that chancery gives out. An age before 1.3, which cannot
    open what is hybrid, opens what came to a classic party: test_suite.py."""
    age = world.opener()
    print('      with', ' '.join(age))
    n = w.send('alpha', 'bravo.example', 'Ouvert.\n', '--attach', w.paper('data', 'a.txt'))
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    key, d, f = w.dir / 'key.txt', w.dir / 'stock', w.folder('bravo', n)
    d.mkdir()
    w.run('bravo', 'delegate', 'key', '--reveal', '-o', key)
    check(key.stat().st_mode & 0o777 == 0o600, 'mode 0600')

    def sh(*args):
        r = subprocess.run([str(a) for a in args], cwd=d, stderr=subprocess.PIPE, check=False)
        check(r.returncode == 0, f'{args}: {r.stderr.decode()}')

    sh(*age, '-i', key, '-o', 'e.tar', f / 'envelope.age')
    sh('tar', 'xf', 'e.tar')
    sh(*age, '-i', key, '-o', 'k.txt', f / 'keybox.age')
    sh(*age, '-i', 'k.txt', '-o', 'b.tar', 'body.age')
    sh('tar', 'xf', 'b.tar')
    sh('sha256sum', '-c', 'SHA256SUMS')
    check((d / 'paper.txt').read_text().endswith('\n\nOuvert.\n'), 'the text')
    check((d / 'attachments' / '01.txt').read_text() == 'data', 'the attachment')
    own = w.dir / 'own.txt'
    w.run('alpha', 'delegate', 'key', '--reveal', '--archive', '-o', own)
    sh(*age, '-i', own, '-o', 'own-k.txt', w.folder('alpha', n) / 'key.age')
    sh(*age, '-i', 'own-k.txt', '-o', 'own-b.tar', 'body.age')
    check((d / 'own-b.tar').read_bytes() == (d / 'b.tar').read_bytes(), 'the same bundle')


if __name__ == '__main__':
    sys.exit(main([both_ways, times, attachments, ends, taken_back_unseen, restarts, down, cancel,
                   refused, dry_run, flipped, stock_tools]))
