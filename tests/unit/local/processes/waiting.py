"""Waiting for what other processes do."""

import time
from collections.abc import Callable

LIMIT_SECONDS = 30
"""Only a failing test waits that long."""


def wait_until(holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + LIMIT_SECONDS
    while not holds():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.02)
