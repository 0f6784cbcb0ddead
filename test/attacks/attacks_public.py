#!/usr/bin/env python3
"""What the public gets to see, and what a holder could make of it."""
import base64
import re
import shutil
import subprocess
import sys

import forger
from stage import Sent, check, main, with_roster, world
from forger import (HEAD, LABEL, Paper, forge, hexsha, kept, leaf_data, leaf_hash,
                    leaves_text, pack, path, root, sha, stmt, text_of, unpack, untar, value)

WORDS = [b'Yes.', b'No.', b'Yes', b'No']


def all_public(w, n, *more):
    """All bytes outside the two homes: the registry's folder whole, log and API, a published
    folder, the cover, the record, E, keybox."""
    pub = w.dir / ('published-' + n[-4:])
    w.run('bravo', 'publish', pub)
    out = {f'registry/{k}': v for k, v in kept(w.dir / 'registry').items()}
    reserve = out.pop('registry/reserve')
    check(reserve.count(0) == len(reserve), 'the reserve holds nothing')
    out.update({f'published/{k}': v for k, v in kept(pub).items()})
    out.update({f'folder/{k}': v for k, v in kept(w.folder('bravo', n)).items()})
    out['record'] = w.record('bravo', n)
    for where in ('/log/checkpoint', '/log/tile/0/000', '/log/tile/entries/000', '/metrics'):
        out[where] = w.reg.ask('GET', where)[1]
    size = int(out['/log/checkpoint'].split(b'\n')[1])
    out['tile'] = w.reg.ask('GET', f'/log/tile/0/000.p/{size % 256}')[1]
    out['entries'] = w.reg.ask('GET', f'/log/tile/entries/000.p/{size % 256}')[1]
    check(len(out['entries']) == 34 * (size % 256), 'the log was read')
    return out


def bundle(w, n):
    f = w.folder('bravo', n)
    outer = dict(untar(forge('open', w.bravo.key['seal'], given=(f / 'envelope.age').read_bytes())))
    k = forge('open', w.bravo.key['seal'], given=(f / 'keybox.age').read_bytes()).decode().split()
    return outer['cover.txt'], dict(untar(forge('open', k[0], given=outer['body.age'])))


def attack_18_guessing(w):
    """A passage of one word cannot be guessed from any byte outside the bundle, with any salt."""
    n = w.honest('# On the strait\n\nYes.\n', '--title', 'Sealed')
    w.run('bravo', 'confirm', n)
    w.run('alpha', 'disclose', n, '--leaves', 'from,to')
    public = all_public(w, n)
    cover, inside = bundle(w, n)
    public['cover'] = cover
    blob = b'\n'.join(public.values())
    # Everything that has the form of a salt or a seed there, and the usual ones.
    salts = {bytes(16), bytes(32), b''}
    for run in re.findall(rb'[0-9a-f]{32,64}', blob):
        for at in (0, 32):
            if len(run) >= at + 32:
                salts.add(bytes.fromhex(run[at:at + 32].decode()))
        if len(run) == 64:
            salts.add(bytes.fromhex(run.decode()))
    salts |= {base64.b64decode(x) for x in re.findall(rb'[A-Za-z0-9+/]{43}=', blob)}

    def digests(word):
        """All that could be checked against, of this word as passage 1 and of the paper."""
        txt = inside['paper.txt'].replace(b'Yes.', word)
        body = b'# On the strait\n\n' + word + b'\n'
        for x in (word, word + b'\n', body, body[:-1], txt, b'\0' + word):
            yield sha(x)
        for s in salts:
            yield sha(s + word)
            yield sha(word + s)
            yield forger.hmac.digest(s or b'\0', word, 'sha256')
            if len(s) == 16:
                yield leaf_hash(leaf_data('passage', 1, 1, s, word))
                yield sha(leaf_data('passage', 1, 1, s, word))
            if len(s) == 32:
                yield leaf_hash(leaf_data('passage', 1, 1, forger.salt(s, 2, 1), word))
                yield sha(LABEL + b'text@v1\n' + s + forger.struct.pack('>Q', len(body)) + body)

    def found(where, word):
        return [d for d in set(digests(word))
                if d in where or d.hex().encode() in where or
                base64.b64encode(d).rstrip(b'=') in where]

    for word in WORDS:
        check(not found(blob, word), f'{word} can be told from what is public')
    check(b'Sealed' not in blob, 'the title stands there')
    # The guesser works: with the bundle it is right.
    check(found(b'\n'.join(inside.values()), b'Yes.') and
          not found(b'\n'.join(inside.values()), b'No.'), 'the guesser does not work')
    for name in ('head', 'body', 'text'):
        seed = bytes.fromhex(value(inside['seeds'] + b'\n\n', name))
        for i in range(2):
            for kind in (0, 2):
                s = forger.salt(seed, kind, i)
                check(s not in blob and s.hex().encode() not in blob, 'a salt is out')
        for form in (seed, seed.hex().encode(), base64.b64encode(seed)[:43]):
            check(form not in blob, f'the seed {name} is out')
    print(f'      {len(blob)} bytes, {len(salts)} salts', flush=True)


