"""AWS's limits: refuses at synth what AWS would refuse in the middle of a deploy."""

from typing import Final

API_RATE_LIMIT: Final = 10_000
"""Requests a second, lasting, of all APIs of an account in a region: API Gateway's quota `Throttle rate`."""
API_BURST_LIMIT: Final = 5_000
"""Requests at once, likewise: API Gateway's quota `Throttle burst rate`."""
MAX_USAGE_PLANS: Final = 300
"""Of an account in a region: API Gateway's quota `Usage plans per account`."""
MAX_FILTER_POLICIES: Final = 200
"""Of a topic: SNS's quota `Filter policies per topic`."""


class LimitError(ValueError):
    """A value that AWS does not take; the message says which and what it does take."""


def within(what: str, value: int, least: int, most: int, unit: str) -> int:
    """Return the value if it lies between the bounds, both included.

    Raises:
        LimitError: it does not.
    """
    if not least <= value <= most:
        raise LimitError(f"{what} = {value}: AWS takes {least} to {most} {unit}")
    return value
