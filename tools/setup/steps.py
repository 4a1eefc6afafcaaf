"""Set-up in steps: what is done is not done again, what was interrupted is.

Standard library only: it runs before anything is installed.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class SetupError(Exception):
    """What keeps the environment from being set up, and the way out. Its text is for the user."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One part of an environment.

    Attributes:
        name: name of its stamp and of its log.
        title: what the user reads while it runs.
        inputs: texts and files that it depends on; when one changes it is done again.
        result: what exists when it has been done.
        run: does it, writing to the given log.
    """

    name: str
    title: str
    inputs: tuple[str | Path, ...]
    result: Path
    run: Callable[[Path], None]


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """Where steps keep their stamps, logs and lock.

    Attributes:
        root: the clone; virtual environments hold its absolute path, so moving it asks for a new set-up.
        folder: for stamps, logs and the lock.
        space_needed: bytes that must be free on the disk before anything is done.
    """

    root: Path
    folder: Path
    space_needed: int

    def bring_up_to_date(self, steps: Sequence[Step]) -> None:
        """Do the steps that have something to do, with a line for each.

        Raises:
            SetupError: a step failed, or the disk is full; the text says what to do.
        """
        with self._alone():
            pending = [step for step in steps if not self._is_done(step)]
            if pending:
                self._check_space()
            for number, step in enumerate(pending, start=1):
                self._do(step, f"[{number}/{len(pending)}]")

    def _do(self, step: Step, count: str) -> None:
        stamp, log = self._stamp(step), self.folder / "logs" / f"setup-{step.name}.log"
        for path in (stamp, log):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
        print(f"set-up {count} {step.title} ...", end=" ", flush=True)
        began = time.monotonic()
        try:
            step.run(log)
        except BaseException:
            print()
            raise
        stamp.write_text(self._fingerprint(step))
        print(f"{time.monotonic() - began:.1f} s", flush=True)

    def _is_done(self, step: Step) -> bool:
        stamp = self._stamp(step)
        return step.result.exists() and stamp.is_file() and stamp.read_text() == self._fingerprint(step)

    def _stamp(self, step: Step) -> Path:
        return self.folder / "stamps" / step.name

    def _fingerprint(self, step: Step) -> str:
        digest = hashlib.sha256(str(self.root).encode())
        for part in step.inputs:
            digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        return digest.hexdigest()

    def _check_space(self) -> None:
        free = shutil.disk_usage(self.root).free
        if free < self.space_needed:
            raise SetupError(
                f"The disk that holds {self.root} has {free / 1e9:.1f} GB free; set-up needs "
                f"{self.space_needed / 1e9:.1f} GB. Free some space and run the command again."
            )

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep two set-ups in one clone from disturbing each other; the lock goes with its process."""
        self.folder.mkdir(exist_ok=True)
        with (self.folder / "setup.lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Another set-up is running in this clone; waiting for it ...", flush=True)
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def run_logged(command: Sequence[str], log: Path, *, cwd: Path, env: Mapping[str, str] = os.environ) -> None:
    """Run a program with its output appended to a log.

    Raises:
        SetupError: it failed, and the text holds the end of the log; or it could not be started.
    """
    with log.open("a") as out:
        try:
            done = subprocess.run(
                command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False
            )
        except OSError as error:
            raise SetupError(f"{command[0]} could not be started: {error.strerror}. Run the command again.") from error
    if done.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
        raise SetupError(
            f"`{Path(command[0]).name} {' '.join(command[1:3])} ...` failed:\n{tail}\n"
            f"The whole log: {log}. If the package index of Python or npm could not be reached, "
            "run the command again when it can."
        )
