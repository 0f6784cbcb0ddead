"""Acts on papers by the desk, by plain HTTP as a browser without script does them: each is a page that
says what becomes provable, and then the act; what is acknowledged is there after a crash."""
import signal
import sys

import web
from world import World, check, main  # noqa: F401


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
    for turn, wait in enumerate((0, 0.02, 0.05, 0.1, 0.2, 0.4)):
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


sys.exit(main([signing, declining, taking_back, killed]))
