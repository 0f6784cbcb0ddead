"""The checking page in a real browser, from a file and without a network. Screenshots go to
CHANCERY_SHOTS, else to the test's own folder. Usage: test_check.py PAGE.html VECTORS"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from programs import CHROMIUM, NODE

HERE = pathlib.Path(__file__).resolve().parent
NPM = os.environ.get('CHANCERY_NPM', '')
for what, there in (('a browser (CHANCERY_BROWSER=no)', os.environ.get('CHANCERY_BROWSER') != 'no'),
                    ('node', NODE), ('chromium', CHROMIUM),
                    ('the page (tools/deps checker)', len(sys.argv) > 2),
                    ('playwright-core (tools/web-npm)', os.path.isdir(NPM + '/playwright-core')),
                    ('axe-core (tools/web-npm)', os.path.isdir(NPM + '/axe-core'))):
    if not there:
        print(f'skip: {what} is missing')
        sys.exit(77)

page, vectors = map(pathlib.Path, sys.argv[1:])
cctv = pathlib.Path(os.environ.get('CHANCERY_SHARED', '')) / 'vectors/ed25519-cctv/ed25519vectors.json'
if not cctv.exists():
    print('skipped: CCTV signatures (CHANCERY_SHARED names no folder of vectors)')
    if os.environ.get('CI') == 'true':
        sys.exit(1)
with tempfile.TemporaryDirectory() as tmp:
    whole = pathlib.Path(tmp) / 'check.html'
    whole.write_text(page.read_text().replace('@FOLDER@', '{}'))
    out = os.environ.get('CHANCERY_SHOTS') or tmp + '/shots'
    pathlib.Path(out).mkdir(parents=True, exist_ok=True)
    plan = {'page': whole.as_uri(), 'vectors': str(vectors.resolve()), 'out': out,
            'cctv': str(cctv) if cctv.exists() else None}
    (pathlib.Path(tmp) / 'plan.json').write_text(json.dumps(plan))
    r = subprocess.run([NODE, str(HERE / 'check.js'), tmp + '/plan.json'], timeout=500,
                       env={**os.environ, 'CHANCERY_CHROMIUM': CHROMIUM})
print(f'{page.stat().st_size} bytes of page')
sys.exit(r.returncode)
