"""Child processes that die with us, whatever happens to us."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from local.processes import guard

_GUARD: Final = [sys.executable, "-I", "-S", guard.__file__]


class GuardedProcess:
    """A running command under its guard; a context manager that ends it.

    Args:
        command: program and arguments.
        env: the command's whole environment.
        cwd: folder in which it runs.
        stdout: where its standard output goes: a file, or `subprocess.PIPE`.
        stderr: where its errors go: a file, or `subprocess.STDOUT`.
        lock: descriptor of an open lock that is held for as long as the guard lives.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        stdout: IO[bytes] | int,
        stderr: IO[bytes] | int,
        lock: int | None = None,
    ) -> None:
        self._guard = subprocess.Popen(  # pylint: disable=consider-using-with # ended by stop()
            [*_GUARD, *command],
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=stderr,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            pass_fds=() if lock is None else (lock,),
        )

    @property
    def stdout(self) -> IO[bytes]:
        """The command's standard output, where it was asked for as `subprocess.PIPE`."""
        if self._guard.stdout is None:
            raise ValueError("standard output goes elsewhere")
        return self._guard.stdout

    @property
    def running(self) -> bool:
        """Whether the command is still there."""
        return self._guard.poll() is None

    def wait(self) -> int:
        """Wait until the command has ended by itself; its exit code."""
        return self._guard.wait()

    def stop(self) -> None:
        """End the command and all that it started; returns when they are gone."""
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        self._guard.wait()
        if self._guard.stdout is not None:
            self._guard.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
