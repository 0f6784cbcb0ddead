#!/usr/bin/env python3
"""A delegate whose sealing key is in hardware: papers wait for it and lose nothing, open with it,
and the key may come and go. The hardware is the test plugin of age's own module, built by Go.

    test_token.py CHANCERY FOLDER-FOR-TOOLS [test …]"""
import os
import pathlib
import subprocess
import sys

import world
from world import World, check

TOOLS = pathlib.Path(os.path.abspath(sys.argv.pop(1)))
TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / 'interop'), str(TESTS / 'web')]
import age_go  # noqa: E402
import web  # noqa: E402

BIN = age_go.tools(TOOLS)
CHARS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'


def bech32_empty(hrp):
    """The Bech32 text of no data."""
    values = [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp] + [0] * 6
    chk = 1
    for v in values:
        top = chk >> 25
        chk = (chk & 0x1ffffff) << 5 ^ v
        for i, g in enumerate((0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3)):
            chk ^= g if top >> i & 1 else 0
    chk ^= 1
    return hrp + '1' + ''.join(CHARS[chk >> 5 * (5 - i) & 31] for i in range(6))


IDENTITY = bech32_empty('age-plugin-tagtest-').upper()


class Token(World):
    """bravo has a token; alpha has none."""
    def make(self):
        self.plugged = {'PATH': f'{BIN}:{self.env["PATH"]}'}
        self.token('hybrid.txt', age_go.tagpq(BIN))
        self.token('classic.txt', age_go.TAG)
        super().make()

    def token(self, name, recipient, identity=IDENTITY):
        path = self.dir / name
        path.write_text(f'# made by a test\n#    Recipient: {recipient}\n{identity}\n')
        return path

    def run(self, who, *args, **more):
        if who == 'bravo' and args[:2] == ('party', 'new'):
            args += ('--token', self.dir / 'hybrid.txt')
        return super().run(who, *args, **more)

    def waits(self):
        return sorted((self.dir / 'bravo/waiting').glob('*/envelope.age'))

    def with_key(self, *args, **more):
        return self.run('bravo', *args, env=self.plugged, **more)

    def refused(self, *args):
        """Without the token: one line that says why, and that nothing is lost."""
        _, err = self.run('bravo', *args, want=4)
        for words in ('age-plugin-tagtest', 'nothing is lost', 'repeat'):
            check(words in err, err)


def waiting(w):
    """What came waits in silence; without the key nothing is lost, signed or said; then it opens."""
    keys = w.run('bravo', 'delegate', 'list')[0].decode()
    check('bravo.person' in keys, keys)
    n = w.send('alpha', 'bravo.example', 'For a key in hardware.\n')
    out = w.run('bravo', 'sync')[0].decode()
    check(f'{n} is sealed to your hardware key' in out and f'sign-for {n}' in out, out)
    check(len(w.waits()) == 1 and not w.folder('bravo', n).exists(), 'it is here, and unopened')
    when = w.waits()[0].stat().st_mtime_ns
    events = w.json('bravo', 'sync')['events']
    check([e['what'] for e in events if e['number'] == n] == ['token'], events)
    check(w.waits()[0].stat().st_mtime_ns == when, 'it is not fetched again')
    check(w.json('bravo', 'inbox')['waiting_for_token'] == 1, 'inbox counts it')
    w.refused('show', n)
    w.refused('sign-for', n)
    check(w.state('alpha', n) == 'registered' and len(w.waits()) == 1, 'all is as it was')
    _, err = w.run('bravo', 'show', 'ALPHA-BRAVO/2026/0099', env=w.plugged, want=1)
    check('0099' in err and len(w.waits()) == 1, err)

    w.with_key('show', n)
    check(not w.waits() and w.json('bravo', 'inbox')['waiting_for_token'] == 0, 'it arrived')
    w.with_key('sign-for', n)
    w.run('alpha', 'sync')
    check(w.state('alpha', n) == 'delivered', 'delivered')
    check(w.with_key('show', n, '--text')[0] == b'For a key in hardware.\n', 'its text')
    w.refused('show', n, '--text')
    check(not list(w.folder('bravo', n).glob('*key-missing*')), 'nobody is accused')
    stock(w, n)


def stock(w, n):
    """Stock age and the plugin open what is on file, with what `delegate key` gives out."""
    key = w.dir / 'key.txt'
    w.run('bravo', 'delegate', 'key', '--reveal', '-o', key)
    check(IDENTITY in key.read_text(), key.read_text())
    r = subprocess.run([BIN / 'age', '-d', '-i', key, w.folder('bravo', n) / 'keybox.age'],
                       env={**os.environ, **w.plugged}, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, check=False)
    check(r.returncode == 0 and r.stdout.startswith(b'AGE-SECRET-KEY-PQ-1'), r.stderr.decode())


def taken_away(w):
    """Signed for with the key gone: the receipt stands, and the rest is made up for later."""
    n = w.send('alpha', 'bravo.example', 'Pulled too early.\n')
    w.run('bravo', 'sync')
    w.with_key('show', n)
    w.refused('sign-for', n)
    events = w.json('bravo', 'sync')['events']
    check([e['what'] for e in events if e['number'] == n and e['what'] != 'changed'] == ['token'],
          events)
    w.with_key('sign-for', n)
    check((w.folder('bravo', n) / 'opened.txt').exists(), 'it was opened, and said so')
    events = w.json('bravo', 'sync')['events']
    check('token' not in [e['what'] for e in events], events)


