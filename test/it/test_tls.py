"""A registry that speaks TLS itself: 1.3 only, its certificate read anew at SIGHUP, long bodies."""
import hashlib
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import time

import world
from world import check


def certificate(folder, name):
    cert, key = folder / f'{name}.pem', folder / f'{name}.key'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ed25519', '-nodes', '-days', '2',
                    '-subj', f'/CN={name}', '-addext', 'subjectAltName=DNS:registry.example',
                    '-keyout', key, '-out', cert], check=True, stderr=subprocess.DEVNULL)
    return cert, key


def connect(port, trusted=None, most=None, alpn=('http/1.1',)):
    context = ssl.create_default_context(cafile=trusted)
    if trusted is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(list(alpn))
    if most:
        context.maximum_version = most
    plain = socket.create_connection(('127.0.0.1', port), timeout=10)
    return context.wrap_socket(plain, server_hostname='registry.example')


def answer(s):
    """Head and body of one answer."""
    data = b''
    while b'\r\n\r\n' not in data:
        piece = s.recv(65536)
        check(piece, 'cut off in the head')
        data += piece
    head, body = data.split(b'\r\n\r\n', 1)
    length = next(int(line.split(b':')[1]) for line in head.split(b'\r\n')
                  if line.lower().startswith(b'content-length:'))
    while len(body) < length:
        piece = s.recv(65536)
        check(piece, 'cut off in the body')
        body += piece
    return head.split(b'\r\n')[0], body


def ask(s, path):
    s.sendall(f'GET {path} HTTP/1.1\r\nHost: registry.example\r\n\r\n'.encode())
    return answer(s)


def refused(what, *args, **more):
    try:
        connect(*args, **more).close()
    except ssl.SSLError:
        return
    raise world.Failed(f'{what} was let in')


def start(w, folder, cert, key):
    ready = w.dir / 'port'
    server = subprocess.Popen(
        [world.CHANCERY, 'registry', 'run', folder, '--tls-cert', cert, '--tls-key', key,
         '--port-file', ready], env=w.env, stdout=subprocess.PIPE,
        stderr=open(w.dir / 'registry.log', 'ab'))
    line = server.stdout.readline().decode()
    check(' listens on https://127.0.0.1:' in line, f'it says: {line!r}')
    while not (ready.exists() and ready.read_text().endswith('\n')):
        time.sleep(0.01)
    return server, int(ready.read_text())


def print_of(s):
    return hashlib.sha256(s.getpeercert(binary_form=True)).hexdigest()


def test_serves(port, cert):
    with connect(port, trusted=cert) as s:
        check(s.version() == 'TLSv1.3' and s.selected_alpn_protocol() == 'http/1.1', s.version())
        for _ in range(3):  # one connection, many requests
            status, body = ask(s, '/log/checkpoint')
            check(status == b'HTTP/1.1 200 OK' and body.startswith(b'registry.example\n0\n'), body)
        status, body = ask(s, '/check')
        check(status.startswith((b'HTTP/1.1 200', b'HTTP/1.1 404')), status)
    with connect(port, trusted=cert) as s:  # said good-bye to, not just dropped
        s.sendall(b'GET /log/checkpoint HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
        answer(s)
        check(s.recv(1) == b'', 'more came')


def test_refuses(port):
    refused('TLS 1.2', port, most=ssl.TLSVersion.TLSv1_2)
    refused('another protocol', port, alpn=('h2',))
    with socket.create_connection(('127.0.0.1', port), timeout=10) as s:  # plain HTTP
        s.sendall(b'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
        try:
            check(not s.recv(4096).startswith(b'HTTP/'), 'plain HTTP was answered')
        except ConnectionResetError:
            pass


def test_reload(w, server, port, cert, key):
    held = connect(port, trusted=cert)
    old = print_of(held)
    new_cert, new_key = certificate(w.dir, 'second')
    cert.write_bytes(new_cert.read_bytes())
    key.write_bytes(new_key.read_bytes())
    server.send_signal(signal.SIGHUP)
    end = time.monotonic() + 10
    while True:
        with connect(port) as s:
            if print_of(s) != old:
                break
        check(time.monotonic() < end, 'the new certificate is not shown')
        time.sleep(0.05)
    check(ask(held, '/log/checkpoint')[0] == b'HTTP/1.1 200 OK', 'an old connection ended')
    held.close()
    key.write_bytes(b'torn')  # a bad pair: the good one stays
    server.send_signal(signal.SIGHUP)
    while 'stays as it was' not in (w.dir / 'registry.log').read_text():
        check(time.monotonic() < end, 'nothing was logged')
        time.sleep(0.05)
    with connect(port, trusted=new_cert) as s:
        check(ask(s, '/log/checkpoint')[0] == b'HTTP/1.1 200 OK', 'no longer served')
    check('PRIVATE' not in (w.dir / 'registry.log').read_text(), 'the key is in the log')


def test_errors(w, folder, cert, key):
    for args, word in (((cert, w.dir / 'none'), 'cannot be read'), ((key, key), 'no certificate'),
                       ((certificate(w.dir, 'third')[0], certificate(w.dir, 'fourth')[1]),
                        'not the key of')):
        code, _, err = w.raw(['registry', 'run', folder, '--tls-cert', args[0],
                              '--tls-key', args[1]])
        check(code == 2 and word in err and err.count('\n') == 1, f'{code} {err}')
    code, _, err = w.raw(['registry', 'run', folder, '--tls-cert', cert])
    check(code == 2 and 'go together' in err, err)


def main():
    with world.World() as w:
        folder = w.dir / 'registry'
        code, _, err = w.raw(['registry', 'init', folder, '--origin', 'registry.example', '--url',
                              'https://registry.example'])
        check(code == 0, err)
        cert, key = certificate(w.dir, 'first')
        test_errors(w, folder, cert, key)
        first = pathlib.Path(str(cert) + '.kept')
        first.write_bytes(cert.read_bytes())
        server, port = start(w, folder, cert, key)
        try:
            test_serves(port, first)
            test_refuses(port)
            test_reload(w, server, port, cert, key)
            server.terminate()
            check(server.wait(15) == 0, 'it did not end well')
        finally:
            server.kill()
    print('test_tls: all passed')


try:
    main()
except world.Failed as failed:
    sys.exit(f'test_tls: {failed}')
