"""The life of an upload: its statuses, and which may follow which."""

from enum import StrEnum
from typing import Final


class UploadStatus(StrEnum):
    """Where an upload stands; the value is what the API shows and the uploads table holds."""

    RECEIVED = "RECEIVED"
    """Validated and stored; the workflow has not begun."""
    VALIDATED = "VALIDATED"
    """The workflow has validated the stored object again and found it good."""
    LOADING = "LOADING"
    """Rows are being written."""
    COMPLETED = "COMPLETED"
    """Every row is in the transactions table."""
    REJECTED = "REJECTED"
    """The report is at fault; nothing was loaded."""
    FAILED = "FAILED"
    """The pipeline is at fault; resubmitting the report, or a redrive, starts it again."""


PREDECESSORS: Final[dict[UploadStatus, frozenset[UploadStatus]]] = {
    # A workflow may run twice or start again from its beginning (Express is at-least-once),
    # so a status may follow itself, and VALIDATED may be found as LOADING already.
    UploadStatus.RECEIVED: frozenset({UploadStatus.REJECTED, UploadStatus.FAILED}),
    UploadStatus.VALIDATED: frozenset({UploadStatus.RECEIVED, UploadStatus.VALIDATED}),
    UploadStatus.LOADING: frozenset({UploadStatus.VALIDATED, UploadStatus.LOADING}),
    UploadStatus.COMPLETED: frozenset({UploadStatus.LOADING}),
    UploadStatus.REJECTED: frozenset({UploadStatus.RECEIVED, UploadStatus.REJECTED}),
    UploadStatus.FAILED: frozenset({UploadStatus.RECEIVED, UploadStatus.VALIDATED, UploadStatus.LOADING}),
}
"""From which statuses each one may be reached: conditions of the writes, in functions and in the workflow's Catch."""

ENDED: Final = frozenset({UploadStatus.COMPLETED, UploadStatus.REJECTED, UploadStatus.FAILED})