def ended(w):
    """Taken back while it waited: the envelope goes, the proof stays."""
    n = w.send('alpha', 'bravo.example', 'Never mind.\n')
    w.run('bravo', 'sync')
    check(len(w.waits()) == 1, 'it waits')
    w.run('alpha', 'take-back', n)
    w.run('bravo', 'sync')
    check(not w.waits(), 'the envelope is gone')
    check(w.state('bravo', n) == 'taken-back', 'and the end is on file')


def come_and_go(w):
    """Into the home, back into hardware, to a classic token: everything goes on opening."""
    one = w.send('alpha', 'bravo.example', 'One.\n')
    w.run('bravo', 'sync')
    w.with_key('sign-for', one)
    w.run('bravo', 'roster', 'renew', '--suite', 'hybrid')
    w.run('alpha', 'sync')
    two = w.send('alpha', 'bravo.example', 'Two.\n', act='follow-up')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', two)
    check(w.run('bravo', 'show', two, '--text')[0] == b'Two.\n', 'without any token')
    check(w.with_key('show', one, '--text')[0] == b'One.\n', 'by the token of before')
    _, err = w.run('bravo', 'roster', 'renew', '--token', w.dir / 'classic.txt', want=2)
    check('age1tagpq1' in err and 'nothing was done' in err, err)
    w.run('bravo', 'roster', 'renew', '--suite', 'classic', '--token', w.dir / 'classic.txt')
    version = int(w.json('bravo', 'roster', 'show')['version'])
    w.run('bravo', 'roster', 'renew', '--token', w.dir / 'classic.txt')
    check(int(w.json('bravo', 'roster', 'show')['version']) == version + 1, 'only the dates')
    w.run('alpha', 'sync')
    three = w.send('alpha', 'bravo.example', 'Three.\n', act='follow-up')
    w.run('bravo', 'sync')
    check(len(w.waits()) == 1, 'it waits for the token')
    w.with_key('sign-for', three)
    for n, text in ((one, b'One.\n'), (two, b'Two.\n'), (three, b'Three.\n')):
        check(w.with_key('show', n, '--text')[0] == text, n)
    check(w.run('bravo', 'show', two, '--text')[0] == b'Two.\n', 'the keys of the home need none')


# A plugin that wants to know something, and says so when nobody answers.
ASKS = '''#!/usr/bin/env python3
import sys
for line in sys.stdin:
    if line.startswith('-> done'):
        break
sys.stdin.readline()
print('-> request-secret\\nUElOPw', flush=True)
answer = sys.stdin.readline(); sys.stdin.readline()
print('-> error internal\\n' + ('bm8gUElO' if answer == '-> fail\\n' else 'aHVo'), flush=True)
sys.stdin.readline(); sys.stdin.readline()
print('-> done\\n', flush=True)
'''


def desk(w):
    """The desk asks nobody: it opens with a key that wants no answer, and else says what to do."""
    one = w.send('alpha', 'bravo.example', 'By the desk.\n')
    w.run('bravo', 'sync')
    w.with_key('sign-for', one)
    two = w.send('alpha', 'bravo.example', 'Waits.\n')
    page = f'/h/1/talks/strait/papers/{one.replace("/", "-")}'
    fake = w.dir / 'fake'
    fake.mkdir()
    (fake / 'age-plugin-tagtest').write_text(ASKS)
    (fake / 'age-plugin-tagtest').chmod(0o755)
    path = w.env['PATH']
    for folder, words in ((fake, 'no PIN'), (BIN, 'By the desk.')):
        w.env['PATH'] = f'{folder}:{path}'
        with web.Desk(w, 'bravo') as d:
            d.begin()
            d.unlock()
            _, text = d.follow(page)
            check(words in text, text[-3000:])
            check(folder == BIN or 'nothing is lost' in text, text[-3000:])
            d.until('/h/1/talks', f'chancery sign-for {two}')
    w.env['PATH'] = path


def files(w):
    """What is no file of a token is refused with a reason, and no home is made."""
    good = age_go.tagpq(BIN)
    native = w.run('alpha', 'keygen', '-pq')[0].decode().strip().split('\n')[-1]
    cases = {
        'age1tagpq1': w.token('a', age_go.TAG), 'begins with AGE-PLUGIN': w.token('b', good, native),
        'several identities': w.token('c', good, f'{IDENTITY}\n{IDENTITY}'),
        'no identity': w.token('d', good, ''), 'not whole': w.token('e', good[:-1]),
        'copy it again': w.token('f', good, IDENTITY[:-1]),
    }
    for words, path in cases.items():
        _, err = super(Token, w).run('delta', 'party', 'new', 'delta.example', '--person', 'd',
                                     '--token', path, want=2)
        check(words in err and 'nothing was done' in err, err)
        check(not (w.dir / 'delta').exists(), 'no home')


if BIN is None:
    print(f'SKIP it-token: age {age_go.VERSION}: no Go, or it does not build')
    sys.exit(1 if os.environ.get('CI') == 'true' else 77)
world.World = Token
sys.exit(world.main([waiting, taken_away, ended, come_and_go, desk, files]))
