"""The life of an upload: its statuses, which may follow which, and the times after which it counts as stuck."""

from datetime import timedelta
from enum import StrEnum
from typing import Final


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
    SWEEPER = "sweeper"
    """The upload was stuck."""
    REDRIVE = "redrive"
    """An operator ran it again."""


NO_ATTEMPT: Final = ""
"""The attempt of an upload that a version without attempts wrote: the item has no such attribute."""

PREDECESSORS: Final[dict[UploadStatus, frozenset[UploadStatus]]] = {
    # A workflow may run twice or restart from its beginning (Express is at-least-once), so a status may follow itself,
    # and a run that validates may find LOADING.
    UploadStatus.RECEIVED: frozenset({UploadStatus.DECLARED}),
    UploadStatus.VALIDATED: frozenset({UploadStatus.RECEIVED, UploadStatus.VALIDATED}),
    UploadStatus.LOADING: frozenset({UploadStatus.VALIDATED, UploadStatus.LOADING}),
    UploadStatus.COMPLETED: frozenset({UploadStatus.LOADING}),
    UploadStatus.REJECTED: frozenset({UploadStatus.RECEIVED, UploadStatus.REJECTED}),
    UploadStatus.FAILED: frozenset({UploadStatus.RECEIVED, UploadStatus.VALIDATED, UploadStatus.LOADING}),
}
"""The statuses that each one may follow within an attempt: conditions of the writes, also of the workflow's Catch."""

RESTARTABLE: Final[dict[UploadStatus, frozenset[UploadStatus]]] = {
    UploadStatus.DECLARED: frozenset({UploadStatus.REJECTED, UploadStatus.FAILED}),
    UploadStatus.RECEIVED: frozenset({UploadStatus.REJECTED, UploadStatus.FAILED}),
    # The answer to a report that is invalid at the door; it must not end an attempt that another request has begun.
    UploadStatus.REJECTED: frozenset({UploadStatus.REJECTED}),
}
"""The statuses of an existing upload after which a new attempt may begin with a status."""

ENDED: Final = frozenset({UploadStatus.COMPLETED, UploadStatus.REJECTED, UploadStatus.FAILED})
UNFINISHED: Final = frozenset({UploadStatus.RECEIVED, UploadStatus.VALIDATED, UploadStatus.LOADING})

STUCK_AFTER: Final = timedelta(minutes=6)
"""Without progress for this long, no execution can be at work: Express ends one after 5 minutes."""
MAX_RESTARTS: Final = 1
"""How often the sweeper restarts an upload before it fails it: with `STUCK_AFTER`, and a sweep each minute, every
upload ends within 15 minutes."""
MAX_ATTEMPTS_KEPT: Final = 20
"""Attempts that an upload's item lists."""
