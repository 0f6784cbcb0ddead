"""A hostile registry: it stands before a real one, holds its keys, and lies to whom it likes.

Liar(w) knows the keys of the registry of stage `w`. view = liar.before('bravo') is what one party is
shown from then on: until it is bent, the truth. What it shows is whole: checkpoints are signed, tiles
and proofs follow from the entries shown, statements are signed again."""
import base64
import http.client
import json
import re
import struct
import time

import forger
from between import Proxy
from forger import LABEL, forge, hexsha, leaf_hash, pack, sha, sign, text_of, unpack, value


def b64(data):
    return base64.b64encode(data).decode()


def entry_of(salt, text):
    return sha(LABEL + b'entry@v1\n' + salt + sha(text))


def consistency(m, leaves, whole=True):
    """RFC 6962, 2.1.2: that the first m leaves are a prefix."""
    if m == len(leaves):
        return [] if whole else [forger.root(leaves)]
    k = forger.split_at(len(leaves))
    if m <= k:
        return consistency(m, leaves[:k], whole) + [forger.root(leaves[k:])]
    return consistency(m - k, leaves[k:], False) + [forger.root(leaves[:k])]


class Tree:
    """Entries of whoever's choice, below what the registry's keys sign."""

    def __init__(self, liar, entries):
        self.liar, self.entries = liar, list(entries)
        self.leaves = [leaf_hash(e) for e in self.entries]
        self.size = len(self.entries)

    def upto(self, size):
        return Tree(self.liar, self.entries[:size])

    def text(self):
        root = b64(forger.root(self.leaves))
        return f'{self.liar.origin}\n{self.size}\n{root}\n'.encode()

    def note(self, when=None):
        """The checkpoint, dated by the registry's own cosigner."""
        text, made = self.text(), self.liar.made
        if (text, when) not in made:
            at = str(int(time.time()) if when is None else when)
            made[text, when] = sign(text, self.liar.origin, self.liar.key['log']) + forge(
                'cosign', self.liar.cosigner, self.liar.key['cosigner'], at, given=text)
        return made[text, when]

    def seen(self, note):
        return f'{self.size} {forger.root(self.leaves).hex()} {hexsha(note)}'

    def proof(self, index, salt, note):
        lines = ['c2sp.org/tlog-proof@v1', f'extra {b64(salt)}', f'index {index}',
                 *map(b64, forger.path(index, self.leaves))]
        return '\n'.join(lines).encode() + b'\n\n' + note

    def request(self, old, when=None):
        """What a witness is asked."""
        proof = consistency(old, self.leaves) if 0 < old < self.size else []
        return (f'old {old}\n' + ''.join(b64(h) + '\n' for h in proof) + '\n').encode() + \
            self.note(when)

    def file(self, path):
        """Of the tiles; None: there is no such file. One tile of each sort is all there is."""
        m = re.fullmatch(r'tile/(entries|0)/000(?:\.p/(\d+))?', path)
        n = int(m[2] or 256) if m else 0
        if not m or n > self.size:
            return None
        if m[1] == '0':
            return b''.join(self.leaves[:n])
        return b''.join(struct.pack('>H', len(e)) + e for e in self.entries[:n])


class Liar:
    def __init__(self, w):
        self.w = w
        lines = (w.dir / 'registry/keys').read_text().split('\n')[1:]
        self.key = {k: b64(bytes.fromhex(v)) for k, v in (x.split() for x in lines if x)}
        card = (w.dir / 'alpha/registries/exercise.registry/registry.txt').read_bytes()
        self.vkey, self.origin = value(card, 'vkey'), value(card, 'registry')
        self.cosigner_key = value(card, 'cosigner')
        self.cosigner = self.cosigner_key.split('+')[0]
        self.made, self.last = {}, (None, None)

    def true(self):
        """The real register, as it is now."""
        size = int(self.w.reg.ask('GET', '/log/checkpoint')[1].split(b'\n')[1])
        if size != self.last[0]:
            data = self.w.reg.ask('GET', f'/log/tile/entries/000.p/{size}')[1]
            self.last = size, Tree(self, [data[34 * i + 2:34 * i + 34] for i in range(size)])
        return self.last[1]

    def before(self, who=None):
        view = View(self, who)
        if who:
            view.proxy.between(who, view.hook)
        return view


