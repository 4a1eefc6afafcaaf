"""What a bank can read of its uploads: one, its validation errors, or all uploads, newest first.

Another bank's uploads do not exist for it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from functions.common.banks import Bank
from functions.common.loads import Loads
from functions.common.reports import FIRST_PART, RejectedReports
from functions.common.times import Clock, timestamp
from functions.common.uploads import Upload, Uploads, is_upload_id
from functions.report.control_totals import CONTROL_CODES
from functions.report.format.definition import MAX_ERRORS, MAX_MARKED
from functions.status.cursor import Position
from functions.status.selection import Selection
from shared.contracts.objects import ERRORS_DAYS, loads_prefix, rows_of_load
from shared.contracts.uploads import UploadStatus, is_large

_IN_PARTS: Final = frozenset({UploadStatus.LOADING, UploadStatus.FAILED})
"""Statuses in which some ranges are loaded and others are not."""
_ERRORS_KEPT: Final = timedelta(days=ERRORS_DAYS)
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, kw_only=True)
class UploadDetails:
    """One upload. Of a rejected one also the errors and, if rows were validated, a link to the corrections.

    Both are deleted after `ERRORS_DAYS`; then `errors_deleted` is true.
    """

    upload: Upload
    rows_processed: int | None = None
    """Of one that is loading or has failed: the rows of the ranges that are done. Of others there may be more."""
    errors: Sequence[dict[str, Any]] | None = None
    corrections_url: str | None = None
    errors_deleted: bool = False


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of the selected uploads, newest first; the next page starts after `last`, which is None at the end.

    It can have fewer than were asked for, and even none, before the end.
    """

    uploads: Sequence[Upload]
    last: Position | None


@dataclass(frozen=True, kw_only=True)
class ErrorsPage:
    """Some of an upload's validation errors, in their order; `seen` is how many were shown up to here, None at the end.

    It can have fewer than were asked for before the end.
    """

    upload: Upload
    errors: Sequence[dict[str, Any]] = ()
    seen: int | None = None
    deleted: bool = False
    """Whether the errors were deleted, after `ERRORS_DAYS`."""


class UploadsByBank(Protocol):
    """Reads a bank's uploads in order of time."""

    def page(self, bank_id: str, selection: Selection, *, limit: int, after: Position | None) -> Page:
        """Up to `limit` of the selected uploads, newest first, after a position within the selection."""
        ...


@dataclass(frozen=True, kw_only=True)
class Status:
    """Reads uploads for the bank that submitted them."""

    uploads: Uploads
    by_bank: UploadsByBank
    rejected: RejectedReports
    loads: Loads
    clock: Clock

    def one(self, bank: Bank, upload_id: str) -> UploadDetails | None:
        """One upload of the bank; None if the bank has no such upload."""
        upload = self._own(bank, upload_id)
        if upload is None:
            return None
        if upload.status in _IN_PARTS:
            return UploadDetails(upload=upload, rows_processed=self._rows_processed(upload))
        if upload.status is not UploadStatus.REJECTED:
            return UploadDetails(upload=upload)
        if self._errors_deleted(upload):
            return UploadDetails(upload=upload, errors_deleted=True)
        errors = self.rejected.get_errors(bank.bank_id, upload_id)
        # Where only control totals differ, there are no more errors than are shown, and no row is marked.
        marked = not errors or any(each.get("code") not in CONTROL_CODES for each in errors)
        return UploadDetails(
            upload=upload, errors=errors, corrections_url=self._corrections_url(upload) if marked else None
        )

    def errors(self, bank: Bank, upload_id: str, *, limit: int, seen: int) -> ErrorsPage | None:
        """Up to `limit` of an upload's validation errors after the first `seen`; None if the bank has no such upload.

        They are of one stored part.
        """
        upload = self._own(bank, upload_id)
        if upload is None:
            return None
        if upload.status is not UploadStatus.REJECTED:
            return ErrorsPage(upload=upload)
        if self._errors_deleted(upload):
            return ErrorsPage(upload=upload, deleted=True)
        stored = _stored_errors(upload)
        if seen >= stored:
            return ErrorsPage(upload=upload)
        part, start = divmod(seen, MAX_ERRORS)
        errors = self.rejected.get_errors(bank.bank_id, upload_id, part=FIRST_PART + part)[start : start + limit]
        seen += len(errors)
        return ErrorsPage(upload=upload, errors=errors, seen=seen if errors and seen < stored else None)

    def newest(self, bank: Bank, selection: Selection, *, limit: int, after: Position | None) -> Page:
        """A page of the bank's uploads."""
        return self.by_bank.page(bank.bank_id, selection, limit=limit, after=after)

    def _own(self, bank: Bank, upload_id: str) -> Upload | None:
        upload = self.uploads.get(upload_id) if is_upload_id(upload_id) else None
        return upload if upload and upload.bank_id == bank.bank_id else None

    def _errors_deleted(self, upload: Upload) -> bool:
        return upload.updated_at < timestamp(self.clock() - _ERRORS_KEPT)

    def _rows_processed(self, upload: Upload) -> int:
        keys = self.loads.keys(loads_prefix(upload.bank_id, upload.upload_id, upload.attempt))
        return sum(map(rows_of_load, keys))

    def _corrections_url(self, upload: Upload) -> str | None:
        if not upload.rows:  # the header or the whole file was invalid: no row was validated, and none marked
            return None
        name = _corrections_name(upload)
        return self.rejected.link_corrections(upload.bank_id, upload.upload_id, file_name=name)


def _stored_errors(upload: Upload) -> int:
    """How many of a rejected upload's errors are stored: of a small report the first part, of a large one all parts."""
    return min(upload.error_count or 0, MAX_MARKED if is_large(upload.size or 0) else MAX_ERRORS)


def _corrections_name(upload: Upload) -> str:
    """The report's own name, reduced to characters that every file system and HTTP header accepts."""
    stem = (upload.file_name or upload.upload_id).rpartition("/")[2].removesuffix(".csv")
    return f"{_UNSAFE.sub('_', stem)}-corrections.csv"
