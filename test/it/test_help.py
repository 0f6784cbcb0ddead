"""Every command: help with an example, refusal of what it does not know, a place in the manual page
and in the completions. usage: test_help.py CHANCERY MAKE.PY PAGE"""
import contextlib
import importlib.util
import io
import re
import subprocess
import sys

exe, make, page = sys.argv[1:4]
bad = []
spec = importlib.util.spec_from_file_location('make', make)
maker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(maker)


def run(*words):
    return subprocess.run([exe, *words], capture_output=True, text=True)


def rows(text):
    return re.findall(r'^  ([a-z][a-z-]*) +\S', text, re.M)


def made(*args):
    with contextlib.redirect_stdout(io.StringIO()) as text:
        maker.main(*args)
    return text.getvalue()


def look(words, texts):
    name = ' '.join(words)
    p = run(*words, '--help')
    if p.returncode != 0 or not p.stdout.startswith('Usage: chancery ' + name):
        bad.append(f'{name} --help: exit {p.returncode}: {p.stdout[:40]}')
        return
    if f'Usage: chancery {name} COMMAND' in p.stdout:
        if run(*words, 'no-such').returncode != 2:
            bad.append(f'{name} no-such: not refused')
        for sub in rows(p.stdout):
            look([*words, sub], texts)
        return
    if 'chancery ' + name not in p.stdout.partition('\nExample\n')[2]:
        bad.append(f'{name}: no example')
    q = run(*words, '--no-such-option')
    if q.returncode != 2 or not q.stderr.startswith('chancery: '):
        bad.append(f'{name} --no-such-option: exit {q.returncode}')
    for where, text in texts.items():
        if any(w.replace('-', '\\-') not in text and w not in text for w in words):
            bad.append(f'{name} is missing in {where}')


texts = {shell: made(shell, exe) for shell in ('bash', 'zsh', 'fish')}
texts['the manual page'] = made('man', exe, page)
names = rows(run('--help').stdout)
for name in names:
    look([name], texts)
if run().returncode != 2 or run('--version').returncode != 0 or run('no-such').returncode != 2:
    bad.append('chancery alone, --version or an unknown command')
if subprocess.run(['bash', '-n'], input=texts['bash'], text=True).returncode != 0:
    bad.append('the bash completion is no bash')
print('\n'.join(bad) or f'ok: {len(names)} commands')
sys.exit(1 if bad else 0)
