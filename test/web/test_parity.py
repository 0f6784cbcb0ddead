"""Every command has a page or a reason (web/parity.txt), every page a command or a reason; the manual's
tables say so, and its links lead somewhere. usage: test_parity.py CHANCERY ROOT"""
import pathlib
import re
import subprocess
import sys

exe, root = sys.argv[1], pathlib.Path(sys.argv[2])
bad = []


def rows(*words):
    p = subprocess.run([exe, *words, '--help'], capture_output=True, text=True, timeout=20)
    return re.findall(r'^  ([a-z][a-z-]*) +\S', p.stdout, re.M) if not words or \
        f'Usage: chancery {words[0]} COMMAND' in p.stdout else []


def made(page):
    return subprocess.run([sys.executable, root / 'tools/make-manual', 'show', root, page], check=True,
                          capture_output=True, text=True, timeout=60).stdout


commands = []
for name in rows():
    sub = rows(name)
    commands += [f'{name} {s}' for s in sub] if sub else [name]
table = re.findall(r'\{\s*([A-Z]\w*),\s*"([^"]*)",([^}]*)\}', (root / 'src/page/table.c').read_text())
reasons = {}
for line in (root / 'web/parity.txt').read_text().splitlines():
    if line.strip() and not line.startswith('#'):
        key, eq, why = line.partition(' = ')
        if not eq or not why.strip() or key.strip() in reasons:
            bad.append(f'parity.txt: not `key = reason`, or twice: {line}')
        reasons[key.strip()] = why
served, named = {}, set()
for method, path, rest in table:
    command = re.findall(r'"([^"]*)"', rest)
    if command:
        served.setdefault(command[-1], []).append(path)
        named.add(path)
for c in sorted(set(served) - set(commands)):
    bad.append(f'table.c: {served[c][0]}: there is no command {c}')
for c in commands:
    if c not in served and c not in reasons:
        bad.append(f'{c}: no page names it, and no reason stands in web/parity.txt')
    if c in served and c in reasons:
        bad.append(f'{c}: has a page and a reason')
for method, path, rest in table:
    key = f'page: {path}'.strip()
    if method == 'G' and path not in named and key not in reasons:
        bad.append(f'{key}: names no command, and no reason stands in web/parity.txt')
paths = {path for _, path, _ in table}
for key in reasons:
    if key.startswith('page:') and key[5:].strip() not in paths:
        bad.append(f'parity.txt: there is no page {key[5:].strip()!r}')
    if not key.startswith('page:') and key not in commands:
        bad.append(f'parity.txt: there is no command {key}')
shown = made('commands')
for c in commands:
    if f'| chancery {c} |' not in shown:
        bad.append(f'{c}: is not in the table of the manual')
words = made('words')
for least, part in ((13, '## Where a paper stands'), (9, '## What a delivery record'), (20, '## Buttons'),
                    (150, '## Errors in full')):
    n = words.partition(part)[2].partition('\n## ')[0].count('\n| ') - 1
    if n < least:
        bad.append(f'words: {part}: {n} rows, at least {least} were expected')
pages = {p.stem: p.read_text(encoding='utf-8') for p in (root / 'doc/manual').glob('*.md')}
pages.update({'words': words, 'commands': shown})
for name, text in pages.items():
    for to in re.findall(r'\]\(([a-z-]+)\.md', text):
        if to not in pages:
            bad.append(f'{name}.md leads to {to}.md, which is not there')
for line in bad:
    print(line)
print(f'{len(commands)} commands, {len(table)} rows of pages, {len(reasons)} reasons, {len(bad)} findings')
sys.exit(1 if bad or len(commands) < 30 else 0)
