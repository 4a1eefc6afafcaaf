"""Ports of the reports bucket: the reports, and what is stored of the rejected ones."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from functions.common.errors import ReportMissingError
from functions.common.uploads import Upload
from functions.report.errors.validation_error import ValidationError
from functions.report.format.definition import MAX_ERRORS
from functions.report.result.corrections import corrections
from functions.report.result.validation_result import ValidationResult

FIRST_PART: Final = 0
"""Of the validation errors: the first `MAX_ERRORS`, which are shown with the upload."""


@dataclass(frozen=True, kw_only=True)
class StoredReport:
    """A report's bytes, and the entity tag that identifies them."""

    content: bytes
    etag: str


@dataclass(frozen=True, kw_only=True)
class ReportVersion:
    """A stored report: its size in bytes, and the entity tag that identifies its bytes."""

    size: int
    etag: str


class Reports(Protocol):
    """Stores reports, each under the key of its bank and upload (`shared/contracts/objects.py`)."""

    def stored_attempt(self, key: str) -> str | None:
        """The attempt that stored the report: `NO_ATTEMPT` if the object has none, None if there is no object."""
        ...

    def store(self, key: str, content: bytes, *, attempt: str) -> None:
        """Store a report, which starts the workflow."""
        ...

    def read(self, key: str) -> StoredReport:
        """Read a whole report.

        Raises:
            ReportMissingError: it is not stored.
        """
        ...

    def look_up(self, key: str) -> ReportVersion:
        """What is stored under a report's key now.

        Raises:
            ReportMissingError: nothing is.
        """
        ...

    def read_chunks(self, key: str, version: ReportVersion) -> Iterator[bytes]:
        """Read a whole report in chunks of some megabytes; if it is no longer this version, that is an error."""
        ...

    def read_range(self, key: str, *, start: int, end: int, etag: str) -> bytes:
        """Read bytes `start` (included) to `end` (excluded) of the report with this entity tag; another is an error."""
        ...


class RejectedReports(Protocol):
    """Stores what a bank needs to correct a rejected report."""

    def put_errors(
        self, bank_id: str, upload_id: str, errors: Sequence[ValidationError], *, part: int = FIRST_PART
    ) -> None:
        """Store validation errors: the first ones, or a further part of them."""
        ...

    def put_corrections(self, bank_id: str, upload_id: str, chunks: Iterable[bytes]) -> None:
        """Store the report with its invalid rows marked; nothing if there are no chunks."""
        ...

    def get_errors(self, bank_id: str, upload_id: str, *, part: int = FIRST_PART) -> list[dict[str, Any]]:
        """The first of the stored validation errors, or a further part of them, which must be stored."""
        ...

    def link_corrections(self, bank_id: str, upload_id: str, *, file_name: str) -> str:
        """A link that downloads the corrections under a name (ASCII, no quotes); it expires."""
        ...


def look_up(reports: Reports, key: str) -> ReportVersion | None:
    """What is stored under a report's key now; None if nothing is."""
    try:
        return reports.look_up(key)
    except ReportMissingError:
        return None


def store_rejected(
    reports: RejectedReports, upload: Upload, report: bytes | Iterable[bytes], result: ValidationResult
) -> None:
    """Store a rejected report's first errors, and its corrections with as many errors as the result has kept.

    Args:
        reports: where to.
        upload: the rejected upload.
        report: the bytes that were validated, whole or in chunks, which are read once.
        result: their validation result.
    """
    reports.put_errors(upload.bank_id, upload.upload_id, result.errors[:MAX_ERRORS])
    reports.put_corrections(upload.bank_id, upload.upload_id, corrections(report, result))


def store_further_errors(reports: RejectedReports, upload: Upload, result: ValidationResult) -> None:
    """Store the errors that the result has kept after the first ones, in parts of as many."""
    for part, start in enumerate(range(MAX_ERRORS, len(result.errors), MAX_ERRORS), FIRST_PART + 1):
        reports.put_errors(upload.bank_id, upload.upload_id, result.errors[start : start + MAX_ERRORS], part=part)
