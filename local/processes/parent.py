"""Exit when the parent process exits, so that no run outlives a killed `./dev`."""

import os
import signal
import threading
import time
from typing import Final

_POLL_SECONDS: Final = 0.5


def exit_with_parent() -> None:
    """Send SIGTERM to this process once its parent has exited.

    Polls, because a guard's pipe would need the help of the parent, which is nox.
    """
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
