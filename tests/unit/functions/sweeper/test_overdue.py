"""A report that has not come by its hour: what counts as come, and that each sweep writes it for each bank."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from functions.common.aws.uploads_table import to_item
from functions.common.errors import TemporaryError
from functions.common.times import timestamp
from functions.common.uploads import Attempt, Upload
from functions.sweeper.overdue import COUNTS
from functions.sweeper.sweeper import SweepError
from functions.sweeper.uploads_by_bank import BankIndex
from shared.contracts.uploads import DECLARED_FOR, AttemptBy, UploadStatus
from tests.unit.functions.emf import Metrics
from tests.unit.functions.fakes import upload
from tests.unit.functions.report.reports import BANK, NOW
from tests.unit.functions.stubs import Script
from tests.unit.functions.sweeper.world import World, due

HOUR = timedelta(hours=1)
MIDNIGHT = NOW - 12 * HOUR


def swept(*known: Upload, metrics: Metrics, by: time = time(9)) -> dict[str, float]:
    """What a sweep at noon says of each bank."""
    world = World(*known)
    world.expect(BANK, by=by)
    world.sweep()
    return overdue(metrics)


def overdue(metrics: Metrics) -> dict[str, float]:
    return {each.dimensions["Bank"]: each.value for each in metrics.take() if each.name.endswith("/ReportOverdue")}


def received(at: str, status: UploadStatus = UploadStatus.COMPLETED, bank_id: str = BANK) -> Upload:
    return upload(upload_id=f"{bank_id}-{at}", bank_id=bank_id, status=status, received_at=at)


def test_a_report_that_has_not_come_by_its_hour_is_overdue(metrics: Metrics) -> None:
    assert swept(metrics=metrics) == {BANK: 1}
    assert swept(metrics=metrics, by=time(12, 1)) == {BANK: 0}


def test_the_metric_is_of_the_bank_and_counts(metrics: Metrics) -> None:
    world = World()
    world.expect(BANK, by=time(9))
    world.sweep()

    (point,) = [each for each in metrics.take() if each.name == "TransactionPipeline/ReportOverdue"]
    assert (point.dimensions, point.unit) == ({"Environment": "dev", "Bank": BANK}, "Count")


@pytest.mark.parametrize("status", list(UploadStatus))
def test_a_report_counts_unless_it_is_rejected_failed_or_only_declared(status: UploadStatus, metrics: Metrics) -> None:
    assert swept(received(timestamp(NOW - HOUR), status), metrics=metrics) == {BANK: int(status not in COUNTS)}
    assert {"REJECTED", "FAILED", "DECLARED"} == {each.value for each in UploadStatus if each not in COUNTS}


def test_a_report_counts_in_its_window_only(metrics: Metrics) -> None:
    before, tomorrow = MIDNIGHT - timedelta.resolution, MIDNIGHT + 24 * HOUR
    for moment, late in ((before, 1), (MIDNIGHT, 0), (tomorrow - timedelta.resolution, 0), (tomorrow, 1)):
        assert swept(received(timestamp(moment)), metrics=metrics) == {BANK: late}


def test_another_banks_report_does_not_count(metrics: Metrics) -> None:
    assert swept(received(timestamp(NOW), bank_id="alpenbank"), metrics=metrics) == {BANK: 1}


def test_before_its_hour_nothing_is_looked_up() -> None:
    world = World()
    world.expect(BANK, by=time(13))
    world.sweep()
    assert not world.by_bank.asked


@pytest.mark.parametrize("error", [TemporaryError("list a bank's uploads: ThrottlingException"), KeyError("status")])
def test_a_bank_that_cannot_be_looked_up_is_logged_and_counted_and_wakes_no_one(
    error: Exception, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    for bank_id in ("alpenbank", "bayside", "nordbank"):
        world.expect(bank_id, by=time(9))
    world.by_bank.broken = {"bayside": error}

    assert world.sweep() == {"found a report overdue": 2, "could not look for a report": 1}
    assert overdue(metrics) == {"alpenbank": 1, "nordbank": 1}
    (logged,) = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert logged.exc_info
    assert logged.exc_info[1] is error


def test_banks_are_looked_up_after_all_else_and_only_if_time_is_left(metrics: Metrics) -> None:
    world = World(due(status=UploadStatus.LOADING))
    world.expect("bayside", by=time(9))
    assert world.sweep(seconds=5) == {"out of time": 2}
    assert not world.by_bank.asked
    assert not overdue(metrics)

    done = world.sweep()
    assert list(done.items()) == [("restarted", 1), ("found a report overdue", 1)]


def test_a_sweep_that_fails_looks_banks_up_all_the_same(metrics: Metrics) -> None:
    world = World(due(status=UploadStatus.LOADING))
    world.expect("bayside", by=time(9))
    world.workflow.error = TemporaryError("start the workflow: ThrottlingException")

    with pytest.raises(SweepError, match="not looked after"):
        world.sweep()
    assert overdue(metrics) == {"bayside": 1}


EVENING = MIDNIGHT - HOUR / 6


def declared_at(moment: datetime, status: UploadStatus, *, updated: datetime, then: Sequence[AttemptBy] = ()) -> Upload:
    """An upload that was declared at a moment, and whose later attempts were begun by others."""
    attempts = [Attempt(id=by.value, began_at="", by=by.value) for by in (AttemptBy.DECLARATION, *then)]
    known = received(timestamp(moment), status)
    return replace(known, attempt=attempts[-1]["id"], attempts=attempts, updated_at=timestamp(updated))


@pytest.mark.parametrize("status", list(UploadStatus))
def test_a_report_that_was_declared_before_its_window_counts_once_it_is_stored(
    status: UploadStatus, metrics: Metrics
) -> None:
    stored = MIDNIGHT + HOUR / 6
    assert swept(declared_at(EVENING, status, updated=stored), metrics=metrics) == {BANK: int(status not in COUNTS)}


def test_a_report_that_was_declared_and_stored_before_its_window_does_not_count(metrics: Metrics) -> None:
    for moment, late in ((MIDNIGHT - timedelta.resolution, 1), (MIDNIGHT, 0)):
        assert swept(declared_at(EVENING, UploadStatus.COMPLETED, updated=moment), metrics=metrics) == {BANK: late}


def test_a_declared_report_counts_whose_event_was_lost_so_that_the_sweeper_began_its_attempt(metrics: Metrics) -> None:
    found = declared_at(EVENING, UploadStatus.COMPLETED, updated=MIDNIGHT + HOUR, then=[AttemptBy.SWEEPER])
    assert swept(found, metrics=metrics) == {BANK: 0}


@pytest.mark.parametrize("then", [AttemptBy.REDRIVE, AttemptBy.INTAKE])
def test_an_earlier_report_that_runs_again_today_does_not_count(then: AttemptBy, metrics: Metrics) -> None:
    again = declared_at(EVENING, UploadStatus.COMPLETED, updated=MIDNIGHT + HOUR, then=[then])
    assert swept(again, metrics=metrics) == {BANK: 1}


def test_a_report_that_was_sent_in_one_request_before_its_window_does_not_count(metrics: Metrics) -> None:
    sent = replace(received(timestamp(EVENING)), updated_at=timestamp(MIDNIGHT + HOUR))
    assert swept(sent, metrics=metrics) == {BANK: 1}


def test_a_declaration_counts_for_as_long_as_its_report_can_be_stored(metrics: Metrics) -> None:
    for life, late in ((DECLARED_FOR, 0), (DECLARED_FOR + timedelta.resolution, 1)):
        stored = declared_at(MIDNIGHT - life, UploadStatus.COMPLETED, updated=MIDNIGHT)
        assert swept(stored, metrics=metrics) == {BANK: late}


def test_a_banks_uploads_are_queried_newest_first_and_no_further_than_needed() -> None:
    script = Script("dynamodb")
    query = {
        "TableName": "uploads",
        "IndexName": "by-bank",
        "KeyConditionExpression": "bank_id = :bank AND received_at BETWEEN :earliest AND :latest",
        "ExpressionAttributeValues": {":bank": {"S": "nordbank"}, ":earliest": {"S": "a"}, ":latest": {"S": "b"}},
        "ScanIndexForward": False,
        "Limit": 25,
    }
    last = {"upload_id": {"S": "u1"}, "bank_id": {"S": "nordbank"}, "received_at": {"S": "b"}}
    known = [received("b", UploadStatus.REJECTED, "nordbank"), received("a", UploadStatus.LOADING, "nordbank")]
    found = {"Items": [to_item(each) for each in known], "LastEvaluatedKey": last}
    script.answers("query", found, query)

    uploads = BankIndex(script.client, "uploads").received("nordbank", earliest="a", latest="b")
    assert [next(uploads), next(uploads)] == known
    script.played()

    script.answers("query", {"Items": []}, query | {"ExclusiveStartKey": last})
    assert not list(uploads)
    script.played()
