"""Terraform's lock on a state: who holds it, since when, and for what."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_TITLE: Final = "Lock Info:"
_FIELD: Final = re.compile(r"\b(ID|Path|Operation|Who|Created): +(\S.*)")
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
        """Id of the stack whose state it is."""
        return self.path.rpartition("/")[2].removesuffix(".tfstate")

    def since(self, now: datetime) -> str:
        """Since when it is held, with how long that is: `2026-11-23 17:01:02 UTC (34 min)`."""
        minutes = max(0, int((now - self.created).total_seconds() // 60))
        hours, rest = divmod(minutes, _MINUTES_AN_HOUR)
        age = f"{hours} h {rest} min" if hours else f"{rest} min"
        return f"{self.created:%Y-%m-%d %H:%M:%S} UTC ({age})"


class NoLockError(ValueError):
    """A text that is no lock of Terraform's."""


def lock_of_item(info: str) -> Lock:
    """Read a lock as Terraform writes it into the lock table's attribute `Info` (JSON).

    Raises:
        NoLockError: it is not one.
    """
    try:
        fields = json.loads(info)
        return _lock({key: fields[key] for key in ("ID", "Path", "Operation", "Who", "Created")})
    except (ValueError, KeyError, TypeError) as error:
        raise NoLockError(f"not a lock of Terraform's: {info[:200]!r}") from error


def lock_of_output(lines: Iterable[str]) -> Lock | None:
    """Find the lock that kept Terraform from working, in what cdktf printed; None if no lock did."""
    block, inside = dict[str, str](), False
    for line in lines:
        inside = inside or _TITLE in line
        found = _FIELD.search(line) if inside else None
        if found:
            block.setdefault(found[1], found[2].strip())
    try:
        return _lock(block)
    except (KeyError, NoLockError):
        return None


def _lock(fields: dict[str, str]) -> Lock:
    found = _TIME.search(fields["Created"])
    if found is None:
        raise NoLockError(f"not a time: {fields['Created']!r}")
    return Lock(
        id=fields["ID"],
        path=fields["Path"],
        who=fields["Who"],
        operation=_VERBS.get(fields["Operation"], fields["Operation"]),
        # Terraform writes UTC, with nanoseconds, which nobody needs and strptime does not know.
        created=datetime.strptime(f"{found[1]} {found[2]}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC),
    )
