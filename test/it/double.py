#!/usr/bin/env python3
"""A plugin of age that plays a part: the last word of its own name says which. It holds no secret:
its stanza is the file key turned by one bit."""
import base64
import os
import sys
import time

part = os.path.basename(sys.argv[0]).removeprefix('age-plugin-')
wrapping = sys.argv[1:] == ['--age-plugin=recipient-v1']
out = sys.stdout.buffer


def b64(data):
    return base64.b64encode(data).decode().rstrip('=')


def say(line, body=b''):
    text = b64(body)
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    if not lines or len(lines[-1]) == 64:
        lines.append('')
    out.write(('-> ' + line + '\n' + '\n'.join(lines) + '\n').encode())
    out.flush()


def hear():
    line = sys.stdin.readline()
    if not line:
        sys.exit(9)
    body = ''
    while True:
        more = sys.stdin.readline().rstrip('\n')
        body += more
        if len(more) < 64:
            break
    return line.rstrip('\n').split(' ')[1:], base64.b64decode(body + '=' * (-len(body) % 4))


def ask(line, body=b''):
    say(line, body)
    return hear()


def turn(data):
    return bytes([data[0] ^ 1]) + data[1:]


heard = []
while not heard or heard[-1][0] != ['done']:
    heard.append(hear())
found = [(w, b) for w, b in heard if w[:3] == ['recipient-stanza', '0', 'double']]
key = next((b for w, b in heard if w == ['wrap-file-key']), None)

if part == 'facts':                         # what we were given by who started us
    print('fds', sorted(os.listdir('/proc/self/fd')), 'in', os.getcwd(), 'args', sys.argv[1:],
          'labels', ['extension-labels'] in [w for w, _ in heard], file=sys.stderr)
elif part == 'early':
    sys.exit(3)
elif part == 'silent':
    time.sleep(60)
elif part == 'endless':
    while True:
        say('grease-x y', b'z' * 40)
elif part == 'stream':                      # a line without an end
    out.write(b'-> ')
    while True:
        out.write(b'x' * 65536)
        out.flush()
elif part == 'huge':
    say('msg', b'x' * 40000)
elif part == 'deaf':                        # asks and never reads the answers
    for _ in range(100000):
        say('msg', b'hello')
elif part == 'garbage':
    out.write(b'hello, I am no plugin\n')
elif part == 'order':
    say('done')
    time.sleep(0.2)
elif part == 'two':
    ask('file-key 0', b'k' * 16)
    ask('file-key 0', b'k' * 16)
elif part == 'wrongkey':
    ask('file-key 0', b'k' * 16)
    found = []
elif part == 'error':
    ask('error internal', b'no token in the slot \x1b[31m\xe2\x80\xae')
    time.sleep(60)
elif part == 'noise':
    for _ in range(100000):
        print('\x1b[2Jnoise', file=sys.stderr)
elif part == 'pin':
    got, pin = ask('request-secret', b'PIN of the token')
    got2, name = ask('request-public', b'Name')
    if got != ['ok'] or pin != b'2468' or got2 != ['ok'] or name != b'Alpha':
        ask('error internal', b'wrong PIN or name')
        sys.exit(1)
elif part == 'choice':
    got, _ = ask('confirm ' + b64(b'insert it') + ' ' + b64(b'skip it'), b'The token is out.')
    ask('msg', 'chosen: '.encode() + ' '.join(got).encode())
elif part == 'labelled':
    if wrapping:
        ask('labels postquantum')
elif part == 'tty':
    ask('msg', b'touch it\nnow \x1b[31mred \xe2\x80\xaeX')
elif part == 'unknown':
    if ask('dance 1 2 3', b'x')[0] != ['unsupported']:
        sys.exit(1)

if wrapping:
    ask('recipient-stanza 0 double', turn(key))
elif found:
    ask('file-key 0', turn(found[0][1]))
say('done')
