"""The message that publishes the outcome of an upload (SNS topic of outcomes).

Banks read it: `docs/outcome-v1.schema.json` is its schema and `docs/notifications.md` says what a bank may rely on.
"""

from typing import Final, TypedDict

BANK_ID_ATTRIBUTE: Final = "bank_id"
STATUS_ATTRIBUTE: Final = "status"
"""Message attributes, both strings: a subscriber filters by them."""
OUTCOME_VERSION: Final = 1
"""Of the message. Within a version, fields are only added."""
_MESSAGE_ID: Final = "{}-{}-{}"


class Outcome(TypedDict, total=False):
    """Body of the message. `version`, `message_id`, `bank_id`, `upload_id`, `attempt` and `status` are always there."""

    version: int
    message_id: str
    """The same whenever the same outcome is sent again, and of no other outcome."""
    bank_id: str
    upload_id: str
    attempt: str
    status: str
    rows: int
    totals: dict[str, str]
    """COMPLETED: control totals by currency, decimal strings."""
    loaded: int
    repeated: int
    conflicts: int
    loaded_totals: dict[str, str]
    repeated_totals: dict[str, str]
    conflict_totals: dict[str, str]
    """Present where rows were repeated or in conflict; the three add up to `totals`."""
    error_count: int
    """REJECTED: how many validation errors the report has."""
    error: str
    """FAILED: name of the error."""


def message_id(upload_id: str, attempt: str, status: str) -> str:
    """Id of the message about an outcome: an attempt of an upload ends once."""
    return _MESSAGE_ID.format(upload_id, attempt, status)


def message_id_intrinsic(upload_id: str, attempt: str, status: str) -> str:
    """`message_id` as an intrinsic function of Amazon States Language; upload and attempt are paths or intrinsics."""
    return f"States.Format('{_MESSAGE_ID}', {upload_id}, {attempt}, '{status}')"
