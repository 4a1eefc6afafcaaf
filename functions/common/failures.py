"""Why an upload is FAILED, and what the bank can do, in words."""

from typing import Final

from functions.common.uploads import Upload
from shared.contracts.errors import DEADLINE_ERROR, RANGE_FAILED, REPORT_MISSING, STUCK, TEMPORARY_ERROR

_BUSY: Final = "the pipeline was too busy to finish in time"
_SLOW: Final = "a step of the pipeline took too long or ended early"
_CAUSES: Final = {
    TEMPORARY_ERROR: _BUSY,
    DEADLINE_ERROR: _BUSY,
    "Lambda.TooManyRequestsException": _BUSY,
    "States.Timeout": _SLOW,
    "Sandbox.Timedout": _SLOW,
    "Runtime.ExitError": _SLOW,
    RANGE_FAILED: "a part of the report could not be loaded",
    REPORT_MISSING: "the report was not stored completely, or is no longer stored",
    STUCK: "the pipeline made no progress",
}
_UNKNOWN: Final = "an internal error"
_WHAT_TO_DO: Final = (
    "Submit the same file again: if it is valid, the rows that are not loaded yet are loaded."
    " Or submit a corrected file: its rows replace those of this upload."
)


def cause(upload: Upload) -> str:
    """Why the upload is FAILED, without internal names."""
    return _CAUSES.get(upload.error or "", _UNKNOWN)


def failure_detail(upload: Upload, *, rows_processed: int | None) -> str:
    """What happened to a FAILED upload, and what to do; `rows_processed` is None if they were not counted."""
    return f"Processing failed: {cause(upload)}. {_processed(upload, rows_processed)} {_WHAT_TO_DO}"


def _processed(upload: Upload, rows: int | None) -> str:
    if not rows:
        return "Rows may have been loaded in part."
    of_all = "" if upload.rows is None else f" of {upload.rows:,}"
    return f"At least {rows:,}{of_all} rows are processed."
