"""Runs stored reports again after tables were restored to a point in time: what came later is in the bucket only.

Each bank's reports run one after the other, in the order in which they were stored: of two transactions with one id,
the first one stays, as it did before. Only conditional writes decide, so a run may be interrupted, and repeated.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from functions.common.restarts import Restarts, stored
from functions.common.times import timestamp
from functions.common.uploads import Upload
from functions.status.selection import Selection
from functions.status.status import UploadsByBank
from functions.sweeper.sweeper import ReportsByPrefix
from shared.contracts.objects import parse_report_key, report_key
from shared.contracts.uploads import ENDED, UNFINISHED, AttemptBy, UploadStatus
from shared.infra.limits import MAX_QUEUE_DAYS
from tools.client.uploads import Clock
from tools.operations.uploads.reruns import described, limit_seconds

BANKS_AT_ONCE: Final = 10
_PAGE: Final = 100
_PAUSE_SECONDS: Final = 1.0


class Action(StrEnum):
    """What a replay does with a stored report."""

    START = "start"
    """No upload knows of it: start the workflow, as its event did."""
    RESTART = "run again"
    """Its upload was REJECTED, FAILED or DECLARED before the report was stored, or is stuck: begin a new attempt."""
    AWAIT = "at work"
    """An execution brings it to its end."""
    LEAVE = "ended"
    """Its upload is COMPLETED, or has ended otherwise since the report was stored: then `./dev redrive` runs it."""


@dataclass(frozen=True, kw_only=True)
class StoredReport:
    """A report in the bucket; `size` is in bytes."""

    bank_id: str
    upload_id: str
    size: int
    stored_at: datetime
    had_failed: bool = False
    """Whether it is here because the restored tables say FAILED: since then, its dead letter may have been run."""


@dataclass(kw_only=True)
class Replay:
    """A stored report, and how far it has come."""

    report: StoredReport
    upload: Upload | None
    """As it was last read."""
    action: Action
    began: float = 0.0
    result: str = ""
    ended: bool = False
    ok: bool = False

    def end(self, result: str, *, ok: bool) -> None:
        """It has ended."""
        self.result, self.ended, self.ok = result, True, ok


def _had_failed(upload: Upload) -> StoredReport:
    return StoredReport(
        bank_id=upload.bank_id,
        upload_id=upload.upload_id,
        size=upload.size or 0,
        stored_at=datetime.fromisoformat(upload.received_at),
        had_failed=True,
    )


def plan(report: StoredReport, upload: Upload | None, now: datetime) -> Action:
    """What is to be done with a stored report, as its upload is now."""
    if upload is None:
        return Action.START
    if upload.status in UNFINISHED:
        # What was at work at the restored time is overdue by now; the sweeper would restart it, too.
        stuck = upload.due_at is not None and upload.due_at < timestamp(now)
        return Action.RESTART if stuck else Action.AWAIT
    if report.had_failed and upload.status is UploadStatus.FAILED:
        return Action.RESTART
    # In whole seconds, as S3 has the other time. Of the same second, running it again does no harm.
    changed_at = datetime.fromisoformat(upload.updated_at).replace(microsecond=0)
    known = upload.status is UploadStatus.COMPLETED or changed_at > report.stored_at
    return Action.LEAVE if known else Action.RESTART


@dataclass(frozen=True, kw_only=True)
class Replays:
    """Finds and runs stored reports again."""

    reports: ReportsByPrefix
    by_bank: UploadsByBank
    restarts: Restarts
    clock: Clock = field(default_factory=Clock)

    def find(self, since: datetime, *, bank_id: str = "", failed: bool = False) -> list[Replay]:
        """The reports that were stored since a time, in that order, and what is to be done with each.

        Args:
            since: the time.
            bank_id: whose; "" for all banks'.
            failed: whether those come first that had failed by then, and were received as long before as a dead letter
                is kept: one that was run again after the restored time has no letter any more.
        """
        found = {each.upload_id: each for each in self._failed(since, bank_id)} if failed else {}
        found |= {each.upload_id: each for each in self._stored(since, bank_id)}
        in_order = sorted(found.values(), key=lambda each: (each.stored_at, each.upload_id))
        return [self._planned(each) for each in in_order]

    def run(self, replays: Sequence[Replay], show: Callable[[Replay], None]) -> None:
        """Run reports, each bank's one after the other and some banks at a time, until each has ended.

        Args:
            replays: of `find`.
            show: called with each whenever it has changed.
        """
        of_bank = defaultdict[str, deque[Replay]](deque)
        for each in replays:
            of_bank[each.report.bank_id].append(each)
        waiting, active = deque(of_bank.values()), list[deque[Replay]]()
        while waiting or active:
            while waiting and len(active) < BANKS_AT_ONCE:
                active.append(waiting.popleft())
                self._begin(active[-1][0], show)
            for queue in active:
                self._advance(queue, show)
            active = [queue for queue in active if queue]
            if active:
                self.clock.sleep(_PAUSE_SECONDS)

    def _stored(self, since: datetime, bank_id: str) -> Iterator[StoredReport]:
        """Those that S3 has stored since; it has whole seconds, and lists all, because it cannot select by time."""
        for bank in [bank_id] if bank_id else self.reports.banks():
            for each in self.reports.of_bank(bank, beginning=""):
                if each.stored_at >= since:
                    upload_id = parse_report_key(each.key).upload_id
                    yield StoredReport(bank_id=bank, upload_id=upload_id, size=each.size, stored_at=each.stored_at)

    def _failed(self, since: datetime, bank_id: str) -> Iterator[StoredReport]:
        selection = Selection(
            status=UploadStatus.FAILED,
            earliest=timestamp(since - timedelta(days=MAX_QUEUE_DAYS)),
            latest=timestamp(since),
        )
        for each in [bank_id] if bank_id else self.reports.banks():
            after = None
            while True:
                page = self.by_bank.page(each, selection, limit=_PAGE, after=after)
                yield from map(_had_failed, page.uploads)
                after = page.last
                if after is None:
                    break

    def _planned(self, report: StoredReport) -> Replay:
        upload = self.restarts.uploads.get(report.upload_id)
        return Replay(report=report, upload=upload, action=plan(report, upload, self.restarts.clock()))

    def _advance(self, queue: deque[Replay], show: Callable[[Replay], None]) -> None:
        """Begin a bank's next reports as long as the one before has ended."""
        while queue:
            self._follow(queue[0])
            if not queue[0].ended:
                return
            show(queue.popleft())
            if queue:
                self._begin(queue[0], show)

    def _begin(self, replay: Replay, show: Callable[[Replay], None]) -> None:
        """Act on the upload as it is now: the run of an earlier report may have taken long."""
        report = replay.report
        replay.began, replay.upload = self.clock.now(), self.restarts.uploads.get(report.upload_id)
        replay.action = plan(report, replay.upload, self.restarts.clock())
        if replay.action is Action.LEAVE and replay.upload:
            replay.end(described(replay.upload), ok=replay.upload.status is not UploadStatus.FAILED)
            return
        if replay.action is Action.START:
            start = stored(self.restarts.bucket, report_key(report.bank_id, report.upload_id), size=report.size)
            self.restarts.workflow.start(start, name=self.restarts.new_attempt())
        elif replay.action is Action.RESTART and replay.upload:
            self.restarts.restart(replay.upload, by=AttemptBy.REDRIVE, size=report.size)
        replay.result = "started" if replay.action is not Action.AWAIT else Action.AWAIT
        show(replay)

    def _follow(self, replay: Replay) -> None:
        if replay.ended:
            return
        upload = replay.upload = self.restarts.uploads.get(replay.report.upload_id)
        if upload and upload.status in ENDED:
            replay.end(described(upload), ok=upload.status is not UploadStatus.FAILED)
        elif self.clock.now() - replay.began > (limit := limit_seconds(replay.report.size)):
            status = upload.status if upload else "without an upload"
            replay.end(f"still {status} after {limit} s: ./dev explain {replay.report.upload_id}", ok=False)
