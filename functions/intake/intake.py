"""What happens when a bank submits a report: it is validated at once, and stored if it is valid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from functions.common.attempts import NewAttempt, restarted, with_attempt
from functions.common.banks import Bank
from functions.common.metrics import write_metrics
from functions.common.reports import RejectedReports, Reports, store_rejected
from functions.common.submissions import SubmittedReport
from functions.common.times import Clock, timestamp
from functions.common.uploads import ConcurrentChangeError, Upload, Uploads, derive_upload_id
from functions.report.control_totals import CONTROL_CODES, differences
from functions.report.format.definition import MAX_MARKED_AT_ONCE
from functions.report.result.validation_result import ValidationResult
from functions.report.validator import validate_report
from shared.contracts.metrics import FOREIGN_ROWS, UPLOADS_RECEIVED, UPLOADS_REJECTED
from shared.contracts.objects import report_key
from shared.contracts.uploads import RESTARTABLE, AttemptBy, UploadStatus

BEGINNER_TIME: Final = timedelta(seconds=30)
"""Longer than the function's time-out: after it, the request that began an attempt cannot store the report any more."""


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """The report is valid and stored."""

    upload: Upload


@dataclass(frozen=True, kw_only=True)
class AlreadyKnown:
    """The report was submitted before; `upload` is what became of it."""

    upload: Upload


@dataclass(frozen=True, kw_only=True)
class ControlTotalsDiffer:
    """The report was submitted before, and has other rows or totals than expected now; `upload` is left as it is."""

    upload: Upload
    differences: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """The report is invalid; its errors and corrections are stored."""

    upload: Upload
    result: ValidationResult


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Accepts reports. The same report of the same bank is one upload, however often it is submitted.

    A conditional write begins an attempt, and only the request whose write it was stores the report: each object that
    is stored starts a workflow. A request knows its write by the attempt, which no other request has: if the write's
    answer was lost, boto3 has repeated it, and reports an unmet condition.
    """

    uploads: Uploads
    reports: Reports
    rejected: RejectedReports
    clock: Clock
    new_attempt: NewAttempt

    def submit(self, bank: Bank, report: SubmittedReport) -> Accepted | AlreadyKnown | ControlTotalsDiffer | Rejected:
        """Validate a report and store it.

        Raises:
            ConcurrentChangeError: another request is changing the upload; submitting it again helps.
        """
        identity = derive_upload_id(bank.bank_id, report.content)
        known = self.uploads.get(identity)
        if known and known.status not in RESTARTABLE[UploadStatus.RECEIVED]:
            return self._differs(known, bank, report) or self._known(known, report)
        now = self.clock()
        result = report.validated(bank, now=now, max_errors=MAX_MARKED_AT_ONCE)
        upload = with_attempt(
            Upload(
                upload_id=identity,
                bank_id=bank.bank_id,
                status=UploadStatus.RECEIVED if result.valid else UploadStatus.REJECTED,
                received_at=timestamp(now),
                updated_at=timestamp(now),
                file_name=report.file_name,
                size=len(report.content),
                rows=result.rows,
            ),
            self.new_attempt(),
            by=AttemptBy.INTAKE,
            now=now,
            earlier=known.attempts if known else (),
        )
        return self._accept(upload, result, report) if result.valid else self._reject(upload, result, report)

    def _accept(self, upload: Upload, result: ValidationResult, report: SubmittedReport) -> Accepted | AlreadyKnown:
        accepted = replace(upload, totals={currency: str(total) for currency, total in result.totals.items()})
        # The item comes first: once the object is stored, the workflow runs and looks the item up.
        written = self.uploads.begin(accepted)
        current = accepted if written else self._get(upload.upload_id)
        if current.attempt == accepted.attempt:
            self._store(accepted, report)
            return Accepted(upload=accepted)
        # Another request has submitted the same report since the first read.
        return AlreadyKnown(upload=current)

    def _differs(self, known: Upload, bank: Bank, report: SubmittedReport) -> ControlTotalsDiffer | None:
        """How a known upload differs from the control totals that came with its report this time."""
        expected = report.control_totals
        if not expected:
            return None
        if known.rows is not None and known.totals is not None:
            rows, totals = known.rows, {currency: Decimal(total) for currency, total in known.totals.items()}
        else:
            # Stored without intake, and not validated yet.
            result = validate_report(report.content, bank_id=bank.bank_id, now=self.clock())
            if not result.valid:
                return None
            rows, totals = result.rows, dict(result.totals)
        found = differences(expected, rows=rows, totals=totals)
        return ControlTotalsDiffer(upload=known, differences=[each.message for each in found]) if found else None

    def _known(self, upload: Upload, report: SubmittedReport) -> AlreadyKnown:
        return self._take_over(upload, report) if self._beginner_died(upload) else AlreadyKnown(upload=upload)

    def _beginner_died(self, upload: Upload) -> bool:
        """Whether the request that began the attempt has ended without storing the report."""
        if upload.status is not UploadStatus.RECEIVED:
            return False
        if upload.attempt_began_at >= timestamp(self.clock() - BEGINNER_TIME):
            return False
        stored = self.reports.stored_attempt(report_key(upload.bank_id, upload.upload_id))
        # Only intake stores a report for its attempt; other attempts run with the report that is stored.
        began_here = upload.began_by is AttemptBy.INTAKE
        return stored is None or (began_here and stored != upload.attempt)

    def _take_over(self, known: Upload, report: SubmittedReport) -> AlreadyKnown:
        now = self.clock()
        again = restarted(known, self.new_attempt(), by=AttemptBy.INTAKE, now=now)
        upload = replace(again, received_at=timestamp(now), file_name=report.file_name)
        written = self.uploads.take_over(upload, known=known)
        current = upload if written else self._get(known.upload_id)
        if current.attempt == upload.attempt:
            self._store(upload, report)
        return AlreadyKnown(upload=current)

    def _store(self, upload: Upload, report: SubmittedReport) -> None:
        key = report_key(upload.bank_id, upload.upload_id)
        self.reports.store(key, report.content, attempt=upload.attempt)
        write_metrics({UPLOADS_RECEIVED: 1})

    def _get(self, upload_id: str) -> Upload:
        known = self.uploads.get(upload_id)
        if known is None:
            raise ConcurrentChangeError(f"upload {upload_id} exists for a write but not for a read")
        return known

    def _reject(
        self, upload: Upload, result: ValidationResult, report: SubmittedReport
    ) -> Rejected | ControlTotalsDiffer:
        rejected = replace(upload, error_count=result.error_count)
        store_rejected(self.rejected, rejected, report.content, result)
        # A FAILED upload stays FAILED, because rows of it may be loaded: the report can have been valid then.
        if not self.uploads.begin(rejected) and result.errors_by_code.keys() <= CONTROL_CODES:
            # Not the report is wrong, and another attempt of it has begun: what it does is not this answer's to say.
            current = self._get(upload.upload_id)
            if current.attempt != rejected.attempt:
                return ControlTotalsDiffer(upload=current, differences=[each.message for each in result.errors])
        write_metrics({UPLOADS_REJECTED: 1, FOREIGN_ROWS: result.foreign_rows})
        return Rejected(upload=rejected, result=result)
