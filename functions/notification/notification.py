"""What Notification does: it completes an upload whose rows are loaded, and publishes the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from functions.common.times import Clock, timestamp
from functions.common.uploads import Upload, Uploads
from shared.contracts.outcomes import Outcome
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import MAX_CONFLICT_SAMPLES, NotificationInput, RangeLoaded


class UnknownUploadError(Exception):
    """The uploads table has no such upload."""


class NotLoadedError(Exception):
    """The ranges do not add up to the report, or nothing was loaded: the upload must not become COMPLETED."""


class Outcomes(Protocol):
    """Publishes outcomes."""

    def publish(self, outcome: Outcome) -> None:
        """Publish an outcome."""
        ...


@dataclass(frozen=True, kw_only=True)
class Notification:
    """Last step of the workflow. May run again at any time: it publishes at least once, until that is recorded."""

    uploads: Uploads
    outcomes: Outcomes
    clock: Clock

    def run(self, task: NotificationInput) -> None:
        """Complete the upload if it is loading, and publish its outcome if that is still to do.

        Raises:
            UnknownUploadError: there is no such upload.
            NotLoadedError: rows are missing.
        """
        upload = self._get(task["upload_id"])
        if upload.status is UploadStatus.LOADING:
            self._complete(upload, task["loads"])
            upload = self._get(task["upload_id"])
        if upload.status not in (UploadStatus.COMPLETED, UploadStatus.REJECTED, UploadStatus.FAILED):
            raise NotLoadedError(f"upload {upload.upload_id} is {upload.status}: no rows were loaded")
        # The workflow's Catch publishes FAILED, because it must not depend on a function.
        if upload.status is not UploadStatus.FAILED and upload.notified_at is None:
            self.outcomes.publish(_outcome(upload))
            self.uploads.mark_notified(upload.upload_id, at=timestamp(self.clock()))

    def _complete(self, upload: Upload, loads: Sequence[RangeLoaded]) -> None:
        loaded = sum(load["loaded"] for load in loads)
        repeated = sum(load["repeated"] for load in loads)
        conflicts = sum(load["conflicts"] for load in loads)
        if loaded + repeated + conflicts != upload.rows:
            found = f"{loaded} loaded, {repeated} repeated, {conflicts} in conflict"
            raise NotLoadedError(f"upload {upload.upload_id} has {upload.rows} rows, but {found}")
        samples = [conflict for load in loads for conflict in load["conflict_samples"]][:MAX_CONFLICT_SAMPLES]
        # False if another run was faster; what it wrote is read and published.
        self.uploads.advance(
            upload.upload_id,
            UploadStatus.COMPLETED,
            at=timestamp(self.clock()),
            loaded=loaded,
            repeated=repeated,
            conflicts=conflicts,
            conflict_samples=samples,
        )

    def _get(self, upload_id: str) -> Upload:
        upload = self.uploads.get(upload_id)
        if upload is None:
            raise UnknownUploadError(f"upload {upload_id} is not in the uploads table")
        return upload


def _outcome(upload: Upload) -> Outcome:
    outcome = Outcome(bank_id=upload.bank_id, upload_id=upload.upload_id, status=upload.status.value)
    if upload.status is UploadStatus.REJECTED:
        outcome["error_count"] = upload.error_count or 0
        return outcome
    outcome["rows"] = upload.rows or 0
    outcome["totals"] = dict(upload.totals or {})
    outcome["loaded"] = upload.loaded or 0
    outcome["repeated"] = upload.repeated or 0
    outcome["conflicts"] = upload.conflicts or 0
    return outcome
