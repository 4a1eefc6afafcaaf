"""What Transformation does: it reads one byte range of a validated report and loads its rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from functions.common.reports import Reports
from functions.common.times import Clock, timestamp
from functions.common.uploads import Uploads
from functions.report.transactions import read_rows
from functions.transformation.loader import Backoff, Loader
from functions.transformation.stored_transactions import StoredTransaction, TransactionsTable
from shared.contracts.uploads import NO_ATTEMPT, UploadStatus
from shared.contracts.workflow import RangeLoaded, TransformationInput


class RangeError(Exception):
    """The range does not have the rows that Validation found in it: a defect of the pipeline, never of the report."""


@dataclass(frozen=True, kw_only=True)
class Transformation:
    """Loads one range. May run again at any time, also in parallel with itself."""

    uploads: Uploads
    reports: Reports
    table: TransactionsTable
    clock: Clock

    def run(self, task: TransformationInput, backoff: Backoff) -> RangeLoaded:
        """Load every row of the range exactly once.

        Raises:
            TemporaryError: AWS was too busy for the time that was left; another run loads the rest.
            RangeError: the range does not have the expected number of rows.
        """
        # False if another range or another run has advanced the upload already: nothing to do then.
        self.uploads.advance(
            task["upload_id"], task.get("attempt", NO_ATTEMPT), UploadStatus.LOADING, at=timestamp(self.clock())
        )
        rows = list(self._rows(task))
        expected = task["range"]["rows"]
        if len(rows) != expected:
            raise RangeError(f"range {task['range']} has {len(rows)} rows, expected {expected}")
        return Loader(self.table, backoff).load(rows)

    def _rows(self, task: TransformationInput) -> Iterator[StoredTransaction]:
        part = task["range"]
        content = self.reports.read_range(task["key"], start=part["start"], end=part["end"], etag=task["etag"])
        for row in read_rows(content, columns=task["columns"], first_line=part["first_line"]):
            yield StoredTransaction.of(row, bank_id=task["bank_id"], upload_id=task["upload_id"])
