"""A terminal for programs that ask a person. Every read has a time limit; nothing is left running."""
import os
import pty
import select
import signal
import time


def run(args, talk=(), env=None, limit=60, cwd=None, stdin=None):
    """Run on a terminal of its own; `talk` is pairs of a text to wait for and what is typed then.
    Returns the exit code and all that was shown."""
    pid, fd = pty.fork()
    if pid == 0:
        try:
            if cwd:
                os.chdir(cwd)
            if stdin is not None:
                os.dup2(os.open(stdin, os.O_RDONLY), 0)
            os.execvpe(args[0], [os.fspath(a) for a in args], env or os.environ)
        finally:
            os._exit(127)
    shown, steps, end, status = '', list(talk), time.monotonic() + limit, None
    seen = 0
    try:
        while time.monotonic() < end:
            if select.select([fd], [], [], 0.1)[0]:
                try:
                    got = os.read(fd, 65536)
                except OSError:
                    got = b''
                if not got:
                    break
                shown += got.decode(errors='replace')
            if steps and steps[0][0] in shown[seen:]:
                seen = len(shown)
                time.sleep(0.05)            # the prompt sets the terminal, and drops what came early
                os.write(fd, steps.pop(0)[1].encode())
        else:
            os.kill(pid, signal.SIGKILL)
    finally:
        os.close(fd)
        status = os.waitpid(pid, 0)[1]
    if time.monotonic() >= end:
        raise AssertionError(f'{args}: no end within {limit} s; shown: {shown}')
    if steps:
        raise AssertionError(f'{args}: never asked {steps[0][0]!r}; shown: {shown}')
    return os.waitstatus_to_exitcode(status), shown
