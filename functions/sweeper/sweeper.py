"""What the sweeper does: it gives every upload an end, and every stored report an upload.

All of it may be repeated, and two sweepers may run at once: an upload is claimed by a conditional write first, and each
later write has a condition on its attempt.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from functions.common.deadline import RESERVE_SECONDS
from functions.common.declarations import is_abandoned
from functions.common.logs import log_fields
from functions.common.metrics import write_metrics
from functions.common.reports import Reports, look_up
from functions.common.restarts import Restarts, start_of, stored
from functions.common.times import timestamp
from functions.common.uploads import Upload, derive_upload_id
from functions.sweeper.overdue import OverdueReports
from shared.contracts.errors import REPORT_MISSING, STUCK
from shared.contracts.metrics import FAILURES_WITHOUT_LETTER, UPLOADS_GIVEN_UP, UPLOADS_STUCK
from shared.contracts.objects import ReportLocation, parse_report_key, report_key
from shared.contracts.uploads import (
    DECLARED_AGAIN_AFTER,
    MAX_RESTARTS,
    UNFINISHED,
    AttemptBy,
    UploadStatus,
    is_large,
    stuck_after,
)
from shared.contracts.workflow import Failure

_log = logging.getLogger(__name__)
_Found = TypeVar("_Found")

PREFIXES: Final = 256
"""Each minute it looks at one of the prefixes that two hexadecimal digits of the upload's id make, so at each of them
every four hours: a report without an upload is rare, because `intake` writes the upload first."""
OLDER_THAN: Final = timedelta(minutes=15)
"""Age of a stored report that may be without an upload: a younger one's event may still be on its way."""
YOUNGER_THAN: Final = timedelta(days=7)

RESTARTED: Final = "restarted"
GIVEN_UP: Final = "failed"
FAILED_AGAIN: Final = "sent the dead letter again"
"""What was done about an upload, where a metric counts it."""


class SweepError(Exception):
    """Some uploads could not be looked after; the others were. The log names them."""


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """An object of the reports bucket; `size` is in bytes."""

    key: str
    size: int
    stored_at: datetime


class UploadsByDue(Protocol):
    """Finds the uploads for which something is still to be done."""

    def due(self, before: str) -> Iterator[str]:
        """Ids of the uploads that were due before a time, those first that were due first; it may lag behind."""
        ...


class ReportsByPrefix(Protocol):
    """Lists stored reports."""

    def banks(self) -> Iterator[str]:
        """Ids of the banks that have stored reports."""
        ...

    def of_bank(self, bank_id: str, *, beginning: str) -> Iterator[StoredObject]:
        """A bank's reports whose upload id begins with some digits."""
        ...


