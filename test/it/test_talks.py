"""Two homes and a registry, from nothing to a charter in force; then a register that forks."""
import os
import re
import shutil
import subprocess
import sys

import desks


def need(ok, what):
    if not ok:
        raise desks.Failed(what)


def to_force(exe, base, registry):
    at = lambda f: os.path.join(base, f)
    alpha = desks.Home(exe, base, 'alpha.example', '--title', 'Alpha')
    bravo = desks.Home(exe, base, 'bravo.example')
    registry.init().start()

    # Not enrolled yet: a warning that says what to do, and the draft is made all the same.
    alpha('talks', 'open', 'strait', '--with', 'bravo.example', '--registry', registry.url)
    need('roster show' in alpha.err, 'no word on enrolment: ' + alpha.err)
    desks.enter(alpha, registry, base)
    desks.enter(bravo, registry, base)
    alpha('roster', 'publish')
    alpha('roster', 'publish')
    need(alpha('status')['roster_published'], 'the roster is not published')

    alpha('talks', 'invite', 'bravo.example', '-o', at('invitation'))
    with open(at('invitation.letter.txt')) as f:
        letter = f.read()
    joined = bravo('talks', 'join', at('invitation'), '-o', at('answer'))
    need(joined['opener_words'] in letter, 'the words of letter and screen differ')
    need(joined['registry_words'] in letter, 'the registry has other words')
    need(joined['opener_words'] == alpha('roster', 'show')['words'], 'words of whom?')

    bravo('talks', 'sign', rc=1)                          # there is no charter yet
    alpha('talks', 'sign', rc=1)                          # the answer is missing
    need('bravo.example' in alpha.err, 'whose answer: ' + alpha.err)
    need(not alpha('talks', 'sign', at('answer'))['in_force'], 'in force without bravo')
    need(bravo('talks', 'sign')['in_force'], 'not in force')
    shown = alpha('talks', 'show')
    need(shown['state'].startswith('charter'), 'alpha cannot know yet')
    shown = alpha('talks', 'show', '--refresh')
    need(shown['state'] == 'in force', 'alpha does not see it: ' + str(shown))
    need(all(p['signed'] for p in shown['parties']), 'who has signed: ' + str(shown))
    need(shown['id'] == bravo('talks', 'show')['id'], 'two ids')
    return alpha, bravo


def locked_and_unreached(alpha, registry):
    good = alpha.passfile
    alpha.passfile = good + '-bad'
    with open(alpha.passfile, 'w') as f:
        f.write('wrong\n')
    alpha('roster', 'publish', rc=4)
    alpha.passfile = good
    registry.stop()
    alpha('roster', 'publish', rc=3)
    need('nothing was lost' in alpha.err, alpha.err)
    registry.start()
    alpha('roster', 'publish')


def prove(home, registry):
    if len(sys.argv) > 2:
        desks.run(sys.argv[2], home.dir, registry.origin, desks.PASS)


def forget(home, registry):
    """A home that lost what it saw does not vouch for growth any more."""
    seen = os.path.join(home.dir, 'registries', registry.origin, 'checkpoint.txt')
    os.rename(seen, seen + '.away')
    home('roster', 'publish', rc=1)
    need('checkpoint.txt is gone' in home.err, home.err)
    os.rename(seen + '.away', seen)
    home('roster', 'publish')


def cosigned(home, registry):
    """Who cosigned the newest checkpoint, and when; what does not verify has no time."""
    home('sync')
    seen = home('status')['registries'][0]
    when = dict(zip(seen['cosigners'].split(), seen['cosigned'].split()))
    here = home('status')['delegate']
    need(here in when and len(when) >= 2, str(when))
    need(all(re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', t) for t in when.values()), str(when))
    path = os.path.join(home.dir, 'registries', registry.origin, 'cosigners.txt')
    with open(path) as f:
        text = f.read()
    lines = text.splitlines(True)
    with open(path, 'w') as f:  # the time of this home's line, a little off
        f.writelines(l[:-20] + ('A' if l[-20] != 'A' else 'B') + l[-19:] if f' {here} ' in l else l
                     for l in lines)
    seen = home('status')['registries'][0]
    twin = dict(zip(seen['cosigners'].split(), seen['cosigned'].split()))
    need(twin[here] == '-' and {k: v for k, v in twin.items() if k != here} ==
         {k: v for k, v in when.items() if k != here}, str(twin))
    with open(path, 'w') as f:
        f.write(text)


def proven(home, registry, names):
    """What the desk kept is proof to a third party that trusts the registry's key, and to no other."""
    need(len(names) == 1, str(names))
    at = os.path.join(home.dir, 'registries', registry.origin)
    with open(os.path.join(at, 'registry.txt')) as f:
        vkey = re.search(r'^vkey (.*)$', f.read(), re.M)[1]
    verify = os.path.join(os.path.dirname(sys.argv[1]) or '.', 'chancery-verify')
    for key, code, says in ((vkey, 0, 'signed two trees'), (vkey[:-1] + 'x', 2, 'key'),
                            (None, 1, 'no key of this log')):
        trust = os.path.join(home.dir, 'split-trust.txt')
        with open(trust, 'w') as f:
            f.write(f'registry {key}\n' if key else '# nobody\n')
        p = subprocess.run([verify, '--exercise-ok', '--trust', trust, os.path.join(at, names[0])],
                           capture_output=True, text=True, timeout=20)
        need((p.returncode, says in p.stdout + p.stderr) == (code, True), p.stdout + p.stderr)
        os.unlink(trust)


def fork(alpha, bravo, registry):
    """The operator goes back to an old copy and writes another history."""
    registry.stop()
    shutil.copytree(registry.folder, registry.folder + '.old')
    registry.start()
    alpha('roster', 'renew')
    alpha('roster', 'renew')
    registry.stop()
    shutil.rmtree(registry.folder)
    os.rename(registry.folder + '.old', registry.folder)
    registry.start()
    bravo('roster', 'renew')
    bravo('roster', 'renew')
    alpha('roster', 'publish', rc=1)
    need('contradicts itself' in alpha.err, alpha.err)
    files = os.listdir(os.path.join(alpha.dir, 'registries', registry.origin))
    need(sum(f.startswith('alarm-') for f in files) == 3, 'evidence: ' + str(files))
    proven(alpha, registry, [f for f in files if f.endswith('-split-view.txt')])
    alpha('roster', 'publish', rc=1)
    need('evidence' in alpha.err, alpha.err)
    need(alpha('status')['registries'][0]['alarm'], 'status says nothing')
    bravo('roster', 'publish')


def story(exe, base, registry):
    alpha, bravo = to_force(exe, base, registry)
    locked_and_unreached(alpha, registry)
    prove(bravo, registry)
    for _ in range(3):
        alpha('roster', 'renew')
    prove(alpha, registry)
    cosigned(alpha, registry)
    forget(alpha, registry)
    fork(alpha, bravo, registry)


desks.main(story)
