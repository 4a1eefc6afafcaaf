"""Terraform's lock on a state: who holds it, since when, and for what."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_TITLE: Final = "Lock Info:"
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)")
_VERBS: Final = {"OperationTypeApply": "apply", "OperationTypePlan": "plan", "OperationTypeRefresh": "refresh"}
_MINUTES_AN_HOUR: Final = 60


@dataclass(frozen=True, kw_only=True)
class Lock:
    """One state's lock."""

    id: str
    path: str
    """Bucket and key of the state: `{bucket}/{suffix}/{stack}.tfstate`."""
    who: str
    """User and host of the holder, as `user@host`."""
    operation: str
    """What the holder does: `apply`, `plan`, ..."""
    created: datetime

    @property
    def host(self) -> str:
        """Name of the machine on which the holder runs."""
        return self.who.rpartition("@")[2]

    @property
    def stack(self) -> str:
        """Id of the stack that the state belongs to."""
        return self.path.rpartition("/")[2].removesuffix(".tfstate")

    def since(self, now: datetime) -> str:
        """Since when it is held, with how long that is: `2026-11-23 17:01:02 UTC (34 min)`."""
        minutes = max(0, int((now - self.created).total_seconds() // 60))
        hours, rest = divmod(minutes, _MINUTES_AN_HOUR)
        age = f"{hours} h {rest} min" if hours else f"{rest} min"
        return f"{self.created:%Y-%m-%d %H:%M:%S} UTC ({age})"


class MalformedLockError(ValueError):
    """A text that is not a lock as Terraform writes it."""


def lock_of_item(info: str) -> Lock:
    """Read a lock as Terraform writes it into the lock table's attribute `Info` (JSON).

    Raises:
        MalformedLockError: it is something else.
    """
    try:
        return _lock(json.loads(info))
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedLockError(f"not a lock as Terraform writes it: {info[:200]!r}") from error


def lock_of_diagnostic(detail: str) -> Lock | None:
    """Read the lock that kept Terraform from working from the detail of its error; None if no lock did."""
    _, _, block = detail.partition(_TITLE)
    pairs = (line.partition(":") for line in block.splitlines())
    try:
        return _lock({name.strip(): value.strip() for name, _, value in pairs})
    except (KeyError, MalformedLockError):
        return None


def explain_lock(lock: Lock, now: datetime) -> str:
    """The message for a command that met another process's lock."""
    return (
        f"{lock.stack} is locked by {lock.who} since {lock.since(now)}, for {lock.operation} (lock {lock.id}).\n"
        "Nothing was changed here. Wait until that process has ended, then try again.\n"
        "If it was killed, its lock is still there: `./dev unlock` shows it, and frees it if its holder is gone."
    )


def _lock(fields: Mapping[str, str]) -> Lock:
    found = _TIME.search(fields["Created"])
    if found is None:
        raise MalformedLockError(f"not a time: {fields['Created']!r}")
    return Lock(
        id=fields["ID"],
        path=fields["Path"],
        who=fields["Who"],
        operation=_VERBS.get(fields["Operation"], fields["Operation"]),
        # Terraform writes UTC, with nanoseconds, which strptime does not know.
        created=datetime.strptime(f"{found[1]} {found[2]}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC),
    )