def attack_23_no_opening_without_a_receipt(w):
    """E, cover and the delegate's keys are not enough for stock age, nor for our own opener. Any age
    is stock enough for a classic party, one from 1.3 on for a hybrid."""
    opens_after_the_receipt(w, 'alpha', 'bravo', world.opener())
    opens_after_the_receipt(w, 'bravo', 'alpha',
                            ['age', '-d'] if shutil.which('age') else world.opener())


def opens_after_the_receipt(w, author, who, opener):
    party = getattr(w, who)
    n = w.send(author, f'{who}.example', 'Sealed until signed for.\n')
    w.arrive(who)
    f = w.folder(who, n)
    outer = dict(untar(forge('open', party.key['seal'], given=(f / 'envelope.age').read_bytes())))
    ids = w.file('ids.txt', '\n'.join(party.key[k] for k in ('seal', 'archive')).encode())
    body, out = w.file('body.age', outer['body.age']), w.dir / 'bundle.tar'

    def opens(identities):
        out.unlink(missing_ok=True)
        r = subprocess.run([*opener, '-i', identities, '-o', out, body], stderr=subprocess.PIPE,
                           check=False)
        if r.returncode == 0:
            return out.read_bytes()
        check(not out.exists() or out.stat().st_size == 0, 'a part of it')
        for line in identities.read_text().split():
            if line.startswith('AGE-') and not forge('open', line, given=outer['body.age'],
                                                     fails=True):
                return forge('open', line, given=outer['body.age'])
        return None

    check(opens(ids) is None, 'the body opens without a receipt')
    mine = b'\n'.join(kept(w.dir / who).values())
    check(b'Sealed until signed for' not in mine, 'the text is here')
    # Nor does what the registry gives to those who ask, before the receipt.
    l = hexsha(text_of((f / 'submission.txt').read_bytes()))
    check(not {'keybox', 'handover'} & set(w.reg.record(party, l)), 'a key without a receipt')
    w.run(who, 'sign-for', n)
    k = w.file('k.txt', forge('open', party.key['seal'],
                              given=(f / 'keybox.age').read_bytes()))
    got = opens(k)
    check(got and b'Sealed until signed for' in got, 'twin: after the receipt stock age opens it')
    # A declined one stays shut, and the registry has nothing any more that opens it.
    had = world.deposits(w)
    m = w.send(author, f'{who}.example', 'Never.\n')
    key, = [x for x in world.deposits(w) if x not in had]
    w.arrive(who)
    w.run(who, 'decline', m)
    check(key not in world.deposits(w), 'a key is kept')


def attack_33_cannot_tell_is_no_misfit(w):
    """Altered, cut, in no known form, without the roster: each verdict has words of its own, and only
    what differs is said to be altered."""
    n = w.honest('Text.\n')
    cover, _ = bundle(w, n)
    good = with_roster(w, cover, w.alpha)
    at = good.index(b'act proposal')
    seen = set()
    for what, data, code in (
            ('altered', good[:at] + b'act proposat' + good[at + 12:], 1),
            ('cut', good[:-9], 2),
            ('of-no-form', good.replace(b'/extract@v1', b'/extract@v2', 1), 2),
            ('unknown', cover, 1)):
        got, out = w.verify(w.file(f'{what}.txt', data), '--exercise-ok')
        check(got == code and ('altered' in out) == (what == 'altered'), f'{what}: {got} {out}')
        seen.add(out.replace(f'{what}.txt', ''))
    check(len(seen) == 4, 'each has words of its own')
    w.proven(w.file('good.txt', good))


