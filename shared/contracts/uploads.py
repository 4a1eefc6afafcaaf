"""The life of an upload: its statuses, and which may follow which."""

from enum import StrEnum
from typing import Final


class UploadStatus(StrEnum):
    """Status of an upload; the value is what the API shows and what is in the uploads table."""

    RECEIVED = "RECEIVED"
    """Valid and stored; the workflow has not started."""
    VALIDATED = "VALIDATED"
    """The workflow has validated the stored object again; it is valid."""
    LOADING = "LOADING"
    """Rows are being written."""
    COMPLETED = "COMPLETED"
    """Every row is in the transactions table."""
    REJECTED = "REJECTED"
    """The report is invalid; no rows were loaded. Submitted again, it is validated again."""
    FAILED = "FAILED"
    """The pipeline failed, and rows may have been loaded in part. Submitting the report again restarts it."""


PREDECESSORS: Final[dict[UploadStatus, frozenset[UploadStatus]]] = {
    # A workflow may run twice or restart from its beginning (Express is at-least-once), so a status may follow itself,
    # and a run that validates may find LOADING.
    UploadStatus.RECEIVED: frozenset({UploadStatus.REJECTED, UploadStatus.FAILED}),
    UploadStatus.VALIDATED: frozenset({UploadStatus.RECEIVED, UploadStatus.VALIDATED}),
    UploadStatus.LOADING: frozenset({UploadStatus.VALIDATED, UploadStatus.LOADING}),
    UploadStatus.COMPLETED: frozenset({UploadStatus.LOADING}),
    UploadStatus.REJECTED: frozenset({UploadStatus.RECEIVED, UploadStatus.REJECTED}),
    UploadStatus.FAILED: frozenset({UploadStatus.RECEIVED, UploadStatus.VALIDATED, UploadStatus.LOADING}),
}
"""The statuses that each one may follow: conditions of the writes, in functions and in the workflow's Catch."""

ENDED: Final = frozenset({UploadStatus.COMPLETED, UploadStatus.REJECTED, UploadStatus.FAILED})
