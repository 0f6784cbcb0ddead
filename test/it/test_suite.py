#!/usr/bin/env python3
"""Suites: hybrid by default, classic by choice, never two in one file; a party that changes; a
home and a registry of the version before; a roster with 64 delegates.

    test_suite.py CHANCERY VERIFY FORGE [test …]"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import time

import world
from world import World, check

VERIFY = os.path.abspath(sys.argv.pop(1))
os.environ['FORGE'] = os.path.abspath(sys.argv.pop(1))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'attacks'))
from forger import forge, stmt, text_of, value  # noqa: E402

HYBRID, CLASSIC = 'mlkem768x25519', 'X25519'
SUITES = {'alpha': 'hybrid', 'bravo': 'hybrid', 'charlie': 'classic'}


def stanzas(path):
    """The types of an age file's stanzas, as a set, and how many."""
    head = pathlib.Path(path).read_bytes().split(b'\n--- ')[0].decode()
    types = [line.split()[1] for line in head.split('\n') if line.startswith('-> ')]
    return set(types), len(types)


def only(path, kind, n=None):
    types, count = stanzas(path)
    check(types == {kind} and n in (None, count), f'{path}: {count} stanzas, {types}')


class Suites(World):
    def make(self):
        registry = self.dir / 'registry'
        code, _, err = self.raw(['registry', 'init', registry, '--origin', 'exercise.registry'])
        check(code == 0, err)
        self.start()
        for who, suite in SUITES.items():
            more = ['--suite', suite] if suite == 'classic' else []
            self.run(who, 'party', 'new', f'{who}.example', '--person', f'{who}.person',
                     '--exercise', '--work-factor', '10', *more)
            roster = self.dir / f'{who}-roster.txt'
            self.run(who, 'roster', 'show', '-o', roster)
            code, _, err = self.raw(['registry', 'enrol', registry, roster])
            check(code == 0, err)
        self.run('alpha', 'talks', 'open', 'strait', '--with', 'bravo.example,charlie.example',
                 '--registry', f'http://127.0.0.1:{self.port}')
        for who in ('bravo', 'charlie'):
            file = self.dir / f'{who}-invitation.txt'
            self.run('alpha', 'talks', 'invite', f'{who}.example', '-o', file)
            self.run(who, 'talks', 'join', file, '-o', self.dir / f'{who}-answer.txt')
        self.run('alpha', 'talks', 'sign', *[self.dir / f'{x}-answer.txt'
                                             for x in ('bravo', 'charlie')])
        for who in ('bravo', 'charlie', 'alpha', 'bravo', 'charlie'):
            self.run(who, 'talks', 'sign')

    def secret(self, who):
        return (self.dir / 'pass').read_text().strip()

    def keys(self, who):
        """Lines of keys.age as a list of (word, rest)."""
        text = forge('open-pass', self.secret(who), given=(self.dir / who / 'keys.age').read_bytes())
        return [tuple(line.split(' ', 1)) for line in text.decode().split('\n') if ' ' in line]

    def body(self, who, n):
        """body.age of a paper that came, opened with every sealing key of the home."""
        e = (self.folder(who, n) / 'envelope.age').read_bytes()
        for word, key in self.keys(who):
            if word == 'seal' and not forge('open', key, given=e, fails=True):
                plain = forge('open', key, given=e)
                size = int(plain[124:135], 8)
                at = 512 + size + -size % 512
                n_body = int(plain[at + 124:at + 135], 8)
                path = self.dir / 'body.age'
                path.write_bytes(plain[at + 512:at + 512 + n_body])
                return path
        raise world.Failed('no key opens the envelope')

    def deliver(self, a, b, text):
        n = self.send(a, f'{b}.example', text)
        self.run(b, 'sync')
        self.run(b, 'sign-for', n)
        self.run(a, 'sync')
        check(self.state(a, n) == self.state(b, n) == 'delivered', f'{n} is delivered')
        out, _ = self.run(b, 'show', n, '--text')
        check(out.decode() == text, out)
        return n

    def sealed_as(self, who, n, kind):
        """Envelope, body and keybox of a paper to `who`."""
        only(self.folder(who, n) / 'envelope.age', kind, 1)
        only(self.folder(who, n) / 'keybox.age', kind, 1)
        only(self.body(who, n), kind, 1)

    def suite(self, who):
        return self.json(who, 'roster', 'show')['suite']

    def proven(self, who, n):
        out = self.dir / f'record-{who}'
        shutil.rmtree(out, ignore_errors=True)
        self.run(who, 'export', n, out)
        r = subprocess.run([VERIFY, '--exercise-ok', '--trust', out / 'trust.txt', out],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        check(r.returncode == 0, f'{n}: {r.stdout.decode()}{r.stderr.decode()}')


def attack_40_sealed_to_nobody_else(w):
    """Between parties that chose nothing every file is hybrid, at rest too."""
    check(w.suite('alpha') == 'hybrid', w.suite('alpha'))
    n = w.send('alpha', 'bravo.example', 'To a hybrid party.\n')
    check(len(world.deposits(w)) == 1, 'one key is deposited')
    key, = (w.dir / 'registry/deposits').glob('*/key')
    check(key.read_bytes().startswith(b'AGE-SECRET-KEY-PQ-1'), 'under a hybrid key')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    w.run('alpha', 'sync')
    w.sealed_as('bravo', n, HYBRID)
    for file in ('cover.age', 'key.age'):
        only(w.folder('alpha', n) / file, HYBRID, 1)
    w.proven('alpha', n)
    w.proven('bravo', n)
    _, err = w.run('alpha', 'party', 'new', 'x.example', '--person', 'x', '--suite', 'both', want=2)
    check('hybrid or classic' in err, err)


def by_choice(w):
    """To a classic party all is classic; from it, hybrid."""
    check(w.suite('charlie') == 'classic', w.suite('charlie'))
    n = w.send('alpha', 'charlie.example', 'To a classic party.\n')
    w.run('charlie', 'sync')
    w.run('charlie', 'sign-for', n)
    w.run('alpha', 'sync')
    w.sealed_as('charlie', n, CLASSIC)
    only(w.folder('charlie', n) / 'cover.age', CLASSIC, 1)
    only(w.folder('alpha', n) / 'cover.age', HYBRID, 1)
    w.proven('charlie', n)
    back = w.deliver('charlie', 'alpha', 'From a classic party.\n')
    w.sealed_as('alpha', back, HYBRID)
    w.proven('alpha', back)


def any_age(w):
    """What came to a classic party opens with any stock age, Debian's 1.1.1 too."""
    if not (shutil.which('age') and shutil.which('tar')):
        print('skip  any_age: no age or tar here')
        return
    n = w.deliver('alpha', 'charlie', 'For old hands.\n')
    key, d, f = w.dir / 'key.txt', w.dir / 'stock', w.folder('charlie', n)
    d.mkdir()
    w.run('charlie', 'delegate', 'key', '--reveal', '-o', key)
    own = w.dir / 'own.txt'
    w.run('charlie', 'delegate', 'key', '--reveal', '--archive', '-o', own)
    for args in (('age', '-d', '-i', key, '-o', 'e.tar', f / 'envelope.age'), ('tar', 'xf', 'e.tar'),
                 ('age', '-d', '-i', key, '-o', 'k.txt', f / 'keybox.age'),
                 ('age', '-d', '-i', 'k.txt', '-o', 'b.tar', 'body.age'), ('tar', 'xf', 'b.tar'),
                 ('age', '-d', '-i', own, '-o', 'cover.txt', f / 'cover.age')):
        r = subprocess.run([str(a) for a in args], cwd=d, stderr=subprocess.PIPE, check=False)
        check(r.returncode == 0, f'{args}: {r.stderr.decode()}')
    check((d / 'paper.txt').read_text().endswith('\n\nFor old hands.\n'), 'the text')


def change(w):
    """A classic party becomes hybrid, and classic again: what is under way and what is old opens."""
    old = w.deliver('alpha', 'charlie', 'Sealed before.\n')
    waiting = w.send('alpha', 'charlie.example', 'Under way.\n')
    w.run('charlie', 'sync')
    out, _ = w.run('charlie', 'roster', 'renew', '--suite', 'hybrid')
    check(w.suite('charlie') == 'hybrid', out)
    check((w.dir / 'charlie/archive.txt').read_text().startswith('age1pq1'), 'the archive key')
    check(w.run('charlie', 'show', old, '--text')[0] == b'Sealed before.\n', 'the old one')
    w.run('charlie', 'sign-for', waiting)
    check(w.run('charlie', 'show', waiting, '--text')[0] == b'Under way.\n', 'the one under way')
    w.run('alpha', 'sync')
    w.sealed_as('charlie', waiting, CLASSIC)
    w.proven('alpha', waiting)
    new = w.deliver('alpha', 'charlie', 'Sealed after.\n')
    w.sealed_as('charlie', new, HYBRID)
    version = w.json('charlie', 'roster', 'show')['version']
    w.run('charlie', 'roster', 'renew')
    check(w.suite('charlie') == 'hybrid', 'renewing keeps the suite')
    w.run('charlie', 'roster', 'renew', '--suite', 'hybrid')
    check(int(w.json('charlie', 'roster', 'show')['version']) == int(version) + 2, 'two versions')
    check([k for k, _ in w.keys('charlie')].count('seal') == 2, 'no key more')
    w.run('charlie', 'roster', 'renew', '--suite', 'classic')
    for n in (old, waiting, new):
        check(w.run('charlie', 'show', n, '--text')[0], n)
    w.sealed_as('charlie', w.deliver('bravo', 'charlie', 'Back again.\n'), CLASSIC)
    _, err = w.run('charlie', 'roster', 'renew', '--suite', 'none', want=2)
    check('hybrid or classic' in err, err)


def crash(w):
    """Keys are there and the roster is not: the same command goes on."""
    rosters = w.dir / 'charlie/rosters/charlie.example'
    last = max(int(p.stem) for p in rosters.glob('*.txt') if p.stem.isdigit())
    kept = (rosters / f'{last}.txt').read_bytes()
    w.stop()
    w.run('charlie', 'roster', 'renew', '--suite', 'hybrid', want=3)
    (rosters / f'{last + 1}.txt').unlink()
    w.start()
    check((rosters / f'{last}.txt').read_bytes() == kept, 'the one before')
    check([k for k, _ in w.keys('charlie')].count('seal') == 2, 'the keys were made')
    w.sealed_as('charlie', w.deliver('alpha', 'charlie', 'Meanwhile.\n'), CLASSIC)
    w.run('charlie', 'roster', 'renew', '--suite', 'hybrid')
    check([k for k, _ in w.keys('charlie')].count('seal') == 2, 'they were used')
    w.sealed_as('charlie', w.deliver('alpha', 'charlie', 'After.\n'), HYBRID)


# ---- of the version before ----

class Old(World):
    """Two homes and a registry as the version before left them: one paper delivered, one waiting."""
    def make(self):
        with tarfile.open(pathlib.Path(__file__).with_name('old-home.tar.xz')) as t:
            t.extractall(self.dir)
        for who in ('alpha', 'bravo'):
            (self.dir / 'homes' / f'{who}.example').rename(self.dir / who)
        (self.dir / 'passphrase').replace(self.dir / 'pass')
        self.start()
        for who in ('alpha', 'bravo'):
            (self.dir / who / 'registries/exercise.registry.example/url.txt').write_text(
                f'http://127.0.0.1:{self.port}\n')

    def tick(self, when):
        for folder in ('registry', 'alpha', 'bravo'):
            (self.dir / folder / 'clock').write_text(when + '\n')

    def folder(self, who, number):
        return self.dir / who / 'talks' / 'line' / number.replace('/', '-')


def before(w):
    """A classic home, its papers, and a deposit under a classic epoch key go on working."""
    first, second = 'ALPHA-BRAVO/2026/0001', 'ALPHA-BRAVO/2026/0002'
    check(w.run('bravo', 'show', first, '--text')[0] == b'# One\n\nBefore.\n', 'the paper of before')
    check(w.run('alpha', 'show', first, '--text')[0] == b'# One\n\nBefore.\n', 'by its author')
    # The epoch of that day is classic still, and stays so: a classic paper goes.
    third = w.send('alpha', 'bravo.example', 'Three.\n', act='follow-up')
    only(w.folder('alpha', third) / 'envelope.age', CLASSIC, 1)
    check(len(world.deposits(w)) == 2 and not list((w.dir / 'registry/deposits').glob('*/' + '?' * 64)),
          'the deposit of before has moved into its slot')
    w.run('bravo', 'sign-for', second)
    check(w.run('bravo', 'show', second, '--text')[0] == b'# Two\n\nAfter.\n', 'the one under way')
    w.run('alpha', 'sync')
    check(w.state('alpha', second) == 'delivered', 'and its author has the receipt')
    check((w.dir / 'bravo/home.txt').read_text().startswith('chancery/home@v1\n'), 'as it was')
    check(w.json('bravo', 'roster', 'show')['suite'] == 'classic', 'classic')

    # A hybrid paper waits for the next epoch.
    w.run('bravo', 'roster', 'renew', '--suite', 'hybrid')
    check((w.dir / 'bravo/home.txt').read_text().startswith('chancery/home@v2\n'), 'migrated')
    _, err = w.run('alpha', 'send', w.paper('Four.\n'), '--to', 'bravo.example', '--form', 'note',
                   '--act', 'follow-up', want=1)
    check('nothing was sent' in err and 'classic' in err, err)
    w.tick('2026-03-03T10:00:00Z')
    fourth = w.send('alpha', 'bravo.example', 'Four.\n', act='follow-up')
    only(w.folder('alpha', fourth) / 'envelope.age', HYBRID, 1)
    w.run('bravo', 'sync')
    for n in (third, fourth):
        w.run('bravo', 'sign-for', n)
    for n, text in ((first, b'# One\n\nBefore.\n'), (second, b'# Two\n\nAfter.\n'),
                    (third, b'Three.\n'), (fourth, b'Four.\n')):
        check(w.run('bravo', 'show', n, '--text')[0] == text, n)
    only(w.folder('bravo', third) / 'keybox.age', CLASSIC, 1)
    only(w.folder('bravo', fourth) / 'keybox.age', HYBRID, 1)


# ---- 64 delegates ----

def with_delegates(w, who, n):
    """The newest roster of a party with n delegates, signed anew and put into its home."""
    folder = w.dir / who / 'rosters' / f'{who}.example'
    last = max((p for p in folder.glob('*.txt') if p.stem.isdigit()), key=lambda p: int(p.stem))
    text = text_of(last.read_bytes()).decode()
    head, one = text.split('delegates 1\n')
    version = int(last.stem) + 1
    head = re.sub(r'\nversion .*', f'\nversion {version}', head)
    head = re.sub(r'\nprevious .*', f'\nprevious {__import__("hashlib").sha256(text.encode()).hexdigest()}',
                  head)
    items = [one]
    for i in range(1, n):
        items.append(delegate(f'{who}.example', f'{who}.example/{i:08x}', one))
    text = (head + f'delegates {n}\n' + ''.join(items)).encode()
    seed = dict(line.split(' ', 1) for line in forge(
        'open-pass', w.secret(who), given=(w.dir / who / 'party-key.age').read_bytes()
    ).decode().split('\n') if ' ' in line)['key']
    note = text + b'\n' + forge('sign', f'{who}.example', seed, given=text)
    (folder / f'{version}.txt').write_bytes(note)
    return len(note)


def delegate(handle, name, like):
    import base64
    lines = dict(line.split(' ', 1) for line in like.strip().split('\n'))
    lines['delegate'], lines['person'] = name, 'p' + name[-8:]
    for key, purpose, verb in (('key', 'statements', 'vkey'), ('sign-in', 'sign-in', 'vkey'),
                               ('cosign', 'cosign', 'vkey-cosign')):
        seed = base64.b64encode(os.urandom(32)).decode()
        lines[key] = forge(verb, name, seed).decode().strip()
        text = stmt('enrolment', ('talks', '-'), ('party', handle), ('purpose', purpose),
                    ('key', lines[key]))
        line = forge('sign', name, seed, given=text).decode()
        lines[key + '-proof'] = base64.b64encode(
            base64.b64decode(line.split()[-1])[4:]).decode()
    lines['seal'] = forge('identity').decode().split()[1]
    return ''.join(f'{k} {v}\n' for k, v in lines.items())


def sixty_four(w):
    """A hybrid roster with as many delegates as there may be: published, written to, delivered."""
    size = with_delegates(w, 'bravo', 64)
    check(size > 64 * 2500, f'a roster of {size} bytes')
    w.run('bravo', 'roster', 'publish')
    n = w.send('alpha', 'bravo.example', 'To sixty-four.\n')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    w.run('alpha', 'sync')
    for who in ('alpha', 'bravo'):
        only(w.folder(who, n) / 'envelope.age', HYBRID, 64)
        only(w.folder(who, n) / 'keybox.age', HYBRID, 64)
        check((w.folder(who, n) / 'keybox.age').stat().st_size > 64 * 1500, 'the keybox')
    check(w.run('bravo', 'show', n, '--text')[0] == b'To sixty-four.\n', 'it opens')
    w.proven('alpha', n)
    w.proven('bravo', n)
    code, _, err = w.raw(['roster', 'renew', '--suite', 'classic', '--home', w.dir / 'bravo',
                          '--passphrase-file', w.dir / 'pass', '--yes'])
    for words in ('64 delegates', 'nothing was changed', 'party new --suite'):
        check(code == 1 and words in err, err)
    check(w.suite('bravo') == 'hybrid' and [k for k, _ in w.keys('bravo')].count('seal') == 1,
          'roster and keys are as they were')


def main():
    chosen, bad = sys.argv[1:], 0
    for kind, tests in ((Suites, [attack_40_sealed_to_nobody_else, by_choice, any_age, change, crash, sixty_four]),
                        (Old, [before])):
        for t in tests:
            if chosen and t.__name__ not in chosen:
                continue
            begun = time.monotonic()
            with kind(keep='KEEP' in os.environ) as w:
                try:
                    w.make()
                    t(w)
                    print(f'ok    {t.__name__} ({time.monotonic() - begun:.1f} s)', flush=True)
                except (world.Failed, subprocess.TimeoutExpired) as e:
                    bad += 1
                    print(f'FAIL  {t.__name__}: {e}', flush=True)
                    if w.keep:
                        print(f'      kept in {w.dir}', flush=True)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
