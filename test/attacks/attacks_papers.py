#!/usr/bin/env python3
"""Hostile authors and couriers: papers that are not what they seem."""
import sys

from stage import Sent, check, main, with_roster
from forger import (COVER, HEAD, Paper, age_join, age_split, forge, hexsha, kept, leaf_data,
                    leaf_hash, leaves_text, pack, path, sign, text_of, unpack, untar, value)


def writer(w):
    """The forger, when honest, is taken for a desk: else no refusal below would mean a thing."""
    s = Sent(w.reg, w.alpha, w.bravo, ['# Terms', 'One.', 'Two.'], subject='From the pages')
    w.arrives(s)
    w.run('bravo', 'sign-for', s.number)
    out, _ = w.run('bravo', 'show', s.number, '--text')
    check(out == b'# Terms\n\nOne.\n\nTwo.\n', out.decode())


def opened(w, number):
    """All that bravo holds of a paper that it signed for: cover, body, members of the bundle."""
    f = w.folder('bravo', number)
    outer = dict(untar(forge('open', w.bravo.key['seal'], given=(f / 'envelope.age').read_bytes())))
    k = forge('open', w.bravo.key['seal'], given=(f / 'keybox.age').read_bytes())
    k = k.decode().split()[0]
    return outer['cover.txt'], outer['body.age'], untar(forge('open', k, given=outer['body.age']))


def attack_01_surreptitious_forwarding(w):
    """Bravo seals what alpha signed for it to charlie."""
    n = w.honest('We offer ten.\n', act='offer')
    cover, body, members = opened(w, n)
    d = dict(unpack(cover))['paper']
    same = {'cover': lambda _: cover, 'd': lambda _: text_of(d), 'signature': lambda _: d,
            'members': lambda _: members}
    as_it_is = lambda: Sent(w.reg, w.bravo, w.charlie, ['x'], same)
    # Whole, with alpha's body and all; with its leaves in a cover of bravo's own signing.
    leaves = dict(unpack(cover))['leaves']
    resigned = w.bravo.sign(text_of(d))
    mixed = lambda: Sent(w.reg, w.bravo, w.charlie, ['x'], {
        **same, 'signature': lambda _: resigned,
        'cover': lambda _: pack('extract', [('paper', resigned), ('leaves', leaves)])})
    w.put_aside_all([(as_it_is, 'contradicts the submission'),
                     (mixed, 'contradicts the submission')], 'charlie')
    # In alpha's name: the registry asks for alpha's signature and session.
    s = Sent(w.reg, w.bravo, w.charlie, ['x'], {**same, 'l': lambda l: {
        **l, 'party': w.alpha.handle, 'roster': w.alpha.ref}})
    status, data = s.post()
    check(status == 403 and b'Signed in as another party' in data, f'{status} {data}')
    status, data = w.reg.call(w.alpha, 'POST', '/v1/submissions', s.pack)
    check(status == 422 and b'bad-signature' in data, f'{status} {data}')
    w.arrives(Sent(w.reg, w.bravo, w.charlie, ['Our own words.']), 'charlie')


def attack_02_missing_names(w):
    """Each name of the cover left out, or said to be another's."""
    def with_head(**h):
        return lambda: Sent(w.reg, w.alpha, w.bravo, ['Text.'], **h)

    def without(key):
        return lambda: Sent(w.reg, w.alpha, w.bravo, ['Text.'], {
            'cover': lambda c: pack('extract', [
                unpack(c)[0], ('leaves', papers[-1].leaves([k for k in COVER if k != key]))]),
            'paper': lambda p: papers.append(p) or p})

    papers = []
    word = 'the cover is not the one'
    cases = [(with_head(**{k: '-'}), word) for k in ('talks', 'number', 'from', 'by', 'to')]
    cases += [(with_head(to='charlie.example'), word), (with_head(to='alpha.example'), word),
              (with_head(**{'from': 'charlie.example'}), word),
              (with_head(by='bravo.example/00000000'), word),
              (with_head(talks='0' * 64), word)]
    cases += [(with_head(number=x), word) for x in (
        'BRAVO-ALPHA/2026/0001', 'ALPHA-CHARLIE/2026/0001', 'ALPHA-BRAVO/2026/0001',
        'ALPHA-BRAVO/2026/0000', 'ALPHA-BRAVO/../0001')]
    cases += [(without(k), word) for k in ('to', 'from', 'act', 'basis', 're')]
    w.put_aside_all(cases)
    for key, other in (('addressee', w.charlie.handle), ('addressee', w.alpha.handle),
                       ('mailbox', w.charlie.mailbox), ('talks', '0' * 64),
                       ('registries', '1\nregistry exercise.other'), ('party', '-')):
        s = Sent(w.reg, w.alpha, w.bravo, ['Text.'], {'l': lambda l: {**l, key: other}})
        status, data = s.post()
        check(status in (400, 403, 409, 422), f'L with {key} {other}: {status} {data}')
    w.arrives(Sent(w.reg, w.alpha, w.bravo, ['Text.']))


