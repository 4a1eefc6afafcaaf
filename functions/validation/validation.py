"""What Validation does: it validates the stored report again, trusting only its bytes, and selects the next state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final, Literal

from functions.common.attempts import restarted, with_attempt
from functions.common.deadline import Deadline
from functions.common.metrics import write_metrics
from functions.common.reports import RejectedReports, Reports, store_further_errors, store_rejected
from functions.common.times import Clock, timestamp
from functions.common.uploads import Upload, Uploads
from functions.report.result.validation_result import ValidationResult
from functions.validation.manifests import Manifests
from functions.validation.source import Source, open_source, validate
from shared.contracts.metrics import FOREIGN_ROWS, UPLOADS_RECEIVED, UPLOADS_REJECTED, VALIDATION_TIME
from shared.contracts.objects import ReportLocation, loads_prefix, manifest_key, parse_report_key
from shared.contracts.uploads import ENDED, NO_ATTEMPT, AttemptBy, UploadStatus, stuck_after
from shared.contracts.workflow import PAYLOAD_VERSION, ByteRange, Manifest, ObjectCreated, Validated

Next = Literal["LOAD", "NOTIFY", "FAIL", "END"]

_MILLISECOND: Final = timedelta(milliseconds=1)


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

    @property
    def size(self) -> int:
        """Size of the report in bytes, as the event has it: it decided which workflow has been started."""
        return self.event["detail"]["object"]["size"]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The next state, and of a report that was validated what it needs."""

    next: Next
    etag: str = ""
    columns: Sequence[str] = ()
    ranges: Sequence[ByteRange] = ()
    manifest: Manifest | None = None
    """In place of the ranges of a large report."""


@dataclass(frozen=True, kw_only=True)
class Validation:
    """First step of the workflow. May run again at any time, also in parallel with itself."""

    uploads: Uploads
    reports: Reports
    rejected: RejectedReports
    manifests: Manifests
    clock: Clock

    def run(self, task: Task) -> Validated:
        """Validate the object that the event names.

        Raises:
            ValueError: the object's key is not a report's.
            ReportMissingError: there is no such object.
            WrongContentError: the upload id in the key is not that of the content.
            WrongSizeError: the event announced a small report and the object is a large one, or the reverse.
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
        validated = Validated(
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
        if decision.manifest:
            validated["manifest"] = decision.manifest
        return validated

    def _decide(self, task: Task, location: ReportLocation, attempt: str, known: Upload | None) -> Decision:
        following = _without_validation(known, attempt) if known else None
        if following:
            return Decision(next=following)
        source = open_source(self.reports, task.key, announced=task.size)
        begin = partial(self._begin, location, attempt, known, source)
        # To validate a large report takes minutes: first, its upload shows that this has begun.
        upload = begin() if source.large else None
        following = _without_validation(upload, attempt) if upload else None
        if following:
            return Decision(next=following)
        began = self.clock()
        result = validate(source, location, now=began)
        took = self.clock() - began
        upload = upload or begin()
        following = _without_validation(upload, attempt)
        if following:
            return Decision(next=following)
        manifest = self._store(upload, source, result)
        following = self._write(task, upload, source, result, took)
        if following != "LOAD":
            return Decision(next=following)
        ranges = () if manifest else result.ranges
        return Decision(next=following, etag=source.etag, columns=result.columns, ranges=ranges, manifest=manifest)

    def _begin(self, location: ReportLocation, attempt: str, known: Upload | None, source: Source) -> Upload:
        """The upload. A report that was stored without `intake` gets one, and one without an attempt gets this one.

        One that was declared is now RECEIVED, and so is a large one again, with another time at which it is due.
        """
        now = self.clock()
        if known is None:
            upload = Upload(
                upload_id=location.upload_id,
                bank_id=location.bank_id,
                status=UploadStatus.RECEIVED,
                received_at=timestamp(now),
                updated_at=timestamp(now),
                size=source.size,
            )
            upload = with_attempt(upload, attempt, by=AttemptBy.EVENT, now=now)
            written = self.uploads.begin(upload)
            if written:
                write_metrics({UPLOADS_RECEIVED: 1})
        elif known.attempt != attempt:
            upload = restarted(known, attempt, by=AttemptBy.EVENT, now=now)
            written = self.uploads.take_over(upload, known=known)
        elif source.large or known.status is UploadStatus.DECLARED:
            due_at = timestamp(now + stuck_after(source.size))
            # What is stored decides, not what was declared: by its size, a later attempt finds its workflow.
            advanced = self.uploads.advance(
                known.upload_id,
                attempt,
                UploadStatus.RECEIVED,
                at=timestamp(now),
                due_at=due_at,
                size=source.size,
            )
            if advanced and known.status is UploadStatus.DECLARED:
                write_metrics({UPLOADS_RECEIVED: 1})
            return self._get(location.upload_id)
        else:
            return known
        return upload if written else self._get(location.upload_id)

    def _store(self, upload: Upload, source: Source, result: ValidationResult) -> Manifest | None:
        """Store what does not fit into the upload or a payload; return where the ranges are."""
        if not result.valid:
            store_rejected(self.rejected, upload, source.chunks(), result)
        if not source.large:
            return None
        if not result.valid:
            store_further_errors(self.rejected, upload, result)
            return None
        of = (upload.bank_id, upload.upload_id, upload.attempt)
        self.manifests.store(manifest_key(*of), result.ranges)
        return Manifest(key=manifest_key(*of), ranges=len(result.ranges), loads_prefix=loads_prefix(*of))

    def _write(self, task: Task, upload: Upload, source: Source, result: ValidationResult, took: timedelta) -> Next:
        """Write the result, and select the next state. `took` is how long it took to find it."""
        now = self.clock()
        if result.valid:
            status = UploadStatus.VALIDATED
            found: dict[str, Any] = {"totals": {currency: str(total) for currency, total in result.totals.items()}}
        else:
            status = UploadStatus.REJECTED
            found = {"error_count": result.error_count}
        found |= {name: value for name, value in (("execution", task.execution), ("trace_id", task.trace_id)) if value}
        due_at = timestamp(now + stuck_after(source.size))
        if self.uploads.advance(
            upload.upload_id, upload.attempt, status, at=timestamp(now), due_at=due_at, rows=result.rows, **found
        ):
            # A status may follow itself: of an execution's repeated runs, the first counts.
            if upload.status is UploadStatus.RECEIVED:
                _measure(result, took)
            return "LOAD" if result.valid else "NOTIFY"
        # Another run was faster, or has begun another attempt: continue from what it has written.
        following = _without_validation(self._get(upload.upload_id), upload.attempt)
        return following or ("LOAD" if result.valid else "END")

    def _get(self, upload_id: str) -> Upload:
        upload = self.uploads.get(upload_id)
        if upload is None:
            raise UploadVanishedError(f"upload {upload_id}: a conditional write failed, but the item does not exist")
        return upload


def _measure(result: ValidationResult, took: timedelta) -> None:
    rejected = {} if result.valid else {UPLOADS_REJECTED: 1, FOREIGN_ROWS: result.foreign_rows}
    write_metrics({VALIDATION_TIME: took / _MILLISECOND, **rejected})


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
