"""Large files through two desks, by plain HTTP: sent, signed for, saved, with memory that does not grow
with them; and a desk that ends at once whatever it does, and goes on at the next start."""
import hashlib
import http.client
import os
import signal
import sys
import time
import urllib.parse

import web
from world import check, main

SIZE = int(os.environ.get('CHANCERY_LARGE', '80')) << 20
FIELDS = {'to': 'bravo.example', 'kind': 'note', 'act': 'proposal', 'basis': 'confidential',
          'subject': 'A large map', 'text': 'See the Rhododendronkarte.\n'}
PIECE = bytes(range(256)) * 4096


def desk(w, who, *more):
    d = web.Desk(w, who, more=more)
    d.begin()
    d.unlock()
    return d


def pieces(size):
    for at in range(0, size, len(PIECE)):
        yield PIECE[:min(len(PIECE), size - at)]


def put(d, path, name, size):
    c = http.client.HTTPConnection('127.0.0.1', d.port, timeout=120)
    c.request('PUT', f'{path}?name={urllib.parse.quote(name)}', body=pieces(size), headers={
        'Host': d.host, 'Cookie': d.cookie, 'Origin': f'http://{d.host}', 'X-Chancery-Form': d.csrf,
        'Content-Type': 'application/octet-stream', 'Content-Length': str(size)})
    status = c.getresponse().status
    c.close()
    check(status == 303, f'put: {status}')


def fetch(d, path):
    """Size and digest of what is saved."""
    c = http.client.HTTPConnection('127.0.0.1', d.port, timeout=120)
    c.request('GET', path, headers={'Host': d.host, 'Cookie': d.cookie})
    r, h, n = c.getresponse(), hashlib.sha256(), 0
    while piece := r.read(1 << 20):
        h.update(piece)
        n += len(piece)
    c.close()
    return n, h.hexdigest()


def peak(d):
    """Most memory the desk ever had, in MiB; None under a sanitizer, which keeps what was freed."""
    with open(f'/proc/{d.proc.pid}/exe', 'rb') as f:  # clang links it in: no library shows it
        if b'__asan_init' in f.read():
            return None
    with open(f'/proc/{d.proc.pid}/status', encoding='ascii') as f:
        return next(int(line.split()[1]) for line in f if line.startswith('VmHWM')) / 1024


def timed(what, f, *args):
    t = time.monotonic()
    out = f(*args)
    print(f'{what}: {time.monotonic() - t:.1f} s')
    return out


def ends(d, seconds=2):
    t = time.monotonic()
    code = d.stop()
    took = time.monotonic() - t
    print(f'stopped in {took:.2f} s')
    check(code == 0 and took < seconds, f'it ends with {code} after {took:.1f} s')


def draft(d, size, name='map.tif'):
    status, head, text = d.post('/h/1/talks/strait/compose', **FIELDS)
    check(status == 303, text[-500:])
    timed('attached', put, d, head['Location'] + '/files', name, size)
    return head['Location']


def leave(d, path):
    was = d.get(path + '/review')[2].split('name="was"')[1].split('value="')[1].split('"')[0]
    status, head, text = d.post(path + '/send', delay='0', was=was)
    check(status == 303, text[-500:])
    return head['Location']


def until(what, f, seconds=120):
    end = time.monotonic() + seconds
    while not f():
        check(time.monotonic() < end, f'{what} does not come about')
        time.sleep(0.2)


def attack_47_large_paper(w):
    """The whole way: from one browser into the other's folder."""
    with desk(w, 'alpha') as a, desk(w, 'bravo', '--no-sync') as b:
        at_first = peak(a), peak(b)
        print(f'{SIZE >> 20} MiB')
        path = draft(a, SIZE)
        timed('sealed and sent', a.follow, leave(a, path), 600)
        until('sent', lambda: w.json('alpha', 'outbox')['sent'])
        n = w.json('alpha', 'outbox')['sent'][0]['number']
        print(f'memory of the sender at first and at most, MiB: {at_first[0]}, {peak(a)}')
        if peak(a) is not None:
            check(peak(a) - at_first[0] < 56, 'memory of the sender grows with the file')
        ends(a)
        timed('received', w.run, 'bravo', 'sync')
        paper = f'/h/1/talks/strait/papers/{n.replace("/", "-")}'
        b.until('/h/1/talks/strait', 'A large map')
        t = time.monotonic()
        _, head, _ = b.post(paper + '/sign-for', sure='1')
        _, text = b.follow(head['Location'], 600)
        print(f'signed for: {time.monotonic() - t:.1f} s')
        text = b.until(paper, 'Rhododendronkarte', 120)
        t = time.monotonic()
        _, head, _ = b.post(paper + '/attachments', n='1')
        _, text = b.follow(head['Location'], 600)
        print(f'made ready to be saved: {time.monotonic() - t:.1f} s')
        url = text.split('href="/h/1/saved/')[1].split('"')[0]
        want = hashlib.sha256()
        for p in pieces(SIZE):
            want.update(p)
        got = timed('saved', fetch, b, '/h/1/saved/' + url)
        check(got == (SIZE, want.hexdigest()), f'{got}')
        print(f'memory at first and at most, MiB: {at_first[1]}, {peak(b)}')
        if peak(b) is not None:
            check(peak(b) - at_first[1] < 56, 'memory grows with the file')
        check('A large map' in b.until('/h/1/search?q=rhododendronkarte', 'A large map'), 'found')
        ends(b)


def stopping(w):
    """The registry does not answer while a large paper is being sent: the desk ends all the same,
    and sends it, once, when it is there again."""
    d = desk(w, 'alpha')
    path = draft(d, 8 << 20)
    os.kill(w.server.pid, signal.SIGSTOP)
    try:
        leave(d, path)
        time.sleep(0.3)
        ends(d)
    finally:
        os.kill(w.server.pid, signal.SIGCONT)
    with desk(w, 'alpha') as d:
        until('sent', lambda: w.json('alpha', 'outbox')['sent'] and
              not w.json('alpha', 'outbox')['waiting'])
        check(len(w.json('alpha', 'outbox')['sent']) == 1, 'once')
        ends(d)
    # A connection that is in the middle of something holds nothing up, either.
    d = desk(w, 'alpha', '--no-sync')
    c = http.client.HTTPConnection('127.0.0.1', d.port, timeout=20)
    c.putrequest('PUT', path + '/files?name=x', skip_host=True)
    for k, v in (('Host', d.host), ('Cookie', d.cookie), ('Content-Length', '1000000'),
                 ('Origin', f'http://{d.host}'), ('X-Chancery-Form', d.csrf)):
        c.putheader(k, v)
    c.endheaders(b'half of it')
    ends(d)
    c.close()


sys.exit(main([attack_47_large_paper, stopping]))
