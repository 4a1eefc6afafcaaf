"""Which bank submits the reports, and when; separate, so that a cold start imports no more than the validator does."""

from datetime import UTC, datetime
from typing import Final

BANK: Final = "nordbank"
NOW: Final = datetime(2026, 11, 21, 6, tzinfo=UTC)
"""The morning after the day of the transactions."""
