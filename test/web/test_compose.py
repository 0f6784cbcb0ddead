"""Writing, keeping and sending papers by the desk, by plain HTTP as a browser without script does it;
what was saved is there after a kill, and nothing goes twice."""
import datetime
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse

import web
from browser import browser, missing
from world import PASS, Failed, World, check, main  # noqa: F401

FIELDS = {'to': 'bravo.example', 'kind': 'note', 'act': 'proposal', 'basis': 'confidential',
          'subject': 'Patrols <at> night', 'text': '# Patrols\n\nOne *boat* each.\n'}


def desk(w, *more, who='alpha'):
    d = web.Desk(w, who, more=more)
    d.begin()
    d.unlock()
    return d


def begin(d, **more):
    """A new draft; its address."""
    status, head, text = d.post('/h/1/talks/strait/compose', **{**FIELDS, **more})
    check(status == 303 and re.fullmatch(r'/h/1/drafts/[0-9a-f]{16}', head['Location']),
          f'{status} {text[-1500:]}')
    return head['Location']


def put(d, path, name, body, **head):
    return d.ask('PUT', f'{path}?name={urllib.parse.quote(name)}', body,
                 Origin=f'http://{d.host}', X_Chancery_Form=d.csrf,
                 Content_Type='application/octet-stream', **head)


def form_with(d, path, parts, token=None, **head):
    b = 'xXx--boundary'
    body = b''
    for name, file, data in [('form', None, token or d.csrf)] + parts:
        body += (f'--{b}\r\nContent-Disposition: form-data; name="{name}"'
                 + (f'; filename="{file}"\r\nContent-Type: text/plain' if file is not None else '')
                 + '\r\n\r\n').encode() + (data if isinstance(data, bytes) else data.encode()) + b'\r\n'
    head.setdefault('Origin', f'http://{d.host}')
    return d.ask('POST', path, body + f'--{b}--\r\n'.encode(),
                 Content_Type=f'multipart/form-data; boundary={b}', **head)


def was(d, path):
    """What the form of a page says of the draft that it was made of."""
    text = d.get(path)[2]
    return text.split('name="was"')[1].split('value="')[1].split('"')[0] if 'name="was"' in text else ''


def save(d, path, **fields):
    return d.post(path, was=was(d, path), **{'talks': 'strait', **FIELDS, **fields})


def send(d, path, delay=0):
    status, head, text = d.post(path + '/send', delay=str(delay), was=was(d, path + '/review'))
    check(status == 303, f'send: {status} {text[-2000:]}')
    return d.follow(head['Location'])


def standing(w, number, who='alpha'):
    return w.json(who, 'show', number)['standing']


def waiting(w):
    return w.json('alpha', 'outbox')['waiting']


def drafts_and_list(w):
    """Saved sealed, shown again as typed, listed, discarded."""
    d = desk(w, '--no-sync')
    with d:
        _, _, text = d.get('/h/1/talks/strait/compose')
        check('Nothing is saved yet' in text and 'Puts something forward' in text, 'the form')
        odd = 'A \u200c word, <b>\r\n\r\n\u202eturned\r\n'
        path = begin(d, text=odd, subject='  two\nlines \u00e9 ')
        _, _, text = d.get(path)
        check('>\nA \u200c word, &lt;b&gt;\n\n\u202eturned\n</textarea>' in text, 'as typed')
        check('value="two lines \u00e9"' in text and 'Saved' in text, 'one line')
        check('&lt;U+202E&gt;turned' in text, 'the preview shows what would turn the text')
        home = w.dir / 'alpha'
        raw = b''.join(f.read_bytes() for f in (home / 'drafts').rglob('*') if f.is_file())
        check(b'turned' not in raw and raw.startswith(b'age-encryption.org/v1'), 'sealed')
        status, head, _ = save(d, path, do='review')
        check(status == 303 and head['Location'] == path + '/review', 'on to the review')
        _, _, text = d.get('/h/1/drafts')
        check('Patrols &lt;at&gt; night' in text and path in text, 'listed')
        for bad in ('/h/1/drafts/0123456789abcdef', '/h/1/drafts/..%2f..', '/h/1/drafts/x'):
            check(d.get(bad)[0] == 404, bad)
        _, _, text = d.get(path + '/discard')
        check('nobody can bring them back' in text and d.get(path)[0] == 200, 'asked first')
        check(d.post(path + '/discard')[0] == 303 and d.get(path)[0] == 404, 'gone')
        check(list((home / 'drafts').iterdir()) == [], 'from the disk, too')


