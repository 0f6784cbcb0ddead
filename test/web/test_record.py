"""The public record and the register in the desk, by plain HTTP: what the page shows is what the
published folder shows; a register that showed two histories is told with what to do."""
import subprocess
import sys
import time

import web
from world import CHANCERY, check, main


def record(w):
    """What was said stands there word for word; the button writes the folder that anyone checks."""
    n = w.send('alpha', 'bravo.example', '# On boats\n\nTwo boats each.\n\nAnd no mines.\n',
               '--subject', 'Boats')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n)
    w.run('bravo', 'confirm', n)
    w.run('alpha', 'disclose', n, '--passages', '2')
    w.run('alpha', 'statement', 'We will not negotiate in public.', '--about', n)
    at, out = '/h/1/talks/strait/public', w.dir / 'said in public'
    with web.Desk(w, 'bravo') as d:
        d.begin()
        d.unlock()
        _, _, text = d.get('/h/1/talks/strait')
        check(f'href="{at}"' in text, 'the talks lead to it')
        _, head, _ = d.post(at, folder='relative/path')
        _, text = d.follow(head['Location'])
        check('named whole' in text and not (w.dir / 'relative').exists(), text[-1500:])
        _, head, _ = d.post(at, folder=str(w.dir / 'alpha'))
        _, text = d.follow(head['Location'])
        check('nothing was written' in text, text[-1500:])
        _, head, _ = d.post(at, folder=str(out))
        _, text = d.follow(head['Location'])
        check('public statements are in' in text, text[-1500:])
        _, _, text = d.get(at)
        for words in ('confirmed that it received and signed for a paper', 'Two boats each.',
                      'We will not negotiate in public.', 'Place '):
            check(words in text, words)
        check('no mines' not in text, 'what was not disclosed is not there')
        check('no mines' not in (out / 'index.html').read_text(), 'nor in the folder')
    said = subprocess.run([CHANCERY + '-verify', '--exercise-ok', out], stdout=subprocess.PIPE, timeout=60)
    check(said.returncode == 0, said.stdout.decode())


def register(w):
    """Who cosigned, that this desk did, and an alarm."""
    w.send('alpha', 'bravo.example', 'One.\n')
    with web.Desk(w, 'bravo') as d:
        d.begin()
        d.unlock()
        _, head, _ = d.post('/h/1/register')
        _, text = d.follow(head['Location'])
        check('each only grew' in text, text[-1500:])
        w.run('alpha', 'sync')
        _, head, _ = d.post('/h/1/register')
        d.follow(head['Location'])
        _, _, text = d.get('/h/1/register')
        for words in ('exercise.registry', 'proven to hold all', 'the registry itself', 'this desk',
                      'a delegate of a party'):
            check(words in text, f'{words}: {text}')
        check('NOT GENUINE' not in text, text)
        w.stop()
        d.post('/h/1/sync')
        end = time.monotonic() + 20
        while 'does not answer since' not in text and time.monotonic() < end:
            time.sleep(0.1)
            _, _, text = d.get('/h/1/register')
        check(text.count('class="note trouble"') == 1, 'what is wrong is told once, in its place')
        folder = next((w.dir / 'bravo' / 'registries').iterdir())
        (folder / 'alarm-00000000-ours.txt').write_text('x\n')
        _, _, text = d.get('/h/1/register')
        check('there is evidence against the registry' in text and 'Stop using this' in text and
              text.count('class="note trouble"') == 1, text)


def colleague(w):
    """A desk that was added later: what came before it and what a colleague sent are no defects."""
    n = [w.send('alpha', 'bravo.example', f'Paper {i}.\n') for i in range(2)]
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', n[0])
    w.colleague('bravo', 'second')
    q = w.send('bravo', 'alpha.example', 'From bravo.\n')
    m = w.send('alpha', 'bravo.example', 'For both.\n', '--subject', 'Both')
    w.run('bravo', 'sync')
    w.run('bravo', 'sign-for', m)
    w.run('second', 'sync')

    def at(number, act=''):
        return f'/h/1/talks/strait/papers/{number.replace("/", "-")}{act}'

    with web.Desk(w, 'second') as d:
        d.begin()
        d.unlock()
        text = d.until('/h/1/talks/strait', ': its cover is at their desk')
        for words in ('Sealed before this desk was added', 'waits for the signature of another delegate'):
            check(words in text, f'{words}: {text}')
        check('What needs your answer' in d.get('/h/1/talks')[2] and
              'Sign for it' not in d.get('/h/1/talks')[2], 'nothing here is for this delegate to sign')
        text = d.get(at(n[0]))[2]
        check(', who signed for it, for an export' in text, text)
        check('NOT PROVEN' not in text and 'class="note trouble"' not in text, text)
        text = d.get(at(n[1]))[2]
        check('can sign for it' in text and '/sign-for' not in text, text)
        check(d.get(at(n[1], '/sign-for'))[0] == 303, 'nobody signs for what is not here')
        check('can sign for it' in d.get(at(n[1], '/decline'))[2], 'it may be declined')
        text = d.get(at(q))[2]
        check('from another home of our party' in text and '/disclose' not in text, text)
        _, head, _ = d.post(at(q, '/check'))
        d.follow(head['Location'])
        text = d.get(at(m))[2]
        check('For both.' in text and 'bravo.person' in text, 'signed for by a colleague, it opens here')
        d.get(at(q, '/take-back'))
        _, head, _ = d.post(at(q, '/take-back'))
        d.follow(head['Location'])
        d.until(at(q), 'aken back')
        _, _, text = d.ask('GET', at(n[0]), Accept_Language='fr')
        check('dont ce dossier n’était pas' in text, 'in French as well')
    w.run('bravo', 'sync')
    check(w.shown('bravo', q)['taken_back_by'] == 'second.person', 'known at the first desk')


sys.exit(main([record, register, colleague]))
