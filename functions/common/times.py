"""Time: where it comes from in production, and how it is written down."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the time now, with a zone. A test passes one that stands still."""


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """UTC as `YYYY-MM-DDTHH:MM:SS.ffffffZ`: strings of one length, in order of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
