"""Looks whether the banks' reports have come by their hour, and writes that as a metric."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from functions.common.declarations import was_declared
from functions.common.metrics import write_metrics
from functions.common.times import timestamp
from functions.common.uploads import Upload
from functions.sweeper.calendars import Calendar, Window
from shared.contracts.metrics import REPORT_OVERDUE
from shared.contracts.uploads import DECLARED_FOR, UploadStatus

_log = logging.getLogger(__name__)

COUNTS: Final = frozenset(UploadStatus) - {UploadStatus.REJECTED, UploadStatus.FAILED, UploadStatus.DECLARED}
"""Statuses of a report that has come: it is loaded, or is going to be."""


class UploadsByBank(Protocol):
    """Finds a bank's uploads by time."""

    def received(self, bank_id: str, *, earliest: str, latest: str) -> Iterator[Upload]:
        """Uploads received from a time to another, both included, the newest first; it may lag behind."""
        ...


@dataclass(frozen=True, kw_only=True)
class OverdueReports:
    """The banks that have a calendar, and where their uploads are found."""

    calendars: Mapping[str, Calendar]
    by_bank: UploadsByBank

    def look(self, bank_id: str, now: datetime) -> str:
        """Write whether a bank's report is overdue; returns the same in words.

        A look-up that fails is logged as an error and said in words, and nothing is written: no one has to be woken
        for it, because no upload waits for it and the next sweep looks again.
        """
        try:
            overdue = self._is_overdue(bank_id, now)
        # pylint: disable-next=broad-exception-caught  # logged, and counted by its words
        except Exception:  # noqa: BLE001  same reason
            _log.exception("could not look whether the bank's report has come")
            return "could not look for a report"
        write_metrics({REPORT_OVERDUE: int(overdue)}, bank_id=bank_id)
        return "found a report overdue" if overdue else "found no report overdue"

    def _is_overdue(self, bank_id: str, now: datetime) -> bool:
        late = self.calendars[bank_id].late(now)
        return late is not None and not self._has_come(bank_id, late)

    def _has_come(self, bank_id: str, window: Window) -> bool:
        opens = timestamp(window.opens)
        received = self.by_bank.received(
            bank_id,
            # What was declared before may have been stored in the window.
            earliest=timestamp(window.opens - DECLARED_FOR),
            latest=timestamp(window.ends - timedelta.resolution),
        )
        return any(each.status in COUNTS and _came_since(each, opens) for each in received)


def _came_since(upload: Upload, opens: str) -> bool:
    # When a declared report was stored is not kept. Its last progress is later by what its validation and load take, so
    # one that was stored just before may count as well.
    return upload.received_at >= opens or (was_declared(upload) and upload.updated_at >= opens)