class View:
    """What is shown to one party."""

    def __init__(self, liar, who):
        self.liar, self.who, self.proxy = liar, who, Proxy(liar.w)
        self.proxy.hook = self.hook
        self.entry = {}             # entry of the real register -> (entry, salt, note) shown
        self.bend = lambda x: x     # the entries shown
        self.tile = lambda p, x: x  # a file below /log/, at last
        self.keep = None            # a note: the checkpoint for ever
        self.hidden = set()         # submissions that are not there
        self.heads = lambda x: x    # the text of the signed heads
        self.when = None            # of the cosigner's lines

    @property
    def url(self):
        return f'http://127.0.0.1:{self.proxy.server.server_address[1]}'

    def away(self):
        if self.who:
            self.proxy.away(self.who)

    def tree(self):
        true = self.liar.true()
        return Tree(self.liar, self.bend([self.entry.get(e, (e,))[0] for e in true.entries]))

    def say(self, record, name, change=lambda t: t, salt=None):
        """From now on a statement of a record is another one, or has another salt. Its note."""
        old = record[name]
        was = self.salt_of(record[name + '.proof'])
        text = change(text_of(old))
        note = sign(text, self.liar.origin, self.liar.key['log']) if text != text_of(old) else old
        salt = salt or was
        self.entry[entry_of(was, text_of(old))] = entry_of(salt, text), salt, note
        return note

    @staticmethod
    def salt_of(proof):
        return base64.b64decode(re.search(rb'^extra (.*)$', proof, re.M)[1])

    def shown(self, parts, tree=None, note=None):
        """A record as this party is given it: statements, and their proofs under its own tree."""
        tree = tree or self.tree()
        note = note or self.keep or tree.note(self.when)
        tree = tree.upto(int(note.split(b'\n')[1]))
        out, given = [], dict(parts)
        for name, data in parts:
            stem = name.removesuffix('.proof')
            if stem + '.proof' in given:
                salt = self.salt_of(given[stem + '.proof'])
                entry = entry_of(salt, text_of(given[stem]))
                entry, salt, said = self.entry.get(entry, (entry, salt, given[stem]))
                if name == stem:
                    data = said
                elif entry in tree.entries:
                    data = tree.proof(tree.entries.index(entry), salt, note)
            out.append((name, data))
        return out

    def checkpoint(self):
        return self.keep or self.tree().note(self.when)

    def log(self, path):
        data = self.checkpoint() if path == 'checkpoint' else self.tree().file(path)
        data = self.tile(path, data)
        return (200, data) if data is not None else (404, b'{}')

    def hook(self, method, path, body, ask):
        if path.startswith('/log/'):
            return self.log(path[5:])
        if path.startswith('/v1/checkpoints?'):
            return 200, self.checkpoint()
        if path == '/v1/cosignatures':
            return 204, b''
        status, data = ask()
        if status != 200:
            return status, data
        if path.endswith('/heads'):
            return 200, self.signed_heads(text_of(data))
        if path.startswith('/v1/mailboxes/'):
            return 200, self.mailbox(data)
        what = re.match(rb'chancery-exercise/(\w+)@v1\nparts ', data)
        return 200, pack(what[1].decode(), self.shown(unpack(data))) if what else data

    def signed_heads(self, text):
        note = self.checkpoint()
        tree = self.tree().upto(int(note.split(b'\n')[1]))
        text = re.sub(rb'^checkpoint .*$', b'checkpoint ' + tree.seen(note).encode(), text,
                      flags=re.M)
        return sign(self.heads(text), self.liar.origin, self.liar.key['log'])

    def mailbox(self, data):
        return json.dumps([r for r in json.loads(data)
                           if r['submission'] not in self.hidden]).encode()


def post(url, body):
    """Status and answer of a witness."""
    host = url.removeprefix('http://').rstrip('/')
    c = http.client.HTTPConnection(host, timeout=20)
    c.request('POST', '/add-checkpoint', body)
    r = c.getresponse()
    data = r.read()
    c.close()
    return r.status, data