def attack_03_signature_stripped(w):
    """Outer E, inner signer and the signer of L must be one party, by its statement keys."""
    a, b, c = w.alpha, w.bravo, w.charlie
    who = 'not signed as its author'
    bent = lambda bend, **more: lambda: Sent(w.reg, a, b, ['Text.'], bend, **more)
    as_name = lambda t: sign(t, a.delegate, c.key['statements'])
    signed = []

    def resigned(note):
        signed.append(note)
        return c.sign(text_of(note))

    w.put_aside_all([
        (bent({'signature': text_of}), 'the cover is not the one'),
        (bent({'signature': resigned}), who),
        (bent({'signature': lambda n: as_name(text_of(n))}), who),
        (bent({'signature': lambda n: a.sign(text_of(n), 'sign-in')}), who),
        (bent({'signature': lambda n: n + c.sign(text_of(n)).split(b'\n\n')[1]}), who),
        (bent({'signature': lambda n: n + n.split(b'\n\n')[1]}), who),
        (bent({'d': lambda t: t.replace(b'party alpha', b'party charlie')}, d_signer=c),
         'the cover is not the one'),
        (bent({'d': lambda t: t.replace(a.ref.encode(), b'1 ' + b'0' * 64)}), who),
    ])
    for note in (lambda n: text_of(n), lambda n: c.sign(text_of(n)),
                 lambda n: as_name(text_of(n)), lambda n: a.sign(text_of(n), 'sign-in'),
                 lambda n: n + c.sign(text_of(n)).split(b'\n\n')[1]):
        status, data = Sent(w.reg, a, b, ['Text.'], {'l_note': note}).post()
        check(status in (400, 422), f'L: {status} {data}')
    # Inside, after the receipt: a defect with its cause.
    other = Sent(w.reg, a, b, ['Another.']).signature
    drop = lambda m: [x for x in m if x[0] != 'signature']
    swap = lambda m: drop(m) + [('signature', other)]
    for members, cause in ((drop, 'signature-missing'), (swap, 'signature-wrong')):
        defective(w, bent({'members': members})(), cause)
    w.arrives(Sent(w.reg, a, b, ['Text.']))


def defective(w, s, cause, marker=None):
    """Signed for in sight of its cover; what is inside is a defect with this cause."""
    w.arrives(s)
    before = kept(w.dir / 'bravo')
    w.raw(['sign-for', s.number, '--home', w.dir / 'bravo', '--passphrase-file', w.dir / 'pass',
           '--yes'])
    into = w.dir / ('saved-' + s.l[:8])
    code, out, err = w.raw(['show', s.number, '--text', '--save', into, '--home', w.dir / 'bravo',
                            '--passphrase-file', w.dir / 'pass', '--yes'])
    check(code == 1 and 'defective' in err, f'{cause}: {code} {err}')
    check(not into.exists() or not list(into.iterdir()), 'a file of a defective paper is kept')
    file = w.folder('bravo', s.number) / 'defect.txt'
    check(file.exists() and value(file.read_bytes(), 'cause') == cause,
          f'{cause}: {file.read_text() if file.exists() else "no defect was pleaded"}')
    if marker:
        check(marker not in out, 'shown')
        for name, data in kept(w.dir / 'bravo').items():
            check(name in before or marker not in data, f'{name} holds a part of the text')
    out = w.proven(w.file('plea.txt', w.record('bravo', s.number)), 'pleads a defect of the paper',
                   f'cause pleaded: {cause}')
    check('pleads a defect of the paper: signed by' in out, out)


