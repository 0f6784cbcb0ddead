#!/usr/bin/env python3
"""Hostile authors and couriers: papers that are not what they seem."""
import sys

from stage import Sent, check, main
from forger import hexsha


def writer(w):
    """The forger, when honest, is taken for a desk: else no refusal below would mean a thing."""
    s = Sent(w.reg, w.alpha, w.bravo, ['# Terms', 'One.', 'Two.'], subject='From the pages')
    w.arrives(s)
    w.run('bravo', 'sign-for', s.number)
    out, _ = w.run('bravo', 'show', s.number, '--text')
    check(out == b'# Terms\n\nOne.\n\nTwo.\n', out.decode())


if __name__ == '__main__':
    sys.exit(main([writer]))
