"""The desk in Chromium: how long a page takes to stand still, what it weighs with all it asks for, and a
large file dropped on a draft. Parts of bench/run, whose tools come in as `b`; without a browser they say
so and give no row."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SETTLED_MS, WEIGHT_KB = 1000, 200  # asked for
b = None


def parts(bench):
    global b
    b = bench
    return (drop,)


def browse(d, plan, seconds):
    """What bench/browsed.js tells; None: there is no browser."""
    os.environ.setdefault('CHANCERY_NPM', str(b.BUILD / 'npm' / 'node_modules'))
    sys.path[:0] = [str(b.ROOT / 'test' / 'web')]
    import browser
    from world import PASS
    if browser.missing():
        print(f'SKIP in Chromium: {browser.missing()} is missing')
        return None
    with tempfile.NamedTemporaryFile('w', suffix='.json') as f:
        json.dump(plan | {'link': d.link, 'base': f'http://{d.host}', 'pass': PASS, 'seconds': seconds}, f)
        f.flush()
        r = subprocess.run([browser.NODE, str(b.ROOT / 'bench/browsed.js'), f.name], stdout=subprocess.PIPE,
                           timeout=seconds + 60, env=os.environ | {'CHANCERY_CHROMIUM': browser.CHROMIUM})
    if r.returncode:
        sys.exit(f'bench: in Chromium: {r.stdout.decode()}')
    return json.loads(r.stdout)


def settled(d, what, pages):
    told = browse(d, {'what': 'settled', 'pages': pages, 'runs': 5 * b.RUNS}, 600)
    for name, t in (told or {}).items():
        b.row(f'{what}: {name}, settled in Chromium', t['ms'], 'ms')
        b.row(f'{what}: {name}, the slowest of them', t['most'], 'ms')
        b.row(f'{what}: {name}, with style and script', t['bytes'] / 1000, 'kB')
        if t['ms'] > SETTLED_MS or t['bytes'] > WEIGHT_KB * 1000:
            print(f'    over what was asked for: {SETTLED_MS} ms, {WEIGHT_KB} kB')


def drop():
    """One large attachment by drag and drop in a real browser, and sent."""
    sys.path[:0] = [str(b.ROOT / 'test' / 'web'), str(b.ROOT / 'test' / 'it')]
    os.environ['CHANCERY'] = str(b.CHANCERY)
    import web
    from world import World
    size = (64 if b.QUICK else 1024) * b.MIB
    with World() as w:
        w.make()
        big = pathlib.Path(w.dir) / 'annex.bin'
        b.fill(big, size)
        with web.Desk(w, 'alpha', more=['--no-sync']) as d:
            told = browse(d, {'what': 'drop', 'file': str(big)}, 1800)
            if told:
                b.row(f'{size // b.MIB} MiB dropped on a draft: up and sealed', size / 1e6 / told['up'], 'MB/s')
                b.row(f'{size // b.MIB} MiB dropped on a draft: sealed and sent', size / 1e6 / told['sent'],
                      'MB/s')
                b.row('the desk meanwhile, memory', b.peak(d.proc.pid), 'MiB')