def attack_35_log_tells_nobody(w):
    """An entry is one salted hash: nobody finds parties, papers or statements in the log by what is
    known of them."""
    n = w.honest('Text.\n')
    known = [part for _, part in unpack(w.record('bravo', n))]
    for p in (w.alpha, w.bravo):
        known += [p.handle.encode(), p.roster, p.mailbox.encode(), p.party_key.encode()]
    size = int(w.reg.ask('GET', '/log/checkpoint')[1].split(b'\n')[1])
    entries = w.reg.ask('GET', f'/log/tile/entries/000.p/{size % 256}')[1]
    check(size < 256 and len(entries) == 34 * size, 'every entry')
    all_of = {entries[i + 2:i + 34] for i in range(0, len(entries), 34)}
    check(len(all_of) == size, 'no entry twice')
    for x in known:
        for form in (x, text_of(x) if b'\n\n' in x else x):
            check(sha(form) not in all_of and leaf_hash(form) not in all_of, f'found: {form[:60]}')
    # Twin: with the salt, which only holders have, it is found.
    record = dict(unpack(w.record('bravo', n)))
    salt = base64.b64decode(re.search(rb'(?m)^extra (.*)$', record['registered.proof'])[1])
    check(sha(LABEL + b'entry@v1\n' + salt + sha(text_of(record['registered']))) in all_of, 'twin')
    check(salt not in entries, 'the salt is in the log')


def attack_45_dump(w):
    """Whoever takes the whole folder of a registry, with all its keys, reads no paper that has its
    receipt, and can sign for nobody."""
    n = w.honest('Behind the receipt.\n')
    dump = kept(w.dir / 'registry')
    whole = b'\n'.join(dump.values())
    for word in (b'Behind the receipt', w.bravo.key['seal'].encode(), w.bravo.key['statements'].encode()):
        check(word not in whole, f'{word[:20]} lies in the folder')
    keys = [v.decode().split()[0] for k, v in dump.items() if re.fullmatch(r'deposits/\d+/key', k)]
    check(keys, 'the key of today')
    sealed = {k: v for k, v in dump.items() if v.startswith(b'age-encryption.org/')}
    check([k for k in sealed if k.startswith('envelopes/')], 'envelopes are there')
    for k, v in sealed.items():
        check(all(forge('open', key, given=v, fails=True) for key in keys) or
              k.startswith('deposits/'), f'{k} opens with a key of the registry')
    box = dict(unpack(w.record('bravo', n)))['keybox']
    check(all(forge('open', key, given=box, fails=True) for key in keys), 'the keybox opens')
    check(not forge('open', w.bravo.key['seal'], given=box, fails=True), 'twin')


def signed(w, p):
    return w.alpha.sign(p.d_text(w.alpha))


def head(w, **more):
    given = {'talks': w.reg.talks, 'number': 'ALPHA-BRAVO/2026/0900', 'from': 'alpha.example',
             'by': w.alpha.delegate, 'to': 'bravo.example', 'form': 'note', 'act': 'proposal',
             'basis': 'confidential', 'date': '2026-11-25', 'caveat': 'Not for the press'}
    given.update({k.replace('_', '-'): v for k, v in more.items()})
    return given


def extract(w, note, leaves, *parts):
    return with_roster(w, pack('extract', [('paper', note), ('leaves', leaves), *parts]), w.alpha)


def lie(w, data, what):
    code, out = w.verify(w.file('lie.txt', data), '--exercise-ok')
    check(code in (1, 2) and 'PROVEN as far' not in out and 'Traceback' not in out,
          f'{what}: exit {code}\n{out}')
    return out


def attack_48_off_record(w):
    """A paper that says it is off the record proves nothing to anybody, though its author signed it;
    nor is one taken for a paper as yet."""
    p = Paper(head(w), ['Between us.'])
    w.proven(w.file('on.txt', extract(w, signed(w, p), p.leaves(HEAD, (0,)))))
    off = w.alpha.sign(p.d_text(w.alpha, 'off-record'))
    out = lie(w, extract(w, off, p.leaves(HEAD, (0,))), 'off')
    check('off-record' in out, out)
    w.put_aside_all([(lambda: Sent(w.reg, w.alpha, w.bravo, ['Between us.'], {
        'd': lambda d: d.replace(b'mode signed', b'mode off-record')}), 'off the record')])


TEXT = ['# Terms', 'We do not agree to the first.', 'We agree to the second.', '# Rest', 'Last.']


