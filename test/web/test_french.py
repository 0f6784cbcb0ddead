"""Help and faults in French, by plain HTTP: the manual's pages, those made of the program marked as
English, and what a lower floor says of a fault."""
import sys

import web
from world import check, main

SAID = {'/h/1/help/index': (200, '<article class="manual" lang="fr" dir="ltr"><h1>Aide</h1>'),
        '/h/1/help/technician': (200, '<article class="manual" lang="fr" dir="ltr"><h1>Pour le technicien</h1>'),
        '/h/1/help/commands': (200, '<article class="manual" lang="en"'),
        '/h/1/talks/nothing': (404, '<p class="said">il n’y a pas ici de pourparlers nommés <bdi>nothing</bdi>.'),
        '/h/1/talks/strait/papers/X': (422, '<p class="said">«\u00a0<bdi>X</bdi>\u00a0» n’est pas le numéro d’un pli')}


def french(w):
    n = w.send('alpha', 'bravo.example', 'Two *boats* each.\n\nOne.\n')
    w.run('alpha', 'disclose', n, '--passages', '1')
    w.run('bravo', 'statement', 'We shall answer.')
    w.run('bravo', 'sync')
    with web.Desk(w, 'bravo') as d:
        d.begin()
        d.unlock()
        for path, (want, words) in SAID.items():
            status, _, text = d.ask('GET', path, Accept_Language='fr')
            check(status == want and words in text, f'{path}: {status}: {text[:3000]}')
        for form, origin, words in (
                ('A' * 43, d.host, 'ou fut chargé avant son redémarrage'),
                (d.csrf, 'evil.example', 'Il vient d’un autre site. Rien n’a été fait.')):
            status, _, text = d.ask('POST', '/h/1/lock', f'form={form}', Origin=f'http://{origin}',
                                    Accept_Language='fr')
            check(status == 403 and words in text and '<h1>Ce formulaire ne fait rien ici' in text, text)
            check('strait' not in text and 'bravo' not in text, f'a home stands in it: {text}')
        status, _, text = d.ask('GET', '/a/none.js', Accept_Language='fr')
        check((status, text) == (404, 'Ce fichier n’existe pas.\n'), f'{status} {text}')
        _, _, text = d.ask('GET', '/h/1/talks/strait/public', Accept_Language='fr')
        for words in ('a divulgué 1 passage de son pli', 'a déclaré\u00a0: «\u00a0We shall answer.',
                      'Two <em>boats</em> each.', 'Un passage'):
            check(words in text, f'{words}: {text}')


sys.exit(main([french]))
