"""Runs a command and ends its process group when the owner, the process that started the guard, has ended.

A script, `python guard.py COMMAND...`, whose standard input is a pipe that only the owner holds open. The pipe closes
however the owner ends, `kill -9` included: no polling, no process ids that may be reused, no Linux-only call.
Standard library only: `python -I -S` starts in milliseconds.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import Final

GRACE_SECONDS: Final = 3
"""Time between SIGTERM and SIGKILL."""


def main(command: list[str]) -> int:
    """Run the command until it ends or standard input is closed; returns its exit code."""
    # The owner handles Ctrl-C and hang-ups, because it knows the order in which to end its processes.
    # Empty handlers, because the command would inherit an ignored signal.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    # Only the guard holds the command's standard input: a command that watches it ends with the guard.
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as child:
        signal.signal(signal.SIGTERM, lambda *_: _signal_group(child.pid, signal.SIGTERM))
        threading.Thread(target=_end_after_owner, args=(child,), daemon=True).start()
        code = child.wait()
        _signal_group(child.pid, signal.SIGKILL)  # processes that the command has left
    return code if code >= 0 else 128 - code


def _end_after_owner(child: subprocess.Popen[bytes]) -> None:
    while os.read(0, 4096):
        pass
    _signal_group(child.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(GRACE_SECONDS)
        return
    _signal_group(child.pid, signal.SIGKILL)


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
