#!/usr/bin/env python3
"""A hostile registry before everybody who looks at it: each lie, each watcher, what it says.

Says: this must come. Blind: this watcher cannot see the lie in principle, for a reason that stands
in TRUST.md word for word; and it is seen not to see it, so that no line of the table is a guess."""
import calendar
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parent.parent / 'web'))
from stage import check, main, world  # noqa: E402
from forger import forge, hexsha, pack, sign, text_of, unpack, value  # noqa: E402
from hostile import Liar, View, entry_of, post  # noqa: E402
import web  # noqa: E402

DAY, FORM = 86400, '%Y-%m-%dT%H:%M:%SZ'
HONEST = {'home': '0 ', 'witness': '200 ', 'follow': '0 ', 'verify': '0 '}


class Says(str):
    pass


class Blind(str):
    pass


# ---- the table ----

FORKED = Says('two trees of one size')
NO_ENTRIES = Blind('a witness sees sizes and roots, never an entry, a statement or a paper')
IN_PLACE = Blind('a hidden paper stands in the log, as a salted hash like any other')
NO_TIMES = Blind("entries are salted hashes: a follower reads no statement's time")

TABLE = {
    'fork': {
        'home': Says('shows two registers'), 'witness': FORKED,
        'follow': Says('does not continue the one before'),
        'verify': Says('the registry signed two trees of one size')},
    'rewind': {
        'home': Says('shrank or forked'), 'witness': Says('409 '), 'follow': Says('shrank'),
        'verify': Says('the register was wound back')},
    'hide_paper': {
        'home': Says('that it did not give us'), 'witness': NO_ENTRIES, 'follow': IN_PLACE,
        'verify': Says('that the addressee was told'),
        'home, counted without': Says('counts fewer papers of alpha.example to us than it reg'),
        'follow, entries kept back': Says('tile/entries/000 is missing')},
    'reorder': {
        'home': Says('shrank or forked'),
        'witness': Says('nothing proves that it continues the one cosigned before'),
        'follow': Says('has other entries than it had when they were checked before'),
        'verify': Says('at a lower place of the register than the one that it rests on')},
    'back_date': {
        'home': Says('states a time outside the times at which its own cosigner dated'),
        'witness': NO_ENTRIES, 'follow': NO_TIMES,
        'verify': Says('states a time outside the times at which its own cosigner dated')},
    'swap_leaf': {
        'home': Says('serves parts that do not make up the tree'), 'witness': NO_ENTRIES,
        'follow': Says('is not the hashes of the entries below it'),
        'verify': Says('its proof of place does not fit')},
    'stale': {
        'home': Says('ours is kept old'),
        'witness': Blind('a witness that is shown the same tree again cannot know of a larger one'),
        'follow': Says('this is an old copy of it'),
        'verify': Blind('an old checkpoint in a record is an early bound and contradicts nothing')},
}


# ---- the watchers ----

def home(w):
    code, _, err = w.raw(['sync', '--home', w.dir / 'bravo', '--passphrase-file', w.dir / 'pass',
                          '--yes'])
    check(code or not re.search('contradicts|forked|proof against', err), err)
    return f'{code} {err}'


def alarms(w):
    """What status says of bravo's home afterwards, from its files alone."""
    s = w.json('bravo', 'status')
    return any(x['alarm'] for x in s['registries'] + s['talks'])


def page(w, *words):
    """The desk's page of the register."""
    with web.Desk(w, 'bravo') as d:
        d.begin()
        d.unlock()
        text = d.get('/h/1/register')[2]
    for x in words:
        check(x in text, f'the page does not say “{x}”: {text}')


