"""A middleman on loopback between homes and the registry that alters what passes through it."""
import http.client
import http.server
import json
import re
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True # whoever asked waits no more

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get('Transfer-Encoding', '') == 'chunked':
            out = b''
            while True:
                n = int(self.rfile.readline(), 16)
                out += self.rfile.read(n)
                self.rfile.readline()
                if n == 0:
                    return out
        return self.rfile.read(int(self.headers.get('Content-Length') or 0))

    def run(self):
        p, body = self.server.proxy, self.body()
        p.call(p.before, self.path)
        c = http.client.HTTPConnection('127.0.0.1', p.w.port, timeout=30)
        head = {k: v for k, v in self.headers.items()
                if k.lower() not in ('connection', 'content-length', 'transfer-encoding', 'expect')}
        c.request(self.command, self.path, body or None, head)
        r = c.getresponse()
        status, data = p.alter(self.path, r.status, r.read())
        self.send_response(status)
        for k, v in r.getheaders():
            if k.lower() not in ('content-length', 'transfer-encoding', 'connection'):
                self.send_header(k, v)
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        c.close()
        p.call(p.after, self.path)

    do_GET = do_POST = do_PUT = run


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Who noticed a bit goes away without a word."""


class Proxy:
    """While it is open, the homes talk to it. `hide`: an L that mailbox and deliveries do not
    know. `flip`: a path whose answers have one bit changed. `before`, `after`: what happens once,
    around the first request of a path. `change`: a function of path and answer."""

    def __init__(self, w):
        self.w, self.hide, self.flip, self.change = w, None, None, None
        self.before, self.after = {}, {}
        self.saved = {}

    def call(self, table, path):
        for start in list(table):
            if path.startswith(start):
                table.pop(start)()

    def alter(self, path, status, data):
        if self.hide and self.hide in path:
            return 404, b'{"type":"urn:chancery:problem:no-such-thing","title":"No","status":404}'
        if self.hide and path.startswith('/v1/mailboxes/') and status == 200:
            rows = [x for x in json.loads(data) if x['submission'] != self.hide]
            return 200, json.dumps(rows, separators=(',', ':')).encode()
        if self.flip and path.startswith(self.flip) and status == 200:
            at = len(data) // 2
            return 200, data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
        if self.change:
            return self.change(path, status, data)
        return status, data

    def __enter__(self):
        self.server = Server(('127.0.0.1', 0), Handler)
        self.server.proxy = self
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        for f in self.w.dir.glob('*/registries/*/url.txt'):
            self.saved[f] = f.read_text()
            f.write_text(re.sub(r':[0-9]+', f':{self.server.server_address[1]}', self.saved[f]))
        return self

    def __exit__(self, *_):
        for f, text in self.saved.items():
            f.write_text(text)
        self.server.shutdown()
        self.server.server_close()