def attack_15_two_keys_for_one_file(w):
    """Two stanzas that yield different file keys, a passphrase among them, a body for two."""
    decoy = forge('identity').decode().split()
    bent = lambda bend: lambda: Sent(w.reg, w.alpha, w.bravo, ['Text.'], bend)

    def salamander(recipient, own):
        """The decoy's file key is that of the MAC and of the payload; the other stanza's is not."""
        def make(e):
            plain = forge('open', own(), given=e)
            fk = bytes(range(16))
            mine, payload = age_split(forge('seal', fk.hex(), decoy[1], given=plain))
            theirs, _ = age_split(forge('seal', 'ff' * 16, recipient(), given=plain))
            made = age_join(theirs + mine, payload, fk)
            check(forge('open', decoy[0], given=made) == plain, 'the decoy opens it')
            return made
        return make

    k = []
    body = {'k': lambda x: k.append(x) or x,
            'body': lambda e: salamander(lambda: k[-1][1], lambda: k[-1][0])(e)}
    word = 'does not open to a cover and one sealed body'

    def with_pass(e):
        stanzas, payload = age_split(e)
        fk = bytes.fromhex(forge('file-key', w.bravo.key['seal'], given=e).decode().strip())
        scrypt = b'-> scrypt ' + b'A' * 22 + b' 10\n' + b'A' * 43 + b'\n'
        return age_join(stanzas + scrypt, payload, fk)

    def resealed(*to):
        return lambda e: forge('seal', '-', *to, given=forge('open', w.bravo.key['seal'], given=e))

    w.put_aside_all([
        (bent({'e': salamander(lambda: w.bravo.seal, lambda: w.bravo.key['seal'])}), word),
        (bent(body), word),
        (bent({'e': with_pass}), word),
        (bent({'k': lambda x: k.append(x) or x, 'body': lambda e: forge(
            'seal', '-', k[-1][1], decoy[1], given=forge('open', k[-1][0], given=e))}), word),
        (bent({'e': resealed(decoy[1])}), word),
    ])
    w.arrives(bent({'e': resealed(decoy[1], w.bravo.seal)})())


def attack_14_not_for_every_delegate(w):
    """What a delegate cannot open is put aside before anybody signs for it: sealed past it, and with
    its own stanza spoiled."""
    def spoiled(e):
        at = e.index(b'\n--- ') - 8       # in the last stanza's body
        return e[:at] + bytes([e[at] ^ 1]) + e[at + 1:]

    bent = lambda e: lambda: Sent(w.reg, w.alpha, w.bravo, ['Text.'], {'e': e})
    past = lambda e: forge('seal', '-', forge('identity').decode().split()[1],
                           given=forge('open', w.bravo.key['seal'], given=e))
    w.put_aside_all([(bent(past), 'does not open'), (bent(spoiled), 'does not open')])
    w.arrives(Sent(w.reg, w.alpha, w.bravo, ['Text.']))


def attack_37_stolen_opener(w):
    """Whoever has all keys of the addressee opens what is for it, and writes nothing in the name of
    an author: what shows the author is a signature, never who could have sealed."""
    as_alpha = lambda text: sign(text, w.alpha.delegate, w.bravo.key['statements'])
    signed = lambda note: as_alpha(text_of(note))
    status, data = Sent(w.reg, w.alpha, w.bravo, ['Text.'], {'l_note': signed}).post()
    check(status == 422 and b'bad-signature' in data, f'{status} {data}')
    # Nor a text of alpha's within what alpha submits.
    w.put_aside_all([(lambda: Sent(w.reg, w.alpha, w.bravo, ['Text.'], {'signature': signed}),
                      'not signed as its author')])
    w.arrives(Sent(w.reg, w.alpha, w.bravo, ['Text.']))


def body_of_another_suite(w):
    """K as in L is hybrid, and the body is sealed to a classic key: seen before it is signed for."""
    decoy = forge('identity', 'classic').decode().split()

    def reseal(k):
        return lambda e: forge('seal', '-', decoy[1], given=forge('open', k[-1][0], given=e))

    k = []
    w.put_aside_all([(lambda: Sent(w.reg, w.alpha, w.bravo, ['Text.'], {
        'k': lambda x: k.append(x) or x, 'body': reseal(k)}), 'another suite')])
    w.arrives(Sent(w.reg, w.alpha, w.bravo, ['Text.']))