def attack_20_leaf_and_node(w):
    """Nodes shown as leaves, odd leaves doubled, empty passages, paths cut short or long."""
    for size in (1, 2, 3, 5):
        p = Paper(head(w), TEXT[:size])
        note, salt0 = signed(w, p), forger.salt(p.seeds[1], 0, 0).hex()
        count = f'{size} {salt0}'
        h = p.tree('passage')
        shown = lambda: [p.shown('passage', i) for i in range(size)]
        w.proven(w.file('all.txt', extract(w, note, leaves_text(shown(), count))))
        cases = {}
        for i in range(size):
            x = shown()
            x[i][4] = b''
            cases[f'empty passage {i}'] = leaves_text(x, count)
            x = shown()
            x[i][5] = x[i][5][:-1] if x[i][5] else [h[0]]
            cases[f'another path {i}'] = leaves_text(x, count)
            x = shown()
            x[i][5] = x[i][5] + [h[-1]]
            cases[f'longer path {i}'] = leaves_text(x, count)
            x = shown()
            x[i][2] ^= 1
            cases[f'another heading {i}'] = leaves_text(x, count)
        # The last one once more, as an even tree would have it.
        last = p.shown('passage', size - 1)
        double = [last[0], size, last[2], last[3], last[4], path(size, h + [h[-1]])]
        cases['doubled'] = leaves_text(shown() + [double], f'{size + 1} {salt0}')
        # Children of a node, said to be a leaf's bytes.
        node = [['passage', 0, 0, h[0][:16], (h[0] + h[-1]).hex().encode(), [root(h)]]]
        cases['node as leaf'] = leaves_text(node, f'2 {salt0}')
        if size > 2:
            k = forger.split_at(size)
            left = p.shown('passage', 0)
            left[5] = [root(h[k:])]
            cases['a subtree'] = leaves_text([left], f'2 {salt0}')
        for what, leaves in cases.items():
            lie(w, extract(w, note, leaves), f'{size}: {what}')
    # A tree in which the author itself put an empty passage, and one with the odd leaf doubled.
    for passages in (['# Terms', ''], ['', 'x'], ['One\n\nTwo']):
        p = Paper(head(w), passages)
        lie(w, extract(w, signed(w, p), p.leaves([], range(len(passages)))), f'{passages}')


def tree_size_lied_about(w):
    """`passages N`, `head N`, `leaves N`: another number than D commits to."""
    p = Paper(head(w), TEXT)
    note, salt0 = signed(w, p), forger.salt(p.seeds[1], 0, 0).hex()
    x = lambda: [p.shown('head', HEAD.index('act')), p.shown('passage', 0), p.shown('passage', 1)]
    good = leaves_text(x(), f'5 {salt0}')
    out = w.proven(w.file('some.txt', extract(w, note, good)), 'of 5 in all')
    check('passages 3 to 5, of 5 in all' in out, out)
    for n in (0, 1, 2, 3, 4, 6, 7, 8, 4096, 4097, 1 << 31, 1 << 32, 1 << 64):
        lie(w, extract(w, note, leaves_text(x(), f'{n} {salt0}')), f'passages {n}')
    for other in ('-', f'05 {salt0}', f'5 {"0" * 32}', f'5  {salt0}', f'5 {salt0.upper()}'):
        lie(w, extract(w, note, leaves_text(x(), other)), f'passages {other}')
    for n in (0, 8, 9, 16, 23, 25, 32):
        lie(w, extract(w, note, leaves_text(x(), f'5 {salt0}', n)), f'head {n}')
    for n in (0, 1, 2, 4):
        lie(w, extract(w, note, good.replace(b'leaves 3\n', b'leaves %d\n' % n)), f'leaves {n}')
    for a, b in ((b'path 3', b'path 2'), (b'leaf passage 1 1', b'leaf passage 1 0'),
                 (b'leaf passage 1', b'leaf passage 2'), (b'leaf head 8', b'leaf head 7')):
        check(a in good, f'{a} stands there')
        lie(w, extract(w, note, good.replace(a, b, 1)), f'{a} for {b}')