def answering(w):
    """What it answers is picked; the paper's page leads there."""
    n = w.send('bravo', 'alpha.example', 'A question.\n', '--subject', 'A question')
    w.run('alpha', 'sync')
    w.run('alpha', 'sign-for', n)
    d = desk(w, '--no-sync')
    with d:
        d.until('/h/1/talks/strait', 'A question')
        paper = f'/h/1/talks/strait/papers/{n.replace("/", "-")}'
        _, _, text = d.get(paper)
        check(paper + '/answer' in text, 'Answer it')
        _, head, _ = d.get(paper + '/answer')
        _, _, text = d.get(head['Location'])
        check(f'<option value="{n}" selected>' in text and '<option value="reply" selected>' in text,
              'picked')
        path, text = send(d, begin(d, act='reply', re=n))
        check('/outbox' in path, path)
    w.run('bravo', 'sync')
    mine = [s for s in w.json('alpha', 'outbox')['sent']]
    check(n in str(w.json('bravo', 'show', mine[0]['number'])), 'it names it')


def files(w):
    """Attachments: raw and by a form, hostile names, removed again; sealed with the paper."""
    d = desk(w, '--no-sync')
    big = os.urandom(3 << 20)
    with d:
        path = begin(d)
        status, _, text = put(d, path + '/files', 'map of strait.pdf', big)
        check(status == 303, f'{status} {text[-1000:]}')
        status, _, text = form_with(d, path + '/files', [('file', 'C:\\x\\note.txt', 'hello\r\n--xXx--bound')])
        check(status == 303, f'{status} {text[-1000:]}')
        _, _, text = d.get(path)
        check('map of strait.pdf' in text and '3.1 MB' in text and '>note.txt<' in text, 'listed')
        for name in ('evil\u202efdp.exe', 'a\nb.txt', '', '..', 'x' * 300):
            status, _, text = put(d, path + '/files', name, b'x')
            check(status in (422, 303), f'{name!r}: {status}')
            check('\u202e' not in text, f'{name!r} turns the page')
        _, _, text = d.get(path)
        check(text.count('/remove"') <= 3 and 'evil' not in text, 'none of them is there')
        while text.count('/remove"') > 2:
            d.post(path + '/files/' + text.split('/remove"')[2].split('/')[-1] + '/remove')
            _, _, text = d.get(path)
        # Forms of others do nothing: no token, a wrong one, another page.
        part = [('file', 'stranger.txt', 'x')]
        check(form_with(d, path + '/files', part, token='A' * 43)[0] == 422, 'a wrong token')
        check(form_with(d, path + '/files', part, Origin='http://evil.example')[0] == 403, 'Origin')
        check(put(d, path + '/files', 'x', b'x', Cookie=None)[0] == 403, 'no cookie')
        check(d.ask('PUT', path + '/files?name=x', b'x', Origin=f'http://{d.host}')[0] == 403, 'no token')
        check(d.ask('POST', path + '/files', 'form=' + d.csrf, Origin=f'http://{d.host}')[0] == 415, 'type')
        check('stranger' not in d.get(path)[2], 'nothing came')
        # Cut off in the middle: the list stays as it is.
        c = http.client.HTTPConnection('127.0.0.1', d.port, timeout=10)
        c.putrequest('PUT', path + '/files?name=half.bin', skip_host=True)
        for k, v in (('Host', d.host), ('Cookie', d.cookie), ('Origin', f'http://{d.host}'),
                     ('X-Chancery-Form', d.csrf), ('Content-Length', '1000000')):
            c.putheader(k, v)
        c.endheaders()
        c.send(b'y' * 300000)
        c.close()
        _, _, text = d.get(path + '/review')
        check('map of strait.pdf' in text and 'half.bin' not in text, 'the review names them')
        raw = b''.join(f.read_bytes() for f in (w.dir / 'alpha' / 'drafts').rglob('*') if f.is_file())
        check(big[:64] not in raw and b'hello\r\n' not in raw, 'sealed on the disk')
        send(d, path)
    n = w.json('alpha', 'outbox')['sent'][0]['number']
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    w.run('bravo', 'show', n, '--save', w.dir / 'out')
    check((w.dir / 'out' / '01.pdf').read_bytes() == big, 'the same bytes arrive')
    check((w.dir / 'out' / '02.txt').read_bytes() == b'hello\r\n--xXx--bound', 'and the small one')
    check(not list((w.dir / 'alpha' / 'drafts').iterdir()), 'the draft is let go')


