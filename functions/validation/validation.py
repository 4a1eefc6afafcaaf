"""What Validation does: judges the stored report again, trusting nothing but its bytes, and decides what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from functions.common.identity import upload_id
from functions.common.aws.objects import StoredObject
from functions.common.times import Clock, timestamp
from functions.common.uploads import Upload, Uploads
from functions.report.result.corrections import corrections
from functions.report.format.rules import MAX_MARKED, MAX_PROBLEMS
from functions.report.validator import judge
from functions.report.errors.validation_error import Problem
from functions.report.result.validation_result import Verdict
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


class Problems(Protocol):
    """Keeps what is wrong with refused reports."""

    def put_problems(self, bank_id: str, upload_id: str, problems: tuple[Problem, ...]) -> None:
        """Store a refused report's problems."""
        ...

    def put_corrections(self, bank_id: str, upload_id: str, chunks: Iterable[bytes]) -> None:
        """Store a refused report with its faulty rows marked; nothing if there are no chunks."""
        ...


@dataclass(frozen=True, kw_only=True)
class Validation:
    """First step of the workflow. May run again at any time, also beside itself."""

    uploads: Uploads
    objects: StoredReports
    problems: Problems
    clock: Clock

    def run(self, event: ObjectCreated) -> Validated:
        """Judge the object that the event names.

        Raises:
            ValueError: the object's key is none of a report.
            WrongContentError: the bytes are not those that the key promises.
        """
        bucket, key = event["detail"]["bucket"]["name"], event["detail"]["object"]["key"]
        location = parse_report_key(key)
        stored = self.objects.read(bucket, key)
        if upload_id(location.bank_id, stored.content) != location.upload_id:
            raise WrongContentError(f"object {key}: its content does not give the upload id in its key")
        verdict, following = self._judge(location, stored)
        return Validated(
            next=following,
            upload_id=location.upload_id,
            bank_id=location.bank_id,
            bucket=bucket,
            key=key,
            etag=stored.etag,
            columns=list(verdict.columns) if verdict else [],
            ranges=list(verdict.ranges) if verdict and following == "LOAD" else [],
        )

    def _judge(self, location: ReportLocation, stored: StoredObject) -> tuple[Verdict | None, Next]:
        upload = self._find_or_begin(location, stored)
        if upload.status not in (UploadStatus.RECEIVED, UploadStatus.VALIDATED, UploadStatus.LOADING):
            return None, _after_end(upload)
        verdict = judge(stored.content, bank_id=location.bank_id, now=self.clock(), max_problems=MAX_MARKED)
        if not self._write(location, verdict, stored):
            # Another run of the workflow was faster: go on from where it has brought the upload.
            return verdict, _after_write_by_another(self._known(location))
        return verdict, "LOAD" if verdict.good else "NOTIFY"

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

    def _write(self, location: ReportLocation, verdict: Verdict, stored: StoredObject) -> bool:
        now = timestamp(self.clock())
        if verdict.good:
            totals = {currency: str(total) for currency, total in verdict.totals.items()}
            return self.uploads.advance(
                location.upload_id, UploadStatus.VALIDATED, at=now, rows=verdict.rows, totals=totals
            )
        bank_id, identity = location.bank_id, location.upload_id
        self.problems.put_problems(bank_id, identity, verdict.problems[:MAX_PROBLEMS])
        self.problems.put_corrections(bank_id, identity, corrections(stored.content, verdict))
        return self.uploads.advance(
            location.upload_id,
            UploadStatus.REJECTED,
            at=now,
            rows=verdict.rows,
            problem_count=verdict.problem_count,
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
