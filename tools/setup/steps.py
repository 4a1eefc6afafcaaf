"""Idempotent set-up steps: a finished step is skipped, an interrupted one is repeated."""

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
    """Set-up cannot go on; the text says why, and what the user can do."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One part of the toolchain.

    Attributes:
        name: names its stamp and its log.
        title: printed while it runs.
        inputs: texts and files that it depends on; a change of one repeats the step.
        result: exists once the step is done.
        run: does the work, with its output in the given log.
    """

    name: str
    title: str
    inputs: tuple[str | Path, ...]
    result: Path
    run: Callable[[Path], None]


@dataclass(frozen=True, kw_only=True)
class Installer:
    """Runs steps in one clone.

    Attributes:
        root: the clone. Virtual environments contain its absolute path, so a moved clone is set up again.
        folder: holds stamps, logs and the lock.
        space_needed: bytes that must be free on the disk before the first step.
    """

    root: Path
    folder: Path
    space_needed: int

    def bring_up_to_date(self, steps: Sequence[Step]) -> None:
        """Run the steps that are not done, with a line for each.

        Raises:
            SetupError: a step failed, the clone cannot be written, or the disk is full.
        """
        try:
            with self._locked():
                self._run_pending([step for step in steps if not self._is_done(step)])
        except OSError as error:
            raise SetupError(
                f"{error.filename or self.folder} cannot be used: {error.strerror}. "
                f"Set-up reads and writes in {self.root}: use a clone of your own, on a writable disk with free space."
            ) from error

    def _run_pending(self, steps: Sequence[Step]) -> None:
        if steps:
            self._check_space()
        for number, step in enumerate(steps, start=1):
            self._run(step, f"[{number}/{len(steps)}]")

    def _run(self, step: Step, count: str) -> None:
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
                f"{self.space_needed / 1e9:.1f} GB. Free some space, then run the command again."
            )

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one set-up at a time work in the clone; the lock ends with its process."""
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
        SetupError: it could not be started, or failed; then the text includes the end of the log.
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
            f"The whole log: {log}. If a package index (Python, npm) could not be reached, run the command again later."
        )