def attack_21_misleading_excerpt(w):
    """A word dropped, an order changed, a heading hidden, a caveat left out, one leaf more."""
    p = Paper(head(w), TEXT)
    note, count = signed(w, p), f'5 {forger.salt(p.seeds[1], 0, 0).hex()}'
    shown = lambda *which: [p.shown('passage', i) for i in which]
    x = shown(0, 1)
    x[1][4] = x[1][4].replace(b' not', b'')
    lie(w, extract(w, note, leaves_text(x, count)), 'a word dropped')
    x = shown(0, 1, 2)
    x[1][4], x[2][4] = x[2][4], x[1][4]
    lie(w, extract(w, note, leaves_text(x, count)), 'words exchanged')
    x = shown(0, 1, 2)
    for what, y in (('order', [x[0], x[2], x[1]]), ('no heading', shown(1)),
                    ('another heading', shown(0, 4)), ('twice', shown(0, 1, 1))):
        lie(w, extract(w, note, leaves_text(y, count)), what)
    # Left out, and said so: the gap, the total, and the caveat among what is not shown.
    out = w.proven(w.file('part.txt', extract(w, note, p.leaves(['act'], (0, 2)))),
                   'passage', 'of 5 in all', 'shown by a holder, not disclosed by its author')
    missing = out[out.index('Not shown:'):]
    check('caveat' in missing and 'basis' in missing and 'operative' in missing, missing)
    out = w.proven(w.file('with.txt', extract(w, note, p.leaves(['act', 'caveat'], (0, 2)))),
                   'Not for the press')
    check('caveat' not in out[out.index('Not shown:'):], out)
    # The author disclosed one passage; a holder shows one more beside that word.
    disclosure = w.alpha.sign(stmt(
        'disclosure', ('talks', w.reg.talks), ('party', w.alpha.handle), ('roster', w.alpha.ref),
        ('paper', hexsha(text_of(note))), ('leaves', 'act'), ('passages', '0,1'),
        ('attachments', '-'), ('note', '-'), ('checkpoint', '-'),
        ('time', '2026-11-25T00:00:00Z')))

    def disclosed(keys, passages):
        return w.file('disclosed.txt', extract(w, note, p.leaves(keys, passages),
                                               ('disclosure', disclosure)))

    w.proven(disclosed(['act'], (0, 1)), 'disclosed by its author')
    for keys, passages in ((['act'], (0, 1, 2)), (['act', 'caveat'], (0, 1))):
        code, out = w.verify(disclosed(keys, passages), '--exercise-ok')
        check('not disclosed by its author' in out and code == 1, f'{code} {out}')


def attack_22_confirmations_show_what_is_asked(w):
    """Not a line more than listed, not a line that the author does not allow."""
    n = w.honest('Text.\n')
    f = w.folder('bravo', n)
    cover, inside = bundle(w, n)
    seeds = [bytes.fromhex(value(inside['seeds'] + b'\n\n', x)) for x in ('head', 'body', 'text')]
    lines = inside['paper.txt'].split(b'\n\n')[0].decode().split('\n')[1:]
    p = Paper(dict(x.split(' ', 1) for x in lines), ['Text.'], seeds)
    receipt, handover, place = ((f / f'{x}.txt').read_bytes()
                                for x in ('receipt', 'handover', 'handover.proof'))

    def said(keys, listed, passages=(), by=w.bravo, sentence='received'):
        c = by.sign(stmt('confirmation', ('talks', w.reg.talks), ('party', by.handle),
                         ('roster', by.ref), ('paper', p_d), ('receipt', hexsha(text_of(receipt))),
                         ('leaves', ','.join(listed) or '-'), ('sentence', sentence),
                         ('note', '-'), ('checkpoint', '-'), ('time', '2026-11-25T00:00:00Z')))
        status, data = w.reg.call(by, 'POST', '/v1/statements', c)
        proof = dict(unpack(data))['confirmation.proof'] if status == 201 else b''
        return c, pack('extract', [
            ('paper', inside['signature']), ('leaves', p.leaves(keys, passages)),
            ('receipt', receipt), ('handover', handover), ('handover.proof', place),
            ('confirmation', c), ('confirmation.proof', proof),
            (f'roster.{w.alpha.handle}.{w.alpha.version}', w.alpha.roster),
            (f'roster.{w.bravo.handle}.{w.bravo.version}', w.bravo.roster)])

    p_d = hexsha(text_of(inside['signature']))
    may = ['may-confirm']
    w.proven(w.file('c.txt', said(['from', 'act'] + may, ['from', 'act'])[1]),
             'We confirm that we received this paper')
    for what, args in (
            ('a line not listed', (['from', 'act', 'basis'] + may, ['from', 'act'])),
            ('a line not allowed', (['from', 'subject'] + may, ['from', 'subject'])),
            ('the title', (['title'] + may, ['title'])),
            ('a passage', (['from'] + may, ['from'], (0,))),
            ('by a stranger', (['from'] + may, ['from'], (), w.charlie)),
            ("the author's sentence", (['from'] + may, ['from'], (), w.bravo, 'sent'))):
        code, out = w.verify(w.file('c.txt', said(*args)[1]), '--exercise-ok')
        check(code in (1, 2) and 'PROVEN as far' not in out, f'{what}: {code} {out}')
    # Who hides the rule is not believed to have kept it: that is said.
    w.proven(w.file('c.txt', said(['from', 'subject'], ['from', 'subject'])[1]),
             'whether the author allowed these lines to be confirmed is not shown')
    # The desk and the registry: only its maker's, only what it is, neither L nor keybox.
    w.run('bravo', 'confirm', n, '--leaves', 'from,subject', want=1)
    c, x = said(['from', 'act'] + may, ['from', 'act'])
    h = hexsha(text_of(c))
    put = lambda who, data: w.reg.call(who, 'PUT', f'/v1/statements/{h}/extract', data)
    with_part = lambda name, data: pack('extract', unpack(x) + [(name, data)])
    l, keybox = (f / 'submission.txt').read_bytes(), (f / 'keybox.age').read_bytes()
    for what, who, data in (('L', w.bravo, with_part('submission', l)),
                            ('keybox', w.bravo, with_part('keybox', keybox)),
                            ('by another', w.alpha, x),
                            ('another', w.bravo, pack('extract', unpack(x)[:5])),
                            ('no pack', w.bravo, b'x')):
        status, data = put(who, data)
        check(400 <= status < 500, f'{what}: {status} {data}')
    check(put(w.bravo, x)[0] == 201 and put(w.bravo, x)[0] == 200, 'twin')


