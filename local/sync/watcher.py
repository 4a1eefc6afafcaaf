"""Waits for changes of the functions' sources."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

POLL_SECONDS: Final = 0.25
"""Sixty files are read in a few milliseconds, without a library for each system's notifications."""
WATCHED: Final = ("functions", "shared/contracts", "requirements/functions")
"""What a function's package is made of."""

_Seen = dict[Path, tuple[int, int]]


class Watcher:
    """Remembers the sources as they are when it is made, and as they are at each change that it reports."""

    def __init__(self, root: Path, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._root = root
        self._sleep = sleep
        self._reported = self._look()

    def wait(self, goes_on: Callable[[], bool]) -> bool:
        """Wait until the sources have changed, and no longer change: an editor or git may write many files.

        Args:
            goes_on: asked at each look; when it answers no, the wait ends.

        Returns:
            Whether there is a change.
        """
        before = self._reported
        while goes_on():
            self._sleep(POLL_SECONDS)
            now = self._look()
            if now == before != self._reported:
                self._reported = now
                return True
            before = now
        return False

    def _look(self) -> _Seen:
        """Modification time and size of each file."""
        seen: _Seen = {}
        for path in (path for folder in WATCHED for path in (self._root / folder).rglob("*.*")):
            try:
                status = path.stat()
            except FileNotFoundError:  # removed a moment ago
                continue
            if "__pycache__" not in path.parts:
                seen[path] = (status.st_mtime_ns, status.st_size)
        return seen
