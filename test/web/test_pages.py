"""Pages in a real browser: unlocked, visited, judged by axe, photographed in light and dark, wide and
narrow, in three languages. Screenshots go to CHANCERY_SHOTS, else to the test's own folder."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import web
from world import PASS, World, check, main

HERE = pathlib.Path(__file__).resolve().parent


def browser(w, script, plan):
    """Run a script of this folder with this plan; its output when it fails."""
    plan['out'] = os.environ.get('CHANCERY_SHOTS') or str(w.dir / 'shots')
    pathlib.Path(plan['out']).mkdir(parents=True, exist_ok=True)
    file = w.dir / 'plan.json'
    file.write_text(json.dumps(plan))
    r = subprocess.run([NODE, str(HERE / script), str(file)], capture_output=True, text=True,
                       timeout=240, env={**os.environ, 'CHANCERY_CHROMIUM': CHROMIUM})
    check(r.returncode == 0, f'{script}: {r.stdout}{r.stderr}')


def pages(w):
    n = web.papers(w)
    paper = lambda k: f'/h/1/talks/strait/papers/{n[k].replace("/", "-")}'
    with web.Desk(w, 'bravo') as d:
        browser(w, 'pages.js', {'link': d.link, 'base': f'http://{d.host}', 'pass': PASS,
                                'pages': {'talks': '/h/1/talks', 'talks-page': '/h/1/talks/strait',
                                          'paper-opened': paper('opened'),
                                          'paper-waits': paper('waits'),
                                          'paper-ended': paper('declined')}})


NODE, CHROMIUM = shutil.which('node'), shutil.which('chromium')
NPM = os.environ.get('CHANCERY_NPM', '')
for what, there in (('node', NODE), ('chromium', CHROMIUM),
                    ('playwright-core (tools/deps web)', os.path.isdir(NPM + '/playwright-core')),
                    ('axe-core (tools/deps web)', os.path.isdir(NPM + '/axe-core'))):
    if not there:
        print(f'skip: {what} is missing')
        sys.exit(77)
sys.exit(main([pages]))
