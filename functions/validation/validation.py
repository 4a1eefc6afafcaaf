"""What Validation does: validates the stored report again, trusting nothing but its bytes, and decides what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from functions.common.aws.objects import StoredObject
from functions.common.identity import upload_id
from functions.common.times import Clock, timestamp
from functions.common.uploads import Upload, Uploads
from functions.report.errors.validation_error import ValidationError
from functions.report.format.rules import MAX_ERRORS, MAX_MARKED
from functions.report.result.corrections import corrections
from functions.report.result.validation_result import ValidationResult
from functions.report.validator import validate_report
from shared.contracts.objects import ReportLocation, parse_report_key
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import ObjectCreated, Validated

Next = Literal["LOAD", "NOTIFY", "END"]


class WrongContentError(Exception):
    """An object lies at the key of another report: whoever put it there is not `intake`."""


class UploadVanishedError(Exception):
    """The uploads table refused a write to an upload that it then does not know."""


class StoredReports(Protocol):
    """Reads stored reports."""

    def read(self, bucket: str, key: str) -> StoredObject:
        """Read a whole object."""
        ...


class ValidationErrors(Protocol):
    """Keeps what is wrong with refused reports."""

    def put_errors(self, bank_id: str, upload_id: str, errors: tuple[ValidationError, ...]) -> None:
        """Store a refused report's errors."""
        ...

    def put_corrections(self, bank_id: str, upload_id: str, chunks: Iterable[bytes]) -> None:
        """Store a refused report with its invalid rows marked; nothing if there are no chunks."""
        ...


@dataclass(frozen=True, kw_only=True)
class Validation:
    """First step of the workflow. May run again at any time, also beside itself."""

    uploads: Uploads
    objects: StoredReports
    errors: ValidationErrors
    clock: Clock

    def run(self, event: ObjectCreated) -> Validated:
        """Validate the object that the event names.

        Raises:
            ValueError: the object's key is none of a report.
            WrongContentError: the bytes are not those that the key promises.
        """
        bucket, key = event["detail"]["bucket"]["name"], event["detail"]["object"]["key"]
        location = parse_report_key(key)
        stored = self.objects.read(bucket, key)
        if upload_id(location.bank_id, stored.content) != location.upload_id:
            raise WrongContentError(f"object {key}: its content does not give the upload id in its key")
        result, following = self._rules(location, stored)
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

    def _rules(self, location: ReportLocation, stored: StoredObject) -> tuple[ValidationResult | None, Next]:
        upload = self._find_or_begin(location, stored)
        if upload.status not in (UploadStatus.RECEIVED, UploadStatus.VALIDATED, UploadStatus.LOADING):
            return None, _after_end(upload)
        result = validate_report(stored.content, bank_id=location.bank_id, now=self.clock(), max_errors=MAX_MARKED)
        if not self._write(location, result, stored):
            # Another run of the workflow was faster: go on from where it has brought the upload.
            return result, _after_write_by_another(self._known(location))
        return result, "LOAD" if result.valid else "NOTIFY"

    def _find_or_begin(self, location: ReportLocation, stored: StoredObject) -> Upload:
        """A report that did not come through `intake` is as good as any."""
        now = timestamp(self.clock())
        upload = Upload(
            upload_id=location.upload_id,
            bank_id=location.bank_id,
            status=UploadStatus.RECEIVED,
            received_at=now,
            updated_at=now,
            size=len(stored.content),
        )
        known = self.uploads.get(location.upload_id)
        if known:
            return known
        return upload if self.uploads.begin(upload) else self._known(location)

    def _write(self, location: ReportLocation, result: ValidationResult, stored: StoredObject) -> bool:
        now = timestamp(self.clock())
        if result.valid:
            totals = {currency: str(total) for currency, total in result.totals.items()}
            return self.uploads.advance(
                location.upload_id, UploadStatus.VALIDATED, at=now, rows=result.rows, totals=totals
            )
        bank_id, identity = location.bank_id, location.upload_id
        self.errors.put_errors(bank_id, identity, result.errors[:MAX_ERRORS])
        self.errors.put_corrections(bank_id, identity, corrections(stored.content, result))
        return self.uploads.advance(
            location.upload_id,
            UploadStatus.REJECTED,
            at=now,
            rows=result.rows,
            error_count=result.error_count,
        )

    def _known(self, location: ReportLocation) -> Upload:
        upload = self.uploads.get(location.upload_id)
        if upload is None:
            raise UploadVanishedError(f"upload {location.upload_id}: neither writable nor there")
        return upload


def _after_write_by_another(upload: Upload) -> Next:
    return "LOAD" if upload.status is UploadStatus.LOADING else _after_end(upload)


def _after_end(upload: Upload) -> Next:
    """FAILED was announced by the workflow's Catch; the two others may still have to be."""
    announced = upload.status is UploadStatus.FAILED or upload.notified_at is not None
    return "END" if announced else "NOTIFY"