def reviewing(w):
    """The two lists; what cannot stand is said with its line, and can be mended."""
    d = desk(w, '--no-sync')
    with d:
        path = begin(d, caveat='Ministers only', **{'answer-by': '2030-01-15'})
        _, _, text = d.get(path + '/review')
        for words in ('What they see before signing', 'What can later be shown, and to whom',
                      'Ministers only', 'sees the cover before signing',
                      'took delivery of exactly this cover', 'Signing for it accepts nothing'):
            check(words in text, words)
        seen = text.split('What they see before signing')[1].split('Sealed until signed for')[0]
        check('Patrols &lt;at&gt; night' in seen and 'boat' not in seen, 'the text is not among it')
        for field, value, words in (('text', 'a\n\n<script>', 'line 3'), ('text', '', 'is empty'),
                                    ('act', 'nothing', 'no word of this version'),
                                    ('answer-by', '2001-01-01', 'in the past'),
                                    ('re', 'ALPHA-BRAVO/2026/0999', ''),
                                    ('act', 'withdrawal', 'operative')):
            save(d, path, **{field: value})
            status, _, text = d.get(path + '/review')
            text = re.sub('</?bdi>', '', text) # names in a sentence are set apart
            check(status == 422 and words in text and 'Go on writing' in text, f'{field}: {text[-1500:]}')
            status, _, _ = d.post(path + '/send', delay='0')
            check(status == 422 and waiting(w) == [], 'and it is not sealed')


def all_of_it(w):
    """What the command can say of a paper, the page can: date, languages, copy, lapse, what may be confirmed."""
    more = {'date': '2026-11-20', 'languages': 'fr', 'copy': '2,3', 'lapse': '30',
            'may-confirm': 'from,to,date'}
    d = desk(w, '--no-sync')
    with d:
        path = begin(d, **more)
        _, _, text = d.get(path)
        check('value="2026-11-20"' in text and '<option value="from,to,date" selected>' in text and
              'value="2,3"' in text and '<details open>' in text, text[-3000:])
        for field, value, words in (('lapse', 'soon', 'days from 1 to 3660'), ('lapse', '0', 'days from 1'),
                                    ('copy', 'two', 'one form'), ('date', '2026-02-30', ''),
                                    ('may-confirm', 'everything', 'there is no key')):
            save(d, path, **{**more, field: value})
            status, _, text = d.get(path + '/review')
            check(status == 422 and words in text, f'{field}: {status} {text[-1500:]}')
        save(d, path, **more)
        _, _, text = d.get(path + '/review')
        check('in public bravo.example may confirm: from,to,date' in re.sub('</?bdi>', '', text).lower(), 'said before')
        send(d, path)
    n = w.json('alpha', 'outbox')['sent'][0]['number']
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    got = w.json('bravo', 'show', n)
    check((got['date'], got['languages'], got['copy'], got['may_confirm']) ==
          ('2026-11-20', 'fr', '2,3', 'from,to,date'), str(got))
    lapses = datetime.datetime.fromisoformat(got['lapses'].replace('Z', '+00:00'))
    check(29 <= (lapses - datetime.datetime.now(datetime.timezone.utc)).days <= 30, got['lapses'])


