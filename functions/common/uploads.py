"""Uploads: what is known of one, and the port of the table that is the source of truth for its status."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import Conflict


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One upload. What is not known yet is None. Times are UTC as `YYYY-MM-DDTHH:MM:SS.ffffffZ`.

    `totals` are decimal strings by currency, `size` is in bytes, `error` is the name of the error that made it FAILED.
    """

    upload_id: str
    bank_id: str
    status: UploadStatus
    received_at: str
    updated_at: str
    file_name: str | None = None
    size: int | None = None
    rows: int | None = None
    totals: Mapping[str, str] | None = None
    loaded: int | None = None
    repeated: int | None = None
    conflicts: int | None = None
    conflict_samples: Sequence[Conflict] | None = None
    error_count: int | None = None
    notified_at: str | None = None
    error: str | None = None


def derive_upload_id(bank_id: str, content: bytes) -> str:
    """The upload's id, 32 lower-case hexadecimal digits of bank and content: the same when it is submitted again."""
    return sha256(f"{bank_id}\n{sha256(content).hexdigest()}".encode()).hexdigest()[:32]


class Uploads(Protocol):
    """Stores uploads. Every change of status is conditional, so late and repeated events never move one backwards."""

    def get(self, upload_id: str) -> Upload | None:
        """The upload after all writes so far, or None."""
        ...

    def begin(self, upload: Upload) -> bool:
        """Write a new upload, or restart an ended one where `PREDECESSORS` allows its status to follow.

        Returns:
            False if the upload exists and its status does not allow that; then nothing was written.
        """
        ...

    def advance(self, upload_id: str, status: UploadStatus, *, at: str, **changes: Any) -> bool:
        """Move an existing upload to a status, and write what is now known of it.

        Returns:
            False if the upload's current status does not allow this transition; then nothing was written.
        """
        ...

    def mark_notified(self, upload_id: str, *, at: str) -> None:
        """Record that the outcome was published."""
        ...
