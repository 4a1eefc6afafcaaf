"""What Validation does: it validates the stored report again, trusting only its bytes, and selects the next state."""

from dataclasses import dataclass
from typing import Literal

from functions.common.reports import RejectedReports, Reports, StoredReport, store_rejected
from functions.common.times import Clock, timestamp
from functions.common.uploads import Upload, Uploads, derive_upload_id
from functions.report.format.definition import MAX_MARKED
from functions.report.result.validation_result import ValidationResult
from functions.report.validator import validate_report
from shared.contracts.objects import ReportLocation, parse_report_key
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import ObjectCreated, Validated

Next = Literal["LOAD", "NOTIFY", "END"]


class WrongContentError(Exception):
    """The object's content does not match its key, so `intake` has not stored it."""


class UploadVanishedError(Exception):
    """A conditional write failed for an upload that does not exist."""


@dataclass(frozen=True, kw_only=True)
class Validation:
    """First step of the workflow. May run again at any time, also in parallel with itself."""

    uploads: Uploads
    reports: Reports
    rejected: RejectedReports
    clock: Clock

    def run(self, event: ObjectCreated) -> Validated:
        """Validate the object that the event names.

        Raises:
            ValueError: the object's key is not a report's.
            WrongContentError: the upload id in the key is not that of the content.
        """
        bucket, key = event["detail"]["bucket"]["name"], event["detail"]["object"]["key"]
        location = parse_report_key(key)
        stored = self.reports.read(key)
        if derive_upload_id(location.bank_id, stored.content) != location.upload_id:
            raise WrongContentError(f"object {key}: its content has another upload id than its key")
        result, following = self._validate(location, stored)
        return Validated(
            next=following,
            upload_id=location.upload_id,
            bank_id=location.bank_id,
            bucket=bucket,
            key=key,
            etag=stored.etag,
            columns=list(result.columns) if result else [],
            ranges=list(result.ranges) if result and following == "LOAD" else [],
        )

    def _validate(self, location: ReportLocation, stored: StoredReport) -> tuple[ValidationResult | None, Next]:
        upload = self._find_or_begin(location, stored)
        if upload.status not in (UploadStatus.RECEIVED, UploadStatus.VALIDATED, UploadStatus.LOADING):
            return None, _after_end(upload)
        result = validate_report(stored.content, bank_id=location.bank_id, now=self.clock(), max_errors=MAX_MARKED)
        if self._write(upload, result, stored):
            return result, "LOAD" if result.valid else "NOTIFY"
        # Another run of the workflow was faster: continue from the status that it has set.
        return result, _after_write_by_another(self._known(location.upload_id))

    def _find_or_begin(self, location: ReportLocation, stored: StoredReport) -> Upload:
        """The upload; a report that was stored without `intake` gets one."""
        known = self.uploads.get(location.upload_id)
        if known:
            return known
        now = timestamp(self.clock())
        upload = Upload(
            upload_id=location.upload_id,
            bank_id=location.bank_id,
            status=UploadStatus.RECEIVED,
            received_at=now,
            updated_at=now,
            size=len(stored.content),
        )
        return upload if self.uploads.begin(upload) else self._known(location.upload_id)

    def _write(self, upload: Upload, result: ValidationResult, stored: StoredReport) -> bool:
        now = timestamp(self.clock())
        if result.valid:
            totals = {currency: str(total) for currency, total in result.totals.items()}
            return self.uploads.advance(
                upload.upload_id, UploadStatus.VALIDATED, at=now, rows=result.rows, totals=totals
            )
        store_rejected(self.rejected, upload, stored.content, result)
        return self.uploads.advance(
            upload.upload_id, UploadStatus.REJECTED, at=now, rows=result.rows, error_count=result.error_count
        )

    def _known(self, identity: str) -> Upload:
        upload = self.uploads.get(identity)
        if upload is None:
            raise UploadVanishedError(f"upload {identity}: a conditional write failed, but the item does not exist")
        return upload


def _after_write_by_another(upload: Upload) -> Next:
    return "LOAD" if upload.status is UploadStatus.LOADING else _after_end(upload)


def _after_end(upload: Upload) -> Next:
    """The workflow's Catch has published FAILED; the other outcomes may still have to be published."""
    published = upload.status is UploadStatus.FAILED or upload.notified_at is not None
    return "END" if published else "NOTIFY"
