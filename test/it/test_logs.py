"""What servers log. Nothing of a whole delivery stands in it, whatever goes wrong beside it; and no
byte of others makes a line, a field or a move of the cursor. usage: CHANCERY"""
import base64
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

from proxy import Proxy
from world import CHANCERY, PASS, check, main

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / 'test/web'))
import web  # noqa: E402

PLAIN = re.compile(r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (info|warn|error) [a-z-]+: [^"\n]+'
                   r'( [a-z_]+=("(\\.|[^"\\])*"|\d+))*$')
SUBJECT, TEXT = 'A strait that is not to be named', 'Seven ships and one lighthouse.'


def wait(what, ready, seconds=15):
    end = time.monotonic() + seconds
    while not ready():
        check(time.monotonic() < end, f'not in {seconds} s: {what}')
        time.sleep(0.02)


def says(w, event):
    return f'"event":"{event}"' in (w.dir / 'registry.log').read_text()


def odd_requests(w, tokens):
    """Whatever a stranger may send, with what only a delegate should know in it."""
    for what in (b'GET /v1/\x1b[2J%0a HTTP/1.1\r\n\r\n', b'POST /v1/submissions HTTP/1.1\r\n\r\n',
                 b'GET /' + tokens[0].encode() + b' HTTP/1.1\r\nAuthorization: Bearer ' +
                 tokens[0].encode() + b'\r\n\r\n', b'\xff\n\n\n', b'GET /\r\nX: y' + b'z' * 20000):
        with socket.create_connection(('127.0.0.1', w.port), timeout=10) as s:
            s.sendall(what.replace(b'\r\n\r\n', b'\r\nHost: a\r\nContent-Length: 0\r\n\r\n'))
            s.shutdown(socket.SHUT_WR)
            try:
                while s.recv(65536):
                    pass
            except ConnectionResetError:
                pass


def words_of(text):
    """What of a file of keys is secret, or might be."""
    return {x for x in re.split(r'[\s+]+', text) if len(x) >= 20}


def delivery(w):
    tokens, secrets = [], {PASS, SUBJECT, TEXT, 'alpha.person', 'bravo.person', 'alpha.example',
                           'bravo.example', 'ALPHA', 'BRAVO', 'strait', '127.0.0.1'}

    def listen(path, status, data):
        if path.startswith('/v1/tokens'):
            tokens.extend(re.findall(r'[A-Za-z0-9+/=_-]{32,}', data.decode()))
        return status, data

    code, out, err = w.raw(['witness', 'new', w.dir / 'w', '--name', 'w1.example', '--json'])
    check(code == 0, err)
    (w.dir / 'registry/policy').write_text(
        f'witness w1 {json.loads(out)["vkey"]} http://127.0.0.1:1/\nquorum w1\n')
    w.stop()
    w.start()
    with Proxy(w) as p, web.Desk(w, 'alpha', 'bravo', more=['--no-sync']) as desk:
        p.change = listen
        sent = [w.send('alpha', 'bravo.example', TEXT + '\n', '--subject', SUBJECT)
                for _ in range(3)]
        w.run('bravo', 'sync')
        w.run('bravo', 'sign-for', sent[0])
        w.run('bravo', 'decline', sent[1])
        w.run('alpha', 'take-back', sent[2])
        w.run('alpha', 'sync')
        check(TEXT in w.run('bravo', 'show', sent[0], '--text')[0].decode(), 'delivered')
        desk.begin()
        desk.unlock()
    check(tokens, 'no token was seen')
    odd_requests(w, tokens)
    (w.dir / 'registry/limits').write_text(TEXT)
    w.server.send_signal(signal.SIGHUP)
    wait('the limits are refused', lambda: says(w, 'limits-refused'))
    (w.dir / 'registry/limits').unlink()
    w.server.send_signal(signal.SIGHUP)
    wait('and read', lambda: says(w, 'limits-read'))
    wait('the witness is found dead', lambda: says(w, 'witness-failed'))
    w.stop()
    code, _, _ = w.raw(['registry', 'run', w.dir / 'registry', '--listen', '203.0.113.1:1'])
    check(code != 0, 'an address that is not ours')
    secrets |= set(tokens) | {x for n in sent for x in (n, n.replace('/', '-'))}
    secrets |= words_of((w.dir / 'registry/keys').read_text())
    for who in ('alpha', 'bravo'):
        for name in ('keys.age', 'party-key.age'):
            r = subprocess.run([CHANCERY, 'unseal', '--passphrase-file', w.dir / 'pass',
                                w.dir / who / name], stdout=subprocess.PIPE, check=True)
            secrets |= words_of(r.stdout.decode())
    check(len(secrets) > 30, f'{len(secrets)} secrets')
    for x in list(secrets):                # base64 of keys in hex, hex of tokens as it is
        if re.fullmatch(r'[A-Za-z0-9+/]{43}=', x):
            secrets.add(base64.b64decode(x).hex())
    log = (w.dir / 'registry.log').read_text()
    check('witness-silent' in log and len(log) > 500, f'a log of a bad day: {log}')
    desk_log = (w.dir / 'desk.log').read_text().replace(desk.link.strip(), '')
    for text in (log, desk_log):
        found = {x for x in secrets if x in text}
        check(not found, f'in a log: {found}')


ODD = 'a\n{"event":"forged"}\n2026-01-01T00:00:00Z error forged: x\x1b[31m\u202e"\\'


def each_line(text, form):
    lines = text.split('\n')
    check(lines.pop() == '' and lines, f'lines: {text!r}')
    for line in lines:
        check(not re.search('[\x00-\x1f\x7f-\x9f\u2028\u202e]', line), f'not as it is: {line!r}')
        if form == 'json':
            o = json.loads(line)
            check(list(o)[:4] == ['time', 'level', 'event', 'text'] and o['event'] != 'forged', line)
        else:
            check(PLAIN.match(line) and ' forged: ' not in line.split('"')[0], f'plain: {line!r}')


def hostile(w):
    """A folder, a certificate, a sentence at the end: their names hold a line of their own."""
    w.stop()
    folder, cert = w.dir / ODD, w.dir / (ODD.replace('a', 'b', 1))
    code, _, err = w.raw(['registry', 'init', folder, '--origin', 'registry.example'])
    check(code == 0, err)
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ed25519', '-nodes', '-days', '2',
                    '-subj', '/CN=a', '-keyout', w.dir / 'key', '-out', w.dir / 'cert'],
                   check=True, stderr=subprocess.DEVNULL)
    for form in ('json', 'plain'):
        cert.write_bytes((w.dir / 'cert').read_bytes())
        log, ready = w.dir / f'{form}.log', w.dir / f'{form}.port'
        with open(log, 'wb') as f:
            p = subprocess.Popen([CHANCERY, 'registry', 'run', folder, '--tls-cert', cert,
                                  '--tls-key', w.dir / 'key', '--port-file', ready, '--log', form],
                                 stdout=subprocess.DEVNULL, stderr=f, env=w.env)
            wait('it listens', lambda: ready.exists() and ready.read_text().endswith('\n'))
            cert.write_text('no certificate')
            p.send_signal(signal.SIGHUP)
            wait('the certificate is refused', lambda: 'certificate-refused' in log.read_text())
            p.terminate()
            check(p.wait(20) == 0, 'it ends')
        each_line(log.read_text(), form)
        check('forged' in log.read_text(), 'the name stands in it')
    r = subprocess.run([CHANCERY, 'registry', 'run', str(folder), '--tls-cert', cert, '--tls-key',
                        w.dir / 'key'], env=w.env, capture_output=True, check=False, timeout=20)
    each_line(r.stderr.decode(), 'json')
    check(json.loads(r.stderr)['event'] == 'ended' and json.loads(r.stderr)['exit'] == r.returncode,
          r.stderr)
    code, _, err = w.raw(['registry', 'run', folder, '--log', 'xml'])
    check(code == 2 and '--log is plain or json' in err, f'{code} {err}')


def events():
    """What the program says stands in the technician's table, and the reverse."""
    said, told = {}, {}
    for f in (ROOT / 'src').rglob('*.c'):
        text = f.read_text()
        for level, event, rest in re.findall(
                r'ch_log\(CH_LOG_([A-Z]+), "([a-z-]+)",((?:\s*"[^"]*")*)', text):
            said.setdefault(event, level.lower())
            check(len(event) <= 24 and len(rest) <= 256, f'too long for a line: {event}')
        for name in re.findall(r'ch_log_(?:text|number)\("([^"]*)"', text):
            check(re.fullmatch('[a-z_]{1,24}', name), f'a field: {name}')
    for line in (ROOT / 'doc/manual/technician.md').read_text().split('\n'):
        cells = [x.strip() for x in line.split('|')]
        if len(cells) == 6 and cells[2].split(',')[0] in ('info', 'warn', 'error'):
            names, levels = re.findall('[a-z-]+', cells[1]), cells[2].split(', ')
            told.update(zip(names, levels * len(names) if len(levels) == 1 else levels))
    check(said and said == told, f'{set(said.items()) ^ set(told.items())}')


if __name__ == '__main__':
    events()
    sys.exit(main([delivery, hostile]))