@dataclass(frozen=True, kw_only=True)
class Sweeper:
    """Looks after what no execution looks after any more."""

    restarts: Restarts
    reports: Reports
    by_due: UploadsByDue
    by_prefix: ReportsByPrefix
    overdue: OverdueReports

    def run(self, time_left: Callable[[], float]) -> Counter[str]:
        """Sweep once, for as long as there is time; the next sweep continues.

        Args:
            time_left: seconds until Lambda ends the invocation.

        Returns:
            What was done, and how often.

        Raises:
            TemporaryError: AWS could not list what is to be done.
            SweepError: something could not be done; everything else was.
        """
        sweep = _Sweep(time_left=time_left)
        now = self.restarts.clock()
        try:
            sweep.each(self.by_due.due(timestamp(now)), self._look_after)
            sweep.each(self._recently_stored(now), self._start_if_unknown)
            # Last: no upload waits for it.
            sweep.each(self.overdue.calendars, lambda each: self.overdue.look(each, now))
        finally:
            # Also if something failed, and also 0: an alarm on a metric that is not written goes off late or never.
            write_metrics(
                {
                    UPLOADS_STUCK: sweep.done[RESTARTED],
                    UPLOADS_GIVEN_UP: sweep.done[GIVEN_UP],
                    FAILURES_WITHOUT_LETTER: sweep.done[FAILED_AGAIN],
                }
            )
        if sweep.failed:
            raise SweepError(f"not looked after: {', '.join(sweep.failed)}; done: {dict(sweep.done)}")
        return sweep.done

    def _look_after(self, upload_id: str) -> str:
        now = self.restarts.clock()
        known = self.restarts.uploads.get(upload_id)
        if known is None or known.due_at is None or known.due_at >= timestamp(now):
            return "left alone"  # the index lags behind
        declared = known.status is UploadStatus.DECLARED
        again = DECLARED_AGAIN_AFTER if declared else stuck_after(known.size)
        if not self.restarts.uploads.postpone(known, due_at=timestamp(now + again)):
            return "left alone"
        if declared:
            return self._await(known, now)
        return self._continue(known) if known.status in UNFINISHED else self._finish(known)

    def _continue(self, known: Upload) -> str:
        """Restart an upload without progress, or give it up."""
        key = report_key(known.bank_id, known.upload_id)
        if self.reports.stored_attempt(key) is None:
            self._fail(known, REPORT_MISSING, f"object {key} does not exist: it was not stored, or was deleted")
            return GIVEN_UP
        if known.restarts >= MAX_RESTARTS:
            self._fail(known, STUCK, f"{known.status} without progress, after {known.restarts} restart(s)")
            return GIVEN_UP
        return RESTARTED if self.restarts.restart(known, by=AttemptBy.SWEEPER) else "left alone"

    def _await(self, known: Upload, now: datetime) -> str:
        """Restart a declared upload whose report is stored: its event was lost. Withdraw it when no link works."""
        stored = look_up(self.reports, report_key(known.bank_id, known.upload_id))
        if stored is not None:
            restarted = self.restarts.restart(known, by=AttemptBy.SWEEPER, size=stored.size)
            return RESTARTED if restarted else "left alone"
        if not is_abandoned(known, now):
            return "awaited"
        return "withdrawn" if self.restarts.uploads.withdraw(known) else "left alone"

    def _finish(self, known: Upload) -> str:
        """Do what follows an end: publish the outcome, or send the dead letter."""
        if known.status is UploadStatus.FAILED:
            self._fail(known, known.error or STUCK, "it failed before, but its dead letter was not recorded")
            return FAILED_AGAIN
        self._start(known)
        return "announced"

    def _fail(self, known: Upload, error: str, cause: str) -> None:
        # By the workflow, whose failure path needs no function: there is one way to fail an upload.
        self._start(known, give_up=Failure(Error=error, Cause=cause))

    def _start(self, known: Upload, *, give_up: Failure | None = None) -> None:
        # One name per claim: the same attempt can be claimed again, when this execution does not come to its end.
        claim = "".join(filter(str.isdigit, known.due_at or ""))
        start = start_of(self.restarts.bucket, known, give_up=give_up)
        self.restarts.workflow.start(start, name=f"{known.attempt}-{claim}")

    def _recently_stored(self, now: datetime) -> Iterator[StoredObject]:
        beginning = f"{int(now.timestamp()) // 60 % PREFIXES:02x}"
        for bank_id in self.by_prefix.banks():
            for each in self.by_prefix.of_bank(bank_id, beginning=beginning):
                if now - YOUNGER_THAN < each.stored_at < now - OLDER_THAN:
                    yield each

    def _start_if_unknown(self, found: StoredObject) -> str:
        location = parse_report_key(found.key)
        if self.restarts.uploads.get(location.upload_id):
            return "known"
        if not is_large(found.size) and not self._is_report(found.key, location):
            # Its event has ended in the dead-letter queue; each start would send another letter.
            _log.warning("an object is not the report that its key names", extra={"fields": {"key": found.key}})
            return "left alone"
        start = stored(self.restarts.bucket, found.key, size=found.size)
        self.restarts.workflow.start(start, name=self.restarts.new_attempt())
        return "started"

    def _is_report(self, key: str, location: ReportLocation) -> bool:
        """Whether a small object is the report that its key names. Of a large one, Validation will say so."""
        return derive_upload_id(location.bank_id, self.reports.read(key).content) == location.upload_id


@dataclass(kw_only=True)
class _Sweep:
    """One sweep: what was done, and what failed."""

    time_left: Callable[[], float]
    done: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def each(self, items: Iterable[_Found], act: Callable[[_Found], str]) -> None:
        """Act on items while there is time. One that fails must not keep the others from their end."""
        for item in items:
            if self.time_left() < RESERVE_SECONDS:
                self.done["out of time"] += 1
                return
            with log_fields(swept=item):
                try:
                    action = act(item)
                # pylint: disable-next=broad-exception-caught  # logged, counted, and raised after the others
                except Exception:  # noqa: BLE001  same reason
                    _log.exception("could not look after it")
                    self.failed.append(str(item))
                else:
                    self.done[action] += 1
                    _log.info(action)
