"""The statuses of the uploads whose rows are in the table already."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from functions.transformation.stored_transactions import UploadStatuses
from shared.contracts.uploads import UploadStatus


class Owners:
    """Looks up statuses, each COMPLETED one only once: nothing follows it."""

    def __init__(self, uploads: UploadStatuses) -> None:
        self._uploads = uploads
        self._completed: set[str] = set()

    def statuses(self, upload_ids: AbstractSet[str]) -> Mapping[str, UploadStatus | None]:
        """See `UploadStatuses.statuses`."""
        unknown = upload_ids - self._completed
        found = self._uploads.statuses(sorted(unknown)) if unknown else {}
        self._completed.update(each for each, status in found.items() if status is UploadStatus.COMPLETED)
        return {**found, **dict.fromkeys(upload_ids & self._completed, UploadStatus.COMPLETED)}
