#!/usr/bin/env python3
"""Every route of the server is in openapi.yaml and in the table of README.md, and the reverse."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
METHODS = {'GET': 'get', 'POST': 'post', 'CH_HTTP1_PUT': 'put'}


def shape(path):
    """Names of parameters do not matter, their places do."""
    return re.sub(r'\{[^}]*\}|<[^>]*>|\*+|…', '*', path)


routes = {(METHODS[m], shape(p)) for m, p in re.findall(
    r'\{ (GET|POST|CH_HTTP1_PUT), "([^"]+)"',
    (root / 'src/registry/routes.c').read_text())}

page, path = set(), None
for line in (root / 'doc/api/openapi.yaml').read_text().split('components:')[0].split('\n'):
    if m := re.fullmatch(r'  (/\S*):', line):
        path = m[1]
    elif m := re.fullmatch(r'    (get|post|put):', line):
        page.add((m[1], shape(path)))

table = set()
for row in re.findall(r'^\| (`.*?) \|', (root / 'doc/api/README.md').read_text(), re.M):
    method, first = None, None
    for word in re.findall(r'`([^`]+)`', row):
        m = re.match(r'(?:(GET|POST|PUT) )?(/[^?\[]*)(\[[^]]*\])?', word)
        method = (m[1] or method).lower()
        path = m[2].rstrip('/') if m[2] != '/' else m[2]
        if m[1]:
            first = path
        elif path.count('/') == 1:  # `/decline` beside `POST /v1/deliveries/<L>/receipt`
            path = first.rsplit('/', 1)[0] + path
        path = path.replace('/log/tile/…', '/log/*')
        table.add((method, shape(path)))
        if m[3]:
            table.add((method, shape(path + m[3].strip('[]'))))

bad = False
for name, other in (('openapi.yaml', page), ('README.md', table)):
    for what, rest in ((f'not in {name}', routes - other), (f'only in {name}', other - routes)):
        for method, path in sorted(rest):
            print(f'{what}: {method} {path}')
            bad = True
print(f'{len(routes)} routes')
sys.exit(bad or len(routes) < 30)
