"""Processes of tests: whether one is alive, and waiting for what it does."""

import subprocess
import time
from collections.abc import Callable

LIMIT_SECONDS = 30
"""Only a failing test waits that long."""


def alive(pid: int) -> bool:
    # `ps` and not kill(pid, 0): a process that has ended but was not waited for yet is not alive.
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")


def wait_until(holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + LIMIT_SECONDS
    while not holds():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.02)
