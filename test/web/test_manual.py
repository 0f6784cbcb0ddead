"""Each page of the manual for users stands in English and in French, made alike: the same headings, lists,
tables, what stands as code in their rows, pictures and links. usage: test_manual.py ROOT"""
import pathlib
import re
import sys


def shape(text):
    """A page without its words."""
    out = []
    for line in text.splitlines():
        m = re.match(r'(#{1,4}|[-*]|\d+\.|\|) ', line)
        if line.startswith('|'):
            out.append((len(re.split(r'(?<!..)[|]|(?<=[^`])[|]', line)), re.findall('`[^`]+`', line)))
        elif line.startswith('    '):
            out.append(re.sub(r' +[#(].*', '', line))  # but for a remark
        elif m:
            out.append(m[1])
    links = re.findall(r'\]\(([^)]+)\)', text)
    return out, [re.sub(r'^(\.\./)+', '', x) for x in links]


root = pathlib.Path(sys.argv[1]) / 'doc/manual'
english = {p.stem: p.read_text(encoding='utf-8') for p in root.glob('*.md')}
french = {p.stem: p.read_text(encoding='utf-8') for p in (root / 'fr').glob('*.md')}
bad = [f'{n}: only in one language' for n in sorted(set(english) ^ set(french))]
for name in sorted(set(english) & set(french)):
    for what, en, fr in zip(('shape', 'links'), shape(english[name]), shape(french[name])):
        if en != fr:
            at = next((i for i, (a, b) in enumerate(zip(en, fr)) if a != b), min(len(en), len(fr)))
            bad.append(f'{name}: another {what}, at {at}: {en[at:at + 2]} but {fr[at:at + 2]}')
    if english[name].splitlines()[0] == french[name].splitlines()[0]:
        bad.append(f'{name}: the title is not translated')
for line in bad:
    print(line)
print(f'{len(french)} pages, {len(bad)} findings')
sys.exit(1 if bad or len(french) < 10 else 0)
