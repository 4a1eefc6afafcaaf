"""Looks whether the banks' reports have come by their hour, and writes that as a metric."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from functions.common.metrics import write_metrics
from functions.common.times import timestamp
from functions.sweeper.calendars import Calendar
from shared.contracts.metrics import REPORT_OVERDUE
from shared.contracts.uploads import UploadStatus

COUNTS: Final = frozenset(UploadStatus) - {UploadStatus.REJECTED, UploadStatus.FAILED, UploadStatus.DECLARED}
"""Statuses of a report that has come: it is loaded, or is going to be."""


class UploadsByBank(Protocol):
    """Finds a bank's uploads by time."""

    def statuses(self, bank_id: str, *, earliest: str, latest: str) -> Iterator[UploadStatus]:
        """Of the uploads received from a time to another, both included, the newest first; it may lag behind."""
        ...


@dataclass(frozen=True, kw_only=True)
class OverdueReports:
    """The banks that have a calendar, and where their uploads are found."""

    calendars: Mapping[str, Calendar]
    by_bank: UploadsByBank

    def look(self, bank_id: str, now: datetime) -> str:
        """Write whether a bank's report is overdue; returns the same in words.

        Raises:
            TemporaryError: AWS could not list the bank's uploads.
        """
        overdue = self._is_overdue(bank_id, now)
        write_metrics({REPORT_OVERDUE: int(overdue)}, bank_id=bank_id)
        return "found a report overdue" if overdue else "found no report overdue"

    def _is_overdue(self, bank_id: str, now: datetime) -> bool:
        late = self.calendars[bank_id].late(now)
        if late is None:
            return False
        latest = timestamp(late.ends - timedelta.resolution)
        received = self.by_bank.statuses(bank_id, earliest=timestamp(late.opens), latest=latest)
        return not any(status in COUNTS for status in received)
