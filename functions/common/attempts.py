"""Begins attempts: the first one of an upload, and those that take the place of an earlier one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from functions.common.times import timestamp
from functions.common.uploads import Attempt, Upload
from shared.contracts.uploads import MAX_ATTEMPTS_KEPT, AttemptBy, UploadStatus, stuck_after

NewAttempt = Callable[[], str]
"""Returns the token of a new attempt, which no other has. Tests pass a predictable one."""


def new_attempt() -> str:
    """A random token of 32 hexadecimal digits."""
    return uuid4().hex


def with_attempt(
    upload: Upload, attempt: str, *, by: AttemptBy, now: datetime, earlier: Sequence[Attempt] = ()
) -> Upload:
    """The upload with a new attempt after `earlier` ones. Unless it has ended, the sweeper will look after it."""
    began = Attempt(id=attempt, began_at=timestamp(now), by=by.value)
    due_at = timestamp(now + stuck_after(upload.size)) if upload.status is UploadStatus.RECEIVED else None
    return replace(upload, attempt=attempt, attempts=[*earlier, began][-MAX_ATTEMPTS_KEPT:], due_at=due_at)


def restarted(known: Upload, attempt: str, *, by: AttemptBy, now: datetime) -> Upload:
    """The upload in a new attempt: what is known of its report stays, what earlier attempts did with it does not."""
    upload = Upload(
        upload_id=known.upload_id,
        bank_id=known.bank_id,
        status=UploadStatus.RECEIVED,
        received_at=known.received_at,
        updated_at=timestamp(now),
        file_name=known.file_name,
        size=known.size,
        rows=known.rows,
        totals=known.totals,
        restarts=known.restarts + 1 if by is AttemptBy.SWEEPER else 0,
    )
    return with_attempt(upload, attempt, by=by, now=now, earlier=known.attempts)
