#!/usr/bin/env python3
"""Completions and the command part of the manual page, from what the program itself says.

usage: make.py bash|zsh|fish|man CHANCERY [PAGE]

They are made at build time, so that they cannot differ from the table of commands. PAGE is the
manual page with a line @COMMANDS@.
"""
import functools
import itertools
import re
import subprocess
import sys

ROW = re.compile(r'^  ([a-z][a-z-]*) +(\S.*)$')
OPTION = re.compile(r'^  (?:(-[A-Za-z]), )?(--?[A-Za-z][a-z-]*)(?: (\S+))?(?: {2,}(.*)|$)')


@functools.cache
def ask(exe, *words):
    return subprocess.run([exe, *words, '--help'], capture_output=True, text=True,
                          check=True).stdout


def rows(text):
    return [m.groups() for m in map(ROW.match, text.split('\n')) if m]


def options(text):
    found, lines = [], text.split('\n')
    for i, line in enumerate(lines):
        m = OPTION.match(line)
        if m:
            more = (m[3], m[4] or lines[i + 1].strip())
            found += [(name, *more) for name in (m[1], m[2]) if name]
    return found


def commands(exe):
    """[(words, one line, help text, subcommands or None)] in the order of the table."""
    out = []
    for name, line in rows(ask(exe)):
        text = ask(exe, name)
        subs = rows(text) if re.match(rf'Usage: chancery {name} COMMAND', text) else None
        out.append(((name,), line, text, subs))
        for sub, subline in subs or []:
            out.append(((name, sub), subline, ask(exe, name, sub), None))
    return out


def bash(exe):
    all_ = commands(exe)
    top = ' '.join(w[0] for w, *_ in all_ if len(w) == 1)
    print('# bash completion for chancery\n_chancery() {')
    print('\tlocal cur=${COMP_WORDS[COMP_CWORD]} one=${COMP_WORDS[1]} two=${COMP_WORDS[2]} words=')
    print('\tif [ "$COMP_CWORD" -eq 1 ]; then\n\t\twords="%s --help --version"' % top)
    print('\telse\n\t\tcase "$one $two" in')
    for words, _, text, subs in sorted(all_, key=lambda c: -len(c[0])):
        if subs is None:
            pattern = f'"{" ".join(words)}"' if len(words) == 2 else f'"{words[0]} "*'
            print('\t\t%s) words="%s" ;;' % (pattern, ' '.join(o for o, *_ in options(text))))
        else:
            print('\t\t"%s "*) words="%s" ;;' % (words[0], ' '.join(s for s, _ in subs)))
    print('\t\tesac\n\tfi')
    print('\tif [[ $cur == -* || $COMP_CWORD -le 2 && -n $words ]]; then')
    print('\t\tCOMPREPLY=($(compgen -W "$words" -- "$cur"))\n\telse')
    print('\t\tCOMPREPLY=($(compgen -f -- "$cur"))\n\tfi\n}')
    print('complete -o filenames -F _chancery chancery')


def quote(text):
    return text.replace("'", "'\\''").replace('[', '(').replace(']', ')').replace(':', '\\:')


def zsh(exe):
    all_ = commands(exe)
    print('#compdef chancery\n_chancery() {\n\tlocal -a names\n\tif (( CURRENT == 2 )); then')
    print('\t\tnames=(%s)' % ' '.join(f"'{w[0]}:{quote(l)}'" for w, l, *_ in all_ if len(w) == 1))
    print("\t\t_describe command names\n\t\treturn\n\tfi\n\tcase \"$words[2] $words[3]\" in")
    for words, _, text, subs in sorted(all_, key=lambda c: -len(c[0])):
        pattern = f'"{" ".join(words)}")' if len(words) == 2 else f'"{words[0]} "*)'
        if subs is not None:
            print('\t%s names=(%s); _describe command names ;;' % (
                pattern, ' '.join(f"'{s}:{quote(l)}'" for s, l in subs)))
            continue
        args = ' '.join("'%s[%s]%s'" % (o, quote(h), f':{quote(a)}:_files' if a else '')
                        for o, a, h in options(text))
        print(f"\t{pattern} _arguments {args} '*:file:_files' ;;")
    print('\tesac\n}\n_chancery "$@"')


def fish(exe):
    all_ = commands(exe)
    say = lambda t: "'" + t.replace('\\', '\\\\').replace("'", "\\'") + "'"
    for words, line, text, subs in all_:
        if len(words) == 1:
            print(f'complete -c chancery -n __fish_use_subcommand -a {words[0]} -d {say(line)}')
        for sub, subline in subs or []:
            print(f"complete -c chancery -n '__fish_seen_subcommand_from {words[0]}' "
                  f'-a {sub} -d {say(subline)}')
        if subs is not None:
            continue
        seen = '; and '.join('__fish_seen_subcommand_from ' + w for w in words)
        for o, a, h in options(text):
            flag = '-l ' + o[2:] if o.startswith('--') else '-s ' + o[1:]
            print(f"complete -c chancery -n '{seen}' {flag}{' -r' if a else ''} -d {say(h)}")


def roff(text):
    text = text.replace('\\', '\\e').replace('-', '\\-')
    return '\n'.join('\\&' + l if l.startswith(('.', "'")) else l for l in text.split('\n'))


def man(exe, page):
    out = []
    for words, line, text, subs in commands(exe):
        if subs is not None:
            continue
        head, _, rest = text.partition('\n')
        about = rest.split('\n\n')[0].strip('\n') if '\n\n' in rest else rest.strip('\n')
        out.append('.SS ' + roff(head.removeprefix('Usage: ')))
        out.append(roff(about))
        own = text.split('\nOptions\n')
        if len(own) == 2:
            found = options(own[1].split('\n\n')[0])
            for (a, h), same in itertools.groupby(found, key=lambda o: o[1:]):
                names = ', '.join(roff(o) for o, *_ in same)
                out.append('.TP\n.B ' + names + (' \\fI' + roff(a) + '\\fR' if a else ''))
                out.append(roff(h))
        example = text.split('\nExample\n')
        if len(example) == 2:
            out.append('.PP\n.nf\n' + roff(example[1].rstrip('\n')) + '\n.fi')
    with open(page, encoding='utf-8') as f:
        print(f.read().replace('@COMMANDS@', '\n'.join(out)), end='')


def main(what, exe, page=None):
    if what == 'man':
        man(exe, page)
    else:
        {'bash': bash, 'zsh': zsh, 'fish': fish}[what](exe)


if __name__ == '__main__':
    main(*sys.argv[1:])
