#!/usr/bin/env python3
"""What is said in public, end to end: confirm, contest, disclose, publish, export, verify."""
import base64
import filecmp
import hashlib
import re
import subprocess
import sys
from xml.etree import ElementTree

from world import CHANCERY, check, main

VERIFY = CHANCERY + '-verify'

TEXT = ('# On the strait\n\nThe zebrafish clause stays.\n\nYes\n\n'
        '## On the second matter\n\nThe platypus clause goes.\n')
SEALED = ['zebrafish', 'platypus', 'Walrus subject', 'On the strait', 'second matter', 'Quokka']


def verify(*args, want=0, drill=True):
    r = subprocess.run([VERIFY] + (['--exercise-ok'] if drill else []) + [str(a) for a in args],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    text = r.stdout.decode()
    check(r.returncode == want, f'chancery-verify {args[0]}: exit {r.returncode}, wanted {want}\n'
          f'{text}{r.stderr.decode()}')
    return text


def files(folder):
    return sorted(p for p in folder.rglob('*') if p.is_file())


def no_word(folder, words):
    for p in files(folder):
        data = p.read_bytes()
        for word in words:
            check(word.encode() not in data, f'{word} stands in {p.name}')


def deliver(w, who, to, text=TEXT, *more):
    n = w.send(who, f'{to}.example', text, '--subject', 'Walrus subject', '--title', 'Quokka',
               *more)
    w.run(to, 'sync')
    w.run(to, 'sign-for', n)
    w.run(who, 'sync')
    return n


def items(folder, kind=''):
    return sorted(p for p in folder.glob('0*.txt') if f'-{kind}' in p.name)


def confirmation(w):
    """Exactly the chosen and allowed keys, for the addressee and for the author."""
    n = deliver(w, 'alpha', 'bravo')
    out, _ = w.run('bravo', 'confirm', n)
    check(b'We confirm that we received this paper and signed for it.' in out, out.decode())
    check(b'from alpha.example' in out and b'subject' not in out, out.decode())
    out, _ = w.run('bravo', 'publish', w.dir / 'one')
    check(b'holds 1 public statement, proven' in out, out.decode())
    _, err = w.run('bravo', 'confirm', n, '--leaves', 'from,subject', want=1)
    check('does not allow its subject' in err and 'ask the author' in err, err)
    w.run('bravo', 'confirm', n, '--leaves', 'from,nonsense', want=2)
    said = w.json('bravo', 'confirm', n, '--leaves', 'from,act', '--note', 'Not a word more.')
    check(said['leaves'] == 'from,act' and said['sentence'] == 'received', f'{said}')
    check([k['bytes'].split(' ')[0] for k in said['known']] == ['from', 'act'],
          f'{said["known"]}')
    check(w.json('alpha', 'confirm', n)['sentence'] == 'sent', 'the author may as well')
    pub = w.dir / 'pub'
    w.run('bravo', 'publish', pub)
    check(len(items(pub, 'confirmation')) == 3, f'{files(pub)}')
    text = verify(pub)
    check(text.count('We confirm that we received') == 2, text)
    check('We confirm that we sent' in text, text)
    check('EXERCISE' in text, text)
    check('with the note' in text and 'Not a word more.' in text, text)
    check('NOT PROVEN' not in text, text)
    no_word(pub, SEALED)
    verify(pub, want=1, drill=False)
    unsigned = w.send('alpha', 'bravo.example', 'More.\n')
    w.run('bravo', 'sync')
    w.run('bravo', 'confirm', unsigned, want=1)
    w.run('alpha', 'confirm', unsigned, want=1)


def allowed(w):
    """The author's own list, wider or narrower than the usual one."""
    n = deliver(w, 'alpha', 'bravo', TEXT, '--may-confirm', 'act,re')
    check(w.json('bravo', 'confirm', n)['leaves'] == 'act,re', 'the default is what is allowed')
    w.run('bravo', 'confirm', n, '--leaves', 'from', want=1)
    check(w.json('alpha', 'confirm', n, '--leaves', 'from')['leaves'] == 'from', 'author is free')


def contested(w):
    """The other side's confirmation is contested; both stand, in order, in both folders."""
    n = deliver(w, 'bravo', 'alpha')
    w.run('alpha', 'confirm', n)
    w.run('bravo', 'contest', n, 'A different matter.')
    w.run('alpha', 'contest', n, 'No.', want=1)
    w.run('alpha', 'statement', 'We will not negotiate in public.', '--about', n)
    w.run('alpha', 'statement', '--what', 'characterisation', '--about', n, 'Room on one issue.')
    m = deliver(w, 'bravo', 'alpha', TEXT, '--characterise', 'no')
    _, err = w.run('alpha', 'statement', '--what', 'characterisation', '--about', m, 'Bad.', want=1)
    check('does not allow it to be characterised' in err, err)
    w.run('alpha', 'statement', '--about', m, 'We have it.')
    w.run('alpha', 'statement', 'Two\nlines', want=2)
    a, b = w.dir / 'pub-a', w.dir / 'pub-b'
    w.run('alpha', 'publish', a)
    w.run('bravo', 'publish', b)
    for _ in range(4): # until no cosignature came between the two
        w.run('alpha', 'publish', a)
        w.run('bravo', 'publish', b)
        if len(items(a)) == 5 and [p.read_bytes() for p in items(a)] == [
                p.read_bytes() for p in items(b)]:
            break
    kinds = [p.name.split('-')[1].split('.')[0] for p in items(a)]
    check(kinds == ['confirmation', 'contestation'] + ['statement'] * 3, f'{kinds}')
    check([p.name for p in items(a)] == [p.name for p in items(b)], 'the same items')
    site(a, b)
    for folder in (a, b):
        text = verify(folder)
        check('NOT PROVEN' not in text, text)
        check(text.index('confirmed that it received') < text.index('A different matter.')
              < text.index('We will not negotiate'), text)
        check('part of a paper by bravo.example' in text, text)
        no_word(folder, SEALED)


def site(a, b):
    """A page without script, a feed, and the checking page: the same bytes from both sides."""
    index = (a / 'index.html').read_text()
    for name in ('index.html', 'index.fr.html', 'feed.xml', 'feed.fr.xml', 'check.html'):
        if name == 'check.html' and 'check.html' not in index:
            print('      built without the checking page')
            continue
        check((a / name).read_bytes() == (b / name).read_bytes(), f'{name}: two sides differ')
    check('<script' not in index and 'http' not in re.sub(r'http-equiv', '', index), 'no script')
    check('Exercise.' in index and 'negotiate in public.' in index, index)
    places = [int(n) for n in re.findall(r'Place (\d+) in the register', index)]
    check(len(places) == 5 and places == sorted(places), f'{places}')
    for p in items(a):
        check(f'href="{p.name}"' in index, p.name)
    atom = '{http://www.w3.org/2005/Atom}'
    feed = ElementTree.parse(a / 'feed.xml').getroot()
    ids = [e.findtext(atom + 'id') for e in feed.findall(atom + 'entry')]
    check(feed.tag == atom + 'feed' and len(set(ids)) == 5, f'{ids}')
    for e in [feed, *feed.findall(atom + 'entry')]:
        for part in ('id', 'title', 'updated'):
            check(len(e.findall(atom + part)) == 1, part)
        check(re.fullmatch(r'ni:///sha-256;[A-Za-z0-9_-]{43}', e.findtext(atom + 'id')), 'an id')


def passage(w):
    """One passage of a paper: its heading comes along, nothing else."""
    n = deliver(w, 'alpha', 'bravo')
    _, err = w.run('bravo', 'disclose', n, '--all', want=1)
    check('only its author discloses' in err and 'export' in err, err)
    w.run('alpha', 'disclose', n, want=2)
    w.run('alpha', 'disclose', n, '--passages', '6', want=1)
    w.run('alpha', 'disclose', n, '--passages', '0', want=2)
    out, _ = w.run('alpha', 'disclose', n, '--passages', '2')
    check(b'zebrafish' in out and b'cannot be undone' in out, out.decode())
    check(b'platypus' not in out, out.decode())
    pub = w.dir / 'pub'
    w.run('bravo', 'publish', pub)
    text = verify(pub)
    check('disclosed by its author' in text and 'not disclosed' not in text, text)
    check('passages 3 to 5, of 5 in all' in text, text)
    check('zebrafish' in text and 'On the strait' in text, text)
    no_word(pub, ['platypus', 'second matter', 'Walrus subject', 'Quokka'])
    guess(pub, b'Yes', 2)


def guess(pub, secret, index):
    """Whoever holds the folder cannot check a guess of a short passage: with every run of 16 or 32
    bytes in it as a salt, no hash of the guess stands in it."""
    data = b''
    for p in files(pub):
        data += p.read_bytes()
    salts, found = set(), set()
    for run in re.findall(rb'[0-9a-f]{32,64}', data):
        for at in range(0, len(run) - 31, 32):
            salts.add(bytes.fromhex(run[at:at + 32].decode()))
        if len(run) == 64:
            salts.add(bytes.fromhex(run.decode()))
            found.add(bytes.fromhex(run.decode()))
    for run in re.findall(rb'[A-Za-z0-9+/]{43}=', data):
        salts.add(base64.b64decode(run))
        found.add(base64.b64decode(run))
    check(len(salts) > 20 and len(found) > 20, 'there is something to try')
    for salt in salts:
        for parent in range(0, 6):
            for s in {salt, salt[:16], b''}:
                head = (b'\0chancery-exercise/leaf@v1\n' + bytes([2]) + index.to_bytes(4, 'big')
                        + parent.to_bytes(4, 'big') + s + secret)
                check(hashlib.sha256(head).digest() not in found, 'a guess could be checked')
        for x in (secret, salt + secret, secret + b'\n', salt + secret + b'\n'):
            check(hashlib.sha256(x).digest() not in found, 'a plain digest of a passage')


def whole(w):
    """All of a paper, with its attachment as a file; before and after delivery."""
    annex = w.dir / 'annex.pdf'
    annex.write_bytes(b'%PDF- annex bytes')
    n = deliver(w, 'alpha', 'bravo', TEXT, '--attach', annex)
    w.run('alpha', 'disclose', n, '--all')
    m = w.send('alpha', 'bravo.example', 'Open from the start.\n')
    w.run('alpha', 'disclose', m, '--all')
    pub = w.dir / 'pub'
    w.run('alpha', 'publish', pub)
    text = verify(pub)
    for word in SEALED + ['Open from the start.', 'annex.pdf']:
        check(word in text, word)
    check(text.count('disclosed by its author') == 2, text)
    check((pub / '0001-attachments' / '01.pdf').read_bytes() == annex.read_bytes(), 'the file')
    listed = hashlib.sha256(annex.read_bytes()).hexdigest()
    check(listed in text, 'its digest is in the disclosure')
    # Again, over the same folder, with more in it: brought up to date, nothing else touched.
    w.run('bravo', 'confirm', n)
    w.run('alpha', 'publish', pub)
    verify(pub)
    check(len(items(pub)) == 3, f'{files(pub)}')


def folders(w):
    """A folder that is not ours is never written to; a flipped bit is caught."""
    n = deliver(w, 'alpha', 'bravo')
    w.run('bravo', 'confirm', n)
    other = w.dir / 'other'
    other.mkdir()
    (other / 'notes.txt').write_text('mine')
    _, err = w.run('bravo', 'publish', other, want=1)
    check('nothing was written' in err, err)
    check([p.name for p in files(other)] == ['notes.txt'], 'untouched')
    pub = w.dir / 'pub'
    w.run('bravo', 'publish', pub)
    (pub / 'stray.txt').write_text('mine')
    w.run('bravo', 'publish', pub, want=1)
    (pub / 'stray.txt').unlink()
    item = items(pub)[0]
    good = item.read_bytes()
    for word in (b'act proposal', b'sentence received', b'party bravo'):
        at = good.index(word) + len(word) - 1
        bad = bytearray(good)
        bad[at] ^= 1
        item.write_bytes(bytes(bad))
        r = subprocess.run([VERIFY, '--exercise-ok', pub], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE)
        check(r.returncode in (1, 2), f'a flipped bit in {word}: exit {r.returncode}')
    item.write_bytes(good)
    verify(pub)


def same(w, a, b):
    r = filecmp.dircmp(a, b)
    check(not r.left_only and not r.right_only, f'{r.left_only} {r.right_only}')
    for p in files(a):
        check(p.read_bytes() == (b / p.relative_to(a)).read_bytes(), f'{p.name} differs')


def exported(w):
    """Both sides write the same record, byte for byte; with the paper only where caveats allow."""
    n = deliver(w, 'alpha', 'bravo')
    a, b = w.dir / 'rec-a', w.dir / 'rec-b'
    w.run('bravo', 'sync')
    w.run('alpha', 'sync')
    w.run('alpha', 'export', n, a)
    w.run('bravo', 'export', n, b)
    same(w, a, b)
    names = {p.name for p in files(a)}
    for name in ('charter', 'registry', 'submission', 'registered', 'receipt', 'handover',
                 'handover.proof', 'cover', 'opened', 'README', 'trust'):
        check(f'{name}.txt' in names, f'{name} is missing in {sorted(names)}')
    check('keybox.age' in names, 'keybox')
    text = verify('--trust', a / 'trust.txt', a)
    check('delivered' in text.lower(), text)
    no_word(a, ['zebrafish', 'platypus', 'Quokka'])
    w.run('alpha', 'export', n, a, want=1)
    # Later exports stay the same, whoever cosigned since.
    w.run('alpha', 'statement', 'Something else.')
    w.run('alpha', 'sync')
    c = w.dir / 'rec-c'
    w.run('alpha', 'export', n, c)
    same(w, a, c)
    p, q = w.dir / 'paper-a', w.dir / 'paper-b'
    w.run('alpha', 'export', n, p, '--paper')
    w.run('bravo', 'export', n, q, '--paper')
    same(w, p, q)
    same(w, p / 'paper', q / 'paper')
    check('zebrafish' in (q / 'paper' / 'paper.txt').read_text(), 'the text is there')
    text = verify('--trust', q / 'trust.txt', q / 'paper' / 'extract.txt')
    check('shown by a holder, not disclosed by its author' in text, text)
    verify('--trust', q / 'trust.txt', q)
    o = deliver(w, 'alpha', 'bravo', TEXT, '--caveat', 'ORCON')
    _, err = w.run('bravo', 'export', o, w.dir / 'orcon', '--paper', want=1)
    check('ORCON' in err, err)
    w.run('bravo', 'export', o, w.dir / 'orcon')
    w.run('alpha', 'export', o, w.dir / 'orcon-own', '--paper')


def cut_off(w):
    """Signed and not posted: kept whole, and the same bytes go out later, once."""
    n = deliver(w, 'alpha', 'bravo')
    w.run('bravo', 'confirm', n)
    folder = next((w.dir / 'bravo' / 'talks' / 'strait' / 'public').iterdir())
    note = (folder / 'confirmation.txt').read_bytes()
    (folder / 'confirmation.proof.txt').unlink()
    (folder / 'posted.txt').unlink()
    _, err = w.run('bravo', 'confirm', n, want=1)
    check('waits to be posted' in err, err)
    w.stop()
    w.run('bravo', 'confirm', n, want=3)
    w.start()
    w.run('bravo', 'sync')
    check((folder / 'confirmation.txt').read_bytes() == note, 'the same bytes')
    check((folder / 'confirmation.proof.txt').exists(), 'it has its place')
    check((folder / 'posted.txt').exists(), 'the extract went out')
    w.run('alpha', 'publish', w.dir / 'pub')
    check(len(items(w.dir / 'pub', 'confirmation')) == 1, 'once')
    verify(w.dir / 'pub')


if __name__ == '__main__':
    sys.exit(main([confirmation, allowed, contested, passage, whole, folders, exported, cut_off]))
