"""Submits a day's reports as several banks at once, and follows each upload to its end."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Protocol

from benchmarks.parts.day_plan import DayReport, ReportKind
from benchmarks.parts.outcome import BenchmarkError
from shared.contracts.uploads import ENDED
from tools.client.api import Answer, NoResponseError

EXPECTED: Final = {
    ReportKind.NEW: HTTPStatus.ACCEPTED,
    ReportKind.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReportKind.REPEATED: HTTPStatus.OK,
    ReportKind.OVERLAPPING: HTTPStatus.ACCEPTED,
}
"""Status of the answer."""
_END_SECONDS: Final = 600.0
"""After the time is up, an upload that is at work may take so long: longer than the sweeper takes to restart it."""


class Client(Protocol):
    """A bank's program."""

    def upload(self, file_name: str, content: bytes) -> Answer:
        """Submit a report."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A report that was submitted."""

    report: DayReport
    upload_id: str
    seconds: float
    """From the request to the whole answer."""


@dataclass(kw_only=True)
class DayRun:
    """All that was submitted so far.

    Args:
        client_of: a client of the API by bank id.
        items_of: the items of the uploads table by upload id; asked for many at once.
        open_uploads: how many uploads a bank may have at work at once.
        look_seconds: between two looks at the uploads table.
        now: seconds from any start.
    """

    client_of: Callable[[str], Client]
    items_of: Callable[[Sequence[str]], Mapping[str, Any]]
    open_uploads: int
    look_seconds: float = 0.5
    now: Callable[[], float] = time.monotonic
    answered: list[Answered] = field(default_factory=list)
    ended: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Item of each accepted upload that has ended, by upload id."""
    seconds: float = 0.0
    """From the first request to the end of the last upload."""

    def submit_all(
        self, reports: Iterable[DayReport], *, most_seconds: float, show: Callable[["DayRun"], None]
    ) -> None:
        """Submit the reports, those of each bank in order, and wait for the end of all that were accepted.

        Args:
            reports: in order.
            most_seconds: after which no more are submitted.
            show: called now and then.

        Raises:
            BenchmarkError: an answer was not the expected one, or an upload did not end.
        """
        by_bank: dict[str, list[DayReport]] = {}
        for report in reports:
            by_bank.setdefault(report.bank_id, []).append(report)
        began = self.now()
        banks = [
            _BankThread(run=self, reports=own, client=self.client_of(bank_id), until=began + most_seconds)
            for bank_id, own in by_bank.items()
        ]
        try:
            for bank in banks:
                bank.start()
            while any(bank.is_alive() or bank.open for bank in banks):
                time.sleep(self.look_seconds)
                self._look(banks)
                show(self)
                _require_expected(banks)
                if self.now() > began + most_seconds + _END_SECONDS:
                    left = sorted(upload_id for bank in banks for upload_id in bank.open)
                    raise BenchmarkError(f"{len(left)} uploads have not ended: {', '.join(left[:10])}")
            _require_expected(banks)
        finally:
            for bank in banks:
                bank.stop()
        self.seconds = self.now() - began

    def _look(self, banks: Sequence["_BankThread"]) -> None:
        waiting = {upload_id: bank for bank in banks for upload_id in list(bank.open)}
        if not waiting:
            return
        for upload_id, item in self.items_of(list(waiting)).items():
            if item["status"] in ENDED:
                self.ended[upload_id] = item
                waiting[upload_id].close(upload_id)


class _BankThread(threading.Thread):
    """One bank's program: submits its reports in order, and waits while too many of its uploads are at work."""

    def __init__(self, *, run: DayRun, reports: Sequence[DayReport], client: Client, until: float) -> None:
        super().__init__(daemon=True)
        self._run, self._reports, self._client, self._until = run, reports, client, until
        self._changed = threading.Condition()
        self._stopped = False
        self.open: set[str] = set()
        """Accepted uploads that have not ended."""
        self.failure = ""

    def close(self, upload_id: str) -> None:
        """An upload has ended."""
        with self._changed:
            self.open.discard(upload_id)
            self._changed.notify()

    def stop(self) -> None:
        """Submit nothing more."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def run(self) -> None:
        """See the class."""
        for report in self._reports:
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or len(self.open) < self._run.open_uploads)
            if self._stopped or self._run.now() > self._until or not self._submit(report):
                return

    def _submit(self, report: DayReport) -> bool:
        """Whether the answer was the expected one."""
        content, began = report.body, self._run.now()
        try:
            answer = self._client.upload(report.file_name, content)
        except NoResponseError as error:
            self.failure = f"{report.file_name}: {error}"
            return False
        seconds = self._run.now() - began
        if answer.status != EXPECTED[report.kind]:
            expected = EXPECTED[report.kind].value
            self.failure = f"{report.file_name} ({report.kind}): expected {expected}, but {answer.described}"
            return False
        upload_id = answer.body["upload_id"]
        if answer.status == HTTPStatus.ACCEPTED:
            with self._changed:
                self.open.add(upload_id)
        self._run.answered.append(Answered(report=report, upload_id=upload_id, seconds=seconds))
        return True


def _require_expected(banks: Iterable[_BankThread]) -> None:
    if failed := [bank.failure for bank in banks if bank.failure]:
        raise BenchmarkError("\n".join(failed))
