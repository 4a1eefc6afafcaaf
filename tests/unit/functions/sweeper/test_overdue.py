"""A report that has not come by its hour: what counts as come, and that each sweep writes it for each bank."""

from datetime import time, timedelta

import pytest

from functions.common.times import timestamp
from functions.common.uploads import Upload
from functions.sweeper.overdue import COUNTS
from functions.sweeper.sweeper import SweepError
from functions.sweeper.uploads_by_bank import BankIndex
from shared.contracts.uploads import UploadStatus
from tests.unit.functions.emf import Metrics
from tests.unit.functions.fakes import upload
from tests.unit.functions.report.reports import BANK, NOW
from tests.unit.functions.stubs import Script
from tests.unit.functions.sweeper.world import World

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


def test_a_bank_that_cannot_be_looked_up_is_not_in_the_way_of_others(metrics: Metrics) -> None:
    world = World()
    for bank_id in ("alpenbank", "bayside", "nordbank"):
        world.expect(bank_id, by=time(9))
    world.by_bank.broken = {"bayside"}

    with pytest.raises(SweepError, match="bayside"):
        world.sweep()
    assert overdue(metrics) == {"alpenbank": 1, "nordbank": 1}


def test_a_banks_uploads_are_queried_newest_first_and_no_further_than_needed() -> None:
    script = Script("dynamodb")
    query = {
        "TableName": "uploads",
        "IndexName": "by-bank",
        "KeyConditionExpression": "bank_id = :bank AND received_at BETWEEN :earliest AND :latest",
        "ProjectionExpression": "#status",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {":bank": {"S": "nordbank"}, ":earliest": {"S": "a"}, ":latest": {"S": "b"}},
        "ScanIndexForward": False,
        "Limit": 25,
    }
    last = {"upload_id": {"S": "u1"}, "bank_id": {"S": "nordbank"}, "received_at": {"S": "b"}}
    found = {"Items": [{"status": {"S": "REJECTED"}}, {"status": {"S": "LOADING"}}], "LastEvaluatedKey": last}
    script.answers("query", found, query)

    statuses = BankIndex(script.client, "uploads").statuses("nordbank", earliest="a", latest="b")
    assert [next(statuses), next(statuses)] == [UploadStatus.REJECTED, UploadStatus.LOADING]
    script.played()

    script.answers("query", {"Items": []}, query | {"ExclusiveStartKey": last})
    assert not list(statuses)
    script.played()
