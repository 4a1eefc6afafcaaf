"""Guard of one child process: ends it, and all that it started, when whoever started the guard is gone.

Run as a script, `python guard.py COMMAND...`, with a pipe as standard input. The other end of that pipe
is held by the owner alone. However the owner ends (`kill -9` included), the pipe closes, and the guard
ends the command's process group. No polling, no process ids that may be reused, no Linux-only call.
Standard library only: it has to start in milliseconds (`python -I -S`).
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import Final

GRACE_SECONDS: Final = 3
"""How long the command may take to end by itself after SIGTERM, before SIGKILL."""


def main(command: list[str]) -> int:
    """Run the command until it ends or standard input does; the command's exit code."""
    # The terminal's Ctrl-C and hang-up are the owner's business: it decides in which order things end.
    # Handlers that do nothing, because an ignored signal would stay ignored in the command.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    # The command's standard input is a pipe that only the guard holds: one that watches it dies with the guard, too.
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as child:
        signal.signal(signal.SIGTERM, lambda *_: _signal_group(child.pid, signal.SIGTERM))
        threading.Thread(target=_end_with_owner, args=(child,), daemon=True).start()
        code = child.wait()
        _signal_group(child.pid, signal.SIGKILL)  # what the command has left behind
    return code if code >= 0 else 128 - code


def _end_with_owner(child: subprocess.Popen[bytes]) -> None:
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
