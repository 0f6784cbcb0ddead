"""A registry's front page and a published folder: by plain HTTP, and in a real browser where it is."""
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from programs import CHROMIUM, NODE

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'it'))
from world import World, check, main  # noqa: E402

NPM = os.environ.get('CHANCERY_NPM', '')


def ask(w, path, **headers):
    c = http.client.HTTPConnection('127.0.0.1', w.port, timeout=20)
    c.request('GET', path, headers={k.replace('_', '-'): v for k, v in headers.items()})
    r = c.getresponse()
    return r.status, dict(r.getheaders()), r.read().decode()


def published(w):
    n = w.send('alpha', 'bravo.example', '# On the strait\n\n\\<b> Yes & *no*.\n\nשלום\n\n- one '
               '[bank](https://evil.example/)\n- two\n\nNot a word of this.\n')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    w.run('alpha', 'sync')
    w.run('bravo', 'confirm', n)
    w.run('alpha', 'disclose', n, '--passages', '2,4')
    w.run('bravo', 'statement', 'We said "no" <script>alert(1)</script> \u05dc\u05d0 in public.')
    pub = w.dir / 'pub'
    w.run('alpha', 'publish', pub)
    return pub


ENGLISH = ('the ', ' of ', ' and ', 'Signed', 'paper', 'registry')


def french(w, pub):
    """The same in French: beside it in the folder; by what the browser or the address asks for."""
    page = (pub / 'index.fr.html').read_text()
    for words in ('<html lang="fr">', 'a confirmé avoir reçu un pli de', 'a divulgué 3 passages de son pli',
                  'a déclaré\u00a0: «', 'passage 2 sur 5', 'Un passage reste scellé.', 'Signé par',
                  'le cosignataire du greffe lui-même', 'hreflang="en" href="index.html"', 'UTC'):
        check(words in page, f'{words}: {page}')
    front = ask(w, '/', Accept_Language='fr-CH, fr;q=0.9, en;q=0.8')
    check(front[1]['Vary'] == 'Accept-Language' and '<html lang="fr">' in front[2], f'{front}')
    check('<html lang="en">' in ask(w, '/?lang=en', Accept_Language='fr')[2], 'the address counts more')
    check('<html lang="fr">' in ask(w, '/?lang=fr')[2], 'and alone')
    check('<html lang="en">' in ask(w, '/?lang=xx')[2], 'an unknown language')
    for text in (page, front[2]):
        text = re.sub(r'<(style|script)>.*?</\1>|<a href="[^"]*" lang="en".*?</a>', '', text, flags=re.S)
        text = re.sub(r'\bWe said.*public\.|On the strait|<[^>]*>|[\w-]+\.(example|registry|txt|html|xml)', '', text)
        found = [e for e in ENGLISH if e in text]
        check(not found, f'English: {found} in {text}')
    readme = (pub / 'README.txt').read_text()
    check(readme.startswith('What the parties') and 'Ce que les parties' in readme, readme)
    feed = (pub / 'feed.fr.xml').read_text()
    check('xml:lang="fr"' in feed and 'index.fr.html#n1' in feed and 'Sa date est' in feed, feed)
    (pub / 'index.fr.html').write_text('old')
    w.run('alpha', 'publish', pub)
    check((pub / 'index.fr.html').read_text() == page, 'published anew, as it was')


def pages(w):
    status, head, text = ask(w, '/')
    check(status == 200 and head['Content-Type'].startswith('text/html'), f'{status} {head}')
    policy = head['Content-Security-Policy']
    check("default-src 'none'" in policy and 'unsafe' not in policy, policy)
    check("frame-ancestors 'none'" in policy and "connect-src 'self'" in policy, policy)
    check(head['X-Content-Type-Options'] == 'nosniff', f'{head}')
    check('exercise.registry' in text and 'Exercise.' in text, text)
    has_check = 'href="/check?lang=en"' in text
    status, head, check_page = ask(w, '/check')
    check(status == (200 if has_check else 404), f'{status}')
    check(ask(w, '/nothing')[0] == 404, 'an unknown path')
    pub = published(w)
    index = (pub / 'index.html').read_text()
    check('<script' not in index and '&lt;script&gt;' in index, 'escaped')
    check('Signed by ' in index and '(one delegate of roster ' in index and
          'in the register of ' in index and 'cosigned by the registry' in index, index)
    for words in ('&lt;b&gt; Yes &amp; <em>no</em>.', '<h3>On the strait</h3>', '<ul><li>one bank ',
                  'passage 2 of 5', 'One passage stays sealed.', 'disclosed 3 passages of its paper'):
        check(words in index, f'{words}: {index}')
    check('evil.example' in index and 'href="http' not in index and 'שלום' not in index and
          'Not a word' not in index, index)
    french(w, pub)
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
