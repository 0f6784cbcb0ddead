"""Between a desk and its registry, on loopback: what passes may be altered, dropped or replayed."""
import http.client
import http.server
import threading


class Proxy:
    """hook(method, path, body, ask) -> (status, data), or None: nothing is answered at all. `ask`
    puts the request to the registry as it is; no hook: it is passed on."""

    def __init__(self, w):
        self.w, self.hook, self.seen = w, None, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def log_message(self, *_):
                pass

            def any(self):
                body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
                head = {k: v for k, v in self.headers.items()
                        if k.lower() in ('authorization', 'content-type')}

                def ask(path=self.path, token=None):
                    c = http.client.HTTPConnection('127.0.0.1', outer.w.port, timeout=30)
                    h = {**head, 'Authorization': 'Bearer ' + token} if token else head
                    c.request(self.command, path, body or None, h)
                    r = c.getresponse()
                    data = r.read()
                    kind = r.getheader('Content-Type')
                    c.close()
                    self.kind = kind
                    return r.status, data

                self.kind = 'application/octet-stream'
                outer.seen.append((self.command, self.path))
                hook = outer.hook or (lambda m, p, b, a: a())
                answer = hook(self.command, self.path, body, ask)
                self.close_connection = True
                if answer is None:
                    return
                self.send_response(answer[0])
                self.send_header('Content-Type', self.kind or 'text/plain')
                self.send_header('Content-Length', str(len(answer[1])))
                self.send_header('Connection', 'close')
                self.end_headers()
                self.wfile.write(answer[1])

            do_GET = do_POST = do_PUT = any

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def between(self, who, hook=None):
        """From now on this desk asks here."""
        self.hook = hook
        (self.w.dir / who / 'registries/exercise.registry/url.txt').write_text(
            f'http://127.0.0.1:{self.server.server_address[1]}\n')

    def away(self, who):
        self.hook = None
        (self.w.dir / who / 'registries/exercise.registry/url.txt').write_text(
            f'http://127.0.0.1:{self.w.port}\n')
