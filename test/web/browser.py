"""A script of this folder in a real browser, where there is one."""
import json
import os
import pathlib
import subprocess

from programs import CHROMIUM, NODE
from web import world

HERE = pathlib.Path(__file__).resolve().parent
NPM = os.environ.get('CHANCERY_NPM', '')


def missing():
    """What a script needs and is not here, or None."""
    for what, there in (('a browser (CHANCERY_BROWSER=no)', os.environ.get('CHANCERY_BROWSER') != 'no'),
                        ('node', NODE), ('chromium', CHROMIUM),
                        ('playwright-core (tools/web-npm)', os.path.isdir(NPM + '/playwright-core')),
                        ('axe-core (tools/web-npm)', os.path.isdir(NPM + '/axe-core'))):
        if not there:
            return what
    return None


def browser(w, script, plan, seconds=560):
    """Run a script with this plan; its output when it fails."""
    plan['out'] = os.environ.get('CHANCERY_SHOTS') or str(w.dir / 'shots')
    pathlib.Path(plan['out']).mkdir(parents=True, exist_ok=True)
    file = w.dir / 'plan.json'
    file.write_text(json.dumps(plan))
    r = subprocess.run([NODE, str(HERE / script), str(file)], capture_output=True, text=True,
                       timeout=seconds, env={**os.environ, 'CHANCERY_CHROMIUM': CHROMIUM})
    world.check(r.returncode == 0, f'{script}: {r.stdout}{r.stderr}')
