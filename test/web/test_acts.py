"""Acts on papers by the desk, by plain HTTP as a browser without script does them: each is a page that
says what becomes provable, and then the act; what is acknowledged is there after a crash."""
import http.client
import io
import re
import signal
import sys
import tarfile
import time

import web
from proxy import Proxy
from world import PASS, World, check, main  # noqa: F401


def address(number):
    return f'/h/1/talks/strait/papers/{number.replace("/", "-")}'


def act(d, path, seconds=20, **form):
    """Do what the page of an act offers, and follow to its end."""
    status, _, text = d.get(path)
    check(status == 200 and f'action="{path}"' in text, f'{path}: {status}')
    status, head, _ = d.post(path, **form)
    check(status == 303, f'{path}: {status}')
    return d.follow(head['Location'], seconds)


def waiting(w, subject, *more):
    n = w.send('alpha', 'bravo.example', 'Each side keeps two boats.\n', '--subject', subject, *more)
    w.run('bravo', 'sync')
    return n


def signing(w):
    """Sign for it: the page shows the cover and what signing means, and does nothing by itself."""
    n = waiting(w, 'Boats')
    with web.Desk(w, 'bravo', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        _, _, text = d.get(address(n))
        check('/sign-for"' in text and 'two boats' not in text, 'sealed until signed for')
        _, _, text = d.get(address(n) + '/sign-for')
        check('You confirm delivery. You accept nothing and waive nothing.' in text, 'the sentence')
        check('Boats' in text and 'bravo.example/' in text and 'two boats' not in text, 'the cover')
        check(w.json('bravo', 'show', n)['sealed'] is True, 'looking signs nothing')
        path, text = act(d, address(n) + '/sign-for')
        check(path.startswith(address(n)) and 'You signed for' in text and 'two boats' in text, text)
        check('/sign-for"' not in text, 'it is offered no more')
        status, head, _ = d.get(address(n) + '/sign-for')
        check(status == 303 and head['Location'] == address(n), 'and leads to the paper')
        _, head, _ = d.post(address(n) + '/decline')
        _, text = d.follow(head['Location'])
        check('was there first' in text and 'signed for' in text, text[-2000:])
    check(w.json('bravo', 'show', n)['standing'] == 'signed for, delivered, opened', 'the command agrees')


def quiet(asked, most=20):
    """Wait until nobody asks the registry anything, for longer than a desk rests between two questions."""
    end, n, since = time.monotonic() + most, -1, 0
    while n != len(asked) or time.monotonic() - since < 1.2:
        check(time.monotonic() < end, f'it goes on asking: {asked[-20:]}')
        if n != len(asked):
            n, since = len(asked), time.monotonic()
        time.sleep(0.05)


def listening(w):
    """A paper that comes is there within a second or so, by the registry's word and not by the minute;
    nobody asks without end; a desk that waits ends at once. A registry without news changes nothing."""
    asked, deaf = [], False

    def change(path, status, data):
        asked.append(path)
        if path.startswith('/v1/news') and deaf:
            return 404, b'{"type":"urn:chancery:problem:no-such-thing","title":"No","status":404}'
        return status, data

    def listens():
        end = time.monotonic() + 20
        while not any(a.startswith('/v1/news?after=0') for a in asked):
            check(time.monotonic() < end, f'it does not listen: {asked}')
            time.sleep(0.05)

    with Proxy(w) as p:
        p.change = change
        with web.Desk(w, 'bravo') as d:
            d.begin()
            d.unlock()
            listens()
            w.send('alpha', 'bravo.example', 'Two boats.\n', '--subject', 'Heard of')
            t = time.monotonic()
            d.until('/h/1/talks/strait', 'Heard of', 20) # the minute would be 45 s at least
            print(f'there after {time.monotonic() - t:.2f} s')
            quiet(asked)
            # Locked, nobody listens; unlocked, somebody does again.
            d.post('/h/1/lock')
            del asked[:]
            d.unlock()
            listens()
            t = time.monotonic()
            check(d.stop() == 0, 'it ends well')
            print(f'stopped in {time.monotonic() - t:.2f} s')
            check(time.monotonic() - t < 2, f'it ends after {time.monotonic() - t:.2f} s')
        deaf = True
        del asked[:]
        with web.Desk(w, 'bravo') as d:
            d.begin()
            d.unlock()
            listens()
            quiet(asked)
            check(sum(a.startswith('/v1/news') for a in asked) == 1, f'asked again: {asked}')
            check('In step with' in d.get('/h/1/talks')[2], 'no word of it')


def passphrase(w):
    """What it does and does not; refused in words; then only the new one opens, party key and all."""
    new = 'five other words of mine'
    with web.Desk(w, 'bravo', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        _, _, text = d.get('/h/1/keys')
        check('href="/h/1/keys/passphrase"' in text, 'the way there')
        theirs = text.split('Who acts for them')[1]
        check('alpha.person' in theirs and 'sign for papers' in theirs, 'their delegates, too')
        path = '/h/1/keys/passphrase'
        _, _, text = d.get(path)
        check('Copies and backups made before still open with the old passphrase' in text, text[-3000:])
        for form, said in (({'pass': new, 'again': new + '!'}, 'not the same'),
                           ({'pass': 'short', 'again': 'short'}, 'Too short')):
            _, _, text = d.post(path, now=PASS, **form)
            check(said in text, text[-2000:])
        _, head, _ = d.post(path, now='something else', **{'pass': new, 'again': new})
        _, text = d.follow(head['Location'])
        check('wrong passphrase' in text and 'nothing was changed' in text, text[-2000:])
        w.run('bravo', 'delegate', 'key', '--reveal', '-o', w.dir / 'key')
        _, head, _ = d.post(path, now=PASS, **{'pass': new, 'again': new})
        where, text = d.follow(head['Location'])
        check(where.startswith('/h/1/keys?') and 'The passphrase is changed' in text, text[-3000:])
        # The desk stays open; the list is signed anew with the new one.
        _, head, _ = d.post('/h/1/keys/renew', **{'pass': PASS})
        where, text = d.follow(head['Location'])
        check('That is not the passphrase' in text, text[-2000:])
        _, head, _ = d.post('/h/1/keys/renew', **{'pass': new})
        _, text = d.follow(head['Location'])
        check('of the list stands at every' in text, text[-2000:])
        check(new not in (w.dir / 'desk.log').read_text(), 'nothing of it is logged')
    w.run('bravo', 'delegate', 'key', '--reveal', '-o', w.dir / 'key', want=4)
    (w.dir / 'new').write_text(new + '\n')
    w.run('bravo', 'delegate', 'key', '--reveal', '-o', w.dir / 'key', passphrase=w.dir / 'new')


def declining(w):
    n = waiting(w, 'Second thought')
    with web.Desk(w, 'bravo', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        _, head, text = d.post(address(n) + '/decline', reason='two\nlines')
        check('one line' in text, text[-2000:])
        path, text = act(d, address(n) + '/decline', reason='en russe, s\u2019il vous pla\u00eet')
        check('it was never signed for' in text and 'pla\u00eet' in text, text[-3000:])
    w.run('alpha', 'sync')
    check('declined' in w.json('alpha', 'show', n)['standing'], 'its author sees it')


def taking_back(w):
    """Ours, until it is signed for; then its addressee was there first."""
    first, second = waiting(w, 'Too early'), waiting(w, 'Too late')
    with web.Desk(w, 'alpha', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        path, text = act(d, address(first) + '/take-back', reason='')
        check('is taken back' in text, text[-3000:])
        w.run('bravo', 'sign-for', second)
        path, text = act(d, address(second) + '/take-back')
        check('was there first' in text, text[-3000:])
        _, _, text = d.get(address(second))
        check('signed for' in text, 'and the paper says so')
    w.run('bravo', 'sync')
    check('taken back' in w.json('bravo', 'show', first)['standing'], 'its addressee sees it')


def killed(w):
    """kill -9 while signing for: afterwards the receipt is there once or not at all, the page says
    which, and going on ends well."""
    for turn, wait in enumerate((0, 0.04, 0.1, 0.25)):
        n = waiting(w, f'Turn {turn}')
        with web.Desk(w, 'bravo', more=['--no-sync']) as d:
            d.begin()
            d.unlock()
            status, _, _ = d.post(address(n) + '/sign-for')
            check(status == 303, f'the act was taken: {status}')
            signal.sigtimedwait([], wait)
            d.stop(signal.SIGKILL)
        folder = w.dir / 'bravo/talks/strait' / n.replace('/', '-')
        pending, handover = (folder / 'pending.receipt.txt').exists(), (folder / 'handover.txt').exists()
        kept = (folder / 'pending.receipt.txt').read_bytes() if pending else None
        with web.Desk(w, 'bravo', more=['--no-sync']) as d:
            d.begin()
            d.unlock()
            _, _, text = d.get(address(n))
            signed = 'class="standing">signed for' in text
            check(signed == handover, f'turn {turn}: {signed} {handover}: {text[-3000:]}')
            check(('Your receipt is signed and kept here' in text) == (pending and not handover),
                  f'turn {turn}: {text[-3000:]}')
            if not signed:
                path, text = act(d, address(n) + '/sign-for')
                check('You signed for' in text and 'two boats' in text, f'turn {turn}: {text[-3000:]}')
        receipt = (folder / 'receipt.txt').read_bytes()
        check(kept is None or kept == receipt, f'turn {turn}: another receipt than the one signed')
        check(not (folder / 'pending.receipt.txt').exists() or handover, f'turn {turn}: left behind')
        check(not [f.name for f in folder.iterdir() if f.name.startswith('conflict-')], 'two receipts')
        w.run('bravo', 'sync')
        w.run('alpha', 'sync')
        check(w.json('alpha', 'show', n)['standing'].startswith('signed for, delivered'), f'turn {turn}')


def reviewed(d, path, button, **form):
    """The page that shows what the public will see; nothing was done by it."""
    status, _, text = d.post(path, **form)
    check(status == 200 and 'Exactly what the public will see' in text and button in text,
          f'{path}: {status}: {text[-3000:]}')
    return text


def confirming(w):
    """Only what its author allows can be ticked; exactly that is shown, then signed."""
    n = waiting(w, 'Boats')
    w.run('bravo', 'sign-for', n)
    path = address(n) + '/confirm'
    with web.Desk(w, 'bravo', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        _, _, text = d.get(path)
        check('name="head-from"' in text and 'name="head-subject"' not in text, 'what is allowed')
        check('two boats' not in text, 'and nothing of the text')
        ticked = {'head-from': '1', 'head-act': '1', 'text': 'No more than this.'}
        text = reviewed(d, path, 'Confirm this in public', **ticked)
        sheet = text.split('<article')[1].split('</article>')[0]
        check('alpha.example' in sheet and 'proposal' in sheet and 'No more than this.' in sheet and
              'Boats' not in text, sheet)
        check(not list((w.dir / 'bravo/talks/strait').glob('public/*')), 'nothing is signed')
        _, _, text = d.post(path, **{'text': ''})
        check('Nothing is ticked' in text, text[-2000:])
        _, _, text = d.post(path, change='1', **ticked)
        check(text.count(' checked>') == 2 and 'No more than this.' in text, 'the choice is kept')
        _, _, text = d.post(path, **{'head-subject': '1'})
        check('does not allow its subject' in re.sub('</?bdi>', '', text), text[-2000:])
        status, head, _ = d.post(path, sure='1', **ticked)
        _, text = d.follow(head['Location'])
        check('Confirmed in public, at place' in text, text[-3000:])
    folder = next((w.dir / 'bravo/talks/strait/public').iterdir())
    said = (folder / 'confirmation.txt').read_text()
    check('leaves from,act\n' in said and 'note No more than this.\n' in said, said)
    w.run('alpha', 'sync')
    with web.Desk(w, 'alpha', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        path = address(n) + '/contest'
        _, _, text = d.get(path)
        check('bravo.example' in text and 'confirms that it received' in text, text[-3000:])
        text = reviewed(d, path, 'Contest it in public', text='A different matter.')
        _, head, _ = d.post(path, text='A different matter.', sure='1')
        _, text = d.follow(head['Location'])
        check('Contested in public, at place' in text, text[-3000:])


def disclosing(w):
    """The ticked passage and its heading, and no other word."""
    n = w.send('alpha', 'bravo.example', '# Boats\n\nTwo each.\n\n# Lanes\n\nOne each.\n\nNot a word '
               'of this.\n', '--subject', 'Boats')
    path = address(n) + '/disclose'
    with web.Desk(w, 'alpha', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        _, _, text = d.get(path)
        check(text.count('name="passage-') == 5, text[-3000:])
        text = reviewed(d, path, 'Disclose this, for ever', **{'passage-4': '1'})
        sheet = text.split('<article')[1].split('</article>')[0]
        check('One each.' in sheet and 'Lanes' in sheet and 'Two each.' not in text and
              'Not a word' not in text, sheet)
        check('2 passages stay sealed' in sheet and 'One passage stays sealed' in sheet, sheet)
        check('it was not signed for' in text, 'its delivery is not shown')
        _, head, _ = d.post(path, sure='1', **{'passage-4': '1'})
        _, text = d.follow(head['Location'])
        check('Disclosed, at place' in text, text[-3000:])
        extract = next((w.dir / 'alpha/talks/strait/public').iterdir()) / 'extract.txt'
        check('One each.' in extract.read_text() and 'Not a word' not in extract.read_text(), 'extract')
    w.run('bravo', 'sync')
    with web.Desk(w, 'bravo', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        status, _, text = d.get(path)
        check(status == 422 and 'only its author discloses' in text, text[-2000:])


def saying(w):
    with web.Desk(w, 'alpha', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        path = '/h/1/talks/strait/statement'
        _, _, text = d.post(path, text='')
        check('There are no words yet' in text, text[-2000:])
        _, _, text = d.post(path, text='two\nlines')
        check('one line' in text, text[-2000:])
        _, _, text = d.post(path, text='\u202eanswer')
        check('one line' in text, 'nothing that turns a line')
        text = reviewed(d, path, 'Say this in public', text='<b>We</b> shall answer.')
        check('&lt;b&gt;We' in text and '<b>' not in text, 'shown as written')
        _, head, _ = d.post(path, text='<b>We</b> shall answer.', sure='1')
        path, text = d.follow(head['Location'])
        check(path.startswith('/h/1/talks/strait?') and 'Said in public, at place' in text, text)
    # The other side holds no paper of it, and answers the statement by its hash.
    w.run('bravo', 'sync')
    with web.Desk(w, 'bravo', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        _, _, text = d.get('/h/1/talks/strait/public')
        contest, say = re.findall(r'href="(/h/1/talks/strait/public/[0-9a-f]{64}/\w+)"', text)
        for path, button, done in ((contest, 'Contest it in public', 'Contested in public, at place'),
                                   (say, 'Say this in public', 'Said in public, at place')):
            _, _, text = d.get(path)
            check('&lt;b&gt;We' in text and f'action="{path}"' in text, 'it is quoted')
            text = reviewed(d, path, button, text='They did not.')
            check('They did not.' in text and '&lt;b&gt;We' in text, 'both')
            _, head, _ = d.post(path, text='They did not.', sure='1')
            where, text = d.follow(head['Location'])
            check(where.startswith('/h/1/talks/strait/public?') and done in text, text[-3000:])
        _, _, text = d.get('/h/1/talks/strait/public')
        check(text.count('They did not.') == 2 and text.count('/contest"') == 1, 'ours are not contested')
        mine = [u for u in re.findall(r'href="(\S+)/statement"', text) if u + '/statement' != say][0]
        status, _, text = d.get(mine + '/contest')
        check(status == 422 and 'our own statement' in text, f'{status} {text[-2000:]}')
        for end in ('/contest', '/statement'):
            status, _, text = d.get('/h/1/talks/strait/public/' + 64 * '0' + end)
            check(status == 404 and 'not on file' in text, f'{status} {text[-2000:]}')
            check(d.get('/h/1/talks/strait/public/' + 63 * '0' + end)[0] == 404, 'no hash')
    w.run('alpha', 'sync')
    check(len(list((w.dir / 'alpha/talks/strait/public').iterdir())) == 3, 'they came to the other side')


def saving(w):
    """Attack 17: an attachment is a file to save, whatever it says it is; nothing stays on the disk."""
    evil = w.dir / 'map.svg'
    evil.write_bytes(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    name = '"><img src=x onerror=alert(1)>.svg'
    bad = w.dir / name
    bad.write_bytes(b'%PDF-1.7 <script>alert(2)</script>')
    n = w.send('alpha', 'bravo.example', 'See the files.\n', '--subject', 'Files', '--attach', evil,
               '--attach', bad)
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    path = address(n)
    with web.Desk(w, 'bravo', more=['--no-sync']) as d:
        d.begin()
        d.unlock()
        _, _, text = d.get(path)
        check('<img' not in text and '<svg' not in text, 'a name is text')
        for k, want in ((1, evil.read_bytes()), (2, bad.read_bytes())):
            _, head, _ = d.post(path + '/attachments', n=str(k))
            _, text = d.follow(head['Location'])
            url = text.split('href="/h/1/saved/')[1].split('"')[0]
            status, head, got = d.get('/h/1/saved/' + url)
            check(status == 200 and got.encode() == want, f'{status} {got}')
            check(head['Content-Type'] == 'application/octet-stream' and
                  head['X-Content-Type-Options'] == 'nosniff' and
                  head['Content-Disposition'].startswith('attachment; filename="ALPHA-BRAVO-') and
                  'sandbox' in head.get_all('Content-Security-Policy'), str(head))
        status, head, _ = d.post(path + '/attachments', n='3')
        _, text = d.follow(head['Location'])
        check('no such attachment' in text, text[-2000:])
        w.run('bravo', 'sync')
        path2, text = act(d, path + '/export')
        url = text.split('href="/h/1/saved/')[1].split('"')[0]
        c = http.client.HTTPConnection('127.0.0.1', d.port, timeout=20)
        c.request('GET', '/h/1/saved/' + url, headers={'Host': d.host, 'Cookie': d.cookie})
        names = tarfile.open(fileobj=io.BytesIO(c.getresponse().read())).getnames()
        check('record/receipt.txt' in names and 'record/trust.txt' in names, f'{names}')
        d.post('/h/1/lock')
        d.unlock()
        check(d.get('/h/1/saved/' + url)[0] == 404, 'the lock lets go of it')
    check(not list((w.dir / 'bravo').glob('desk-saving*')), 'nothing is left')


sys.exit(main([listening, passphrase, saving, confirming, disclosing, saying, signing, declining, taking_back, killed]))
