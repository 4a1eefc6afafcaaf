"""The clock, and the format of stored times."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the current time, with a zone. Tests pass a fixed one."""


def utc_now() -> datetime:
    """The current time in UTC."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """UTC as `YYYY-MM-DDTHH:MM:SS.ffffffZ`: strings of equal length that sort by time.

    What Step Functions writes itself, when an upload fails, has milliseconds or no fraction: such times are never
    compared as text, and `in_microseconds` shows them as all others.
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def in_microseconds(stored: str) -> str:
    """A stored time, with whatever fraction, in the format of `timestamp`."""
    return timestamp(datetime.fromisoformat(stored))
