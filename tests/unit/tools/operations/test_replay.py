"""`./dev replay`: which stored reports it runs again after tables were restored, in which order, and what it leaves."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from functions.status.cursor import Position
from functions.status.selection import Selection
from functions.status.status import Page
from functions.sweeper.reports_by_prefix import ReportsListing
from shared.contracts.objects import report_key
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import Start
from tests.unit.functions.fakes import upload
from tests.unit.functions.report.reports import BANK
from tests.unit.tools.operations.uploads.world import World, ends_with
from tools.client.uploads import Clock
from tools.operations.replay import main, replay
from tools.operations.uploads.replays import Replays
from tools.operations.uploads.reruns import LIMIT_SECONDS
from tools.terminal import Terminal

RESTORED = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIRST, SECOND, THIRD = "a" * 32, "b" * 32, "c" * 32
OTHER_BANK = "alpenbank"


@dataclass
class FakeListing:
    """The part of S3 that is used; it lists by key, in pages of one."""

    objects: dict[str, datetime] = field(default_factory=dict)

    def store(self, upload_id: str, *, seconds: float, bank: str = BANK) -> None:
        """Store a report so many seconds after the restored time."""
        self.objects[report_key(bank, upload_id)] = RESTORED + timedelta(seconds=seconds)

    def get_paginator(self, operation: str) -> "FakeListing":
        assert operation == "list_objects_v2"
        return self

    def paginate(self, **where: str) -> Iterator[dict[str, Any]]:
        assert where["Bucket"] == "reports-bucket"
        if where.get("Delimiter"):
            yield {"CommonPrefixes": [{"Prefix": f"reports/{bank}/"} for bank in (OTHER_BANK, BANK)]}
            return
        for key, time in sorted(self.objects.items()):
            if key.startswith(where["Prefix"]):
                yield {"Contents": [{"Key": key, "Size": 100, "LastModified": time}]}
        yield {}


@dataclass
class Restored:
    """An environment whose uploads are those of the restored time."""

    world: World = field(default_factory=World)
    s3: FakeListing = field(default_factory=FakeListing)
    output: str = ""

    def know(self, upload_id: str, status: UploadStatus, *, updated: float = -60, **changes: Any) -> None:
        time = (RESTORED + timedelta(seconds=updated)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        known = upload(upload_id=upload_id, status=status, error="RangeError", updated_at=time, **changes)
        self.world.uploads.items[upload_id] = known

    def page(self, bank_id: str, selection: Selection, *, limit: int, after: Position | None) -> Page:
        """Uploads of a status, one on each page."""
        assert limit > 1
        found = sorted(
            (
                each
                for each in self.world.uploads.items.values()
                if (each.bank_id, each.status) == (bank_id, selection.status)
                and selection.earliest <= each.received_at <= selection.latest
            ),
            key=lambda each: each.upload_id,
        )
        rest = [each for each in found if after is None or each.upload_id > after.upload_id]
        last = Position(received_at=rest[0].received_at, upload_id=rest[0].upload_id) if len(rest) > 1 else None
        return Page(uploads=rest[:1], last=last)

    def run(self, *, bank: str = "", run: bool = True, failed: bool = False) -> int:
        """Run the command; its exit code."""
        file = io.StringIO()
        reports = ReportsListing(self.s3, "reports-bucket")  # type: ignore[arg-type]  # the part that is used
        replays = Replays(
            reports=reports,
            by_bank=self,
            restarts=self.world.redrive.restarts,
            clock=Clock(now=lambda: self.world.seconds, sleep=self.world.sleep),
        )
        try:
            out = Terminal(Console(file=file, width=200, highlight=False))
            found = replays.find(RESTORED, bank_id=bank, failed=failed)
            return replay(replays, found, out, since=RESTORED, run=run)
        finally:
            self.output = file.getvalue()

    @property
    def started(self) -> list[str]:
        """Ids of the uploads that the workflow was started for, in order."""
        return [each["detail"]["object"]["key"].split("/")[2] for each in self.world.started]


def line_of(restored: Restored, upload_id: str) -> str:
    lines = [line for line in restored.output.splitlines() if upload_id in line and "│" in line]
    return " ".join(lines[-1].replace("│", " ").split())


def test_reports_that_no_upload_knows_run_in_the_order_in_which_they_were_stored() -> None:
    restored = Restored()
    restored.s3.store(FIRST, seconds=30)
    restored.s3.store(SECOND, seconds=10)
    restored.s3.store(THIRD, seconds=20)

    assert restored.run() == 0

    assert restored.started == [SECOND, THIRD, FIRST]
    assert all("attempt" not in each for each in restored.world.started)
    assert line_of(restored, FIRST).endswith("COMPLETED: 1 loaded, 0 repeated, 0 in conflict")
    assert "3 reports were stored since 2026-11-24 12:00:00 UTC; start: 3, run again: 0" in restored.output


def test_a_banks_next_report_waits_until_the_one_before_has_ended_but_no_other_bank_does() -> None:
    restored = Restored()
    restored.s3.store(FIRST, seconds=1)
    restored.s3.store(SECOND, seconds=2)
    restored.s3.store(THIRD, seconds=3, bank=OTHER_BANK)
    seen: list[tuple[str, float]] = []

    def end(world: World, start: Start, name: str) -> None:
        upload_id = start["detail"]["object"]["key"].split("/")[2]
        seen.append((upload_id, world.seconds))
        if upload_id != FIRST:
            ends_with(UploadStatus.COMPLETED)(world, start, name)

    def sleep(seconds: float) -> None:
        restored.world.seconds += seconds
        if restored.world.seconds == 5:
            start = next(each for each in restored.world.started if FIRST in each["detail"]["object"]["key"])
            ends_with(UploadStatus.COMPLETED)(restored.world, start, "x")

    restored.world.ends, restored.world.sleep = end, sleep  # type: ignore[method-assign]  # a test's own time

    assert restored.run() == 0
    assert seen == [(FIRST, 0), (THIRD, 0), (SECOND, 5)]


def test_without_run_they_are_only_listed() -> None:
    restored = Restored()
    restored.s3.store(FIRST, seconds=1)

    assert restored.run(run=False) == 0

    assert line_of(restored, FIRST) == f"{BANK} {FIRST} 100 2026-11-24 12:00:01 no upload start"
    assert "Nothing was changed" in restored.output
    assert not restored.started


def test_older_reports_and_other_banks_are_not_looked_at() -> None:
    restored = Restored()
    restored.s3.store(FIRST, seconds=-1)
    restored.s3.store(SECOND, seconds=0)
    restored.s3.store(THIRD, seconds=1, bank=OTHER_BANK)

    assert restored.run(bank=BANK) == 0
    assert restored.started == [SECOND]


@pytest.mark.parametrize("status", [UploadStatus.FAILED, UploadStatus.REJECTED, UploadStatus.DECLARED])
def test_an_upload_that_was_otherwise_when_its_report_was_stored_runs_as_a_new_attempt(status: UploadStatus) -> None:
    restored = Restored()
    restored.know(FIRST, status)
    restored.s3.store(FIRST, seconds=5)

    assert restored.run() == 0

    known = restored.world.uploads.items[FIRST]
    assert (known.status, known.attempts[-1]["by"]) == (UploadStatus.COMPLETED, "redrive")


@pytest.mark.parametrize(
    ("status", "updated"),
    [(UploadStatus.COMPLETED, -60.0), (UploadStatus.REJECTED, 7.0), (UploadStatus.FAILED, 7.0)],
)
def test_an_upload_that_has_ended_since_is_left(status: UploadStatus, updated: float) -> None:
    restored = Restored()
    restored.know(FIRST, status, updated=updated)
    restored.s3.store(FIRST, seconds=5)

    assert restored.run() == 0

    assert "ended: 1" in restored.output
    assert not restored.started


def received(days: float) -> str:
    """A time so many days before the restored one."""
    return (RESTORED - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_uploads_that_had_failed_run_only_if_that_is_asked_for_and_before_what_came_later() -> None:
    """One that was run again after the restored time has no dead letter, and its object is older."""
    restored = Restored()
    restored.know(FIRST, UploadStatus.FAILED, received_at=received(1))
    restored.know(SECOND, UploadStatus.FAILED, received_at=received(2))
    restored.know("e" * 32, UploadStatus.FAILED, received_at=received(15))
    restored.know("f" * 32, UploadStatus.COMPLETED, received_at=received(1))
    restored.s3.store(THIRD, seconds=5)

    assert restored.run(run=False, failed=True) == 0
    assert "1 reports were stored since 2026-11-24 12:00:00 UTC, and 2 had failed before" in restored.output
    assert restored.run(failed=True) == 0
    assert restored.started == [SECOND, FIRST, THIRD]


def test_without_asking_an_upload_that_had_failed_is_left() -> None:
    restored = Restored()
    restored.know(FIRST, UploadStatus.FAILED, received_at=received(1))
    assert restored.run() == 0
    assert not restored.started


def test_an_upload_at_work_is_followed_and_not_started_again() -> None:
    restored = Restored()
    restored.know(FIRST, UploadStatus.LOADING)
    restored.s3.store(FIRST, seconds=5)

    assert restored.run() == 1

    assert f"still LOADING after {LIMIT_SECONDS} s: ./dev explain {FIRST}" in restored.output
    assert not restored.started


def test_an_upload_that_was_at_work_at_the_restored_time_is_restarted() -> None:
    restored = Restored()
    restored.know(FIRST, UploadStatus.LOADING, due_at="2020-01-01T00:00:00.000000Z")
    restored.s3.store(FIRST, seconds=5)

    assert restored.run() == 0
    assert restored.world.uploads.items[FIRST].attempts[-1]["by"] == "redrive"


def test_one_that_fails_is_in_the_exit_code_and_the_next_one_runs() -> None:
    restored = Restored()
    restored.s3.store(FIRST, seconds=1)
    restored.s3.store(SECOND, seconds=2)
    restored.world.ends = ends_with(UploadStatus.FAILED, error="KeyError")

    assert restored.run() == 1

    assert restored.started == [FIRST, SECOND]
    assert line_of(restored, FIRST).endswith("FAILED: KeyError")
    assert "2 run, 2 of them failed or did not end." in restored.output


def test_an_upload_that_ends_while_an_earlier_report_runs_is_not_started() -> None:
    restored = Restored()
    restored.s3.store(FIRST, seconds=1)
    restored.s3.store(SECOND, seconds=2)

    def end(world: World, start: Start, name: str) -> None:
        ends_with(UploadStatus.COMPLETED)(world, start, name)
        done = world.uploads.items[FIRST]
        world.uploads.items[SECOND] = replace(done, upload_id=SECOND)

    restored.world.ends = end

    assert restored.run() == 0
    assert restored.started == [FIRST]


def test_ctrl_c_says_that_what_was_started_goes_on() -> None:
    restored = Restored()
    restored.s3.store(FIRST, seconds=1)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    restored.world.ends = interrupt

    assert restored.run() == 130
    assert "Repeat the command" in restored.output


@pytest.mark.parametrize("arguments", [["--since", "yesterday"], ["--since", "2026-11-24T12:00:00"], []])
def test_a_time_without_its_zone_is_refused(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "--since" in capsys.readouterr().err
