"""Child processes that end with this process, even when it is killed."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final, Self

from local.processes import guard

_GUARD: Final = [sys.executable, "-I", "-S", guard.__file__]


class GuardedProcess:
    """A command that runs under a guard; as a context manager it ends the command.

    Args:
        command: program and arguments.
        env: all environment variables of the command.
        cwd: working directory.
        stdout: file for standard output, or `subprocess.PIPE`.
        stderr: file for standard error, or `subprocess.STDOUT`.
        lock: file descriptor of a lock that the guard holds until it ends.
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
        """The command's standard output, if it is `subprocess.PIPE`."""
        if self._guard.stdout is None:
            raise ValueError("standard output is not a pipe")
        return self._guard.stdout

    @property
    def running(self) -> bool:
        """Whether the command is running."""
        return self._guard.poll() is None

    def wait(self) -> int:
        """Wait until the command has ended; returns its exit code."""
        return self._guard.wait()

    def begin_stop(self) -> None:
        """Begin to end the command and all processes that it has started."""
        if self._guard.stdin is not None:
            self._guard.stdin.close()

    def stop(self) -> None:
        """End the command and all processes that it has started, and wait for them."""
        self.begin_stop()
        self._guard.wait()
        if self._guard.stdout is not None:
            self._guard.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
