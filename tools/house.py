"""What the checks share: source files, comments stripped, functions found, exceptions counted."""
import collections
import glob
import os
import re
import sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

FLOORS = {'base': 0, 'crypto': 1, 'core': 2, 'sys': 3, 'verdict': 3, 'net': 4, 'store': 4,
          'sealing': 4, 'checker': 4, 'registry': 5, 'desk': 5, 'witness': 5, 'monitor': 5, 'page': 6, 'cli': 7}

Function = collections.namedtuple('Function', 'path name line body lines')

_TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def read(path):
    with open(path, encoding='utf-8', errors='replace') as f:
        return f.read()


def sources(*folders):
    """Every .c and .h below the folders, in order."""
    found = []
    for folder in folders or ('src',):
        found += glob.glob(folder + '/**/*.[ch]', recursive=True)
    return sorted(found)


def _blank(text):
    return re.sub(r'[^\n]', ' ', text)


def code(text, strings=False):
    """The text with comments (and strings, unless wanted) blanked; lines keep their numbers."""
    def sub(m):
        t = m.group(0)
        if t.startswith('/'):
            return _blank(t)
        return t if strings else t[0] + _blank(t[1:-1]) + t[-1]
    return _TOKEN.sub(sub, text)


def strings(text):
    """(line, literal) of each string in C source, #include lines apart."""
    for m in _TOKEN.finditer(text):
        start = text.rfind('\n', 0, m.start()) + 1
        if m.group(0)[0] == '"' and not text[start:].lstrip().startswith('#include'):
            yield text.count('\n', 0, m.start()) + 1, m.group(0)[1:-1]


def functions(path):
    """Functions in the house style: their braces stand alone in column 0."""
    lines = code(read(path)).split('\n')
    start = None
    for i, line in enumerate(lines):
        if line.rstrip() == '{':
            start = i
        elif line.startswith('}') and start is not None:
            head = start
            while head > 0 and lines[head - 1].strip() and lines[head - 1][0] not in '}#':
                head -= 1
            m = re.search(r'(\w+)\s*\(', ' '.join(lines[head:start]))
            if m:
                yield Function(path, m.group(1), start + 1, lines[start + 1:i],
                               i - head + 1)
            start = None


class Check:
    """Collects findings, weighs them against tools/exceptions and prints the one line."""

    def __init__(self, name):
        self.name, self.found = name, collections.defaultdict(list)

    def add(self, what, where, text):
        """`what` is the key in tools/exceptions, `where` a file:line for the reader."""
        self.found[what].append(f'{where}: {text}')

    def end(self, note=''):
        allowed = {}
        for line in read('tools/exceptions').splitlines():
            if line.strip() and not line.startswith('#'):
                check, what, count, _reason = line.split(None, 3)
                if 'check-' + check == self.name:
                    allowed[what] = int(count)
        bad = []
        for what in sorted(set(self.found) | set(allowed)):
            n, may = len(self.found[what]), allowed.get(what, 0)
            if n > may:
                bad += self.found[what]
            elif n < may:
                bad.append(f'tools/exceptions: {what} is listed {may} times, found {n}')
        for line in bad:
            print('    ' + line)
        extra = f', {sum(allowed.values())} listed exceptions' if allowed else ''
        print(f'{self.name}: ' + (f'{len(bad)} findings' if bad else f'ok ({note}{extra})'))
        sys.exit(1 if bad else 0)
