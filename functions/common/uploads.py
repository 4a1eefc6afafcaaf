"""Uploads: what is known of one, and the port of the table that is the source of truth for its status."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol, TypedDict

from shared.contracts.uploads import NO_ATTEMPT, AttemptBy, UploadStatus
from shared.contracts.workflow import Conflict

_UPLOAD_ID: Final = re.compile("[0-9a-f]{32}")


class Attempt(TypedDict):
    """One run of an upload; `by` is an `AttemptBy`."""

    id: str
    began_at: str
    by: str


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One upload. What is not known yet is None. Times are UTC as `YYYY-MM-DDTHH:MM:SS.ffffffZ`.

    Totals are decimal strings by currency, `size` is in bytes, `error` is the name of the error that made it FAILED.
    """

    upload_id: str
    bank_id: str
    status: UploadStatus
    received_at: str
    """When the bank last submitted it."""
    updated_at: str
    attempt: str = NO_ATTEMPT
    attempts: Sequence[Attempt] = ()
    """Newest last; the last one is `attempt`."""
    restarts: int = 0
    """How often the sweeper has restarted it since a bank or an operator last did."""
    due_at: str | None = None
    """When the sweeper is to look after it; None if nothing is left to do."""
    expires_at: int | None = None
    """When the table deletes it, in seconds since 1970: only a first declaration whose report is never stored."""
    declared_after: Mapping[str, Any] | None = None
    """The ended upload in whose place it was declared, by attribute; it comes back if the report is not stored."""
    execution: str | None = None
    """ARN of the execution that validated the attempt."""
    trace_id: str | None = None
    file_name: str | None = None
    size: int | None = None
    rows: int | None = None
    totals: Mapping[str, str] | None = None
    loaded: int | None = None
    repeated: int | None = None
    conflicts: int | None = None
    loaded_totals: Mapping[str, str] | None = None
    repeated_totals: Mapping[str, str] | None = None
    conflict_totals: Mapping[str, str] | None = None
    conflict_samples: Sequence[Conflict] | None = None
    replaced: int | None = None
    """Rows of FAILED uploads whose place rows of this attempt took; None is 0."""
    error_count: int | None = None
    notified_at: str | None = None
    dead_letter_at: str | None = None
    error: str | None = None

    @property
    def attempt_began_at(self) -> str:
        """When the current attempt began."""
        return self.attempts[-1]["began_at"] if self.attempts else self.received_at

    @property
    def has_loaded_in_part(self) -> bool:
        """Whether it has rows that were not loaded because their transactions exist: then its totals differ."""
        return bool(self.repeated or self.conflicts)

    def attributes(self) -> dict[str, Any]:
        """What is known of it, by name; `status` is an `UploadStatus`."""
        return {name: value for name, value in vars(self).items() if value not in (None, NO_ATTEMPT, ())}

    @property
    def began_by(self) -> AttemptBy:
        """What began the current attempt."""
        return AttemptBy(self.attempts[-1]["by"]) if self.attempts else AttemptBy.EVENT


def derive_upload_id(bank_id: str, content: bytes) -> str:
    """The upload's id, 32 lower-case hexadecimal digits of bank and content: the same when it is submitted again."""
    return upload_id_of(bank_id, sha256(content).hexdigest())


def upload_id_of(bank_id: str, digest: str) -> str:
    """The same id from the content's SHA-256, 64 lower-case hexadecimal digits."""
    return sha256(f"{bank_id}\n{digest}".encode()).hexdigest()[:32]


def is_upload_id(text: str) -> bool:
    """Whether a text from outside can be an upload's id; DynamoDB rejects keys that are empty or too long."""
    return _UPLOAD_ID.fullmatch(text) is not None


class ConcurrentChangeError(Exception):
    """The upload changed between two reads, in a way that the conditional writes do not explain."""


class Uploads(Protocol):
    """Stores uploads.

    Every change is conditional on the upload's attempt and status, so that late and repeated events, and runs of an
    earlier attempt, change nothing.
    """

    def get(self, upload_id: str) -> Upload | None:
        """The upload after all writes so far, or None."""
        ...

    def begin(self, upload: Upload) -> bool:
        """Write a new upload, or begin a new attempt of an ended one where `RESTARTABLE` allows it.

        Returns:
            False if the upload exists and its status does not allow that, if this attempt has begun before, or if a
            rejection would hide an ended upload that was declared again; then nothing was written.
        """
        ...

    def take_over(self, upload: Upload, *, known: Upload) -> bool:
        """Write a new attempt of an upload in place of `known`.

        Returns:
            False if the upload no longer has the attempt and the status of `known`; then nothing was written.
        """
        ...

    def advance(
        self,
        upload_id: str,
        attempt: str,
        status: UploadStatus,
        *,
        at: str,
        if_replaced: int | None = None,
        **changes: Any,
    ) -> bool:
        """Move an attempt to a status, and write what is now known of the upload; it does not expire any more.

        Args:
            upload_id: the upload.
            attempt: the attempt that makes the progress.
            status: its next status.
            at: the time.
            if_replaced: how many rows the attempt must have replaced: a run beside this one may have replaced more.
            **changes: attributes to write; with `due_at`, the sweeper looks after the upload at that time.

        Returns:
            False if the upload has another attempt, its status does not allow this transition, or another number of
            rows was replaced; then nothing was written.
        """
        ...

    def postpone(self, known: Upload, *, due_at: str) -> bool:
        """Claim an upload for the sweeper, which looks after it again at `due_at`.

        Returns:
            False if the upload has changed, or another sweeper was faster; then nothing was written.
        """
        ...

    def withdraw(self, known: Upload) -> bool:
        """End a declaration whose report was not stored: the upload is what it was before, or exists no longer.

        Returns:
            False if the upload no longer has the attempt and the status of `known`; then nothing was written.
        """
        ...

    def mark_notified(self, upload_id: str, attempt: str, status: UploadStatus, *, at: str) -> bool:
        """Record that an attempt's outcome was published: nothing is left to do.

        Returns:
            False if the upload has another attempt or status, or was marked before; then nothing was written.
        """
        ...