def two_windows(w):
    """The last to save does not win: both texts are shown, and the person chooses. What was looked at
    is what is sealed."""
    d = desk(w, '--no-sync')
    with d:
        path = begin(d, text='Alike.\n\nFrom the first.\n\nThe end.\n')
        old = was(d, path)
        # The same form twice says nothing new; then another window saves.
        check(d.post(path, was=old, **{**FIELDS, 'text': 'One.\n'})[0] == 303, 'saved')
        check(d.post(path, was=old, **{**FIELDS, 'text': 'One.\n'})[0] == 303, 'the same again')
        mine = {**FIELDS, 'text': 'Two <b>.\r\n\u202eturned\r\n', 'act': 'request', 'talks': 'strait'}
        for stale in (old, '', 'f' * 64, None):
            status, _, text = d.post(path, **mine, **({'was': stale} if stale is not None else {}))
            check(status == 409 and 'changed in another window' in text, f'{stale}: {status} {text[-2000:]}')
            check('<mark>One.' in text and '<mark>Two &lt;b&gt;.' in text, 'both, and what differs')
            check('&lt;U+202E&gt;turned' in text and text.count('<dt>Act</dt>') == 2, 'also of the cover')
            check('value="Two &lt;b&gt;.\n\u202eturned\n"' in text, 'as typed, for the choice')
            check('One.\n</textarea>' in d.get(path)[2], 'nothing was saved over')
        # The form of that page: mine instead; or both.
        now = text.split('name="was"')[1].split('value="')[1].split('"')[0]
        status, head, _ = d.post(path, was=now, **mine)
        check(status == 303 and 'Two &lt;b&gt;.' in d.get(path)[2], 'chosen')
        status, _, text = d.post(path, was=now, **{**mine, 'text': 'Three.\n'})
        check(status == 409, 'and a choice is old as well, once another was made')
        status, head, _ = d.post('/h/1/talks/strait/compose', was=now, **{**mine, 'text': 'Three.\n'})
        check(status == 303 and head['Location'] != path and 'Three.' in d.get(head['Location'])[2], 'both')
        check('Two &lt;b&gt;.' in d.get(path)[2], 'the first stays')
        # Only what was looked at is sealed: text and files.
        save(d, path, text='Looked at.\n')
        seen = was(d, path + '/review')
        put(d, path + '/files', 'late.txt', b'late')
        status, head, _ = d.post(path + '/send', delay='0', was=seen)
        check(status == 303 and head['Location'] == path + '/review?newer=1', f'{status} {head}')
        check('Nothing was sealed' in d.get(head['Location'])[2] and waiting(w) == [], 'looked at again')
        # A file's button means that file, whatever went before it.
        put(d, path + '/files', 'other.txt', b'other')
        late = d.get(path)[2].split('late.txt')[1].split('action="')[1].split('"')[0]
        check(d.post(late)[0] == 303 and d.post(late)[0] == 404, 'removed once')
        check('other.txt' in d.get(path)[2], 'and no other')
        # Sent, and discarded, in another window: what is typed here is not lost.
        send(d, path, 3600)
        status, _, text = d.post(path, was=old, **mine)
        check(status == 409 and 'no longer here' in text and 'Two &lt;b&gt;.' in text, text[-2000:])
        check(len(waiting(w)) == 1, 'it stays as it was sent')
        path = begin(d)
        d.post(path + '/discard')
        status, _, text = d.post(path, was=old, **mine)
        check(status == 409 and 'action="/h/1/talks/strait/compose"' in text, text[-2000:])
        check(d.post(path, was=old, **FIELDS)[0] == 404, 'of no talks')


def delaying(w):
    """A delay: held in the outbox, also to the command's eye; taken out, nothing is left; sent now."""
    d = desk(w)
    with d:
        path = begin(d)
        where, text = send(d, path, 3600)
        check('/outbox' in where and 'has not left this machine' in text and 'Patrols' in text, text[-3000:])
        held = waiting(w)
        check(len(held) == 1 and held[0]['state'] == 'held', f'{held}')
        check(d.get(path)[1]['Location'] == '/h/1/outbox', 'it is written no more')
        check(d.post(path, **FIELDS)[0] == 303 and len(waiting(w)) == 1, 'nor saved over')
        _, head, _ = d.post(f'/h/1/outbox/{held[0]["id"]}/cancel')
        where, text = d.follow(head['Location'])
        check(where.startswith(path) and 'never left this machine' in text, where)
        check('One *boat* each.' in text, 'the draft is a draft again')
        check(waiting(w) == [] and list((w.dir / 'alpha' / 'outbox').iterdir()) == [], 'nothing left')
        # Taken out by the command: a draft again, too.
        send(d, path, 3600)
        w.run('alpha', 'outbox', '--cancel', waiting(w)[0]['id'])
        _, _, text = d.get(path)
        check('It was not sent' in text and 'One *boat*' in text, text[-2000:])
        send(d, path, 3600)
        _, head, _ = d.post(f'/h/1/outbox/{waiting(w)[0]["id"]}/now')
        d.follow(head['Location'])
        check(waiting(w) == [], 'sent now')
        d.until('/h/1/outbox', 'not signed for</span>')
        check(d.get(path)[0] == 404, 'the draft is let go')
        # The delay ends by itself.
        send(d, begin(d, subject='By itself'), 2)
        end = time.monotonic() + 20
        while waiting(w) and time.monotonic() < end:
            time.sleep(0.2)
        check(waiting(w) == [], 'it left by itself')
        text = d.until('/h/1/outbox', 'By itself')
    check(len(w.json('alpha', 'outbox')['sent']) == 2, 'two papers, no more')


