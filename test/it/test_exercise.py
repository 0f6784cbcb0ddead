"""An exercise of three parties under a virtual clock, one of them with its party key taken away."""
import os

import desks


def need(ok, what):
    if not ok:
        raise desks.Failed(what)


def set_clock(time, *folders):
    for folder in folders:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with open(os.path.join(folder, 'clock'), 'w') as f:
            f.write(time + '\n')


def story(exe, base, registry):
    at = lambda f: os.path.join(base, f)
    registry.origin = 'exercise.reg.example'
    registry.init().start()
    handles = ['bravo.example', 'alpha.example', 'charlie.example']
    set_clock('2022-01-26T09:00:00Z', registry.folder, *(at(h) for h in handles))
    homes = [desks.Home(exe, base, h, '--exercise') for h in handles]
    bravo, alpha, charlie = homes
    for h in homes:
        desks.enter(h, registry, base)
    real = desks.Home(exe, base, 'delta.example')

    # Real and exercise never mix.
    real('talks', 'open', 'x', '--with', 'alpha.example', '--registry', registry.url, rc=1)
    need('never mix' in real.err, real.err)

    bravo('talks', 'open', 'strait', '--with', 'charlie.example,alpha.example', '--codes',
          'charlie.example=CHA', '--registry', registry.url, '--confirm', 'free', '--answer-days',
          '7')
    for h in (alpha, charlie):
        bravo('talks', 'invite', h.handle, '-o', at(h.handle + '.invitation'))
        h('talks', 'join', at(h.handle + '.invitation'), '-o', at(h.handle + '.answer'))
    alpha('talks', 'join', at('charlie.example.invitation'), '-o', at('again'))  # same terms: no harm
    real('talks', 'join', at('alpha.example.invitation'), rc=1)

    bravo('talks', 'sign', at('alpha.example.answer'), rc=1)
    need('charlie.example' in bravo.err, 'who is missing: ' + bravo.err)
    bravo('talks', 'sign', at('charlie.example.answer'), at('alpha.example.answer'))
    need(not charlie('talks', 'sign')['in_force'], 'alpha has not signed')
    need(alpha('talks', 'sign')['in_force'], 'all have signed')
    shown = alpha('talks', 'show')
    need([p['party'] for p in shown['parties']] ==
         ['alpha.example', 'bravo.example', 'charlie.example'], 'sorted: ' + str(shown))
    need([p['code'] for p in shown['parties']] == ['ALPHA', 'BRAVO', 'CHA'], 'codes')
    for h in (bravo, charlie):
        need(h('talks', 'sign')['in_force'], h.handle + ' does not see it')
        need(h('talks', 'show')['id'] == shown['id'], 'ids differ')

    # The party key is on a stick: daily work goes on, a new roster does not.
    key = os.path.join(alpha.dir, 'party-key.age')
    os.rename(key, at('stick'))
    alpha('roster', 'publish')
    alpha('roster', 'renew', rc=1)
    need('party key' in alpha.err, alpha.err)
    os.rename(at('stick'), key)
    set_clock('2022-06-01T09:00:00Z', registry.folder, *(h.dir for h in homes))
    alpha('status')
    need('past its date' in alpha.err, 'an old roster: ' + alpha.err)
    need(alpha('roster', 'renew')['version'] > 1, 'renewed')


desks.main(story)
