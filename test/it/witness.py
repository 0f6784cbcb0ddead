"""A witness that plays a part (c2sp.org/tlog-witness): good, dead, slow, silent, lying, or of another
history. Signing is done by the program `forge`; the proofs it checks itself."""
import base64
import hashlib
import http.server
import subprocess
import threading
import time


def node(a, b):
    return hashlib.sha256(b'\1' + a + b).digest()


def consistent(m, first, n, second, proof):
    """RFC 9162, 2.1.4.2, for 0 < m <= n."""
    if m == n:
        return not proof and first == second
    if m & (m - 1) == 0:
        proof = [first] + proof
    if not proof:
        return False
    fn, sn = m - 1, n - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first and sr == second


class Witness:
    def __init__(self, forge, name):
        self.forge, self.name, self.part = forge, name, 'good'
        self.seed = base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()
        self.size, self.root, self.note, self.asked, self.port = 0, b'', b'', [], 0
        self.lock = threading.Lock()
        self.silent, self.spoken = 0, threading.Event()  # questions that wait; until it is set
        self.vkey = subprocess.run([forge, 'vkey-cosign', name, self.seed], check=True,
                                   stdout=subprocess.PIPE).stdout.decode().strip()
        self.server = None
        self.start()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}'

    def start(self):
        witness = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def log_message(self, *_):
                pass

            def answer(self, status, body=b'', kind='text/plain'):
                self.send_response(status)
                self.send_header('Content-Type', kind)
                self.send_header('Content-Length', str(len(body)))
                try:
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:                          # who asked has gone
                    pass

            def wait(self):
                if witness.part == 'silent':
                    witness.silent += 1
                    witness.spoken.wait(30)

            def do_POST(self):
                self.wait()
                body = self.rfile.read(int(self.headers['Content-Length']))
                self.answer(*witness.add(body))

            def do_GET(self):
                self.wait()
                self.answer(*((200, witness.note) if witness.note else (404,)))

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

        self.server = Server(('127.0.0.1', self.port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
        self.server = None

    def cosign(self, text):
        line = subprocess.run([self.forge, 'cosign', self.name, self.seed, str(int(time.time()))],
                              input=text, check=True, stdout=subprocess.PIPE).stdout
        if self.part == 'lying':
            head, b64 = line.rstrip(b'\n').rsplit(b' ', 1)
            raw = bytearray(base64.b64decode(b64))
            raw[40] ^= 1
            line = head + b' ' + base64.b64encode(raw) + b'\n'
        return line

    def add(self, body):
        head, note = body.split(b'\n\n', 1)
        old, *proof = head.split(b'\n')
        text, lines = note.split(b'\n\n')
        _, size, root = text.split(b'\n')[:3]
        old, size, root = int(old.split(b' ')[1]), int(size), base64.b64decode(root)
        if self.part == 'slow':
            time.sleep(0.7)
        with self.lock:
            self.asked.append((old, size))
            if self.part == 'dead':
                return 500, b''
            if self.part == 'forked':
                return 422, b''
            if old != self.size:
                return 409, b'%d\n' % self.size, 'text/x.tlog.size'
            proof = [base64.b64decode(p) for p in proof]
            if old == 0 and proof or old and not consistent(old, self.root, size, root, proof):
                return 422, b''
            line = self.cosign(text + b'\n')
            self.size, self.root = size, root
            self.note = text + b'\n\n' + lines + line
            return 200, line + b'\xe2\x80\x94 unknown.example AAAAAAAAAAA=\n'
