"""The end of whoever started us is our end: a run must not outlive a killed `./dev`."""

import os
import signal
import threading
import time
from typing import Final

_POLL_SECONDS: Final = 0.5


def end_with_parent() -> None:
    """From now on, send ourselves SIGTERM when the parent process is gone.

    A guard's pipe would need the parent's help, and the parent here is nox.
    """
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
