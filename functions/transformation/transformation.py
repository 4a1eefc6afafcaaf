"""What Transformation does: it reads one byte range of a validated report and loads its rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from functions.common.errors import SupersededError, TemporaryError, UnknownUploadError
from functions.common.loads import Loads
from functions.common.reports import Reports
from functions.common.times import Clock, timestamp
from functions.common.uploads import Uploads
from functions.report.transactions import read_rows
from functions.transformation.backoff import Backoff
from functions.transformation.loader import Loader
from functions.transformation.stored_transactions import StoredTransaction, TransactionsTable, UploadStatuses
from shared.contracts.objects import load_key
from shared.contracts.uploads import ENDED, NO_ATTEMPT, UploadStatus
from shared.contracts.workflow import RangeLoaded, RangeStored, TransformationInput


class RangeError(Exception):
    """The range does not have the rows that Validation found in it: a defect of the pipeline, never of the report."""


@dataclass(frozen=True, kw_only=True)
class Transformation:
    """Loads one range. May run again at any time, also in parallel with itself."""

    uploads: Uploads
    statuses: UploadStatuses
    reports: Reports
    loads: Loads
    table: TransactionsTable
    clock: Clock

    def run(self, task: TransformationInput, backoff: Backoff) -> RangeLoaded:
        """Load every row of the range exactly once.

        Raises:
            TemporaryError: AWS was too busy for the time that was left; another run loads the rest.
            DeadlineExceededError: the execution has no time left for another run.
            SupersededError: the upload has ended, or another attempt has begun.
            UnknownUploadError: there is no such upload.
            RangeError: the range does not have the expected number of rows.
        """
        backoff.check()
        attempt = self._begin(task["upload_id"], task["attempt"], stuck_after=task.get("stuck_after"))
        backoff.check()
        rows = list(self._rows(task))
        expected = task["range"]["rows"]
        if len(rows) != expected:
            raise RangeError(f"range {task['range']} has {len(rows)} rows, expected {expected}")
        loader = Loader(table=self.table, uploads=self.statuses, attempt=attempt, backoff=backoff)
        return loader.load(rows)

    def store(self, task: TransformationInput, loaded: RangeLoaded, backoff: Backoff) -> RangeStored:
        """Store the result of the range, which grows with its conflicts, in place of that of an earlier run.

        Raises:
            TemporaryError: AWS was too busy, or no time was left; another run finds all rows, and stores the result.
            DeadlineExceededError: the execution has no time left for another run.
        """
        backoff.check()
        part = task["range"]
        key = load_key(task["bank_id"], task["upload_id"], task["attempt"], start=part["start"], rows=part["rows"])
        self.loads.store(key, loaded)
        return RangeStored(key=key)

    def _begin(self, upload_id: str, attempt: str, *, stuck_after: int | None) -> str:
        """Move the upload to LOADING, or make sure that it is still this attempt's; return the attempt.

        Loading a large report takes longer than the sweeper waits, so each of its ranges is a sign of life:
        `stuck_after` seconds from now the upload is due.
        """
        if attempt == NO_ATTEMPT:
            return self._begin_without_attempt(upload_id)
        now = self.clock()
        alive: dict[str, Any] = {}
        if stuck_after is not None:
            alive["due_at"] = timestamp(now + timedelta(seconds=stuck_after))
        if self.uploads.advance(upload_id, attempt, UploadStatus.LOADING, at=timestamp(now), **alive):
            return attempt
        known = self.uploads.get(upload_id)
        if known is None:
            raise UnknownUploadError(f"upload {upload_id} is not in the uploads table")
        if known.attempt != attempt or known.status in ENDED:
            raise SupersededError(
                f"upload {upload_id}: attempt {attempt} is over; the upload is {known.status} in {known.attempt}"
            )
        raise TemporaryError(f"upload {upload_id} is still {known.status}: it is not validated yet")

    def _begin_without_attempt(self, upload_id: str) -> str:
        """The same for a payload of version 1, which stands for the attempt that the upload has, and always goes on."""
        known = self.uploads.get(upload_id)
        attempt = known.attempt if known else NO_ATTEMPT
        self.uploads.advance(upload_id, attempt, UploadStatus.LOADING, at=timestamp(self.clock()))
        return attempt

    def _rows(self, task: TransformationInput) -> Iterator[StoredTransaction]:
        part = task["range"]
        content = self.reports.read_range(task["key"], start=part["start"], end=part["end"], etag=task["etag"])
        for row in read_rows(content, columns=task["columns"], first_line=part["first_line"]):
            yield StoredTransaction.of(row, bank_id=task["bank_id"], upload_id=task["upload_id"])
