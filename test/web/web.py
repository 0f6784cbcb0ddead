"""What the tests of the pages share: a world with papers in every state, and desks over its homes."""
import http.client
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'it'))
import world  # noqa: E402


class Place:
    """Where a desk is run from when there is no world around it."""

    def __init__(self, folder):
        self.dir = folder
        self.env = {'PATH': os.environ['PATH'], 'HOME': str(folder), 'LC_ALL': 'C.UTF-8'}


class Desk:
    """`chancery desk` over some homes, and a session by plain HTTP."""

    def __init__(self, w, *homes, more=(), under=()):
        self.w, self.cookie, self.csrf = w, None, None
        link = w.dir / f'link-{"-".join(pathlib.Path(h).name for h in homes)}'
        link.unlink(missing_ok=True)
        self.log = open(w.dir / 'desk.log', 'ab')
        self.proc = subprocess.Popen(
            [*under, world.CHANCERY, 'desk', *[str(w.dir / h) for h in homes], '--no-browser',
             '--link-file', str(link), *more], env=w.env, stdout=self.log, stderr=self.log)
        end = time.monotonic() + 20
        while not (link.exists() and '?t=' in link.read_text()):
            world.check(self.proc.poll() is None and time.monotonic() < end,
                        'the desk does not start: ' + (w.dir / 'desk.log').read_text())
            time.sleep(0.02)
        self.link = link.read_text()
        u = urllib.parse.urlsplit(self.link)
        self.host, self.port, self.token = u.netloc, u.port, u.query[2:]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, how=signal.SIGTERM):
        if self.proc.poll() is None:
            self.proc.send_signal(how)
            self.proc.wait(20)
        self.log.close()
        return self.proc.returncode

    def ask(self, method, path, body=None, **headers):
        """Status, headers, text; exactly these headers besides Host."""
        c = http.client.HTTPConnection('127.0.0.1', self.port, timeout=20)
        h = {k.replace('_', '-'): v for k, v in headers.items()}
        h.setdefault('Host', self.host)
        if self.cookie and 'Cookie' not in h:
            h['Cookie'] = self.cookie
        if body is not None:
            h.setdefault('Content-Type', 'application/x-www-form-urlencoded')
        c.request(method, path, body=body, headers={k: v for k, v in h.items() if v is not None})
        r = c.getresponse()
        text = r.read().decode('utf-8', 'replace')
        c.close()
        return r.status, r.headers, text

    def begin(self):
        status, head, _ = self.ask('GET', f'/start?t={self.token}')
        world.check(status == 303, f'the first link: {status}')
        self.cookie = head['Set-Cookie'].split(';')[0]
        return head

    def get(self, path):
        return self.ask('GET', path)

    def post(self, path, **form):
        form.setdefault('form', self.csrf)
        return self.ask('POST', path, urllib.parse.urlencode(form),
                        Origin=f'http://{self.host}')

    def unlock(self, n=1, wait=True):
        _, _, text = self.get(f'/h/{n}/unlock')
        self.csrf = text.split('name="form" value="')[1].split('"')[0]
        status, head, _ = self.post(f'/h/{n}/unlock', **{'pass': world.PASS})
        world.check(status == 303, f'unlock: {status}')
        return self.follow(head['Location'], until='/talks' if not wait else None)

    def until(self, path, words, seconds=20):
        """The page, once it says so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            _, _, text = self.get(path)
            if words in text:
                return text
            time.sleep(0.1)
        raise world.Failed(f'{path} does not say {words!r}: {text[-3000:]}')

    def follow(self, path, seconds=20, until=None):
        """The page of a job until it leads on; where to, and the page there. `until`: an address
        that is not waited at."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status, head, text = self.get(path)
            if status == 303:
                path = head['Location']
                if until and until in path:
                    return path, ''
            elif 'data-poll' not in text:
                return path, text
            time.sleep(0.05)
        raise world.Failed(f'{path} does not end')


def papers(w):
    """Papers of every kind, so that lists and states have something to show. Numbers by name."""
    n = {}
    n['opened'] = w.send('alpha', 'bravo.example', '# Proposal on the strait\n\nEach side keeps two '
                         'patrol boats.\n\n## Monitoring\n\nA joint room, staffed by both.\n',
                         '--subject', 'Patrols in the strait')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n['opened'])
    w.run('bravo', 'confirm', n['opened'])
    w.run('alpha', 'disclose', n['opened'], '--passages', '2')
    n['answer'] = w.send('bravo', 'alpha.example', 'We thank you and ask for a map.\n',
                         '--re', n['opened'], '--subject', 'A map of the lanes', act='reply')
    n['waits'] = w.send('alpha', 'bravo.example', 'Draft rules for the joint room.\n',
                        '--subject', 'Rules of the joint room \u2013 \u0431\u0435\u0437 '
                        '\u0444\u043b\u0430\u0433\u0430, \u65e0\u65d7, \u0628\u0644\u0627 \u0639\u0644\u0645',
                        '--answer-by', '2030-01-15')
    n['declined'] = w.send('alpha', 'bravo.example', 'A second thought.\n', '--subject', 'Second thought')
    w.run('bravo', 'sync')
    w.run('bravo', 'decline', n['declined'], '--reason', 'to be put in Russian, too')
    w.run('alpha', 'sync')
    n['taken'] = w.send('alpha', 'bravo.example', 'Too early.\n', '--subject', 'Too early')
    w.run('alpha', 'take-back', n['taken'])
    w.run('alpha', 'sync')
    w.run('bravo', 'sync')
    return n