def receipt_co_signs(w):
    """Form, act, basis, subject, what is answered: another in the cover, and the record breaks."""
    first = w.honest('First.\n')
    n = w.send('alpha', 'bravo.example', 'Second.\n', '--re', first, '--subject', 'A subject',
               act='counter-offer')
    w.arrive('bravo')
    w.run('bravo', 'sign-for', n)
    w.proven(w.file('record.txt', w.record('bravo', n)), "The cover is this paper's", 'delivered')
    cover = dict(unpack(w.record('bravo', n)))['cover']
    d = '0' * 64
    for a, b in ((b'form note', b'form memo'), (b'act counter-offer', b'act acceptance-xx'),
                 (b'basis confidential', b'basis openopenopen'),
                 (b'subject A subject', b'subject B subject'),
                 (first.encode() + b' ', first.replace('0', '9', 1).encode() + b' '),
                 (cover[cover.index(b're ALPHA') + 25:][:64], d.encode())):
        check(cover.count(a) >= 1 and len(a) == len(b) or a == b'act counter-offer', f'{a}')
        out = lie(w, w.record('bravo', n, cover=cover.replace(a, b)), f'{a} as {b}')
        check('The cover is this paper' in out or 'cover' in out, out)
    # A whole other cover by the same author, signed; a receipt that names it.
    s = Sent(w.reg, w.alpha, w.bravo, ['Second.'], act='acceptance')
    out = lie(w, w.record('bravo', n, cover=s.cover), 'another cover')
    receipt = (w.folder('bravo', n) / 'receipt.txt').read_bytes()
    for key in ('cover', 'paper', 'submission', 'pair', 'registry', 'talks', 'roster'):
        old = value(receipt, key)
        new = {'pair': '1 ' + '0' * 64, 'roster': '1 ' + '0' * 64,
               'registry': 'exercise.other'}.get(key, '0' * 64)
        text = text_of(receipt).replace(f'{key} {old}'.encode(), f'{key} {new}'.encode())
        lie(w, w.record('bravo', n, receipt=text + receipt[len(text_of(receipt)):]),
            f'receipt: {key}')
        lie(w, w.record('bravo', n, receipt=w.bravo.sign(text)), f'receipt signed anew: {key}')


