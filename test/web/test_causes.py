"""Every sentence of a lower floor that can reach a page (ch_problem_set, ch_problem_about, ch_err_text, what
stands at a place of one, what could mislead in a text) stands in web/lang/en/cause.txt, and with it in every
language; nothing stands there that is said nowhere. And whatever the judges say has its French, as published
folders, the checking page and the desk show it (make-public refuses what no judge says).
usage: test_causes.py ROOT"""
import pathlib
import re
import sys

FLOORS = ['sys', 'store', 'net', 'sealing', 'desk', 'page']
# Kinds of statements: ch_kind_schema(x)->name stands at places.
KINDS = ['receipt', 'decline', 'take-back', 'opened', 'defect', 'key-missing', 'confirmation', 'disclosure',
         'statement', 'contestation']
# What is only put around another text has no words of its own.
BARE = re.compile(r'[^A-Za-z]*')
TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|PRI[a-z]\w+|[(),]|\s+|[^"(),\s]+')


def arguments(text, at):
    """The arguments of a call, each as the literals in it: one, or those that a condition chooses of."""
    depth, out, now, join = 1, [], [], False
    for m in TOKEN.finditer(text, at):
        t = m[0]
        if t[0] == '"' or t.startswith('PRI'):
            word = m[1] if t[0] == '"' else 'u'
            if join:
                now[-1] += word
            else:
                now.append(word)
            join = True
        elif t == '(' or t == ')':
            depth += 1 if t == '(' else -1
            if depth == 0:
                break
        elif t == ',' and depth == 1:
            out.append(now)
            now, join = [], False
        elif t.strip():
            join = False
    return [*out, now]


def sentence(fmt):
    n = iter(range(9))
    fmt = fmt.replace('\\"', '"').replace('\\n', ' ')
    fmt = re.sub(r'%(?:%|[-0-9.*]*(?:ll|l|z|h)*[sdiuxXc])',
                 lambda m: '%' if m[0] == '%%' else f'{{{next(n)}}}', fmt)
    return fmt.rstrip('.')


def joined(path):
    return re.sub(r'(?<!\\)"\s*"', '', path.read_text(encoding='utf-8'))


def listed(path, name):
    """The literals of a table: `[NAME] = "…"`."""
    return re.findall(name + r'\s*=\s*\(?"((?:[^"\\]|\\.)*)"', joined(path))


def judges(root):
    """What the judges may say, but for the names of keys and the like."""
    core = root / 'src/core'
    out = set(listed(core / 'delivery_names.c', r'\[CH_FIND_\w+\]'))
    body = joined(core / 'evidence.c')
    table = re.search(r'name\[CH_BY_COUNT\] = \{(.*?)\};', body, re.S)[1]
    out.update(re.findall(r'"([^"]+)"', table))
    for path in [*core.glob('*.c'), *(root / 'src/verdict').glob('*.c')]:
        text = joined(path)
        for m in re.finditer(r'\bch_(?:fact_fail|verdict_refuse)\(', text):
            out.update(x for arg in arguments(text, m.end()) for x in arg)
        for m in re.finditer(r'\bwhy = "([^"]+)"', text):
            out.add(m[1])
    story = joined(root / 'src/verdict/verdict_story.c')
    out.update(x for x in re.findall(r'"((?:[^"\\]|\\.)*)"', story) if re.search('[a-z]{3}', x) and
               not x.endswith('.h') and x not in ('sent', 'characterisation'))
    return {x for x in out if re.search('[a-z]{3}', x)}


def said(root):
    out = {}
    for floor in FLOORS:
        for path in sorted((root / 'src' / floor).glob('*.c')):
            text = path.read_text(encoding='utf-8')
            for m in re.finditer(r'\bch_problem_(set|about)\(', text):
                a = arguments(text, m.end())
                if m[1] == 'set':
                    every = a[2] if len(a) > 2 else []
                else:
                    every = [f'{x}%s{y}' for x in a[2] or [''] for y in a[4] or ['']] if len(a) > 4 else []
                for s in every + sum(a[3:] if m[1] == 'set' else a[5:], []):
                    out.setdefault(sentence(s), path.name)
    body = (root / 'src/base/err.c').read_text(encoding='utf-8')
    for m in re.finditer(r'return "([^"]+)"', body):
        out.setdefault(m[1], 'err.c')
    for s in listed(root / 'src/core/markdown.c', r'\[CH_MD_(?!NONE)\w+\]'):
        out.setdefault(s.replace('\\\\', '\\'), 'markdown.c')
    out.update(dict.fromkeys(KINDS, 'a kind'))
    return {s: where for s, where in out.items() if not BARE.fullmatch(re.sub(r'\{\d\}', '', s))}


def main():
    root = pathlib.Path(sys.argv[1])
    text = re.sub(r'\n\t\s*', ' ', (root / 'web/lang/en/cause.txt').read_text(encoding='utf-8'))
    have = {m[2]: m[1] for m in re.finditer(r'^(cause\.[a-z0-9-]+) = (.*)$', text, re.M)}
    want = said(root)
    bad = [f'{where}: has no sentence in web/lang/en/cause.txt: {s}' for s, where in want.items()
           if s not in have]
    bad += [f'{key}: is said nowhere: {s}' for s, key in have.items() if s not in want]
    phrases = (root / 'web/public/lang/fr-phrases.txt').read_text(encoding='utf-8')
    french = {line.split(' = ')[0] for line in phrases.split('\n') if ' = ' in line}
    told = judges(root)
    bad += [f'fr-phrases.txt: a judge says, and has no French: {s}' for s in sorted(told - french)]
    for line in bad:
        print(line)
    print(f'{len(want)} sentences, {len(told)} of judges, {len(bad)} findings')
    sys.exit(1 if bad or len(want) < 200 or len(told) < 80 else 0)


if __name__ == '__main__':
    main()
