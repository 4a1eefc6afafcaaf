"""A share of a core for real, by a control group of Linux, where this process may make one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PERIOD: Final = 20_000
"""Microseconds. Within each, the group runs until its quota is used up, and then waits for the next."""
_V1: Final = Path("/sys/fs/cgroup/cpu")
_V2: Final = Path("/sys/fs/cgroup")


@contextmanager
def group_with(share: float) -> Iterator[Path | None]:
    """A control group with this share of one core, for as long as the block runs; None where there can be none.

    A process enters by writing its id into the group's `cgroup.procs`, and has to have ended before the block does.
    """
    group = _make(round(share * _PERIOD))
    try:
        yield group
    finally:
        if group:
            group.rmdir()


def _make(quota: int) -> Path | None:
    if (_V1 / "cgroup.procs").exists():
        parent, files = _V1, {"cpu.cfs_period_us": f"{_PERIOD}", "cpu.cfs_quota_us": f"{quota}"}
    else:
        # Version 2 lets only groups without processes have children under control: ours is a sister of our own.
        own = Path("/proc/self/cgroup").read_text(encoding="ascii").strip() if _V2.exists() else ""
        parent, files = _V2 / own.rpartition("::/")[2] / "..", {"cpu.max": f"{quota} {_PERIOD}"}
    group = parent / f"benchmark-{os.getpid()}"
    try:
        group.mkdir()
    except OSError:
        return None
    try:
        for name, value in files.items():
            (group / name).write_text(value, encoding="ascii")
    except OSError:
        group.rmdir()
        return None
    return group
