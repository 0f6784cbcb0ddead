"""Real programs for the tests of suite `it`: a registry, and homes that talk through it."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PASS = 'correct horse battery staple'
SKIP = 77


class Failed(Exception):
    pass


class Registry:
    def __init__(self, exe, folder, origin):
        self.exe, self.folder, self.origin, self.proc = exe, folder, origin, None
        self.port = None

    def init(self):
        run(self.exe, 'registry', 'init', self.folder, '--origin', self.origin)
        return self

    def start(self):
        port_file = self.folder + '.port'
        if os.path.exists(port_file):
            os.unlink(port_file)
        listen = f'127.0.0.1:{self.port or 0}'
        self.proc = subprocess.Popen([self.exe, 'registry', 'run', self.folder, '--listen', listen,
                                      '--port-file', port_file], stdout=subprocess.DEVNULL)
        for _ in range(200):
            if os.path.exists(port_file) and os.path.getsize(port_file):
                with open(port_file) as f:
                    self.port = int(f.read())
                return self
            if self.proc.poll() is not None:
                break
            time.sleep(0.02)
        raise Failed('the registry did not start')

    def stop(self):
        if self.proc and self.proc.poll() is None:
            self.proc.send_signal(signal.SIGTERM)
            self.proc.wait(20)
        self.proc = None

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}'

    def enrol(self, roster):
        run(self.exe, 'registry', 'enrol', self.folder, roster)


class Home:
    """A delegate's home; call it with the words of a command."""

    def __init__(self, exe, base, handle, *more):
        self.exe, self.handle = exe, handle
        self.dir = os.path.join(base, handle)
        self.passfile = os.path.join(base, 'pass')
        with open(self.passfile, 'w') as f:
            f.write(PASS + '\n')
        self('party', 'new', handle, '--person', 'p.' + handle[0], '--work-factor', '4', *more)

    def __call__(self, *words, rc=0, json_out=True):
        args = [self.exe, *words, '--home', self.dir, '--passphrase-file', self.passfile, '--yes']
        if json_out:
            args.append('--json')
        p = subprocess.run(args, capture_output=True, text=True, timeout=60)
        if p.returncode != rc:
            raise Failed(f'{" ".join(words)}: exit {p.returncode}, not {rc}\n{p.stdout}{p.stderr}')
        if rc != 0 and not p.stderr.startswith('chancery: '):
            raise Failed(f'{" ".join(words)}: no sentence: {p.stderr}')
        self.err = p.stderr
        return json.loads(p.stdout) if json_out and p.stdout else p.stdout


def run(*args, rc=0):
    p = subprocess.run(args, capture_output=True, text=True, timeout=60)
    if p.returncode != rc:
        raise Failed(f'{" ".join(args)}: exit {p.returncode}, not {rc}\n{p.stdout}{p.stderr}')
    return p.stdout


def enter(home, registry, base):
    """What the operator does for a party."""
    file = os.path.join(base, home.handle + '.roster')
    home('roster', 'show', '-o', file)
    registry.enrol(file)


def open_and_sign(alpha, bravo, registry, base, name='strait', *more):
    """From nothing to a charter in force between two parties."""
    at = lambda f: os.path.join(base, f)
    alpha('talks', 'open', name, '--with', bravo.handle, '--registry', registry.url, *more)
    alpha('talks', 'invite', bravo.handle, '-o', at('invitation'), '--talks', name)
    bravo('talks', 'join', at('invitation'), '-o', at('answer'))
    alpha('talks', 'sign', at('answer'), '--talks', name)
    done = bravo('talks', 'sign', '--talks', name)
    if not done['in_force']:
        raise Failed('all have signed and the charter is not in force')
    if not alpha('talks', 'sign', '--talks', name)['in_force']:
        raise Failed('the opener does not see that the charter is in force')


def main(story):
    exe = os.path.abspath(sys.argv[1])
    p = subprocess.run([exe, 'registry', '--help'], capture_output=True)
    if p.returncode != 0:
        print('skipped: this build has no registry command')
        sys.exit(SKIP)
    base = tempfile.mkdtemp(prefix='chancery-it-')
    registry = Registry(exe, os.path.join(base, 'registry'), 'reg.example')
    try:
        story(exe, base, registry)
        print('ok')
    except Failed as e:
        print(e)
        sys.exit(1)
    finally:
        registry.stop()
        shutil.rmtree(base, ignore_errors=True)
