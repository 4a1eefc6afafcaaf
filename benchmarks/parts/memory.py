"""Watches the memory of a program and of all processes that it has started. Needs Linux's /proc."""

import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from benchmarks.parts.outcome import BenchmarkError

_PROC: Final = Path("/proc")
_PAUSE_SECONDS: Final = 1.0


class MemoryWatch:
    """How much memory is in use, and the most so far, in bytes.

    Args:
        program: part of the command line of one of our children, which is watched with its own.
        limit: the most that is allowed.
    """

    def __init__(self, program: str, *, limit: int) -> None:
        self._program = program
        self._limit = limit
        self.now = 0
        self.peak = 0

    def look(self) -> None:
        """Measure."""
        self.now = used_by(self._program)
        self.peak = max(self.peak, self.now)

    def check(self) -> None:
        """Check the limit.

        Raises:
            BenchmarkError: too much memory was in use.
        """
        if self.peak > self._limit:
            most, limit = self.peak // 1_000_000, self._limit // 1_000_000
            raise BenchmarkError(
                f"the local cloud uses {most:,} MB, and {limit:,} MB are allowed: use fewer --rows, or more --memory-mb"
            )


@contextmanager
def memory_watch(program: str, *, limit: int) -> Iterator[MemoryWatch]:
    """Measure every second until the context ends.

    Raises:
        BenchmarkError: there is no /proc.
    """
    if not (_PROC / "self" / "statm").exists():
        raise BenchmarkError("memory is watched in /proc, which only Linux has")
    watch, ended = MemoryWatch(program, limit=limit), threading.Event()

    def run() -> None:
        while not ended.wait(_PAUSE_SECONDS):
            watch.look()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        ended.set()
        thread.join()


def used_by(program: str) -> int:
    """Resident bytes of our children whose command line contains `program`, and of all that they have started."""
    children = _children()
    watched: set[int] = set()
    ours = list(children[os.getpid()])
    while ours:
        process = ours.pop()
        if process in watched:
            continue
        if program in _command(process):
            watched |= _with_children(process, children)
        ours += children[process]
    return sum(map(_resident, watched))


def _children() -> defaultdict[int, list[int]]:
    """All processes by their parent."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            with suppress(OSError):  # it has just ended
                # The name of the program may contain anything, so the fields are counted from its end.
                fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                found[int(fields[1])].append(int(folder.name))
    return found


def _with_children(process: int, children: defaultdict[int, list[int]]) -> set[int]:
    found, left = set[int](), [process]
    while left:
        process = left.pop()
        if process not in found:
            found.add(process)
            left += children[process]
    return found


def _command(process: int) -> str:
    with suppress(OSError):
        return (_PROC / str(process) / "cmdline").read_text(encoding="utf-8", errors="replace")
    return ""


def _resident(process: int) -> int:
    with suppress(OSError):
        pages = int((_PROC / str(process) / "statm").read_text(encoding="utf-8").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0
