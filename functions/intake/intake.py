"""What happens when a bank submits a report: it is validated at once, and stored if it is valid."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from functions.common.banks import Bank
from functions.common.reports import RejectedReports, Reports, store_rejected
from functions.common.times import Clock, timestamp
from functions.common.uploads import Upload, Uploads, derive_upload_id
from functions.report.format.definition import MAX_MARKED_AT_ONCE
from functions.report.result.validation_result import ValidationResult
from functions.report.validator import validate_report
from shared.contracts.objects import report_key
from shared.contracts.uploads import ENDED, UploadStatus

STUCK_AFTER: Final = timedelta(minutes=10)
"""A workflow runs for five minutes at most (Step Functions Express limit); S3 may take as long to send a new
bucket's first event."""

_RESTARTED: Final = frozenset({UploadStatus.REJECTED, UploadStatus.FAILED})


@dataclass(frozen=True, kw_only=True)
class SubmittedReport:
    """A report as it was sent. `file_name` is the bank's name for it: to be shown, never to be used as a path."""

    file_name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The report is valid and stored."""

    upload: Upload


@dataclass(frozen=True, kw_only=True)
class AlreadyKnown:
    """The report was submitted before; `upload` is what became of it."""

    upload: Upload


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """The report is invalid; its errors and corrections are stored."""

    upload: Upload
    result: ValidationResult


class ConcurrentChangeError(Exception):
    """The upload changed between two reads, in a way that the conditional writes do not explain."""


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Accepts reports. The same report of the same bank is one upload, however often it is submitted."""

    uploads: Uploads
    reports: Reports
    rejected: RejectedReports
    clock: Clock

    def submit(self, bank: Bank, report: SubmittedReport) -> Accepted | AlreadyKnown | Rejected:
        """Validate a report and store it.

        Raises:
            ConcurrentChangeError: another request is changing the upload; submitting it again helps.
        """
        identity = derive_upload_id(bank.bank_id, report.content)
        known = self.uploads.get(identity)
        if known and known.status not in _RESTARTED:
            return self._known(known, report)
        now = self.clock()
        result = validate_report(report.content, bank_id=bank.bank_id, now=now, max_errors=MAX_MARKED_AT_ONCE)
        upload = Upload(
            upload_id=identity,
            bank_id=bank.bank_id,
            status=UploadStatus.RECEIVED,
            received_at=timestamp(now),
            updated_at=timestamp(now),
            file_name=report.file_name,
            size=len(report.content),
            rows=result.rows,
        )
        return self._accept(upload, result, report) if result.valid else self._reject(upload, result, report)

    def _accept(self, upload: Upload, result: ValidationResult, report: SubmittedReport) -> Accepted | AlreadyKnown:
        accepted = replace(upload, totals={currency: str(total) for currency, total in result.totals.items()})
        # The item comes first: once the object is stored, the workflow runs and looks the item up.
        if self.uploads.begin(accepted):
            self.reports.store(report_key(upload.bank_id, upload.upload_id), report.content)
            return Accepted(upload=accepted)
        # Another request has submitted the same report since the first read.
        known = self.uploads.get(upload.upload_id)
        if known is None:
            raise ConcurrentChangeError(f"upload {upload.upload_id} exists for a write but not for a read")
        return self._known(known, report)

    def _known(self, upload: Upload, report: SubmittedReport) -> AlreadyKnown:
        key = report_key(upload.bank_id, upload.upload_id)
        if self._is_stuck(upload) or self._was_never_stored(upload, key):
            self.reports.store(key, report.content)
        return AlreadyKnown(upload=upload)

    def _is_stuck(self, upload: Upload) -> bool:
        """Whether no workflow can still be running for it; starting another one does no harm."""
        finished = upload.status in ENDED and upload.notified_at is not None
        return not finished and upload.updated_at < timestamp(self.clock() - STUCK_AFTER)

    def _was_never_stored(self, upload: Upload, key: str) -> bool:
        """Whether the request that wrote the item ended before it stored the object."""
        return upload.status is UploadStatus.RECEIVED and not self.reports.exists(key)

    def _reject(self, upload: Upload, result: ValidationResult, report: SubmittedReport) -> Rejected:
        rejected = replace(upload, status=UploadStatus.REJECTED, error_count=result.error_count)
        store_rejected(self.rejected, rejected, report.content, result)
        # A FAILED upload stays FAILED, because its report was valid once; the answer is the same.
        self.uploads.begin(rejected)
        return Rejected(upload=rejected, result=result)
