"""An upload as the API shows it."""

from typing import Any, Final

from functions.common.failures import cause, failure_detail
from functions.common.times import in_microseconds
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
_TOTALS_BY_KIND: Final = ("loaded_totals", "repeated_totals", "conflict_totals")


def upload_body(upload: Upload, *, rows_processed: int | None = None) -> dict[str, Any]:
    """The upload as JSON, without what is not known yet.

    The totals of loaded rows are shown if they differ from those of the report. If it FAILED, `error` says why, and
    `detail` also what to do.

    Args:
        upload: the upload.
        rows_processed: how many of its rows are loaded, repeated or in conflict so far; None if they were not counted.
    """
    names = (*_SHOWN, *_TOTALS_BY_KIND) if upload.has_loaded_in_part else _SHOWN
    shown = {name: getattr(upload, name) for name in names}
    shown |= {"updated_at": in_microseconds(upload.updated_at), "rows_processed": rows_processed}
    if upload.status is UploadStatus.FAILED:
        shown |= {"error": cause(upload), "detail": failure_detail(upload, rows_processed=rows_processed)}
    return {name: value for name, value in shown.items() if value is not None}
