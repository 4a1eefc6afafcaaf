"""Declared uploads: the bank has announced a report, and stores it itself by a link."""

from dataclasses import replace
from datetime import datetime

from functions.common.attempts import with_attempt
from functions.common.times import timestamp
from functions.common.uploads import Upload
from shared.contracts.uploads import (
    DECLARED_DUE_AFTER,
    DECLARED_FOR,
    EXPIRES_AFTER,
    LINK_TIME,
    AttemptBy,
    UploadStatus,
)


def declared(upload: Upload, attempt: str, *, now: datetime, known: Upload | None) -> Upload:
    """The upload as declared now, in a new attempt.

    Args:
        upload: what the bank has declared.
        attempt: token of the new attempt.
        now: the time.
        known: the upload that has ended, or an earlier declaration of it; None for a new upload.
    """
    after = None
    if known:
        after = known.declared_after if known.status is UploadStatus.DECLARED else known.attributes()
    earlier = known.attempts if known else ()
    begun = with_attempt(upload, attempt, by=AttemptBy.DECLARATION, now=now, earlier=earlier)
    return replace(
        begun,
        due_at=timestamp(now + DECLARED_DUE_AFTER),
        # An ended upload must not expire with the declaration that took its place: its rows may be in the table.
        expires_at=None if after else int((now + EXPIRES_AFTER).timestamp()),
        declared_after=after,
    )


def outlives_a_link(upload: Upload, now: datetime) -> bool:
    """Whether a declaration lasts as long as a link that is made now; otherwise it has to be replaced by a new one."""
    return upload.attempt_began_at > timestamp(now + LINK_TIME - DECLARED_FOR)


def is_abandoned(upload: Upload, now: datetime) -> bool:
    """Whether the time is over in which the report of a declaration can be stored."""
    return upload.attempt_began_at < timestamp(now - DECLARED_FOR)


def was_declared(upload: Upload) -> bool:
    """Whether the bank submitted it by a declaration, so that it was received before its report was stored.

    The sweeper begins an attempt of its own for a declaration whose event was lost; that is looked through. An
    operator's attempt is not: it may come days after the report.
    """
    submitted = (each["by"] for each in reversed(upload.attempts) if each["by"] != AttemptBy.SWEEPER)
    return next(submitted, None) == AttemptBy.DECLARATION
