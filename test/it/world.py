"""Two parties, a registry and talks in force, made with the real programs, as an exercise."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

# The program: the first argument when it is a file, as meson gives it.
CHANCERY = os.environ.get('CHANCERY', 'chancery')
if len(sys.argv) > 1 and os.path.isfile(sys.argv[1]):
    CHANCERY = os.path.abspath(sys.argv.pop(1))
PASS = 'a passphrase of several words'


class Failed(Exception):
    pass


def check(ok, what):
    if not ok:
        raise Failed(what)


def opener():
    """The words that open an age file with hybrid keys: stock age from 1.3 on, else ours."""
    age = shutil.which('age')
    said = subprocess.run([age, '--version'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=False).stdout.decode() if age else ''
    found = re.match(r'v?(\d+)\.(\d+)', said)
    if found and tuple(map(int, found.groups())) >= (1, 3):
        return [age, '-d']
    return [CHANCERY, 'unseal']


class World:
    def __init__(self, keep=False):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix='chancery-it-'))
        self.keep = keep
        self.server = None
        self.port = 0
        self.env = {'PATH': os.environ['PATH'], 'HOME': str(self.dir), 'LC_ALL': 'C.UTF-8'}
        self.wrap = []
        (self.dir / 'pass').write_text(PASS + '\n')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        if not self.keep:
            shutil.rmtree(self.dir, ignore_errors=True)

    # ---- programs ----

    def raw(self, args, env=None):
        """Exit code, output, errors of one command."""
        r = subprocess.run([CHANCERY] + [str(a) for a in args], env={**self.env, **(env or {})},
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, timeout=120)
        return r.returncode, r.stdout, r.stderr.decode()

    def run(self, who, *args, want=0, env=None, passphrase=None):
        """A command of a party, by its home; fails when the exit code is another."""
        home = self.dir / who
        args = list(args) + ['--home', home, '--passphrase-file', passphrase or self.dir / 'pass',
                             '--yes']
        code, out, err = self.raw(args, env)
        check(code == want, f'{who}: {" ".join(map(str, args[:3]))}: exit {code}, wanted {want}\n'
              f'{out.decode(errors="replace")}{err}')
        if code != 0:
            check(err.startswith('chancery: ') and err.strip().count('\n') < 3,
                  f'an error is one line: {err}')
        return out, err

    def json(self, who, *args, want=0):
        out, _ = self.run(who, *args, '--json', want=want)
        return json.loads(out)

    def shown(self, who, number, *args):
        return self.json(who, 'show', number, *args)

    def state(self, who, number):
        return self.shown(who, number)['state']

    # ---- the registry ----

    def start(self, env=None):
        """On the same port every time: its address stands in the charter."""
        port_file = self.dir / 'port'
        port_file.unlink(missing_ok=True)
        self.server = subprocess.Popen(
            [CHANCERY, 'registry', 'run', str(self.dir / 'registry'), '--listen',
             f'127.0.0.1:{self.port}', '--port-file', str(port_file)],
            env={**self.env, **(env or {})}, stdout=subprocess.DEVNULL,
            stderr=open(self.dir / 'registry.log', 'ab'))
        end = time.monotonic() + 20
        while not (port_file.exists() and port_file.read_text().endswith('\n')):
            check(self.server.poll() is None and time.monotonic() < end,
                  'the registry does not start: ' + (self.dir / 'registry.log').read_text())
            time.sleep(0.02)
        self.port = int(port_file.read_text())

    def stop(self, how=signal.SIGTERM):
        if self.server:
            self.server.send_signal(how)
            self.server.wait(20)
            self.server = None

    def check_log(self):
        """Whatever the test did: each line is one object, and of nobody."""
        for line in (self.dir / 'registry.log').read_text().split('\n')[:-1]:
            o = json.loads(line)
            check(list(o)[:4] == ['time', 'level', 'event', 'text'], f'a line of the log: {line}')
            o.pop('witness', None)       # the name of a key, which may be a party's
            for x in (PASS, 'alpha.person', 'bravo.person', 'alpha.example', 'bravo.example'):
                check(x not in json.dumps(o), f'in the log: {line}')

    # ---- parties and talks ----

    def make(self):
        registry = self.dir / 'registry'
        code, _, err = self.raw(['registry', 'init', registry, '--origin', 'exercise.registry'])
        check(code == 0, err)
        self.start()
        url = f'http://127.0.0.1:{self.port}'
        for who in ('alpha', 'bravo'):
            self.run(who, 'party', 'new', f'{who}.example', '--person', f'{who}.person',
                     '--exercise', '--work-factor', '10')
            roster = self.dir / f'{who}-roster.txt'
            self.run(who, 'roster', 'show', '-o', roster)
            code, _, err = self.raw(['registry', 'enrol', registry, roster])
            check(code == 0, err)
        invitation, answer = self.dir / 'invitation.txt', self.dir / 'answer.txt'
        self.run('alpha', 'talks', 'open', 'strait', '--with', 'bravo.example',
                 '--registry', url)
        self.run('alpha', 'talks', 'invite', 'bravo.example', '-o', invitation)
        self.run('bravo', 'talks', 'join', invitation, '-o', answer)
        self.run('alpha', 'talks', 'sign', answer)
        self.run('bravo', 'talks', 'sign')
        self.run('alpha', 'talks', 'sign')

    def paper(self, text, name='paper.md'):
        path = self.dir / name
        path.write_text(text, encoding='utf-8')
        return path

    def send(self, who, to, text, *more, act='proposal', want=0):
        """Send one; its number."""
        out = self.json(who, 'send', self.paper(text), '--to', to, '--form', 'note', '--act', act,
                        *more, want=want)
        return out.get('number')

    def colleague(self, first, name, *more):
        """One more home of the party that has its first home in `first`."""
        ask, welcome = self.dir / f'{name}-request.txt', self.dir / f'{name}-welcome.age'
        self.run(name, 'delegate', 'ask', f'{first}.example', '--person', f'{name}.person',
                 '--exercise', '--work-factor', '10', '-o', ask)
        self.run(first, 'delegate', 'add', ask, '-o', welcome, *more)
        self.run(name, 'delegate', 'join', welcome)

    def folder(self, who, number):
        return self.dir / who / 'talks' / 'strait' / number.replace('/', '-')


def deposits(w):
    """What the registry of this world keeps of unlock keys: its slots that are not blank."""
    data = (w.dir / 'registry/deposits/slots').read_bytes()
    slots = [data[i:i + 64] for i in range(0, len(data), 64)]
    return [s for s in slots if s.strip(b'\0')]


def main(tests):
    """Run the functions named on the command line, or all; one world for each."""
    if subprocess.run([CHANCERY, 'registry', '--help'], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL, check=False).returncode != 0:
        print('skip: this chancery has no registry command')
        return 77
    chosen = sys.argv[1:] or [t.__name__ for t in tests]
    bad = 0
    for t in tests:
        if t.__name__ not in chosen:
            continue
        begun = time.monotonic()
        with World(keep='KEEP' in os.environ) as w:
            try:
                w.make()
                t(w)
                w.check_log()
                print(f'ok    {t.__name__} ({time.monotonic() - begun:.1f} s)', flush=True)
            except (Failed, subprocess.TimeoutExpired) as e:
                bad += 1
                print(f'FAIL  {t.__name__}: {e}', flush=True)
                if w.keep:
                    print(f'      kept in {w.dir}', flush=True)
    return 1 if bad else 0
