"""The life of an upload: its statuses, which may follow which, and the times after which it counts as stuck."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from shared.contracts.api import MAX_REPORT_BYTES


class UploadStatus(StrEnum):
    """Status of an upload; the value is what the API shows and what is in the uploads table."""

    DECLARED = "DECLARED"
    """The bank has announced the report, and will store it itself; nothing is stored yet."""
    RECEIVED = "RECEIVED"
    """Valid and stored; the workflow has not validated it yet."""
    VALIDATED = "VALIDATED"
    """The workflow has validated the stored object again; it is valid."""
    LOADING = "LOADING"
    """Rows are being written."""
    COMPLETED = "COMPLETED"
    """Every row is in the transactions table."""
    REJECTED = "REJECTED"
    """The report is invalid; no rows were loaded. Submitted again, it is validated again."""
    FAILED = "FAILED"
    """The pipeline failed, and rows may have been loaded in part. Submitting the report again restarts it."""


class AttemptBy(StrEnum):
    """What began an attempt."""

    INTAKE = "intake"
    """A bank submitted the report."""
    EVENT = "event"
    """A report was stored without `intake`."""
    DECLARATION = "declaration"
    """A bank declared the report, to store it itself."""
    SWEEPER = "sweeper"
    """The upload was stuck."""
    REDRIVE = "redrive"
    """An operator ran it again."""


NO_ATTEMPT: Final = ""
"""The attempt of an upload that a version without attempts wrote: the item has no such attribute."""

PREDECESSORS: Final[dict[UploadStatus, frozenset[UploadStatus]]] = {
    # A workflow may run twice or restart from its beginning (Express is at-least-once), so a status may follow itself,
    # and a run that validates may find LOADING. RECEIVED follows itself as a sign of life of a long validation.
    UploadStatus.RECEIVED: frozenset({UploadStatus.DECLARED, UploadStatus.RECEIVED}),
    UploadStatus.VALIDATED: frozenset({UploadStatus.RECEIVED, UploadStatus.VALIDATED}),
    UploadStatus.LOADING: frozenset({UploadStatus.VALIDATED, UploadStatus.LOADING}),
    UploadStatus.COMPLETED: frozenset({UploadStatus.LOADING}),
    UploadStatus.REJECTED: frozenset({UploadStatus.RECEIVED, UploadStatus.REJECTED}),
    UploadStatus.FAILED: frozenset(
        {UploadStatus.DECLARED, UploadStatus.RECEIVED, UploadStatus.VALIDATED, UploadStatus.LOADING}
    ),
}
"""The statuses that each one may follow within an attempt: conditions of the writes, also of the workflow's Catch."""

RESTARTABLE: Final[dict[UploadStatus, frozenset[UploadStatus]]] = {
    UploadStatus.DECLARED: frozenset({UploadStatus.REJECTED, UploadStatus.FAILED}),
    # A bank may send in one request what it has declared but not stored.
    UploadStatus.RECEIVED: frozenset({UploadStatus.DECLARED, UploadStatus.REJECTED, UploadStatus.FAILED}),
    # The answer to a report that is invalid at the door; it must not end an attempt that another request has begun.
    # One that is only declared has the same bytes. If only control totals were wrong, it may be stored all the same.
    UploadStatus.REJECTED: frozenset({UploadStatus.DECLARED, UploadStatus.REJECTED}),
}
"""The statuses of an existing upload after which a new attempt may begin with a status."""

ENDED: Final = frozenset({UploadStatus.COMPLETED, UploadStatus.REJECTED, UploadStatus.FAILED})
UNFINISHED: Final = frozenset({UploadStatus.RECEIVED, UploadStatus.VALIDATED, UploadStatus.LOADING})

LINK_TIME: Final = timedelta(hours=1)
"""How long a bank can use the link by which it stores a report: the time in which the PUT has to begin."""
DECLARED_DUE_AFTER: Final = LINK_TIME + timedelta(minutes=15)
"""After a declaration, the sweeper looks whether the report is stored: the link is over, and the event was lost."""
DECLARED_AGAIN_AFTER: Final = timedelta(hours=1)
"""As long as it is not stored, the sweeper looks again after this time: a large PUT ends after its link."""
DECLARED_FOR: Final = timedelta(hours=24)
"""The sweeper withdraws a declaration whose report is not stored by then. No link of it works any longer."""
EXPIRES_AFTER: Final = DECLARED_FOR + timedelta(hours=1)
"""After a declaration, the table's TTL removes it in case the sweeper does not."""

STUCK_AFTER: Final = timedelta(minutes=6)
"""Without progress for this long, no execution can be at work: Express ends one after 5 minutes."""
LARGE_STUCK_AFTER: Final = timedelta(minutes=20)
"""The same for a large report: its validation may take the 15 minutes that Lambda gives a function (Lambda quota)."""
MAX_RESTARTS: Final = 1
"""How often the sweeper restarts an upload before it fails it: with `STUCK_AFTER`, and a sweep each minute, every
upload ends within 15 minutes."""
MAX_ATTEMPTS_KEPT: Final = 20
"""Attempts that an upload's item lists."""


def is_large(size: int) -> bool:
    """Whether a report of `size` bytes is loaded by the workflow for large reports: it does not fit in one request."""
    return size > MAX_REPORT_BYTES


def stuck_after(size: int | None) -> timedelta:
    """How long an upload of `size` bytes may be without progress; None: not known, so it was a small one."""
    return LARGE_STUCK_AFTER if is_large(size or 0) else STUCK_AFTER
