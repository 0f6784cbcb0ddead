"""One registry and three parties in talks, as an exercise, shared by the attacks of one file.

    attacks_….py CHANCERY VERIFY FORGE [test …]"""
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'it'))
import world  # noqa: E402
from world import Failed, World, check  # noqa: E402

VERIFY = os.path.abspath(sys.argv.pop(1))
os.environ['FORGE'] = os.path.abspath(sys.argv.pop(1))
import forger  # noqa: E402
from forger import Party, Registry, Sent, pack, unpack, value  # noqa: E402

PARTIES = ('alpha', 'bravo', 'charlie')


class Stage(World):
    def make(self):
        registry = self.dir / 'registry'
        code, _, err = self.raw(['registry', 'init', registry, '--origin', 'exercise.registry'])
        check(code == 0, err)
        self.start()
        for who in PARTIES:
            self.run(who, 'party', 'new', f'{who}.example', '--person', f'{who}.person',
                     '--exercise', '--work-factor', '10', '--suite',
                     'classic' if who == 'alpha' else 'hybrid')
            roster = self.dir / f'{who}-roster.txt'
            self.run(who, 'roster', 'show', '-o', roster)
            code, _, err = self.raw(['registry', 'enrol', registry, roster])
            check(code == 0, err)
        self.run('alpha', 'talks', 'open', 'strait', '--with', 'bravo.example,charlie.example',
                 '--registry', f'http://127.0.0.1:{self.port}')
        for who in PARTIES[1:]:
            file = self.dir / f'{who}-invitation.txt'
            self.run('alpha', 'talks', 'invite', f'{who}.example', '-o', file)
            self.run(who, 'talks', 'join', file, '-o', self.dir / f'{who}-answer.txt')
        self.run('alpha', 'talks', 'sign', *[self.dir / f'{x}-answer.txt' for x in PARTIES[1:]])
        for who in PARTIES[1:] + PARTIES:
            self.run(who, 'talks', 'sign')
        self.reg = Registry(self)
        self.alpha, self.bravo, self.charlie = (Party(self, who) for who in PARTIES)
        card = (self.dir / 'alpha/registries/exercise.registry/registry.txt').read_bytes()
        (self.dir / 'trust.txt').write_text(
            f'registry {value(card, "vkey")}\n' +
            ''.join(f'party {p.handle} {p.party_key}\n'
                    for p in (self.alpha, self.bravo, self.charlie)))

    # ---- what an honest desk makes of it ----

    def honest(self, text='Honest.\n', *more, **how):
        """A paper of alpha's desk, signed for by bravo's and known to both."""
        n = self.send('alpha', 'bravo.example', text, *more, **how)
        self.arrive('bravo')
        self.run('bravo', 'sign-for', n)
        self.arrive('alpha')
        check(self.state('bravo', n) == self.state('alpha', n) == 'delivered', 'the honest twin')
        return n

    def arrive(self, who):
        """A sync, whatever it says: exit code and errors."""
        code, _, err = self.raw(['sync', '--home', self.dir / who, '--passphrase-file',
                                 self.dir / 'pass', '--yes'])
        check(code in (0, 1), f'{who}: sync: {code} {err}')
        return code, err

    def why(self, who, l):
        file = self.dir / who / 'quarantine' / l / 'why.txt'
        return file.read_text() if file.exists() else None

    def put_aside_all(self, cases, who='bravo'):
        """The registry takes each, being blind; the desk puts each aside and says why."""
        sent = []
        for make, word in cases:
            s = make()
            status, data = s.post()
            check(status == 201, f'the registry: {status} {data}')
            sent.append((s, word))
        code, err = self.arrive(who)
        check(code == 1 and 'not shown' in err, f'sync said nothing: {code} {err}')
        for i, (s, word) in enumerate(sent):
            why = self.why(who, s.l)
            check(why and word in why, f'case {i}: put aside for “{word}”: {why}')
            check(not (self.folder(who, s.number) / 'cover.age').exists(), f'case {i}: on file')
        waiting = [x['number'] for x in self.json(who, 'inbox')['waiting']]
        check(not set(waiting) & {s.number for s, _ in sent}, f'in the inbox: {waiting}')

    def arrives(self, sent, who='bravo'):
        """The honest twin of a forged paper is taken by registry and desk."""
        status, data = sent.post()
        check(status == 201, f'the registry: {status} {data}')
        self.arrive(who)
        check(not self.why(who, sent.l), f'twin: {self.why(who, sent.l)}')
        waiting = self.json(who, 'inbox')['waiting']
        check(sent.number in [x['number'] for x in waiting], f'twin: {waiting}')

    # ---- the verifier ----

    def verify(self, path, *more):
        r = subprocess.run([VERIFY, '--trust', self.dir / 'trust.txt', *more, path],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return r.returncode, (r.stdout + r.stderr).decode(errors='replace')

    def proven(self, path, *words):
        code, out = self.verify(path, '--exercise-ok')
        check(code == 0 and all(x in out for x in words), f'twin: exit {code}\n{out}')
        return out

    def refuted(self, path, code, *words):
        got, out = self.verify(path, '--exercise-ok')
        check(got == code and all(x in out for x in words), f'exit {got}, wanted {code}\n{out}')
        return out

    def record(self, who, number, **other):
        """A delivery record that stands alone, of a home's folder, with its cover and rosters.
        A part given as None is left out, another is put in its place."""
        home, f = self.dir / who, self.folder(who, number)
        party = getattr(self, who)
        parts = {'charter': (f.parent / 'charter.txt').read_bytes(),
                 'registry': (home / 'registries/exercise.registry/registry.txt').read_bytes()}
        for handle in (f'{x}.example' for x in PARTIES):
            for file in sorted((home / 'rosters' / handle).glob('?.txt')):
                parts[f'roster.{handle}.{file.stem}'] = file.read_bytes()
        for name in ('submission registered notice receipt handover keybox decline take-back '
                     'ended opened defect key-missing').split():
            file = f / (name + ('.age' if name == 'keybox' else '.txt'))
            if file.exists():
                parts[name] = file.read_bytes()
            if (f / f'{name}.proof.txt').exists():
                parts[f'{name}.proof'] = (f / f'{name}.proof.txt').read_bytes()
        parts['cover'] = forger.forge('open', party.key['archive'],
                                      given=(f / 'cover.age').read_bytes())
        for file in sorted(f.glob('checkpoint.*.txt')):
            parts[file.stem] = file.read_bytes()
        parts.update({k.replace('_', '-'): v for k, v in other.items()})
        return pack('record', [(k, v) for k, v in parts.items() if v is not None])

    def file(self, name, data):
        path = self.dir / name
        path.write_bytes(data)
        return path


def with_roster(w, cover, author):
    """A cover as an extract that can be judged alone: with its author's roster."""
    return pack('extract', unpack(cover) + [
        (f'roster.{author.handle}.{author.version}', author.roster)])


def main(tests):
    chosen = sys.argv[1:] or [t.__name__ for t in tests]
    bad = 0
    begun = time.monotonic()
    with Stage(keep='KEEP' in os.environ) as w:
        w.make()
        print(f'      the stage stands ({time.monotonic() - begun:.1f} s)', flush=True)
        for t in tests:
            if t.__name__ not in chosen:
                continue
            begun = time.monotonic()
            try:
                t(w)
                print(f'ok    {t.__name__} ({time.monotonic() - begun:.1f} s)', flush=True)
            except (Failed, subprocess.TimeoutExpired) as e:
                bad += 1
                print(f'FAIL  {t.__name__}: {e}', flush=True)
        if w.keep:
            print(f'      kept in {w.dir}', flush=True)
    return 1 if bad else 0
