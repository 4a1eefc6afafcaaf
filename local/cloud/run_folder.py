"""A folder for each run of the local cloud, with its data, synthesized stacks, state and logs.

A run and the guards of its processes hold a lock on the folder. The system releases the lock when the last of them has
ended. A folder without a lock is therefore a leftover that no process uses, and no process ids need to be stored.
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
"""More than a run needs (measured: 60 MB)."""
_LOCK: Final = "lock"
_KEPT: Final = "kept"
_ENDPOINT: Final = "endpoint"


@dataclass(frozen=True, kw_only=True)
class RunFolder:
    """The folder of one run."""

    path: Path
    lock: int
    """File descriptor of the lock, for the guards."""

    @property
    def data(self) -> Path:
        """Written by MiniStack and its Lambda workers."""
        return self.path / "data"

    @property
    def synthesized(self) -> Path:
        """Written by `cdktf synth`: a folder for each stack, and the ZIPs."""
        return self.path / "cdktf.out"

    @property
    def state(self) -> Path:
        """State files of stacks whose state is not in the cloud."""
        return self.path / "state"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.path / "logs"

    @property
    def acting_role(self) -> Path:
        """Names the role with whose rights the made-up key acts; absent: it is the account's root."""
        return self.path / "acting-role"

    def log(self, name: str) -> Path:
        """Path of a log file."""
        return self.logs / f"{name}.log"

    def announce(self, endpoint_url: str) -> None:
        """Let `running_clouds` find the run's local cloud, which has to be deployed completely."""
        scratch = self.path / f"{_ENDPOINT}.new"
        scratch.write_text(endpoint_url, encoding="utf-8")
        scratch.replace(self.path / _ENDPOINT)

    def keep(self) -> None:
        """Leave the folder, with its logs, in place until the next run."""
        (self.path / _KEPT).touch()


@contextlib.contextmanager
def run_folder(
    runs: Path, *, free_bytes: Callable[[Path], int] = lambda runs: shutil.disk_usage(runs).free
) -> Iterator[RunFolder]:
    """Create a run's folder, and remove it when the context ends; after a failure it is kept until the next run.

    Args:
        runs: parent folder; the leftovers of ended runs are removed first.
        free_bytes: reports the free bytes of a folder's disk; by default the system's figure.

    Raises:
        LocalError: the disk is full.
    """
    run = _make(runs, free_bytes)
    try:
        yield run
    except Exception:
        run.keep()
        raise
    finally:
        if not (run.path / _KEPT).exists():
            shutil.rmtree(run.path, ignore_errors=True)
        os.close(run.lock)


@dataclass(frozen=True, kw_only=True)
class RunningCloud:
    """The local cloud of a run that another process keeps up."""

    folder: Path
    """The run's."""
    endpoint_url: str

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.endpoint_url.rpartition(":")[2])

    @property
    def started(self) -> float:
        """When the run began, before it read any source: seconds since the epoch."""
        return (self.folder / _LOCK).stat().st_mtime

    @property
    def is_up(self) -> bool:
        """Whether the run has not ended."""
        return not _has_ended(self.folder)


def running_clouds(runs: Path) -> list[RunningCloud]:
    """The local clouds that are up and announced, oldest first."""
    clouds = [
        RunningCloud(folder=file.parent, endpoint_url=file.read_text(encoding="utf-8"))
        for file in sorted(runs.glob(f"*/{_ENDPOINT}"))
    ]
    return [cloud for cloud in clouds if cloud.is_up]


def sweep(runs: Path) -> None:
    """Remove the folders of ended runs."""
    for folder in runs.iterdir():
        if folder.is_dir() and _has_ended(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _make(runs: Path, free_bytes: Callable[[Path], int]) -> RunFolder:
    runs.mkdir(parents=True, exist_ok=True)
    # One start at a time: another one's sweep would remove this folder before it is locked.
    with os.fdopen(_lock(runs / "start.lock", fcntl.LOCK_EX)):
        sweep(runs)
        _check_space(runs, free_bytes(runs))
        path = runs / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
        path.mkdir()
        run = RunFolder(path=path, lock=_lock(path / _LOCK, fcntl.LOCK_EX))
    for folder in (run.data, run.state, run.logs):
        folder.mkdir()
    return run


def _check_space(runs: Path, free: int) -> None:
    if free < MIN_FREE_BYTES:
        has, needs = free // 1_000_000, MIN_FREE_BYTES // 1_000_000
        raise LocalError(f"the disk of {runs} is full: {has} MB are free, a run needs {needs} MB. Free some space.")


def _has_ended(folder: Path) -> bool:
    try:
        os.close(_lock(folder / _LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except FileNotFoundError:
        pass  # the folder was removed with its run
    return True


def _lock(path: Path, how: int) -> int:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, how)
    except BaseException:
        os.close(lock)
        raise
    return lock
