"""Ports of the reports bucket: the reports, and what is stored of the rejected ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from functions.common.uploads import Upload
from functions.report.errors.validation_error import ValidationError
from functions.report.format.definition import MAX_ERRORS
from functions.report.result.corrections import corrections
from functions.report.result.validation_result import ValidationResult


@dataclass(frozen=True, kw_only=True)
class StoredReport:
    """A report's bytes, and the entity tag that identifies them."""

    content: bytes
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

    def read_range(self, key: str, *, start: int, end: int, etag: str) -> bytes:
        """Read bytes `start` (included) to `end` (excluded) of the report with this entity tag; another is an error."""
        ...


class RejectedReports(Protocol):
    """Stores what a bank needs to correct a rejected report."""

    def put_errors(self, bank_id: str, upload_id: str, errors: Sequence[ValidationError]) -> None:
        """Store the validation errors."""
        ...

    def put_corrections(self, bank_id: str, upload_id: str, chunks: Iterable[bytes]) -> None:
        """Store the report with its invalid rows marked; nothing if there are no chunks."""
        ...

    def get_errors(self, bank_id: str, upload_id: str) -> list[dict[str, Any]]:
        """The stored validation errors."""
        ...

    def link_corrections(self, bank_id: str, upload_id: str, *, file_name: str) -> str:
        """A link that downloads the corrections under a name (ASCII, no quotes); it expires."""
        ...


def store_rejected(reports: RejectedReports, upload: Upload, content: bytes, result: ValidationResult) -> None:
    """Store a rejected report's first errors, and its corrections with as many errors as the result has kept."""
    reports.put_errors(upload.bank_id, upload.upload_id, result.errors[:MAX_ERRORS])
    reports.put_corrections(upload.bank_id, upload.upload_id, corrections(content, result))