class Witness:
    """A witness beside the registry, as its operator runs it."""

    def __init__(self, w, liar):
        self.dir = w.dir / 'witness'
        for args in (['new', self.dir, '--name', 'witness.example'], ['add', self.dir, liar.vkey]):
            code, _, err = w.raw(['witness', *args])
            check(code == 0, err)
        self.log = open(w.dir / 'witness.log', 'w+b')
        self.proc = subprocess.Popen(
            [world.CHANCERY, 'witness', 'run', str(self.dir), '--with-parent'],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.url = self.proc.stdout.readline().rstrip('.\n').rsplit(' ', 1)[1]
        self.size = 0

    def ask(self, tree, old=None):
        """The answer, and whatever the witness said about it."""
        at = self.log.seek(0, 2)
        status, data = post(self.url, tree.request(self.size if old is None else old))
        if status == 200:
            self.size = tree.size
        self.log.seek(at)
        return f'{status} {data.decode()} {self.log.read().decode()}'

    def stop(self):
        self.proc.terminate()
        self.proc.wait(20)
        self.proc.stdout.close()
        self.log.close()


def follow(w, liar, url, *more):
    code, out, err = w.raw(['log', 'follow', f'{url}/log', '--key', liar.vkey, '--state',
                            w.dir / 'follow', *more])
    return f'{code} {err}{out.decode()}'


def verify(w, data):
    code, out = w.verify(w.file('evidence.txt', data), '--exercise-ok')
    return f'{code} {out}'


# ---- the stage of a lie ----

class Play:
    """Bravo is caught up, and so are witness and follower; alpha's home goes on."""

    def __init__(self, w):
        self.w, self.liar = w, Liar(w)
        if not w.folder('bravo', 'ALPHA-BRAVO/2026/0001').exists():
            w.honest('One.\n')

    def set(self):
        self.w.arrive('bravo')
        for x in ('follow', 'follow.alarm', 'follow.split-view', 'kept', 'witness'):
            p = self.w.dir / x
            shutil.rmtree(p) if p.is_dir() else p.unlink(missing_ok=True)
        shutil.copytree(self.w.dir / 'bravo', self.w.dir / 'kept')
        self.base, self.witness = self.liar.true(), Witness(self.w, self.liar)
        check(self.witness.ask(self.base).startswith('200'), 'the witness, before')
        check(self.honest().startswith('0'), 'the follower, before')
        self.views = [self.liar.before('bravo')]
        self.view = self.views[0]

    def again(self):
        """Bravo as before, and before the true registry."""
        self.view.proxy.away('bravo')
        shutil.rmtree(self.w.dir / 'bravo')
        shutil.copytree(self.w.dir / 'kept', self.w.dir / 'bravo')

    def unset(self):
        for view in self.views:
            view.away()
        shutil.rmtree(self.w.dir / 'bravo')
        (self.w.dir / 'kept').rename(self.w.dir / 'bravo')
        self.witness.stop()

    def other(self, bend=lambda e: e):
        """A view that nobody is shown."""
        view = self.liar.before()
        view.bend = bend
        self.views.append(view)
        return view

    def honest(self):
        return follow(self.w, self.liar, f'http://127.0.0.1:{self.w.port}')

    def send(self, text='Text.\n'):
        """A paper of alpha's to bravo: number, L, and all that the registry has of it."""
        n = self.w.send('alpha', 'bravo.example', text)
        l = hexsha(text_of((self.w.folder('alpha', n) / 'submission.txt').read_bytes()))
        return n, l, dict(unpack(self.w.reg.call(self.w.alpha, 'GET', f'/v1/deliveries/{l}')[1]))

    def place(self, record, name):
        entry = entry_of(View.salt_of(record[name + '.proof']), text_of(record[name]))
        return self.liar.true().entries.index(entry)

    def evidence(self, number, **views):
        """Alpha's record of a paper, with statements and proofs as each view shows them."""
        record, parts = dict(unpack(self.w.record('alpha', number))), {}
        for name, view in views.items():
            shown = dict(view.shown(list(record.items())))
            parts.update({x: shown[x] for x in (name, name + '.proof')})
        return verify(self.w, self.w.record('alpha', number, **parts))


def dated(seconds):
    """A statement's text with its time so much later."""
    def change(text):
        at = calendar.timegm(time.strptime(value(text + b'\n', 'time'), FORM)) + seconds
        return re.sub(rb'(?m)^time .*$', b'time ' + time.strftime(
            FORM, time.gmtime(at)).encode(), text)
    return change


# ---- the lies ----

def fork(p):
    """From a paper on, bravo is shown another register than alpha, whole in itself."""
    n, _, record = p.send()
    p.w.arrive('alpha')
    p.send('More.\n')
    p.view.say(record, 'registered', salt=os.urandom(32))
    yield 'home', home(p.w)
    page(p.w, 'there is evidence against the registry', 'Stop using this')
    p.witness.ask(p.liar.true())
    yield 'witness', p.witness.ask(p.view.tree())
    p.honest()
    yield 'follow', follow(p.w, p.liar, p.view.url)
    p.w.arrive('alpha')
    yield 'verify', p.evidence(n, registered=p.other(), notice=p.other(
        lambda e: [os.urandom(32)] + e[1:]))


def rewind(p):
    """The register loses its last entries and goes on from there."""
    p.view.bend = lambda e: e[:-2]
    yield 'home', home(p.w)
    yield 'witness', p.witness.ask(p.view.tree(), p.base.size - 2)
    yield 'follow', follow(p.w, p.liar, p.view.url)
    p.w.arrive('alpha')
    n, _, _ = p.send()
    yield 'verify', p.evidence(n, registered=p.other(lambda e: e[2:]))


def hide_paper(p):
    """A paper is kept from its addressee; the chain counts none; entries are not served at all."""
    n, l, _ = p.send()
    p.view.hidden = {l}
    yield 'home', home(p.w)
    page(p.w, 'leaves papers out', 'Stop using this')
    yield 'witness', p.witness.ask(p.view.tree())
    yield 'follow', follow(p.w, p.liar, p.view.url)
    yield 'verify', verify(p.w, p.w.record('alpha', n))
    p.again()
    p.view.proxy.between('bravo', p.view.hook)
    p.view.hidden = set()
    p.view.heads = lambda t: re.sub(rb'chains 1\nfrom .*\npair .*\n', b'chains 0\n', t)
    yield 'home, counted without', home(p.w)
    p.view.tile = lambda path, x: None if path.startswith('tile/entries') else x
    yield 'follow, entries kept back', follow(p.w, p.liar, p.view.url)


def reorder(p):
    """Two entries change places, below a new signature."""
    n, l, record = p.send()
    p.view.bend = lambda e: e[:1] + [e[2], e[1]] + e[3:]
    yield 'home', home(p.w)
    yield 'witness', p.witness.ask(p.view.tree())
    yield 'follow', follow(p.w, p.liar, p.view.url)
    _, out = p.w.verify(p.w.dir / 'follow.split-view', '--exercise-ok')
    check('PROOF' in out, out)
    p.again()
    p.w.arrive('bravo')
    p.w.arrive('alpha')
    record = dict(unpack(p.w.record('alpha', n)))
    a, b = (p.place(record, x) for x in ('registered', 'notice'))
    swap = p.other(lambda e: e[:a] + [e[b]] + e[a + 1:b] + [e[a]] + e[b + 1:])
    yield 'verify', p.evidence(n, registered=swap, notice=swap)


def back_date(p):
    """A statement says that it was made the day before."""
    n, _, record = p.send()
    p.view.say(record, 'registered', dated(-DAY))
    yield 'home', home(p.w)
    yield 'witness', p.witness.ask(p.view.tree())
    yield 'follow', follow(p.w, p.liar, p.view.url)
    yield 'verify', p.evidence(n, registered=p.view)


def swap_leaf(p):
    """An entry is served in the place of another; the signature is the true one."""
    n, _, record = p.send()
    at, true = p.place(record, 'registered'), p.liar.true()
    other = p.other(lambda e: e[:at] + [os.urandom(32)] + e[at + 1:])
    p.view.keep = true.note()
    p.view.tile = lambda path, x: x if path == 'checkpoint' else other.tree().file(path)
    yield 'home', home(p.w)
    yield 'witness', p.witness.ask(true)
    yield 'follow', follow(p.w, p.liar, p.view.url)
    salt = View.salt_of(record['registered.proof'])
    yield 'verify', verify(p.w, p.w.record('alpha', n, **{
        'registered.proof': true.proof(at - 1, salt, true.note())}))


def stale(p):
    """One party is shown the register of yesterday for ever."""
    p.view.keep = p.base.note(int(time.time()) - DAY)
    yield 'witness', p.witness.ask(p.base)
    policy = p.w.file('policy', f'witness c {p.liar.cosigner_key}\nquorum c\n'.encode())
    yield 'follow', follow(p.w, p.liar, p.view.url, '--policy', policy, '--max-age', '3600')
    p.send()
    p.w.arrive('alpha')
    n, _, _ = p.send()
    yield 'home', home(p.w)
    yield 'verify', verify(p.w, p.w.record('alpha', n))


def hostile(w):
    trust = ' '.join((HERE.parents[2] / 'TRUST.md').read_text(encoding='utf-8').split())
    p, bad = Play(w), []
    for lie in (fork, rewind, hide_paper, reorder, back_date, swap_leaf, stale):
        p.set()
        want = dict(TABLE[lie.__name__])
        try:
            for who, got in lie(p):
                x = want.pop(who)
                ok = got.startswith(HONEST[who]) if isinstance(x, Blind) else x in got
                if not ok or (isinstance(x, Blind) and x not in trust):
                    bad.append(f'{lie.__name__}, {who}: wanted “{x}”: {got}')
            check(not want, f'{lie.__name__}: nobody asked {list(want)}')
            if lie in (fork, hide_paper):
                check(alarms(w), f'{lie.__name__}: status says nothing')
        finally:
            p.unset()
    check(not bad, '\n'.join(bad))


def attack_10_dates(w):
    """A day before, a day behind: the bounds stand, and the date is said to be outside of them."""
    p = Play(w)
    p.set()
    try:
        p.w.arrive('alpha')
        n, _, _ = p.send()
        p.w.arrive('bravo')
        p.w.arrive('alpha')
        check(p.evidence(n).startswith('0 '), 'the honest twin')
        for skew, name in ((-DAY, 'registered'), (DAY, 'registered'), (-DAY, 'notice')):
            view = p.other()
            view.say(dict(unpack(p.w.record('alpha', n))), name, dated(skew))
            got = p.evidence(n, registered=view, notice=view)
            check(got.startswith('1 ') and TABLE['back_date']['verify'] in got and
                  'PROOF AGAINST' not in got and 'not before' in got and 'not after' in got,
                  f'{name} {skew}: {got}')
        # In league with the cosigner, a day ahead: whose clock is right, this machine's says.
        _, _, record = p.send('Later.\n')
        p.view.when = int(time.time()) + DAY
        p.view.say(record, 'registered', dated(DAY))
        got = home(w)
        check('dated its statement “registered” in the future' in got, got)
    finally:
        p.unset()


def attack_05_06_08_keys_substituted(w):
    """A roster of the registry's own making, logged and proven, takes nobody's place (5, 6 and 8)."""
    liar, b, c = Liar(w), w.bravo, w.charlie
    real = w.reg.ask('GET', f'/v1/rosters/{b.handle}/{b.version}')[1]
    kind = re.match(rb'chancery-exercise/(\w+)@v1', real)[1].decode()
    after = re.sub(rb'(?m)^version .*$', b'version %d' % (b.version + 1), text_of(b.roster))
    after = re.sub(rb'(?m)^previous .*$', b'previous ' + hexsha(text_of(b.roster)).encode(), after)
    decoy = after.replace(b.seal.encode(), forge('identity').split()[1])
    theirs = re.sub(rb'(?m)^party .*$', b'party bravo.example', text_of(c.roster))
    own = after.replace(b.party_key.encode(), c.party_key.encode())
    check(len({after, decoy, theirs, own}) == 4, 'four texts')
    lines = b.roster[len(text_of(b.roster)):]
    party = b.party_key.split('+')[0]
    asked = f'/v1/rosters/{b.handle}/{b.version + 1}'
    for what, note in (('another sealing key', decoy + lines),
                       ('in its name', sign(decoy, party, liar.key['log'])),
                       ("another's delegates", theirs + c.roster[len(text_of(c.roster)):]),
                       ('a reset of the party key', sign(own, c.party_key.split('+')[0],
                                                         liar.key['log']))):
        salt, view = os.urandom(32), liar.before('alpha')
        view.bend = lambda e: e + [entry_of(salt, text_of(note))]
        true = view.hook

        def hook(method, path, body, ask):
            if path != asked:
                return true(method, path, body, ask)
            tree, seen = view.tree(), view.checkpoint()
            return 200, pack(kind, [('roster', note), ('roster.proof', tree.proof(
                tree.size - 1, salt, seen))])

        view.proxy.hook = hook
        shutil.copytree(w.dir / 'alpha', w.dir / 'alpha-kept')
        code, _, err = w.raw(['sync', '--home', w.dir / 'alpha', '--passphrase-file',
                              w.dir / 'pass', '--yes'])
        check((('GET', asked) in view.proxy.seen) and code in (1, 2) and 'roster' in err,
              f'{what}: {code} {err}')
        check(not list((w.dir / 'alpha/rosters/bravo.example').glob(f'{b.version + 1}.*')),
              f'{what}: it was kept')
        shutil.rmtree(w.dir / 'alpha')
        (w.dir / 'alpha-kept').rename(w.dir / 'alpha')
        view.away()


if __name__ == '__main__':
    sys.exit(main([hostile, attack_10_dates, attack_05_06_08_keys_substituted]))
