"""A party with several homes: asking, adding, joining, recalling; and whoever stands in between."""
import os
import random
import shutil
import signal
import subprocess
import time

import desks


def need(ok, what):
    if not ok:
        raise desks.Failed(str(what))


class Mate(desks.Home):
    """A home that asks to be added to a party."""

    def __init__(self, exe, base, name, *more, handle='alpha.example'):
        self.exe, self.handle = exe, handle
        self.dir, self.passfile = os.path.join(base, name), os.path.join(base, 'pass')
        self.asked = self('delegate', 'ask', handle, '--person', name, '--work-factor', '4', *more)
        self.request = os.path.join(self.dir, 'request.txt')


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def write(path, data):
    with open(path, 'wb') as f:
        f.write(data)
    return path


def refused(home, *words, says, rc=(1, 2)):
    p = subprocess.run([home.exe, *words, '--home', home.dir, '--passphrase-file', home.passfile, '--yes'],
                       stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    need(p.returncode in rc and p.stderr.startswith('chancery: ') and says in p.stderr,
         f'{words}: {p.returncode} {p.stderr}')


def without_yes(home, *words):
    """At no terminal, and nobody said yes."""
    p = subprocess.run([home.exe, *words, '--home', home.dir, '--passphrase-file', home.passfile],
                       stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    need(p.returncode == 1 and 'not confirmed' in p.stderr, p.stdout + p.stderr)
    return p.stdout


def version(home):
    return int(home('roster', 'show')['version'])


def asking(exe, base, alpha):
    mate = Mate(exe, base, 'smith', '--title', 'Second secretary')
    need(mate('delegate', 'ask')['words'] == mate.asked['words'], 'it shows the request once more')
    for words in (['status'], ['sync'], ['talks', 'list'], ['delegate', 'list'], ['roster', 'renew']):
        refused(mate, *words, says='waits to be added to alpha.example')
    refused(mate, 'delegate', 'ask', 'alpha.example', '--person', 'x', says='there is a home')
    refused(alpha, 'delegate', 'ask', says='does not wait')
    need(not os.path.exists(os.path.join(mate.dir, 'party-key.age')), 'whose party key?')
    return mate


def altered_requests(exe, base, alpha, bravo, mate):
    """None of them adds anybody: the roster stays as it is."""
    at, was = os.path.join(base, 'bent'), version(alpha)
    text = read(mate.request)
    other = Mate(exe, base, 'other')
    line = lambda t, key: [x for x in t.split(b'\n') if x.startswith(key)][0]
    for key in (b'seal ', b'cosign ', b'person ', b'title '):   # swapped on its way
        bent = write(at, text.replace(line(text, key), line(read(other.request), key)))
        refused(alpha, 'delegate', 'add', bent, says='no request to be a delegate')
    for bent in (text[:-40], text + b'\n', text[:300] + b'x' + text[301:], b''):
        refused(alpha, 'delegate', 'add', write(at, bent), says='no request to be a delegate')
    refused(bravo, 'delegate', 'add', mate.request, says='another party')
    classic = Mate(exe, base, 'old', '--suite', 'classic')
    refused(alpha, 'delegate', 'add', classic.request, says='made with --suite hybrid')
    drill = Mate(exe, base, 'drill', '--exercise')
    refused(alpha, 'delegate', 'add', drill.request, says='never mix')
    refused(alpha, 'delegate', 'add', mate.request, '--powers', 'send,rule', says='no power')
    shown = without_yes(alpha, 'delegate', 'add', mate.request)
    need(mate.asked['words'] in shown and 'send, sign-for, draft' in shown, shown)
    need(version(alpha) == was, 'a roster was signed')
    return other


def elsewhere(exe, base, alpha):
    """A second registry of ours, away while it matters."""
    other = desks.Registry(exe, os.path.join(base, 'elsewhere'), 'else.example').init().start()
    alpha('talks', 'open', 'draft', '--with', 'bravo.example', '--registry', other.url)
    desks.enter(alpha, other, base)
    alpha('roster', 'publish')
    other.stop()
    return other


def adding(alpha, registry, mate, base):
    """The registry is away, and somebody pulls the plug: one version in the end, and one welcome."""
    at, was = os.path.join(base, 'welcome'), version(alpha)
    registry.stop()
    refused(alpha, 'delegate', 'add', mate.request, '-o', at, says='not reached', rc=[3])
    need(not os.path.exists(at), 'a welcome to a registry that knows nothing')
    registry.start()
    for i in range(3):
        killed(alpha, 'delegate', 'add', mate.request, '-o', at + str(i))
    said = alpha('delegate', 'add', mate.request, '-o', at)
    need('not published yet at else.example' in alpha.err, alpha.err)
    need(said['version'] == was + 1 == version(alpha), f'{said}, {was}')
    need(said['words'] == mate.asked['words'] and said['powers'] == 'send, sign-for, draft', said)
    refused(alpha, 'delegate', 'add', mate.request, '--powers', 'send', '-o', at + 'x',
            says='with other powers')
    return at


def killed(home, *words):
    p = subprocess.Popen([home.exe, *words, '--home', home.dir, '--passphrase-file', home.passfile,
                          '--yes'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(random.uniform(0.005, 0.08))
    p.send_signal(signal.SIGKILL)
    p.wait(20)


def altered_welcomes(exe, base, mate, other, welcome):
    at = os.path.join(base, 'bent')
    data = read(welcome)
    refused(other, 'delegate', 'join', welcome, says='sealed to another home')
    for bent in (data[:-1], data[:3000], data + b'x', data[:-30] + b'x' + data[-29:], b'', b'hello\n',
                 read(mate.request)):
        refused(mate, 'delegate', 'join', write(at, bent), says='no welcome')
    # Somebody who calls a party of their own alpha.example answers the same request.
    mallory = desks.Home(exe, os.path.join(base, 'far'), 'alpha.example')
    mallory('delegate', 'add', mate.request, '-o', at)
    shown = without_yes(mate, 'delegate', 'join', at)
    need(mallory('roster', 'show')['words'] in shown, shown)
    refused(mate, 'status', says='waits')
    need(os.listdir(os.path.join(mate.dir, 'rosters')) == [], 'something of it was kept')


def joining(alpha, mate, welcome):
    """Killed at any moment it waits still, or is in; a run that was cut off is begun anew."""
    shown = without_yes(mate, 'delegate', 'join', welcome)
    need(alpha('roster', 'show')['words'] in shown, shown)
    request = read(mate.request)
    for _ in range(4):
        killed(mate, 'delegate', 'join', welcome)
        if os.path.exists(mate.request):
            refused(mate, 'status', says='waits')
    mate('delegate', 'join', welcome)
    write(mate.request, request)             # an old backup put over it
    mate('sync')
    os.unlink(os.path.join(mate.dir, 'joined.txt'))   # cut off just before the end, and files lost
    shutil.rmtree(os.path.join(mate.dir, 'talks', 'strait'))
    os.unlink(os.path.join(mate.dir, 'rosters', 'alpha.example', '1.txt'))
    refused(mate, 'sync', says='waits')
    said = mate('delegate', 'join', welcome)
    need((said['talks'], said['registries'], said['parties']) == (1, 2, 1), said)
    need(said['words'] == alpha('roster', 'show')['words'], said)
    mate('sync')                             # brings our roster to the registry that lacked it
    need(mate('talks', 'show')['state'] == 'in force', 'the talks are not there')
    size = lambda home: {r['registry']: r['size'] for r in home('status')['registries']}['reg.example']
    need(size(mate) == size(alpha), 'it watches from where we were')
    refused(mate, 'talks', 'open', 'own', '--with', 'bravo.example', '--registry',
            'http://127.0.0.1:1', says='not reached', rc=[3])
    refused(mate, 'roster', 'renew', says='party key')


def working(bravo, mate, base):
    """What a new delegate is for."""
    text = write(os.path.join(base, 'a.md'), b'# Lists\n\nHere they are.\n')
    n = mate('send', text, '--to', 'bravo.example', '--form', 'note', '--act', 'proposal')['number']
    bravo('sync')
    bravo('sign-for', n)
    m = bravo('send', text, '--to', 'alpha.example', '--form', 'note', '--act', 'proposal')['number']
    mate('sync')
    mate('sign-for', m)
    return m


def later_talks(alpha, bravo, mate, registry, base):
    bravo('sync')
    desks.open_and_sign(alpha, bravo, registry, base, 'later')
    at = os.path.join(base, 'again')
    alpha('delegate', 'add', mate.request, '-o', at)
    mate('delegate', 'join', at)
    need([t['talks'] for t in mate('talks', 'list')['talks']] == ['later', 'strait'], 'talks')
    mate('sync')


def sealed_to(home, number):
    head = read(os.path.join(home.dir, 'talks', 'strait', number.replace('/', '-'), 'envelope.age'))
    return head[:head.index(b'\n---')].count(b'\n-> ')


def recalling(alpha, bravo, mate, m, base, other):
    refused(alpha, 'delegate', 'recall', 'p.a', says='who may bind would be left')
    refused(alpha, 'delegate', 'recall', 'nobody', says='no delegate')
    was, text = version(alpha), os.path.join(base, 'a.md')
    p = subprocess.run([alpha.exe, 'delegate', 'recall', 'smith', '--home', alpha.dir,
                        '--passphrase-file', alpha.passfile], stdin=subprocess.DEVNULL,
                       capture_output=True, text=True, timeout=60)
    need(p.returncode == 1 and 'nothing was changed' in p.stderr and 'they keep' in p.stdout, p)
    other.stop()
    refused(alpha, 'delegate', 'recall', 'smith', says='not reached', rc=[3])  # there alone
    refused(mate, 'sync', says='was recalled by its party on 20')
    other.start()
    for _ in range(2):
        said = alpha('delegate', 'recall', mate.asked['delegate'])
        need(said['version'] == was + 1 == version(alpha) and said['left'] == 1, said)
    need('was recalled' in mate('status')['recalled'], 'status says it')
    refused(mate, 'sign-for', m, '--talks', 'strait', says='was recalled')
    need('Here they are' in mate('show', m, '--talks', 'strait', json_out=False), 'it opens still')
    refused(alpha, 'delegate', 'add', mate.request, says='was recalled, and that stays')
    n = bravo('send', text, '--to', 'alpha.example', '--form', 'note', '--act', 'proposal', '--talks',
              'strait')['number']
    need(sealed_to(bravo, n) == sealed_to(bravo, m) - 1, 'it is sealed to who was recalled')
    there = {d['delegate']: d['recalled'] for d in bravo('delegate', 'list', 'alpha.example')['delegates']}
    need(there[mate.asked['delegate']] and sum(there.values()) == 1, there)
    alpha('sync')
    alpha('sign-for', n, '--talks', 'strait')


def story(exe, base, registry):
    os.mkdir(os.path.join(base, 'far'))
    registry.init().start()
    alpha, bravo = desks.Home(exe, base, 'alpha.example'), desks.Home(exe, base, 'bravo.example')
    desks.enter(alpha, registry, base)
    desks.enter(bravo, registry, base)
    desks.open_and_sign(alpha, bravo, registry, base)
    mate = asking(exe, base, alpha)
    other = altered_requests(exe, base, alpha, bravo, mate)
    request = write(os.path.join(base, 'request'), read(mate.request))
    other_registry = elsewhere(exe, base, alpha)
    welcome = adding(alpha, registry, mate, base)
    other_registry.start()
    altered_welcomes(exe, base, mate, other, welcome)
    joining(alpha, mate, welcome)
    mate.request = request
    m = working(bravo, mate, base)
    later_talks(alpha, bravo, mate, registry, base)
    try:
        recalling(alpha, bravo, mate, m, base, other_registry)
    finally:
        other_registry.stop()


if __name__ == '__main__':
    desks.main(story)
