#!/usr/bin/env python3
"""Several homes of one party against another party: either sends, signs for, declines, takes back,
and both know; one that is added late, and recalled."""
import hashlib
import re
import subprocess
import sys

import world
from proxy import Proxy
from world import CHANCERY, check

VERIFY = CHANCERY + '-verify'


def events(w, who):
    """What a sync says, which is no problem; and nothing was put aside."""
    out, err = w.run(who, 'sync')
    check(err == '', f'{who}: {err}')
    check(not list(w.dir.glob(f'{who}/quarantine/*')), f'{who} has something in quarantine')
    check(not list(w.dir.glob(f'{who}/talks/*/alarm-*')), f'{who} has an alarm')
    return out.decode()


def states(w, who):
    out = w.json(who, 'outbox')
    return {x['number']: (x['state'], x.get('sent_by')) for x in out['sent']}


def waiting(w, who, which='waiting'):
    return [x['number'] for x in w.json(who, 'inbox')[which]]


def denied(w, who, *args, want=1):
    return w.run(who, *args, want=want)[1]


def either(w):
    """Two homes that were there from the start."""
    w.colleague('bravo', 'second', '--powers', 'send,sign-for,speak,draft')
    n = [w.send('alpha', 'bravo.example', f'Paper {i}.\n') for i in range(4)]
    for who in ('bravo', 'second'):
        said = events(w, who)
        check(all(f'{x} arrived; it waits for your signature' in said for x in n), said)
        check(waiting(w, who) == n, waiting(w, who))
    w.run('second', 'sign-for', n[0])
    w.run('bravo', 'decline', n[1])
    # Both at the same moment: the one who comes later is told, and nothing is signed twice.
    w.run('bravo', 'sign-for', n[2])
    err = denied(w, 'second', 'sign-for', n[2])
    check('was signed for by bravo.person at ' in err and 'nothing changed' in err, err)
    err = denied(w, 'second', 'decline', n[1])
    check('declined' in err and 'bravo.person' in err, err)
    for who in ('bravo', 'second'):
        events(w, who)
        check(waiting(w, who) == n[3:], waiting(w, who))
        for i, by in ((0, 'second.person'), (2, 'bravo.person')):
            s = w.shown(who, n[i])
            check(s['state'] == 'delivered' and s['signed_for_by'] == by, f'{s}')
            check(s['text'] == f'Paper {i}.\n', 'a paper that a colleague signed for opens here')
        check(w.shown(who, n[1])['declined_by'] == 'bravo.person', 'declined')
        out, _ = w.run(who, 'sign-for', n[0])
        check(b'signed for already' in out and b'second.person' in out, out.decode())
    said = events(w, 'alpha')
    check(said.count('is now') == 4, said) # the fourth is noticed

    # Numbers go on between the two; a colleague's paper is listed, its text is not here.
    q = [w.send('second', 'alpha.example', 'One.\n'), w.send('bravo', 'alpha.example', 'Two.\n'),
         w.send('second', 'alpha.example', 'Three.\n')]
    check([x[-4:] for x in q] == ['0001', '0002', '0003'], f'{q}')
    said = events(w, 'bravo')
    check(f'{q[0]} was sent by second.person from another home of our party' in said, said)
    check(f'{q[1]} was sent' not in said, said)
    events(w, 'second')
    check(events(w, 'bravo') == events(w, 'second') == '', 'known once, told once')
    for who, own in (('bravo', 1), ('second', 0)):
        check(states(w, who)[q[own]] == ('registered', None), f'{states(w, who)}')
    check(states(w, 'second')[q[1]] == ('registered', 'bravo.person'), f'{states(w, "second")}')
    s = w.shown('bravo', q[0])
    check(s['sent_by'] == 'second.person' and s['sealed'] and 'text' not in s, f'{s}')
    w.run('bravo', 'take-back', q[2])
    w.run('alpha', 'sync')
    w.run('alpha', 'sign-for', q[0])
    err = denied(w, 'second', 'take-back', q[2])
    check('taken back' in err and 'bravo.person' in err, err)
    for who in ('bravo', 'second'):
        events(w, who)
        got = {k: v[0] for k, v in states(w, who).items()}
        check(got == {q[0]: 'delivered', q[1]: 'noticed', q[2]: 'taken-back'}, f'{got}')
    out = w.dir / 'record'
    w.run('bravo', 'export', q[0], out)
    r = subprocess.run([VERIFY, '--exercise-ok', '--trust', out / 'trust.txt', out],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    check(r.returncode == 0 and b'NOT PROVEN' not in r.stdout, r.stdout.decode())

    for words in (['show', q[0], '--text'], ['export', q[0], w.dir / 'x', '--paper'],
                  ['confirm', q[0]], ['disclose', q[0], '--all']):
        err = denied(w, 'bravo', *words)
        check('was sent by second.person from another home' in err, err)

    # Two take the same number; the one that was held is told, and sends it again.
    held = w.send('second', 'alpha.example', 'Held.\n', '--delay', '5')
    check(held == w.send('bravo', 'alpha.example', 'First.\n'), held)
    for f in w.dir.glob('second/outbox/*/number.txt'):
        f.write_text(re.sub('not-before .*', 'not-before 2020-01-01T00:00:00Z', f.read_text()))
    err = denied(w, 'second', 'sync')
    check(f'another paper of ours took the number {held} first' in err and 'send it again' in err, err)
    check(w.json('second', 'outbox')['waiting'][0]['state'] == 'rejected', 'nothing is lost')
    check(w.send('second', 'alpha.example', 'Held.\n').endswith('/0005'), 'the next number')

    # A public statement of one home is posted once, and known to all.
    w.run('second', 'confirm', q[0])
    for _ in range(2):
        events(w, 'bravo')

    # What is over is asked for no more.
    asked = []
    with Proxy(w) as p:
        p.change = lambda path, status, data: (asked.append(path), (status, data))[1]
        check(events(w, 'bravo') == '', 'no news')
    over = [x for x in asked if x.startswith(('/v1/deliveries/', '/v1/envelopes/'))]
    check(len(over) == 4, f'four are not at their end: {asked}')


def late(w):
    """A home that is added when there are papers both ways, and one of its party is recalled."""
    n = [w.send('alpha', 'bravo.example', f'Paper {i}.\n') for i in range(4)]
    q = w.send('bravo', 'alpha.example', 'From bravo.\n')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n[0])
    w.run('bravo', 'decline', n[1])
    w.colleague('bravo', 'late')
    said = events(w, 'late')
    check(f'{n[0]} was delivered to bravo.example' in said and 'ask bravo.person, who signed for it'
          in said, said)
    check(f'{n[2]} is sealed to the delegates of bravo.example of the time when it was sent, and '
          'this home was none of them; bravo.person can sign for it' in said, said)
    check('waits for your signature' not in said, said)
    check(f'{q} was sent by bravo.person' in said, said)
    check(events(w, 'late') == '', 'told once')
    check(waiting(w, 'late') == [] and waiting(w, 'late', 'waiting_for_others') == n[2:],
          f'{w.json("late", "inbox")}')
    s = w.shown('late', n[2])
    check(s['standing'] == 'waits for the signature of another delegate', f'{s}')
    for words in (['sign-for', n[2]], ['show', n[0], '--text'], ['show', n[2], '--text']):
        err = denied(w, 'late', *words)
        check('this home was none of them' in err, err)
    # Signed for and not opened yet: nothing is said in its name, neither a defect nor a missing key.
    note = (w.folder('alpha', n[2]) / 'submission.txt').read_text()
    l = hashlib.sha256((note.split('\n\n\u2014 ')[0] + '\n').encode()).hexdigest()
    with Proxy(w) as p:
        p.before[f'/v1/deliveries/{l}/opened'] = w.stop
        w.run('bravo', 'sign-for', n[2], want=3)
    w.start()
    check(f'{n[2]} is now delivered' in events(w, 'late'), 'delivered to a colleague')
    check('opened' not in [x['step'] for x in w.shown('late', n[2])['steps']], 'nor that it was opened')
    for who in ('bravo', 'alpha', 'late'):
        events(w, who)
    for who in ('late', 'bravo', 'alpha'):
        s = w.shown(who, n[2])
        steps = [x['step'] for x in s['steps']]
        check(s['state'] == 'delivered' and 'opened' in steps and 'findings' not in s, f'{s}')
        check('defect' not in steps and 'key-missing' not in steps, f'{steps}')
    w.run('late', 'decline', n[3]) # unseen: it takes nothing
    # A paper after it was added is its own as well, whatever came before.
    m = w.send('alpha', 'bravo.example', 'For both.\n')
    check(f'{m} arrived; it waits for your signature' in events(w, 'late'), 'sealed to both')
    w.run('late', 'sign-for', m)
    events(w, 'bravo')
    check(b'For both.' in w.run('bravo', 'show', m, '--text')[0], 'opened by a colleague')
    asked = []
    with Proxy(w) as p:
        p.change = lambda path, status, data: (asked.append(path), (status, data))[1]
        check(events(w, 'late') == '', 'no news')
    check(not [x for x in asked if x.startswith('/v1/envelopes/')], f'{asked}')
    check(len([x for x in asked if x.startswith('/v1/deliveries/')]) == 1, f'{asked}')

    # New talks that one home enters are the other's too.
    w.run('alpha', 'talks', 'open', 'pass', '--with', 'bravo.example', '--registry',
          f'http://127.0.0.1:{w.port}')
    i, a = w.dir / 'i', w.dir / 'a'
    w.run('alpha', 'talks', 'invite', 'bravo.example', '-o', i, '--talks', 'pass')
    w.run('bravo', 'talks', 'join', i, '-o', a)
    w.run('late', 'talks', 'join', i, '-o', w.dir / 'a2') # both took it up, one signs
    w.run('alpha', 'talks', 'sign', a, '--talks', 'pass')
    w.run('bravo', 'talks', 'sign', '--talks', 'pass')
    w.run('alpha', 'talks', 'sign', '--talks', 'pass')
    x = w.send('alpha', 'bravo.example', 'In the pass.\n', '--talks', 'pass')
    said = events(w, 'late')
    check('pass is new here' in said and f'{x} arrived' in said, said)
    w.run('late', 'sign-for', x, '--talks', 'pass')
    err = denied(w, 'late', 'statement', 'We say so.', '--talks', 'pass')
    check('no power “speak”' in err and 'bravo.person has it' in err, err)

    # Recalled: it is told so, the others go on, and what comes is sealed to them alone.
    w.run('bravo', 'delegate', 'recall', 'late.person')
    y = w.send('alpha', 'bravo.example', 'After.\n', '--talks', 'pass')
    newest = max(int(f.stem) for f in w.dir.glob('bravo/rosters/bravo.example/*.txt') if f.stem.isdigit())
    sub = (w.dir / 'alpha/talks/pass' / y.replace('/', '-') / 'submission.txt').read_text()
    check(f'\naddressee-roster {newest} ' in sub, f'sealed by the newest roster, {newest}: {sub}')
    for words in (['sync'], ['sign-for', n[3], '--talks', 'strait']):
        err = denied(w, 'late', *words)
        check('was recalled by its party' in err and 'what is here still opens' in err, err)
    check(b'In the pass.' in w.run('late', 'show', x, '--text', '--talks', 'pass')[0], 'it opens')
    events(w, 'bravo')


if __name__ == '__main__':
    sys.exit(world.main([either, late]))
