"""A second writer of every object, from the pages under doc/formats alone, that lies on request.

Each step of a paper can be bent: `bend={'cover': f}` passes what the step made through f. Keys
come out of the homes of the parties, as a thief of a home and its passphrase would have them."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import struct
import subprocess

LABEL = b'chancery-exercise/'
HEAD = ('talks number copy from by to info form act basis re effective subject title date '
        'languages caveat characterise may-confirm answer-by operative text positions '
        'attachments').split()
COVER = [k for k in HEAD if k not in
         ('copy', 'info', 'title', 'date', 'languages', 'text', 'positions', 'attachments')]
KINDS = {'head': 1, 'passage': 2, 'info': 3, 'position': 4, 'attachment': 5}


def sha(b):
    return hashlib.sha256(b).digest()


def hexsha(b):
    return hashlib.sha256(b).hexdigest()


def forge(*args, given=b'', fails=False):
    r = subprocess.run([os.environ['FORGE']] + list(args), input=given, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, check=False)
    if fails:
        return r.returncode != 0
    if r.returncode != 0:
        raise RuntimeError(f'forge {args[0]}: {r.stderr.decode()}')
    return r.stdout


def identity(like):
    """A fresh one of the suite of a recipient: itself and its recipient."""
    more = [] if like.startswith('age1pq1') else ['classic']
    return forge('identity', *more).decode().split()


def hkdf(key, salt, info, n):
    prk = hmac.digest(salt or b'\0' * 32, key, 'sha256')
    out, t, i = b'', b'', 1
    while len(out) < n:
        t = hmac.digest(prk, t + info + bytes([i]), 'sha256')
        out, i = out + t, i + 1
    return out[:n]


# ---- notes, statements, packs ----

def stmt(kind, *fields):
    lines = [LABEL.decode() + kind + '@v1'] + [f'{k} {v}' for k, v in fields]
    return ('\n'.join(lines) + '\n').encode()


def sign(text, name, seed):
    return text + b'\n' + forge('sign', name, seed, given=text)


def text_of(note):
    return note[:note.index(b'\n\n') + 1]


def value(note, key):
    for line in text_of(note).decode().split('\n'):
        if line.startswith(key + ' '):
            return line[len(key) + 1:]
    return None


def pack(what, parts):
    out = LABEL + what.encode() + b'@v1\nparts %d\n' % len(parts)
    for name, data in parts:
        out += b'part %s %d\n' % (name.encode(), len(data)) + data + b'\n'
    return out


def unpack(data):
    line, rest = data.split(b'\n', 1)
    line, rest = rest.split(b'\n', 1)
    out = []
    for _ in range(int(line.split()[1])):
        line, rest = rest.split(b'\n', 1)
        _, name, n = line.split()
        out.append((name.decode(), rest[:int(n)]))
        rest = rest[int(n) + 1:]
    return out


# ---- trees ----

def leaf_hash(data):
    return sha(b'\0' + data)


def split_at(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def root(h):
    if not h:
        return sha(b'')
    if len(h) == 1:
        return h[0]
    k = split_at(len(h))
    return sha(b'\1' + root(h[:k]) + root(h[k:]))


def path(i, h):
    if len(h) <= 1:
        return []
    k = split_at(len(h))
    return path(i, h[:k]) + [root(h[k:])] if i < k else path(i - k, h[k:]) + [root(h[:k])]


# ---- tar, padding ----

def tar(members):
    out = b''
    for name, data in members:
        h = bytearray(512)
        h[:len(name)] = name.encode()
        h[100:108], h[108:116], h[116:124] = b'0000644\0', b'0000000\0', b'0000000\0'
        h[124:136], h[136:148] = b'%011o\0' % len(data), b'0' * 11 + b'\0'
        h[148:156], h[156:157] = b' ' * 8, b'0'
        h[257:265], h[329:337], h[337:345] = b'ustar\x0000', b'0000000\0', b'0000000\0'
        h[148:156] = b'%06o\0 ' % sum(h)
        out += bytes(h) + data + b'\0' * (-len(data) % 512)
    return out + b'\0' * 1024


def untar(data):
    out, at = [], 0
    while data[at:at + 1] not in (b'\0', b''):
        n = int(data[at + 124:at + 135], 8)
        out.append((data[at:at + 100].rstrip(b'\0').decode(), data[at + 512:at + 512 + n]))
        at += 512 + n + -n % 512
    return out


def padme(n):
    e = n.bit_length() - 1
    s = e.bit_length()
    n = (n + (1 << (e - s)) - 1) >> (e - s) << (e - s)
    return max(16384, n + -n % 512)


# ---- a paper ----

def salt(seed, kind, index):
    return hkdf(seed, b'', LABEL + b'salt@v1\n' + struct.pack('>BI', kind, index), 16)


class Paper:
    """head: dict of values ('-' or absent: unset); passages: list of str."""

    def __init__(self, head, passages, seeds=None):
        self.seeds = seeds or [os.urandom(32) for _ in range(3)]
        self.head = {k: head.get(k, '-') for k in HEAD}
        self.passages = [p.encode() for p in passages]
        body = b'\n\n'.join(self.passages) + b'\n'
        for k in ('info', 'positions', 'attachments'):
            self.head[k] = '0'
        if 'text' not in head:
            self.head['text'] = hexsha(LABEL + b'text@v1\n' + self.seeds[2] +
                                       struct.pack('>Q', len(body)) + body)
        self.txt = (LABEL + b'paper-text@v1\n' +
                    b''.join(f'{k} {self.head[k]}\n'.encode() for k in HEAD) + b'\n' + body)

    def bytes_of(self, kind, i):
        if kind == 'passage':
            return self.passages[i]
        k = HEAD[i]
        return f'{k} {self.head[k]}{" -" if self.head[k] == "0" else ""}'.encode()

    def parent(self, kind, i):
        level = lambda p: len(p) - len(p.lstrip(b'#')) if p.lstrip(b'#')[:1] == b' ' else 0
        if kind != 'passage':
            return 0
        mine = level(self.passages[i]) or 7
        for k in range(i - 1, -1, -1):
            if 0 < level(self.passages[k]) < mine:
                return k + 1
        return 0

    def salt(self, kind, i):
        return salt(self.seeds[kind == 'passage'], KINDS[kind], i)

    def leaf(self, kind, i):
        return leaf_data(kind, i, self.parent(kind, i), self.salt(kind, i),
                         self.bytes_of(kind, i))

    def tree(self, kind):
        n = len(HEAD) if kind == 'head' else len(self.passages)
        return [leaf_hash(self.leaf(kind, i)) for i in range(n)]

    def d_text(self, author, mode='signed'):
        body = sha(LABEL + b'body@v1\n' + salt(self.seeds[1], 0, 0) +
                   struct.pack('>I', len(self.passages)) + root(self.tree('passage')))
        return stmt('paper', ('talks', self.head['talks']), ('party', author.handle),
                    ('roster', author.ref), ('mode', mode),
                    ('head', root(self.tree('head')).hex()), ('body', body.hex()))

    def leaves(self, keys=None, passages=()):
        """The part `leaves`: these head keys, these passages."""
        chosen = [('head', HEAD.index(k)) for k in sorted(keys or [], key=HEAD.index)]
        chosen += [('passage', i) for i in passages]
        count = (f'{len(self.passages)} {salt(self.seeds[1], 0, 0).hex()}' if passages else '-')
        return leaves_text([self.shown(*c) for c in chosen], count)

    def shown(self, kind, i):
        return [kind, i, self.parent(kind, i), self.salt(kind, i), self.bytes_of(kind, i),
                path(i, self.tree(kind))]

    def cover(self, signature):
        return pack('extract', [('paper', signature), ('leaves', self.leaves(COVER))])


def leaf_data(kind, i, parent, salt16, data):
    return LABEL + b'leaf@v1\n' + struct.pack('>BII', KINDS[kind], i, parent) + salt16 + data


def leaves_text(shown, passages='-', head=24):
    out = LABEL + b'leaves@v1\n' + f'head {head}\npassages {passages}\n'.encode()
    out += f'leaves {len(shown)}\n'.encode()
    for kind, i, parent, s, data, way in shown:
        out += f'leaf {kind} {i} {parent} {s.hex()} {len(data)}\n'.encode() + data + b'\n'
        out += f'path {len(way)}\n'.encode() + b''.join(p.hex().encode() + b'\n' for p in way)
    return out


# ---- parties and the registry ----

class Party:
    def __init__(self, w, who):
        self.home = w.dir / who
        self.handle = who + '.example'
        keys = forge('open-pass', (w.dir / 'pass').read_text().strip(),
                     given=(self.home / 'keys.age').read_bytes()).decode()
        self.key = dict(line.split(' ', 1) for line in keys.split('\n')[1:] if ' ' in line)
        self.delegate = self.key['delegate']
        self.token = None
        self.refresh()

    def refresh(self):
        """Our newest roster, as the home has it."""
        folder = self.home / 'rosters' / self.handle
        last = max((p for p in folder.glob('*.txt') if p.stem.isdigit()),
                   key=lambda p: int(p.stem))
        self.roster = last.read_bytes()
        self.version = int(last.stem)
        self.ref = f'{self.version} {hexsha(text_of(self.roster))}'
        self.party_key = value(self.roster, 'party-key')
        self.mailbox = value(self.roster, 'mailbox')
        self.seal = value(self.roster, 'seal')

    def sign(self, text, key='statements'):
        return sign(text, self.delegate, self.key[key])


class Registry:
    def __init__(self, w):
        self.w = w
        self.talks = value((w.dir / 'alpha/talks/strait/charter.txt').read_bytes(), 'talks')
        if self.talks == '-':
            self.talks = hexsha(text_of((w.dir / 'alpha/talks/strait/charter.txt').read_bytes()))
        self.origin = 'exercise.registry'
        self.chains = {}

    def ask(self, method, where, body=b'', token=None):
        c = http.client.HTTPConnection('127.0.0.1', self.w.port, timeout=30)
        head = {'Authorization': 'Bearer ' + token} if token else {}
        c.request(method, where, body or None, head)
        r = c.getresponse()
        data = r.read()
        c.close()
        return r.status, data

    def sign_in(self, p):
        c = json.loads(self.ask('POST', '/v1/challenges')[1])['challenge']
        s = stmt('sign-in', ('talks', '-'), ('party', p.handle), ('roster', p.ref),
                 ('registry', self.origin), ('tls-name', '-'), ('challenge', c),
                 ('time', '2026-01-01T00:00:00Z'))
        status, data = self.ask('POST', '/v1/tokens', p.sign(s, 'sign-in'))
        if status != 200:
            raise RuntimeError(f'sign-in: {status} {data}')
        p.token = json.loads(data)['token']

    def call(self, p, method, where, body=b''):
        if not p.token:
            self.sign_in(p)
        status, data = self.ask(method, where, body, p.token)
        if status == 401:
            self.sign_in(p)
            status, data = self.ask(method, where, body, p.token)
        return status, data

    def record(self, p, l):
        return dict(unpack(self.call(p, 'GET', f'/v1/deliveries/{l}')[1]))

    def chain(self, a, b):
        """Serial and head of the pair chain of a's papers to b, from a's own list."""
        n, head, after = self.chains.get((a.handle, b.handle), (0, bytes(32), -1))
        where = f'/v1/talks/{self.talks}/sent' + (f'?after={after}' if after >= 0 else '')
        for row in json.loads(self.call(a, 'GET', where)[1]):
            l = self.record(a, row['submission'])['submission']
            after = row['index']
            if value(l, 'addressee') == b.handle:
                n, head = n + 1, sha(LABEL + b'pair@v1\n' + head + sha(text_of(l)))
        self.chains[a.handle, b.handle] = n, head, after
        return n, head


class Sent:
    """A paper of a to b, every step of which may be bent; `post` submits it."""

    def __init__(self, reg, a, b, passages, bend=None, d_signer=None, seeds=None, **head):
        self.reg, self.a, self.b = reg, a, b
        bend = bend or {}
        f = lambda step, x: bend[step](x) if step in bend else x
        self.n, self.chain = reg.chain(a, b)
        code = lambda p: p.handle.split('.')[0].upper()
        self.number = f'{code(a)}-{code(b)}/2026/{self.n + 1:04d}'
        given = {'talks': reg.talks, 'number': self.number, 'from': a.handle, 'by': a.delegate,
                 'to': b.handle, 'form': 'note', 'act': 'proposal', 'basis': 'confidential',
                 'date': '2026-11-25', 'effective': 'receipt'}
        given.update({k.replace('_', '-'): v for k, v in head.items()})
        self.paper = f('paper', Paper(given, passages, seeds))
        self.txt = f('txt', self.paper.txt)
        self.d_text = f('d', self.paper.d_text(a))
        self.d = hexsha(self.d_text)
        self.signature = f('signature', (d_signer or a).sign(self.d_text))
        self.cover = f('cover', self.paper.cover(self.signature))
        s = self.paper.seeds
        self.seeds_text = f('seeds', stmt(
            'seeds', ('talks', reg.talks), ('party', a.handle), ('head', s[0].hex()),
            ('body', s[1].hex()), ('text', s[2].hex())))
        self.members = f('members', [
            ('paper.txt', self.txt), ('SHA256SUMS', f'{hexsha(self.txt)}  paper.txt\n'.encode()),
            ('seeds', self.seeds_text), ('signature', self.signature)])
        self.bundle = f('bundle', tar(self.members))
        self.k, self.k_pub = f('k', identity(b.seal))
        self.body = f('body', forge('seal', '-', self.k_pub, given=self.bundle))
        self.outer = f('outer', [('cover.txt', self.cover), ('body.age', self.body)])
        self.plain = tar(self.outer)
        self.plain += b'\0' * (padme(len(self.plain)) - len(self.plain))
        self.e = f('e', forge('seal', '-', b.seal, given=self.plain))
        fields = dict([
            ('talks', reg.talks), ('party', a.handle), ('roster', a.ref),
            ('addressee', b.handle), ('addressee-roster', b.ref),
            ('registries', f'1\nregistry {reg.origin}'), ('mailbox', b.mailbox),
            ('serial', self.n + 1), ('envelope', hexsha(self.e)), ('size', len(self.e)),
            ('key', hexsha(self.k_pub.encode())), ('paper', self.d),
            ('cover', hexsha(self.cover)), ('lapse', '2027-06-01T00:00:00Z'), ('layers', 0),
            ('checkpoint', '-'),
            ('pair', f'{self.n} {self.chain.hex()}' if self.n else '-'),
            ('nonce', os.urandom(32).hex())])
        self.l_text = stmt('submission', *f('l', fields).items())
        self.l = hexsha(self.l_text)
        self.l_note = f('l_note', a.sign(self.l_text))
        self.deposit = self.deposit_of(f('deposit_k', self.k), f('deposit_l', self.l))

    def deposit_of(self, k, l):
        recipient = value(self.reg.ask('GET', '/v1/deposit-key')[1], 'recipient')
        text = stmt('deposit', ('talks', self.reg.talks), ('party', self.a.handle),
                    ('submission', l), ('identity', k))
        return forge('seal', '-', recipient, given=text)

    @property
    def pack(self):
        return pack('submission', [('submission', self.l_note), ('deposit', self.deposit)])

    def put(self):
        return self.reg.call(self.a, 'PUT', f'/v1/envelopes/{hexsha(self.e)}', self.e)

    def post(self, put=True):
        """Status and answer of the submission."""
        if put:
            self.put()
        status, data = self.reg.call(self.a, 'POST', '/v1/submissions', self.pack)
        return status, data

    def pair(self):
        head = sha(LABEL + b'pair@v1\n' + self.chain + sha(self.l_text))
        return f'{self.n + 1} {head.hex()}'

    def about(self, kind, p, *more, **other):
        """A statement of p about this submission, signed."""
        fields = dict([('talks', self.reg.talks), ('party', p.handle), ('roster', p.ref),
                       ('registry', self.reg.origin), ('submission', self.l),
                       ('paper', self.d), ('cover', hexsha(self.cover)), ('checkpoint', '-'),
                       ('pair', self.pair())])
        fields.update(other)
        if kind in ('decline', 'take-back'):
            more = more or (('reason', '-'),)
        return p.sign(stmt(kind, *fields.items(), *more))

    def receive(self):
        """The addressee's receipt, whatever it may have seen; status and answer."""
        return self.reg.call(self.b, 'POST', f'/v1/deliveries/{self.l}/receipt',
                             self.about('receipt', self.b))


# ---- age headers by hand ----

def age_split(data):
    """Stanza lines and payload (nonce and chunks)."""
    end = data.index(b'\n--- ')
    stop = data.index(b'\n', end + 1)
    return data[len(b'age-encryption.org/v1\n'):end + 1], data[stop + 1:]


def age_join(stanzas, payload, file_key):
    """The header with the MAC of that file key."""
    head = b'age-encryption.org/v1\n' + stanzas + b'---'
    mac = hmac.digest(hkdf(file_key, b'', b'header', 32), head, 'sha256')
    return head + b' ' + base64.b64encode(mac).rstrip(b'=') + b'\n' + payload


def kept(folder):
    """All files below, as bytes by name."""
    return {str(p.relative_to(folder)): p.read_bytes()
            for p in pathlib.Path(folder).rglob('*') if p.is_file()}
