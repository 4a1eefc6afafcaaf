"""Which of a bank's uploads are listed."""

from dataclasses import dataclass

from shared.contracts.uploads import UploadStatus


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Uploads of a status, or of any, received from `earliest` to `latest`, both included, as `times.timestamp` writes.

    Without bounds, it has all times that can be written so.
    """

    status: UploadStatus | None = None
    earliest: str = "0001-01-01T00:00:00.000000Z"
    latest: str = "9999-12-31T23:59:59.999999Z"
