"""What happens when a bank submits a report: validated at once, stored if it is good."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Final, Protocol

from functions.common.banks import Bank
from functions.common.http import ProblemError, Response, problem
from functions.common.identity import upload_id
from functions.common.times import Clock, timestamp
from functions.common.uploads import Upload, Uploads
from functions.intake.form import UploadedFile
from functions.report.errors.validation_error import ValidationError
from functions.report.format.rules import MAX_ERRORS, MAX_MARKED_AT_ONCE
from functions.report.result.corrections import corrections
from functions.report.result.validation_result import ValidationResult
from functions.report.validator import validate_report
from shared.contracts.api import UPLOADS_PATH
from shared.contracts.uploads import ENDED, UploadStatus

STUCK_AFTER: Final = timedelta(minutes=10)
"""A workflow lives five minutes (Step Functions Express limit); S3 may need as long for a new bucket's first event."""

_JUDGED_AGAIN: Final = frozenset({UploadStatus.REJECTED, UploadStatus.FAILED})


class Reports(Protocol):
    """Where reports lie."""

    def has_report(self, bank_id: str, upload_id: str) -> bool:
        """Whether the report is stored."""
        ...

    def put_report(self, bank_id: str, upload_id: str, content: bytes) -> None:
        """Store a report, which starts the workflow."""
        ...

    def put_errors(self, bank_id: str, upload_id: str, errors: tuple[ValidationError, ...]) -> None:
        """Store a refused report's errors."""
        ...

    def put_corrections(self, bank_id: str, upload_id: str, chunks: Iterable[bytes]) -> None:
        """Store a refused report with its invalid rows marked; nothing if there are no chunks."""
        ...


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Takes reports in. The same report of the same bank is one upload, however often it comes."""

    uploads: Uploads
    reports: Reports
    clock: Clock

    def take(self, bank: Bank, file: UploadedFile) -> Response:
        """Validate and store a report: 202 new, 200 known already (with how it stands), 422 refused."""
        identity = upload_id(bank.bank_id, file.content)
        known = self.uploads.get(identity)
        if known and known.status not in _JUDGED_AGAIN:
            return self._known(known, file)
        now = self.clock()
        result = validate_report(file.content, bank_id=bank.bank_id, now=now, max_errors=MAX_MARKED_AT_ONCE)
        upload = Upload(
            upload_id=identity,
            bank_id=bank.bank_id,
            status=UploadStatus.RECEIVED,
            received_at=timestamp(now),
            updated_at=timestamp(now),
            file_name=file.name,
            size=len(file.content),
            rows=result.rows,
        )
        return self._accept(upload, result, file) if result.valid else self._refuse(upload, result, file)

    def _accept(self, upload: Upload, result: ValidationResult, file: UploadedFile) -> Response:
        totals = {currency: str(total) for currency, total in result.totals.items()}
        # The item comes first: once the object is there, the workflow runs and looks for it.
        if not self.uploads.begin(replace(upload, totals=totals)):
            return self._overtaken(upload, file)
        self.reports.put_report(upload.bank_id, upload.upload_id, file.content)
        shown = ("upload_id", "status", "bank_id", "file_name", "received_at", "rows")
        body = {name: getattr(upload, name) for name in shown} | {"totals": totals}
        return Response(status=HTTPStatus.ACCEPTED.value, body=body)

    def _overtaken(self, upload: Upload, file: UploadedFile) -> Response:
        """The same report was taken in by another request since we looked."""
        known = self.uploads.get(upload.upload_id)
        if known is None:
            raise ProblemError(HTTPStatus.CONFLICT, "the upload is being changed by someone else: send it again")
        return self._known(known, file)

    def _known(self, upload: Upload, file: UploadedFile) -> Response:
        if self._is_stuck(upload) or self._was_never_stored(upload):
            self.reports.put_report(upload.bank_id, upload.upload_id, file.content)
        return Response(status=HTTPStatus.OK.value, body=upload.public())

    def _is_stuck(self, upload: Upload) -> bool:
        """No workflow can be at work on it any more; starting one again does no harm."""
        finished = upload.status in ENDED and upload.notified_at is not None
        return not finished and upload.updated_at < timestamp(self.clock() - STUCK_AFTER)

    def _was_never_stored(self, upload: Upload) -> bool:
        """Whoever took it in died between item and object."""
        received = upload.status is UploadStatus.RECEIVED
        return received and not self.reports.has_report(upload.bank_id, upload.upload_id)

    def _refuse(self, upload: Upload, result: ValidationResult, file: UploadedFile) -> Response:
        shown = result.errors[:MAX_ERRORS]
        self.reports.put_errors(upload.bank_id, upload.upload_id, shown)
        self.reports.put_corrections(upload.bank_id, upload.upload_id, corrections(file.content, result))
        count = result.error_count
        # A FAILED upload stays FAILED (its report was once good); the answer is the same.
        self.uploads.begin(replace(upload, status=UploadStatus.REJECTED, error_count=count))
        marked = f" (GET /{UPLOADS_PATH}/{upload.upload_id} has it with the invalid rows marked)" if result.rows else ""
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"errors in the report: {count}; nothing of it was loaded, fix it{marked} and resubmit it",
            upload_id=upload.upload_id,
            rows=result.rows,
            error_count=count,
            errors_by_code=dict(result.errors_by_code),
            errors=[each.as_dict() for each in shown],
        )