def one_after_the_other(w):
    """A second paper to the same party waits for the first, and then goes by itself."""
    d = desk(w)
    with d:
        send(d, begin(d, subject='First'), 4)
        _, text = send(d, begin(d, subject='Second'), 0)
        check('It is not sealed yet' in text, text[-3000:])
        end = time.monotonic() + 25
        while len(w.json('alpha', 'outbox')['sent']) < 2 and time.monotonic() < end:
            time.sleep(0.3)
        check([s['number'][-4:] for s in w.json('alpha', 'outbox')['sent']] == ['0001', '0002'], 'in turn')


def registry_away(w):
    """Work goes on: written, kept, sealed when the registry is back, sent once."""
    w.stop()
    d = desk(w)
    with d:
        path = begin(d)
        put(d, path + '/files', 'a.txt', b'aaa')
        where, text = send(d, path, 60)
        check('/outbox' in where and 'not sealed yet' in text, text[-3000:])
        text = d.until('/h/1/outbox', 'cannot be reached since')
        check('The next try is' in text, 'and when')
        # Back to writing, and again.
        _, head, _ = d.post(path + '/keep')
        check(head['Location'] == path and d.get(path)[0] == 200, 'a draft again')
        send(d, path, 0)
    # A day later, another desk.
    d = desk(w)
    with d:
        d.until('/h/1/outbox', 'not sealed yet')
        w.start()
        d.post('/h/1/sync')
        d.until('/h/1/outbox', 'not signed for</span>', 40)
        check(d.get(path)[0] == 404, 'the draft is let go')
        # Sealed before the registry went away: it is tried again, and may be taken back until then.
        send(d, begin(d, subject='Held'), 3)
        w.stop()
        text = d.until('/h/1/outbox', 'cannot be reached since', 30)
        held = waiting(w)
        check('has not left this machine' in text and len(held) == 1, f'{held}')
        w.start()
        d.post('/h/1/sync')
        end = time.monotonic() + 30
        while waiting(w) and time.monotonic() < end:
            time.sleep(0.2)
    check(len(w.json('alpha', 'outbox')['sent']) == 2, 'each sent once')


def killed(w):
    """kill -9 while composing, uploading, sealing, sending: the draft is there, and the paper is
    unsent or sent exactly once."""
    d = desk(w)
    path = begin(d)
    save(d, path, text='Kept.\n')
    c = http.client.HTTPConnection('127.0.0.1', d.port, timeout=10)
    c.putrequest('PUT', path + '/files?name=half.bin', skip_host=True)
    for k, v in (('Host', d.host), ('Cookie', d.cookie), ('Origin', f'http://{d.host}'),
                 ('X-Chancery-Form', d.csrf), ('Content-Length', '9000000')):
        c.putheader(k, v)
    c.endheaders()
    c.send(b'y' * 3000000)
    time.sleep(0.1)
    d.stop(signal.SIGKILL)
    c.close()
    d = desk(w)
    _, _, text = d.get(path)
    check('Kept.' in text and 'half.bin' not in text, 'what was saved is there')
    check(len(list((w.dir / 'alpha' / path[5:]).iterdir())) == 1, 'and nothing half')
    put(d, path + '/files', 'data.bin', bytes(4 << 20))
    gone = 0
    for ms in (0, 5, 20, 45, 90, 300):
        status, _, text = d.post(path + '/send', delay='0', was=was(d, path + '/review'))
        check(status == 303, f'{status} {text[-1500:]}')
        time.sleep(ms / 1000)
        d.stop(signal.SIGKILL)
        d = desk(w)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            status, _, text = d.get(path)
            held, sent = waiting(w), w.json('alpha', 'outbox')['sent']
            if not held and (status, len(sent)) in ((200, gone), (404, gone + 1)):
                break # it is let go of after it was sent
            time.sleep(0.1)
        else:
            raise Failed(f'after {ms} ms: {status}, {held} held, {len(sent)} sent, {gone} before')
        if status == 404:
            gone += 1
            path = begin(d, text='Kept.\n')
            put(d, path + '/files', 'data.bin', bytes(4 << 20))
        else:
            check('Kept.' in text and 'data.bin' in text, f'after {ms} ms')
    check(gone >= 1, f'{gone} were sent')
    d.stop()


