"""What Validation does: it validates the stored report again, trusting only its bytes, and selects the next state."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from functions.common.attempts import restarted, with_attempt
from functions.common.deadline import Deadline
from functions.common.reports import RejectedReports, Reports, store_rejected
from functions.common.times import Clock, timestamp
from functions.common.uploads import Upload, Uploads, derive_upload_id
from functions.report.format.definition import MAX_MARKED
from functions.report.result.validation_result import ValidationResult
from functions.report.validator import validate_report
from shared.contracts.objects import ReportLocation, parse_report_key
from shared.contracts.uploads import ENDED, NO_ATTEMPT, STUCK_AFTER, AttemptBy, UploadStatus
from shared.contracts.workflow import PAYLOAD_VERSION, ByteRange, ObjectCreated, Validated

Next = Literal["LOAD", "NOTIFY", "FAIL", "END"]


class WrongContentError(Exception):
    """The object's content does not match its key, so `intake` has not stored it."""


class UploadVanishedError(Exception):
    """A conditional write failed for an upload that does not exist."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One execution's report.

    Payloads of version 1 have an event only: their `attempt` is None, and stands for the one that the upload has.
    """

    event: ObjectCreated
    attempt: str | None = None
    execution: str | None = None
    trace_id: str | None = None
    started_at: str = ""

    @property
    def key(self) -> str:
        """Key of the report."""
        return self.event["detail"]["object"]["key"]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The next state, and of a report that was validated what it needs."""

    next: Next
    etag: str = ""
    columns: Sequence[str] = ()
    ranges: Sequence[ByteRange] = ()


@dataclass(frozen=True, kw_only=True)
class Validation:
    """First step of the workflow. May run again at any time, also in parallel with itself."""

    uploads: Uploads
    reports: Reports
    rejected: RejectedReports
    clock: Clock

    def run(self, task: Task) -> Validated:
        """Validate the object that the event names.

        Raises:
            ValueError: the object's key is not a report's.
            ReportMissingError: there is no such object.
            WrongContentError: the upload id in the key is not that of the content.
            DeadlineExceededError: the execution has no time left.
        """
        location = parse_report_key(task.key)
        with Deadline.of(task.started_at, self.clock).guard():
            known = self.uploads.get(location.upload_id)
            attempt = task.attempt
            if attempt is None:
                attempt = known.attempt if known else NO_ATTEMPT
            decision = self._decide(task, location, attempt, known)
        # An upload that an earlier version has ended has no attempt.
        ended_without = known is not None and known.status in ENDED and known.attempt == NO_ATTEMPT
        return Validated(
            version=PAYLOAD_VERSION,
            next=decision.next,
            upload_id=location.upload_id,
            bank_id=location.bank_id,
            attempt=NO_ATTEMPT if ended_without else attempt,
            started_at=task.started_at,
            bucket=task.event["detail"]["bucket"]["name"],
            key=task.key,
            etag=decision.etag,
            columns=list(decision.columns),
            ranges=list(decision.ranges),
        )

    def _decide(self, task: Task, location: ReportLocation, attempt: str, known: Upload | None) -> Decision:
        following = _without_validation(known, attempt) if known else None
        if following:
            return Decision(next=following)
        stored = self.reports.read(task.key)
        if derive_upload_id(location.bank_id, stored.content) != location.upload_id:
            raise WrongContentError(f"object {task.key}: its content has another upload id than its key")
        upload = self._begin(location, attempt, known, size=len(stored.content))
        following = _without_validation(upload, attempt)
        if following:
            return Decision(next=following)
        result = validate_report(stored.content, bank_id=location.bank_id, now=self.clock(), max_errors=MAX_MARKED)
        if not result.valid:
            store_rejected(self.rejected, upload, stored.content, result)
        following = self._write(task, upload, result)
        ranges = result.ranges if following == "LOAD" else ()
        return Decision(next=following, etag=stored.etag, columns=result.columns, ranges=ranges)

    def _begin(self, location: ReportLocation, attempt: str, known: Upload | None, *, size: int) -> Upload:
        """The upload. A report that was stored without `intake` gets one, and one without an attempt gets this one."""
        now = self.clock()
        if known is None:
            upload = Upload(
                upload_id=location.upload_id,
                bank_id=location.bank_id,
                status=UploadStatus.RECEIVED,
                received_at=timestamp(now),
                updated_at=timestamp(now),
                size=size,
            )
            upload = with_attempt(upload, attempt, by=AttemptBy.EVENT, now=now)
            written = self.uploads.begin(upload)
        elif known.attempt != attempt:
            upload = restarted(known, attempt, by=AttemptBy.EVENT, now=now)
            written = self.uploads.take_over(upload, known=known)
        else:
            return known
        return upload if written else self._get(location.upload_id)

    def _write(self, task: Task, upload: Upload, result: ValidationResult) -> Next:
        """Write the result, and select the next state."""
        now = self.clock()
        if result.valid:
            status = UploadStatus.VALIDATED
            found: dict[str, Any] = {"totals": {currency: str(total) for currency, total in result.totals.items()}}
        else:
            status = UploadStatus.REJECTED
            found = {"error_count": result.error_count}
        found |= {name: value for name, value in (("execution", task.execution), ("trace_id", task.trace_id)) if value}
        due_at = timestamp(now + STUCK_AFTER)
        if self.uploads.advance(
            upload.upload_id, upload.attempt, status, at=timestamp(now), due_at=due_at, rows=result.rows, **found
        ):
            return "LOAD" if result.valid else "NOTIFY"
        # Another run was faster, or has begun another attempt: continue from what it has written.
        following = _without_validation(self._get(upload.upload_id), upload.attempt)
        return following or ("LOAD" if result.valid else "END")

    def _get(self, upload_id: str) -> Upload:
        upload = self.uploads.get(upload_id)
        if upload is None:
            raise UploadVanishedError(f"upload {upload_id}: a conditional write failed, but the item does not exist")
        return upload


def _without_validation(upload: Upload, attempt: str) -> Next | None:
    """The next state of an upload that has ended or has another attempt; None for one that is to be validated."""
    if upload.attempt not in (attempt, NO_ATTEMPT):
        return "END"
    if upload.status is UploadStatus.FAILED:
        # A version without attempts sent the dead letter without recording that.
        return "END" if upload.dead_letter_at or upload.attempt == NO_ATTEMPT else "FAIL"
    if upload.status in ENDED:
        return "END" if upload.notified_at else "NOTIFY"
    return None
