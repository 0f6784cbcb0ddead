"""Every language says everything, with the same places; every word set has every term that a sentence
asks for. usage: test_words.py WEB"""
import pathlib
import re
import sys

web = pathlib.Path(sys.argv[1])
bad = []


def entries(path):
    text = re.sub(r'\n\t\s*', ' ', path.read_text(encoding='utf-8'))
    return dict(re.match(r'([a-z0-9._-]+)\s*=\s*(.*)', line).groups()
                for line in text.splitlines() if line.strip() and not line.startswith('#'))


def language(code):
    found = {}
    for path in sorted((web / 'lang' / code).glob('*.txt')):
        found.update(entries(path))
    return found


en, fr = language('en'), language('fr')
for key in sorted(set(en) ^ set(fr)):
    bad.append(f'{key}: only in {"en" if key in en else "fr"}')
for key in sorted(set(en) & set(fr)):
    if sorted(set(re.findall(r'\{\d\}', en[key]))) != sorted(set(re.findall(r'\{\d\}', fr[key]))):
        bad.append(f'{key}: other places in fr')
    if en[key] == fr[key] and len(re.sub(r'\{\d\}', '', en[key])) > 24:
        bad.append(f'{key}: not translated')
diplomacy = entries(web / 'words/diplomacy.txt')
for path in sorted((web / 'words').glob('*.txt')):
    for key in entries(path):
        if key not in diplomacy:
            bad.append(f'{path.name}: {key} is no term of diplomacy')
for code, texts in (('en', en), ('fr', fr)):
    for key, text in texts.items():
        for term in re.findall(r'\[([a-z-]+)\]', text):
            if f'{code}.{term}' not in diplomacy:
                bad.append(f'{code}: {key}: no word for [{term}]')
# What must never be said (doc/STYLE.md), in the language that the list is made for.
for key, text in en.items():
    for word in ('chat', 'certified', 'served', 'deleted', 'witnessed by', 'accepted by', 'read by'):
        if re.search(rf'\b{word}\b', text, re.I):
            bad.append(f'{key}: says “{word}”')
for line in bad:
    print(line)
print(f'{len(en)} sentences, {len(bad)} findings')
sys.exit(1 if bad or len(en) < 150 else 0)
