"""An upload as the API shows it."""

from typing import Any, Final

from functions.common.uploads import Upload
from shared.contracts.uploads import UploadStatus

_SHOWN: Final = (
    "upload_id",
    "bank_id",
    "status",
    "file_name",
    "received_at",
    "updated_at",
    "rows",
    "totals",
    "loaded",
    "repeated",
    "conflicts",
    "conflict_samples",
    "error_count",
)
_FAILED: Final = "Processing failed; rows may have been loaded in part. Submit the same file again to restart it."


def upload_body(upload: Upload) -> dict[str, Any]:
    """The upload as JSON, without what is not known yet; if it FAILED, `detail` explains what to do."""
    shown = {name: getattr(upload, name) for name in _SHOWN}
    failed = {"detail": _FAILED} if upload.status is UploadStatus.FAILED else {}
    return {name: value for name, value in shown.items() if value is not None} | failed
