"""What Notification does: it completes an upload whose rows are loaded, and publishes the outcome."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.common.deadline import Deadline
from functions.common.errors import UnknownUploadError
from functions.common.loads import Loads
from functions.common.metrics import write_metrics
from functions.common.times import Clock, timestamp
from functions.common.uploads import Upload, Uploads
from functions.notification.summary import NotLoadedError, RangeResult, require_whole, summarize
from shared.contracts.metrics import (
    COMPLETION_TIME,
    ROWS_IN_CONFLICT,
    ROWS_LOADED,
    ROWS_REPEATED,
    UPLOADS_COMPLETED,
)
from shared.contracts.outcomes import OUTCOME_VERSION, Outcome, message_id
from shared.contracts.uploads import ENDED, UploadStatus, stuck_after
from shared.contracts.workflow import NotificationInput


class Outcomes(Protocol):
    """Publishes outcomes."""

    def publish(self, outcome: Outcome) -> None:
        """Publish an outcome."""
        ...


@dataclass(frozen=True, kw_only=True)
class Notification:
    """Last step of the workflow. May run again at any time: it publishes at least once, until that is recorded."""

    uploads: Uploads
    loads: Loads
    outcomes: Outcomes
    clock: Clock

    def run(self, task: NotificationInput) -> bool:
        """Complete the upload if it is loading, and publish its outcome if that is still to do.

        A payload of version 1 has no attempt, and stands for the one that the upload has.

        Returns:
            Whether an outcome was published; another attempt's outcome is not.

        Raises:
            UnknownUploadError: there is no such upload.
            NotLoadedError: rows are missing.
            DeadlineExceededError: the execution has no time left.
        """
        deadline = Deadline.of(task.get("started_at", ""), self.clock)
        with deadline.guard():
            upload = self._get(task["upload_id"])
            attempt = task.get("attempt", upload.attempt)
            if upload.attempt == attempt and upload.status is UploadStatus.LOADING:
                self._complete(upload, self._results(task, deadline))
                upload = self._get(task["upload_id"])
            return upload.attempt == attempt and self._announce(upload)

    def _results(self, task: NotificationInput, deadline: Deadline) -> Iterator[RangeResult]:
        """The results of all ranges, in order of line."""
        if "loads_prefix" not in task:
            return (self._result(each, deadline) for each in task["loads"])
        keys = self.loads.keys(task["loads_prefix"])
        if len(keys) != task["range_count"]:
            found = f"{len(keys)} ranges have a result, of {task['range_count']}"
            raise NotLoadedError(f"upload {task['upload_id']}: {found}")
        return self.loads.read_all(keys)

    def _result(self, load: RangeResult, deadline: Deadline) -> RangeResult:
        """A range's result; a payload of version 1 has the result itself."""
        if "key" not in load:
            return load
        deadline.check()
        return self.loads.read(load["key"])

    def _complete(self, upload: Upload, ranges: Iterable[RangeResult]) -> None:
        summary = summarize(ranges)
        require_whole(upload, summary)
        now = self.clock()
        written = self.uploads.advance(
            upload.upload_id,
            upload.attempt,
            UploadStatus.COMPLETED,
            at=timestamp(now),
            # A run of a range beside this execution may have replaced rows that this execution counts as conflicts.
            if_replaced=summary.replaced,
            due_at=timestamp(now + stuck_after(upload.size)),
            loaded=summary.loaded,
            repeated=summary.repeated,
            conflicts=summary.conflicts,
            conflict_samples=summary.conflict_samples,
            **summary.totals_as_text(),
        )
        if not written:
            self._require_completed_by_another(upload, summary.replaced)

    def _require_completed_by_another(self, upload: Upload, replaced: int) -> None:
        now = self._get(upload.upload_id)
        if (now.attempt, now.status) == (upload.attempt, UploadStatus.LOADING):
            raise NotLoadedError(
                f"upload {upload.upload_id} has replaced {now.replaced or 0} rows, but its ranges count {replaced}"
            )

    def _announce(self, upload: Upload) -> bool:
        if upload.status not in ENDED:
            raise NotLoadedError(f"upload {upload.upload_id} is {upload.status}: no rows were loaded")
        # The workflow's Catch publishes FAILED, because it must not depend on a function.
        if upload.status is UploadStatus.FAILED or upload.notified_at is not None:
            return False
        self.outcomes.publish(_outcome(upload))
        now = timestamp(self.clock())
        recorded = self.uploads.mark_notified(upload.upload_id, upload.attempt, upload.status, at=now)
        # Of runs that publish the same outcome, one records it.
        if recorded and upload.status is UploadStatus.COMPLETED:
            _measure(upload)
        return True

    def _get(self, upload_id: str) -> Upload:
        upload = self.uploads.get(upload_id)
        if upload is None:
            raise UnknownUploadError(f"upload {upload_id} is not in the uploads table")
        return upload


def _measure(upload: Upload) -> None:
    """Write the metrics of a completed upload; its last change was to COMPLETED."""
    took = datetime.fromisoformat(upload.updated_at) - datetime.fromisoformat(upload.attempt_began_at)
    write_metrics(
        {
            UPLOADS_COMPLETED: 1,
            ROWS_LOADED: upload.loaded or 0,
            ROWS_REPEATED: upload.repeated or 0,
            ROWS_IN_CONFLICT: upload.conflicts or 0,
            COMPLETION_TIME: took.total_seconds(),
        }
    )


def _outcome(upload: Upload) -> Outcome:
    outcome = Outcome(
        version=OUTCOME_VERSION,
        message_id=message_id(upload.upload_id, upload.attempt, upload.status.value),
        bank_id=upload.bank_id,
        upload_id=upload.upload_id,
        attempt=upload.attempt,
        status=upload.status.value,
    )
    if upload.status is UploadStatus.REJECTED:
        outcome["error_count"] = upload.error_count or 0
        return outcome
    outcome["rows"] = upload.rows or 0
    outcome["totals"] = dict(upload.totals or {})
    outcome["loaded"] = upload.loaded or 0
    outcome["repeated"] = upload.repeated or 0
    outcome["conflicts"] = upload.conflicts or 0
    if upload.has_loaded_in_part and upload.loaded_totals is not None:
        outcome["loaded_totals"] = dict(upload.loaded_totals)
        outcome["repeated_totals"] = dict(upload.repeated_totals or {})
        outcome["conflict_totals"] = dict(upload.conflict_totals or {})
    return outcome
