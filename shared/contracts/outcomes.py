"""The message that publishes the outcome of an upload (SNS topic of outcomes)."""

from typing import Final, TypedDict

BANK_ID_ATTRIBUTE: Final = "bank_id"
STATUS_ATTRIBUTE: Final = "status"
"""Message attributes, both strings: a subscriber filters by them."""


class Outcome(TypedDict, total=False):
    """Body of the message. `bank_id`, `upload_id`, `attempt` and `status` are always present."""

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
