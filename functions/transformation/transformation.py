"""What Transformation does: reads one byte range of a validated report and loads its rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from functions.common.times import Clock, timestamp
from functions.common.uploads import Uploads
from functions.report.transactions import read_rows
from functions.transformation.loader import Backoff, Loader
from functions.transformation.stored import StoredTransaction, TransactionsTable
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import RangeLoaded, TransformationInput


class RangeError(Exception):
    """The range does not hold what Validation said: an error of the pipeline, never of the bank."""


class ReportRanges(Protocol):
    """Reads parts of stored reports."""

    def read_range(self, bucket: str, key: str, *, start: int, end: int, etag: str) -> bytes:
        """Read bytes `start` (included) to `end` (excluded) of the object with this tag."""
        ...


@dataclass(frozen=True, kw_only=True)
class Transformation:
    """Loads one range. May run again at any time, also beside itself."""

    uploads: Uploads
    objects: ReportRanges
    table: TransactionsTable
    clock: Clock

    def run(self, task: TransformationInput, backoff: Backoff) -> RangeLoaded:
        """Load every row of the range exactly once.

        Raises:
            TemporaryError: AWS was too busy for the time that was left; running again finishes the rest.
            RangeError: the range has other rows than it should.
        """
        # False where another range, or another run, has brought the upload further: nothing to do then.
        self.uploads.advance(task["upload_id"], UploadStatus.LOADING, at=timestamp(self.clock()))
        rows = list(self._rows(task))
        expected = task["range"]["rows"]
        if len(rows) != expected:
            raise RangeError(f"range {task['range']} holds {len(rows)} rows, expected {expected}")
        return Loader(self.table, backoff).load(rows)

    def _rows(self, task: TransformationInput) -> Iterator[StoredTransaction]:
        part = task["range"]
        content = self.objects.read_range(
            task["bucket"], task["key"], start=part["start"], end=part["end"], etag=task["etag"]
        )
        for row in read_rows(content, columns=task["columns"], first_line=part["first_line"]):
            yield StoredTransaction.of(row, bank_id=task["bank_id"], upload_id=task["upload_id"])
