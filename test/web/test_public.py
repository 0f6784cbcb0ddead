"""A registry's front page and a published folder: by plain HTTP, and in a real browser where it is."""
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'it'))
from world import World, check, main  # noqa: E402

NODE, CHROMIUM = shutil.which('node'), shutil.which('chromium')
NPM = os.environ.get('CHANCERY_NPM', '')


def ask(w, path):
    c = http.client.HTTPConnection('127.0.0.1', w.port, timeout=20)
    c.request('GET', path)
    r = c.getresponse()
    return r.status, dict(r.getheaders()), r.read().decode()


def published(w):
    n = w.send('alpha', 'bravo.example', '# On the strait\n\n\\<b> Yes & no.\n\nלא\n')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    w.run('alpha', 'sync')
    w.run('bravo', 'confirm', n)
    w.run('alpha', 'disclose', n, '--all')
    w.run('bravo', 'statement', 'We said "no" <script>alert(1)</script> \u05dc\u05d0 in public.')
    pub = w.dir / 'pub'
    w.run('alpha', 'publish', pub)
    return pub


def pages(w):
    status, head, text = ask(w, '/')
    check(status == 200 and head['Content-Type'].startswith('text/html'), f'{status} {head}')
    policy = head['Content-Security-Policy']
    check("default-src 'none'" in policy and 'unsafe' not in policy, policy)
    check("frame-ancestors 'none'" in policy and "connect-src 'self'" in policy, policy)
    check(head['X-Content-Type-Options'] == 'nosniff', f'{head}')
    check('exercise.registry' in text and 'Exercise.' in text, text)
    has_check = 'href="/check"' in text
    status, head, check_page = ask(w, '/check')
    check(status == (200 if has_check else 404), f'{status}')
    check(ask(w, '/nothing')[0] == 404, 'an unknown path')
    pub = published(w)
    index = (pub / 'index.html').read_text()
    check('<script' not in index and '&lt;script&gt;' in index, 'escaped')
    check('Signed by ' in index and '(one delegate of roster ' in index and
          'in the register of ' in index and 'cosigned by the registry' in index, index)
    check('\\&lt;b&gt; Yes &amp; no.' in index, index)
    if os.environ.get('CHANCERY_BROWSER') == 'no' or not (NODE and CHROMIUM and os.path.isdir(NPM + '/playwright-core') and has_check):
        print('      skipped: no browser, or built without the checking page')
        return
    out = os.environ.get('CHANCERY_SHOTS') or str(w.dir / 'shots')
    pathlib.Path(out).mkdir(parents=True, exist_ok=True)
    plan = w.dir / 'plan.json'
    plan.write_text(json.dumps({'out': out, 'registry': f'http://127.0.0.1:{w.port}',
                                'folder': pub.as_uri(),
                                'text': sorted(pub.glob('0001-*.txt'))[0].read_text(),
                                'item': sorted(p.name for p in pub.glob('0001-*.txt'))[0]}))
    r = subprocess.run([NODE, str(HERE / 'public.js'), str(plan)], capture_output=True, text=True,
                       timeout=240, env={**os.environ, 'CHANCERY_CHROMIUM': CHROMIUM})
    check(r.returncode == 0, r.stdout + r.stderr)


sys.exit(main([pages]))
