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
from forger import Party, Registry, Sent, hexsha, kept, value  # noqa: E402

PARTIES = ('alpha', 'bravo', 'charlie')


class Stage(World):
    def make(self):
        registry = self.dir / 'registry'
        code, _, err = self.raw(['registry', 'init', registry, '--origin', 'exercise.registry'])
        check(code == 0, err)
        self.start()
        for who in PARTIES:
            self.run(who, 'party', 'new', f'{who}.example', '--person', f'{who}.person',
                     '--exercise', '--work-factor', '10')
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

    def honest(self, text='Honest.\n', **how):
        """A paper of alpha's desk, signed for by bravo's and known to both."""
        n = self.send('alpha', 'bravo.example', text, **how)
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

    def put_aside(self, sent, word, who='bravo'):
        """The registry took it, being blind; the desk puts it aside and says why."""
        status, data = sent.post()
        check(status == 201, f'the registry: {status} {data}')
        code, err = self.arrive(who)
        why = self.why(who, sent.l)
        check(code == 1 and 'not shown' in err, f'sync said nothing: {code} {err}')
        check(why and word in why, f'put aside for “{word}”: {why} / {err}')
        waiting = self.json(who, 'inbox')['waiting']
        check(sent.number not in [x['number'] for x in waiting] or
              value(self.l_of(who, sent.number), 'nonce') != value(sent.l_text, 'nonce'),
              'it is not in the inbox')

    def l_of(self, who, number):
        return (self.folder(who, number) / 'submission.txt').read_bytes()

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

    def file(self, name, data):
        path = self.dir / name
        path.write_bytes(data)
        return path


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
