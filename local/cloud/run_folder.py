"""One folder for each run of the local cloud: its data, Terraform's output and state, its logs.

A run holds an exclusive lock on its folder, and so does the guard of each of its processes. The system
lets go of a lock when its last holder is gone, so a folder without a lock is a leftover, and nothing of it
runs any more: no process id has to be believed.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.cloud.errors import LocalError

MIN_FREE_BYTES: Final = 300_000_000
"""What a run takes at most, with room to spare (measured: 60 MB)."""
_LOCK: Final = "lock"


@dataclass(frozen=True, kw_only=True)
class RunFolder:
    """A run's own folder."""

    path: Path
    lock: int
    """Descriptor of the open lock file, for the guards."""

    @property
    def data(self) -> Path:
        """What MiniStack and its Lambda workers write."""
        return self.path / "data"

    @property
    def synthesized(self) -> Path:
        """What `cdktf synth` writes: one folder for each stack, and the ZIPs."""
        return self.path / "cdktf.out"

    @property
    def state(self) -> Path:
        """State files of stacks whose state is not in the cloud."""
        return self.path / "state"

    def log(self, name: str) -> Path:
        """Path of a log file."""
        return self.path / "logs" / f"{name}.log"


@contextlib.contextmanager
def run_folder(runs: Path, *, free_bytes: Callable[[Path], int] | None = None) -> Iterator[RunFolder]:
    """Make a new run's folder and remove it in the end; after a failure it stays, for its logs, until the next run.

    Args:
        runs: parent folder; what dead runs have left there is removed first.
        free_bytes: how much room a folder's disk has; by default what the system says.

    Raises:
        LocalError: the disk is full.
    """
    run = _make(runs, free_bytes or _free_bytes)
    failed = False
    try:
        yield run
    except Exception:
        failed = True
        raise
    finally:
        if not failed:
            shutil.rmtree(run.path, ignore_errors=True)
        os.close(run.lock)


def sweep(runs: Path) -> None:
    """Remove what dead runs have left behind."""
    for folder in runs.iterdir():
        if folder.is_dir() and _is_dead(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _make(runs: Path, free_bytes: Callable[[Path], int]) -> RunFolder:
    runs.mkdir(parents=True, exist_ok=True)
    # One at a time, else another start's sweep might find this folder before it has its lock.
    with _locked(runs / "start.lock"):
        sweep(runs)
        _check_space(runs, free_bytes(runs))
        path = runs / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
        path.mkdir()
        run = RunFolder(path=path, lock=_lock(path / _LOCK, fcntl.LOCK_EX))
    for folder in (run.data, run.state, run.log("any").parent):
        folder.mkdir()
    return run


def _check_space(runs: Path, free: int) -> None:
    if free < MIN_FREE_BYTES:
        has, needs = free // 1_000_000, MIN_FREE_BYTES // 1_000_000
        raise LocalError(
            f"the disk of {runs} is full: {has} MB are free, a run needs {needs} MB. Make room, try again."
        )


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def _is_dead(folder: Path) -> bool:
    try:
        os.close(_lock(folder / _LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = _lock(path, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(lock)


def _lock(path: Path, how: int) -> int:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, how)
    except BaseException:
        os.close(lock)
        raise
    return lock