def attack_16_cut_at_a_chunk(w):
    """Cut off where a chunk ends: nothing of it is shown or kept before its end was seen."""
    chunk = 65536 + 16
    big = [f'{i:05d} ' + 'A marker of the text. ' * 2800 for i in range(6)]
    cut = lambda e: e[:len(e) - len(age_split(e)[1]) + 16 + 2 * chunk]
    bent = lambda bend, **h: lambda: Sent(w.reg, w.alpha, w.bravo, big, bend, **h)
    w.put_aside_all([(bent({'e': cut}, subject='A marker of the cover'),
                      'does not open to a cover')])
    for name, data in kept(w.dir / 'bravo').items():
        check(b'A marker of the' not in data, f'{name} holds a part of it')
    check(not list((w.dir / 'bravo/incoming').iterdir()), 'nothing stays half done')
    defective(w, bent({'body': cut})(), 'body-does-not-open', b'A marker of the text')
    s = bent({})()
    w.arrives(s)
    w.run('bravo', 'sign-for', s.number)
    out, _ = w.run('bravo', 'show', s.number, '--text')
    check(out.decode() == '\n\n'.join(big) + '\n', 'the whole text')


def two_act_leaves(w):
    """One head that says two things: two leaves of a key, one in another's place, a 25th."""
    a, b = w.alpha, w.bravo
    at = HEAD.index('act')
    papers = []
    keep = {'paper': lambda p: papers.append(p) or p}

    def cover(f):
        return lambda c: pack('extract', [unpack(c)[0], ('leaves', f(papers[-1]))])

    def leaves(change):
        def f(p):
            shown = [p.shown('head', HEAD.index(k)) for k in COVER]
            return leaves_text(*change(p, shown))
        return f

    i = [COVER.index('act')]

    def twice(p, shown):
        second = list(shown[i[0]])
        second[4] = b'act acceptance'
        return (shown[:i[0] + 1] + [second] + shown[i[0] + 1:],)

    def at_form(p, shown):
        shown[COVER.index('form')][4] = b'act acceptance'
        return (shown,)

    class Twin(Paper):
        """Its tree has `act acceptance` where the form belongs; D commits to that."""
        def bytes_of(self, kind, n):
            return b'act acceptance' if (kind, n) == ('head', at - 1) else \
                super().bytes_of(kind, n)

    class Longer(Paper):
        """A 25th leaf: act once more."""
        def tree(self, kind):
            t = super().tree(kind)
            if kind == 'head':
                t.append(leaf_hash(leaf_data('head', 24, 0, self.salt('head', 24),
                                             b'act acceptance')))
            return t

    def longer(p, shown):
        shown.append(['head', 24, 0, p.salt('head', 24), b'act acceptance',
                      path(24, p.tree('head'))])
        return shown, '-', 25

    def as_a(cls):
        return lambda p: papers.append(cls(p.head, ['Text.'], p.seeds)) or papers[-1]

    word = 'the cover is not the one'
    make = lambda bend: lambda: Sent(w.reg, a, b, ['Text.'], bend)
    cases = [make({**keep, 'cover': cover(leaves(twice))}),
             make({**keep, 'cover': cover(leaves(at_form))}),
             make({'paper': as_a(Twin)}),
             make({'paper': as_a(Longer), 'cover': cover(leaves(longer))}),
             make({'paper': as_a(Longer)}),
             make({**keep, 'cover': cover(leaves(lambda p, s: (list(reversed(s)),)))})]
    w.put_aside_all([(c, word) for c in cases])
    for c in cases:
        code, out = w.verify(w.file('two.txt', with_roster(w, c().cover, a)), '--exercise-ok')
        check(code in (1, 2) and 'PROVEN as far' not in out, out)
    # In paper.txt itself, seen only after the receipt.
    for was, now in ((b'\nact proposal\n', b'\nact proposal\nact acceptance\n'),
                     (b'\nform note\nact proposal\n', b'\nact proposal\nform note\n')):
        defective(w, make({'txt': lambda t: t.replace(was, now)})(), 'paper-malformed')
    defective(w, make({'txt': lambda t: t.replace(b'act proposal', b'act acceptance')})(),
              'cover-differs')
    s = make({})()
    w.arrives(s)
    w.proven(w.file('one.txt', with_roster(w, s.cover, w.alpha)), 'act: proposal')