def exercise_shown_as_real(w):
    """A drill cannot be passed off: not by its labels, its keys, its rosters, its registry."""
    n = w.honest('A drill.\n')
    record = w.record('bravo', n)
    out = w.proven(w.file('record.txt', record), 'EXERCISE: this is a drill')
    code, out = w.verify(w.file('record.txt', record))
    check(code == 1 and 'EXERCISE' in out, f'without the flag it is not proven: {code} {out}')
    real = lambda b: b.replace(b'chancery-exercise/', b'chancery/')
    parts = unpack(record)

    def packed(label, some):
        out = label + b'record@v1\nparts %d\n' % len(some)
        return out + b''.join(b'part %s %d\n' % (k.encode(), len(v)) + v + b'\n'
                              for k, v in some)

    lie(w, packed(b'chancery/', parts), 'the label of the pack')
    lie(w, packed(b'chancery/', [(k, real(v)) for k, v in parts]), 'all labels')
    for name, data in parts:
        if real(data) != data and not re.fullmatch(r'roster\..*\.1', name):
            lie(w, w.record('bravo', n, **{name: real(data)}) if name != 'cover' else
                w.record('bravo', n, cover=real(data)), f'the label of {name}')
    # The holder of the drill's keys signs the same words as real.
    for label in (b'chancery/',):
        p = Paper(head(w), ['Real?'])
        text = real(p.d_text(w.alpha))
        note = w.alpha.sign(text)
        leaves = real(p.leaves(['act']))
        x = label + b'extract@v1\nparts 3\n'
        for k, v in (('paper', note), ('leaves', leaves),
                     (f'roster.{w.alpha.handle}.{w.alpha.version}', w.alpha.roster)):
            x += b'part %s %d\n' % (k.encode(), len(v)) + v + b'\n'
        out = lie(w, x, 'signed as real by the keys of a drill')
    # Nor does the drill's registry take anything real, or a desk of the drill.
    status, data = w.reg.ask('POST', '/v1/rosters', real(w.alpha.roster))
    check(400 <= status < 500 and b'exercise-mismatch' in data, f'{status} {data}')
    s = Sent(w.reg, w.alpha, w.bravo, ['Real?'], {'l_note': lambda n: w.alpha.sign(
        real(text_of(n)))})
    status, data = s.post()
    check(400 <= status < 500, f'{status} {data}')
    w.put_aside_all([(lambda: Sent(w.reg, w.alpha, w.bravo, ['Real?'],
                                   {'cover': real}), 'the cover is not the one'),
                     (lambda: Sent(w.reg, w.alpha, w.bravo, ['Real?'], {
                         'd': real, 'signature': lambda x: w.alpha.sign(text_of(x))}),
                      'the cover is not the one')])


def receipt_by_a_stranger(w):
    """Charlie signs for a paper to bravo, of which it saw an extract, and shows that."""
    p = Paper(head(w), TEXT)
    note = signed(w, p)

    def receipt(by):
        return by.sign(stmt(
            'receipt', ('talks', w.reg.talks), ('party', by.handle), ('roster', by.ref),
            ('registry', w.reg.origin), ('submission', '1' * 64),
            ('paper', hexsha(text_of(note))), ('cover', '2' * 64), ('checkpoint', '-'),
            ('pair', '1 ' + '3' * 64)))

    def shown(by, *keys):
        return w.verify(w.file('r.txt', pack('extract', [
            ('paper', note), ('leaves', p.leaves(keys)), ('receipt', receipt(by)),
            (f'roster.{w.alpha.handle}.{w.alpha.version}', w.alpha.roster),
            (f'roster.{by.handle}.{by.version}', by.roster)])), '--exercise-ok')

    for keys in ((), ('act',), ('act', 'from', 'number')):
        for by in (w.charlie, w.bravo):
            code, out = shown(by, *keys)
            check(code == 1 and 'The addressee' not in out, f'{keys}: {out}')
            check(f'in the name of {by.handle}' in out and 'is its addressee: the line to' in out,
                  f'{keys}: {out}')
    code, out = shown(w.charlie, 'to')
    check(code == 1 and 'by one to whom the paper is not addressed' in out, out)
    code, out = shown(w.bravo, 'to')
    check('The addressee signed for it: signed by' in out and code == 1, out)


if __name__ == '__main__':
    sys.exit(main([attack_18_guessing, attack_23_no_opening_without_a_receipt,
                   attack_33_cannot_tell_is_no_misfit, attack_35_log_tells_nobody, attack_45_dump,
                   attack_48_off_record,
                   attack_20_leaf_and_node,
                   tree_size_lied_about, attack_21_misleading_excerpt,
                   attack_22_confirmations_show_what_is_asked, receipt_co_signs, exercise_shown_as_real,
                   receipt_by_a_stranger]))