def word_document(w):
    """A Word document becomes passages where pandoc is; else it is said."""
    docx = (w.dir / 'x.docx')
    make_docx(docx)
    d = desk(w, '--no-sync')
    with d:
        path = begin(d)
        status, head, text = put(d, path + '/word', 'x.docx', docx.read_bytes())
        check(status == 303, f'{status} {text[-1000:]}')
        where, text = d.follow(head['Location'], 40)
        if not shutil.which('pandoc'):
            check('pandoc is not installed' in text, text[-2000:])
            print('skip: pandoc is missing: that it says so was checked')
            return
        check('tracked changes' in text and 'holds comments' in text, text[-3000:])
        if shutil.which('unzip'):
            check('hidden text' in text, 'hidden text')
        check('One *boat* each.' in text and 'Visible text.' in text and 'Taken over.' in text, 'the text')
        check('Struck out.' not in text and 'A remark.' not in text, 'and not what was struck out')
        status, head, _ = form_with(d, path + '/word', [('file', 'y.docx', b'no document')])
        _, text = d.follow(head['Location'], 40)
        check('no Word document' in text, text[-2000:])
        attack_44_unfolds_without_end(w, d, path)


def attack_44_unfolds_without_end(w, d, path):
    """Half a megabyte that unfolds to more than the reader gets: said, and the draft is as it was."""
    bomb = w.dir / 'z.docx'
    make_docx(bomb, ' ' * (100 << 20))
    check(bomb.stat().st_size < 1 << 20, 'small')
    before = d.get(path)[2]
    status, head, _ = put(d, path + '/word', 'z.docx', bomb.read_bytes())
    _, text = d.follow(head['Location'], 40)
    check('could not be turned into passages' in text, text[-2000:])
    check('One *boat* each.' in before and 'One *boat* each.' in d.get(path)[2], 'the draft')


def with_script(w):
    """In a browser: what is typed saves itself and is set beside; files go up; the countdown runs."""
    if missing():
        print(f'skip: {missing()} is missing')
        return
    with web.Desk(w, 'alpha') as d:
        browser(w, 'compose.js', {'link': d.link, 'base': f'http://{d.host}', 'pass': PASS})
    check(len(w.json('alpha', 'outbox')['sent']) == 1, 'it was sent')


def make_docx(path, more=''):
    import zipfile
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    pkg = 'http://schemas.openxmlformats.org/package/2006/'
    off = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    who = 'w:author="A" w:date="2026-01-01T00:00:00Z"'
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        z.writestr('[Content_Types].xml', f'<Types xmlns="{pkg}content-types"><Default Extension="rels" '
                   'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default '
                   'Extension="xml" ContentType="application/xml"/></Types>')
        z.writestr('_rels/.rels', f'<Relationships xmlns="{pkg}relationships"><Relationship Id="r1" '
                   f'Type="{off}officeDocument" Target="word/document.xml"/></Relationships>')
        z.writestr('word/_rels/document.xml.rels', f'<Relationships xmlns="{pkg}relationships">'
                   f'<Relationship Id="r1" Type="{off}comments" Target="comments.xml"/></Relationships>')
        z.writestr('word/comments.xml', f'<w:comments {w}><w:comment w:id="0" {who}><w:p><w:r><w:t>'
                   'A remark.</w:t></w:r></w:p></w:comment></w:comments>')
        z.writestr('word/document.xml', f'<w:document {w}><w:body><w:p><w:r><w:t>{more}Visible text.</w:t></w:r>'
                   '<w:r><w:rPr><w:vanish/></w:rPr><w:t>Hidden text.</w:t></w:r></w:p><w:p><w:ins w:id="1" '
                   f'{who}><w:r><w:t>Taken over.</w:t></w:r></w:ins><w:del w:id="2" {who}><w:r><w:delText>'
                   'Struck out.</w:delText></w:r></w:del></w:p><w:p><w:commentRangeStart w:id="0"/><w:r>'
                   '<w:t>Commented.</w:t></w:r><w:commentRangeEnd w:id="0"/><w:r><w:commentReference '
                   'w:id="0"/></w:r></w:p></w:body></w:document>')


sys.exit(main([drafts_and_list, answering, files, reviewing, all_of_it, two_windows, delaying, one_after_the_other,
               registry_away, killed, word_document, with_script]))
