"""One more delegate, and one less, by the pages of two desks: delegate.js. Without a browser by plain HTTP:
what waits leads to the page that says so."""
import sys
import types

import web
from browser import browser, missing
from world import PASS, check, main


def place(w, name):
    """A machine of somebody's own."""
    folder = w.dir / name
    folder.mkdir()
    return types.SimpleNamespace(dir=folder, env={**w.env, 'XDG_DATA_HOME': str(folder / 'data')})


def two_desks(w):
    with web.Desk(w, 'alpha') as d, web.Desk(place(w, 'other')) as o:
        browser(w, 'delegate.js', {'link': d.link, 'base': f'http://{d.host}', 'pass': PASS,
                                   'otherLink': o.link, 'otherBase': f'http://{o.host}'})


def waits(w):
    """A home that waits, made by the command: its desk shows the request, and nothing else."""
    w.run('clane', 'delegate', 'ask', 'alpha.example', '--person', 'c.lane', '--exercise', '--work-factor',
          '10', '-o', w.dir / 'request.txt')
    with web.Desk(w, 'clane') as d:
        d.begin()
        d.unlock()
        for path in ('talks', 'drafts', 'keys', 'register', 'sheet', 'open'):
            status, head, _ = d.get(f'/h/1/{path}')
            check(status == 303 and head['Location'] == '/h/1/wait', f'{path}: {status}')
        status, _, text = d.get('/h/1/wait/request')
        check(status == 200 and text == (w.dir / 'request.txt').read_text(), 'the request')
        head = ('--x\r\nContent-Disposition: form-data; name="form"\r\n\r\n%s\r\n--x\r\nContent-Disposition: '
                'form-data; name="file"; filename="w.age"\r\n\r\nage\r\n--x--\r\n')
        for token, words in ((d.csrf, 'no welcome, or was altered'), ('A' * 43, 'not from this desk')):
            status, _, text = d.ask('POST', '/h/1/wait/welcome', head % token, Origin=f'http://{d.host}',
                                    Content_Type='multipart/form-data; boundary=x')
            check(status == 422 and words in text, f'{words}: {status}: {text[-2500:]}')
        # The command takes the welcome in beside the desk.
        w.run('alpha', 'delegate', 'add', w.dir / 'request.txt', '-o', w.dir / 'w.age')
        w.run('clane', 'delegate', 'join', w.dir / 'w.age')
        d.until('/h/1/talks', 'strait')


if missing():
    print(f'skip: two_desks: {missing()} is missing')
sys.exit(main([waits] if missing() else [waits, two_desks]))