def copy_framed_by_a_shared_seed(w):
    """Copies of one circular share no seed: a holder of copy 1 cannot show a line of copy 2."""
    text = w.paper('The same words.\n')
    numbers = {}
    for i, who in ((1, 'bravo'), (2, 'charlie')):
        numbers[who] = w.json('alpha', 'send', text, '--to', f'{who}.example', '--form', 'note',
                              '--act', 'proposal', '--copy', f'{i},2')['number']
        w.arrive(who)
        w.run(who, 'sign-for', numbers[who])
    got = {}
    for p in (w.bravo, w.charlie):
        who = p.handle.split('.')[0]
        f = w.folder(who, numbers[who])
        open_ = lambda name: forge('open', p.key['seal'], given=(f / name).read_bytes())
        outer = dict(untar(open_('envelope.age')))
        k = open_('keybox.age').decode().split()[0]
        m = dict(untar(forge('open', k, given=outer['body.age'])))
        seeds = [bytes.fromhex(value(m['seeds'] + b'\n\n', x)) for x in ('head', 'body', 'text')]
        head = dict(x.split(' ', 1) for x in m['paper.txt'].split(b'\n\n')[0].decode()
                    .split('\n')[1:])
        got[who] = (outer['cover.txt'], Paper(head, ['The same words.'], seeds), m)
        check(got[who][1].txt == m['paper.txt'], 'the forger reads what the desk wrote')
        check(got[who][1].cover(m['signature']) == outer['cover.txt'], '... to the last byte')
    seeds = [s for _, p, _ in got.values() for s in p.seeds[:2]]
    check(len(set(seeds)) == 4, 'head and body seeds are fresh for every copy')
    salts = [p.salt(k, i) for _, p, _ in got.values() for k, n in (('head', 24), ('passage', 1))
             for i in range(n)]
    check(len(set(salts)) == len(salts), 'no salt twice')
    mine, theirs = got['bravo'][1], got['charlie'][1]
    note = got['charlie'][2]['signature']
    line = theirs.shown('head', HEAD.index('copy'))
    w.proven(w.file('true.txt', with_roster(w, pack('extract', [
        ('paper', note), ('leaves', leaves_text([line]))]), w.alpha)), 'copy: 2,2')
    for salt16, way in ((mine.salt('head', 2), line[5]), (mine.salt('head', 2),
                        mine.shown('head', 2)[5]), (mine.salt('head', 2)[::-1], line[5])):
        framed = list(line)
        framed[3], framed[5] = salt16, way
        w.refuted(w.file('framed.txt', with_roster(w, pack('extract', [
            ('paper', note), ('leaves', leaves_text([framed]))]), w.alpha)), 1, 'altered')


def attack_13_19_another_document(w):
    """Any line of the cover changed: refused at sync, and by the verifier."""
    papers = []
    word = 'the cover is not the one'

    def changed(key, to):
        def cover(c):
            p = papers[-1]
            shown = [p.shown('head', HEAD.index(k)) for k in COVER]
            shown[COVER.index(key)][4] = f'{key} {to}'.encode()
            return pack('extract', [unpack(c)[0], ('leaves', leaves_text(shown))])
        return lambda: Sent(w.reg, w.alpha, w.bravo, ['Text.'], {
            'paper': lambda p: papers.append(p) or p, 'cover': cover})

    cases = [changed(k, v) for k, v in (
        ('act', 'acceptance'), ('form', 'letter'), ('basis', 'open'), ('subject', 'Another'),
        ('re', 'BRAVO-ALPHA/2026/0001 ' + '0' * 64), ('operative', 'We accept.'),
        ('caveat', 'For all'), ('may-confirm', 'subject'), ('answer-by', '2026-12-01T00:00:00Z'))]
    w.put_aside_all([(c, word) for c in cases])
    for c in cases:
        w.refuted(w.file('differs.txt', with_roster(w, c().cover, w.alpha)), 1, 'altered')
    s = Sent(w.reg, w.alpha, w.bravo, ['Text.'])
    w.arrives(s)
    # The cover of one paper around the body of another: committed to, and a defect.
    other = Sent(w.reg, w.alpha, w.bravo, ['Other text.'])
    defective(w, Sent(w.reg, w.alpha, w.bravo, ['Text.'], {'members': lambda m: [
        ('paper.txt', other.txt), ('SHA256SUMS', f'{hexsha(other.txt)}  paper.txt\n'.encode())] +
        m[2:]}), 'commitment-differs')


if __name__ == '__main__':
    sys.exit(main([writer, attack_01_surreptitious_forwarding, attack_02_missing_names,
                   attack_03_signature_stripped, attack_14_not_for_every_delegate,
                   attack_15_two_keys_for_one_file, attack_37_stolen_opener,
                   body_of_another_suite, attack_16_cut_at_a_chunk, two_act_leaves,
                   copy_framed_by_a_shared_seed, attack_13_19_another_document]))
