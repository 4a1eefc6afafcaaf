"""The demo as a process: its output, its descendants, its port."""

import queue
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Final

from local.cloud.ports import LOOPBACK
from local.deployment.cdktf import Provider
from shared.repository import ROOT

LIMIT_SECONDS: Final = 600
"""Only a failing test waits that long; hashicorp/aws takes two minutes for a deploy."""


class Demo:
    """A running `python -m local.demo` whose output is read line by line."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.output: list[str] = []
        assert process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(process.stdout,))
        self._reader.start()

    def wait_for(self, pattern: str) -> None:
        """Read until a line matches."""
        limit = time.monotonic() + LIMIT_SECONDS
        while (line := self._lines.get(timeout=max(0.0, limit - time.monotonic()))) is not None:
            self.output.append(line)
            if re.search(pattern, line):
                return
        raise AssertionError(f"no line matches {pattern!r}:\n" + "".join(self.output))

    def finish(self) -> int:
        """Read the rest; returns the exit code."""
        while (line := self._lines.get(timeout=LIMIT_SECONDS)) is not None:
            self.output.append(line)
        return self.process.wait(LIMIT_SECONDS)

    def end(self) -> None:
        """End it if it is still running."""
        self.process.terminate()
        self.process.wait()
        self._reader.join()

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            self._lines.put(line)
        self._lines.put(None)


@contextmanager
def demo(user: Mapping[str, str], provider: Provider, *arguments: str) -> Iterator[Demo]:
    """Start the demo with its output in a pipe."""
    with subprocess.Popen(
        [sys.executable, "-m", "local.demo", "--provider", provider, *arguments],
        cwd=ROOT,
        env=dict(user),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        run = Demo(process)
        try:
            yield run
        finally:
            run.end()


def descendants(pid: int) -> set[int]:
    """The children of a process, their children, and so on."""
    table = [tuple(map(int, line.split())) for line in _ps("pid=,ppid=").splitlines()]
    found, generation = set[int](), {pid}
    while generation:
        generation = {child for child, parent in table if parent in generation} - found
        found |= generation
    return found


def alive(processes: set[int]) -> dict[int, str]:
    """The processes that are still running, with their command lines."""
    rows = (line.split(maxsplit=2) for line in _ps("pid=,stat=,args=").splitlines())
    return {int(row[0]): row[-1] for row in rows if int(row[0]) in processes and not row[1].startswith("Z")}


def wait_until_gone(processes: set[int]) -> None:
    """Wait until all of these processes have ended."""
    limit = time.monotonic() + LIMIT_SECONDS
    while left := alive(processes):
        assert time.monotonic() < limit, f"still running: {left}"
        time.sleep(0.05)


def is_listening(port: int) -> bool:
    """Whether a process accepts connections on the port."""
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def _ps(columns: str) -> str:
    return subprocess.run(["ps", "-A", "-o", columns], capture_output=True, text=True, check=True).stdout
