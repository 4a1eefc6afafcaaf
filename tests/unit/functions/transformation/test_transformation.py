"""Transformation loads the rows of its range, and no others."""

from decimal import Decimal

import pytest

from functions.common.errors import DeadlineExceededError, SupersededError, TemporaryError, UnknownUploadError
from functions.report.validator import validate_report
from functions.transformation.transformation import RangeError, Transformation
from shared.contracts.objects import load_key, report_key
from shared.contracts.uploads import NO_ATTEMPT, UploadStatus
from shared.contracts.workflow import PAYLOAD_VERSION, TransformationInput
from tests.unit.functions.fakes import FakeBucket, FakeLoads, FakeUploads, clock, upload, uploads_of
from tests.unit.functions.report.reports import NOW, SAMPLES, ranges_of
from tests.unit.functions.transformation.world import ATTEMPT, FakeTable, FakeTimeLeft, backoff, counts

REPORT = (SAMPLES / "alpenbank-2026-11-20-excel.csv").read_bytes()
KEY = report_key("alpenbank", "u1")


def tasks(max_rows: int) -> list[TransformationInput]:
    bucket = FakeBucket(reports={KEY: REPORT})
    return [
        {
            "version": PAYLOAD_VERSION,
            "upload_id": "u1",
            "attempt": ATTEMPT,
            "started_at": "2026-11-23T12:00:00.000Z",
            "bank_id": "alpenbank",
            "bucket": "reports-bucket",
            "key": KEY,
            "etag": bucket.read(KEY).etag,
            "columns": list(validate_report(REPORT, bank_id="alpenbank", now=NOW).columns),
            "range": each,
        }
        for each in ranges_of(REPORT, max_rows=max_rows)
    ]


def loading(status: UploadStatus = UploadStatus.VALIDATED, attempt: str = ATTEMPT) -> FakeUploads:
    return uploads_of(upload(status=status, attempt=attempt))


def transformation(table: FakeTable, uploads: FakeUploads, loads: FakeLoads | None = None) -> Transformation:
    return Transformation(
        uploads=uploads,
        statuses=table,
        reports=FakeBucket(reports={KEY: REPORT}),
        loads=loads or FakeLoads(),
        table=table,
        clock=clock,
    )


def test_all_ranges_load_the_whole_report() -> None:
    table, uploads = FakeTable(), loading()

    loads = [transformation(table, uploads).run(task, backoff()) for task in reversed(tasks(max_rows=500))]

    assert [load["loaded"] for load in loads] == [200, 500, 500]
    assert len(table.items) == 1200
    assert sum(row.amount for row in table.items.values() if row.currency == "EUR") == Decimal("49541.62")
    assert uploads.items["u1"].status is UploadStatus.LOADING


def test_a_row_is_stored_with_its_line_and_its_keys() -> None:
    table = FakeTable()

    transformation(table, loading()).run(tasks(max_rows=500)[0], backoff())

    row = table.items["alpenbank#ALPENBANK-20261120-0000000"]
    assert (row.line, row.upload_id, row.amount) == (2, "u1", Decimal("318.01"))
    assert row.timestamp == "2026-11-20T13:10:50.000000Z"
    assert row.time_shard == "alpenbank#2026-11-20#1"


def test_rows_of_a_day_spread_over_all_shards() -> None:
    table = FakeTable()
    transformation(table, loading()).run(tasks(max_rows=500)[0], backoff())

    assert {row.time_shard[-1] for row in table.items.values()} == set("0123456789")


def test_the_result_is_stored_under_the_attempt_and_only_its_key_is_passed_on() -> None:
    loads = FakeLoads()
    use_case = transformation(FakeTable(), loading(), loads)

    stored = [use_case.store(task, use_case.run(task, backoff()), backoff()) for task in tasks(max_rows=500)]

    ranges = [task["range"] for task in tasks(max_rows=500)]
    keys = [load_key("alpenbank", "u1", ATTEMPT, start=each["start"], rows=each["rows"]) for each in ranges]
    assert stored == [{"key": key} for key in keys]
    assert [loads.items[key]["loaded"] for key in keys] == [each["rows"] for each in ranges]
    totals = validate_report(REPORT, bank_id="alpenbank", now=NOW).totals
    sums = {each: sum(Decimal(load["loaded_totals"].get(each, 0)) for load in loads.items.values()) for each in totals}
    assert {each: str(total) for each, total in sums.items()} == {each: str(total) for each, total in totals.items()}


def test_each_range_of_a_large_report_is_a_sign_of_life() -> None:
    uploads = loading()
    (task,) = tasks(max_rows=5000)

    transformation(FakeTable(), uploads).run(task, backoff())
    assert uploads.items["u1"].due_at is None
    transformation(FakeTable(), uploads).run({**task, "stuck_after": 1200}, backoff())
    assert uploads.items["u1"].due_at == "2026-11-23T12:20:00.000000Z"


@pytest.mark.parametrize("status", [UploadStatus.COMPLETED, UploadStatus.FAILED, UploadStatus.REJECTED])
def test_an_upload_that_has_ended_is_left_alone(status: UploadStatus) -> None:
    table, uploads = FakeTable(), loading(status)

    with pytest.raises(SupersededError, match=f"u1.*{status}"):
        transformation(table, uploads).run(tasks(max_rows=5000)[0], backoff())
    assert not table.items
    assert uploads.items["u1"].status is status


@pytest.mark.parametrize("status", [UploadStatus.RECEIVED, UploadStatus.VALIDATED, UploadStatus.LOADING])
def test_an_attempt_ends_when_another_has_begun(status: UploadStatus) -> None:
    table, uploads = FakeTable(), loading(status, attempt="a2")

    with pytest.raises(SupersededError, match="a1 is over"):
        transformation(table, uploads).run(tasks(max_rows=5000)[0], backoff())
    assert not table.items
    assert uploads.items["u1"].status is status


def test_an_upload_that_is_not_validated_yet_is_tried_again() -> None:
    with pytest.raises(TemporaryError, match="still RECEIVED"):
        transformation(FakeTable(), loading(UploadStatus.RECEIVED)).run(tasks(max_rows=5000)[0], backoff())


def test_without_an_upload_nothing_is_loaded() -> None:
    table = FakeTable()

    with pytest.raises(UnknownUploadError, match="u1"):
        transformation(table, FakeUploads()).run(tasks(max_rows=5000)[0], backoff())
    assert not table.items


@pytest.mark.parametrize("attempt", [NO_ATTEMPT, "a2"])
@pytest.mark.parametrize("status", [UploadStatus.VALIDATED, UploadStatus.LOADING, UploadStatus.FAILED])
def test_an_execution_of_a_version_without_attempts_loads_in_any_case(status: UploadStatus, attempt: str) -> None:
    (task,) = tasks(max_rows=5000)
    task["attempt"] = NO_ATTEMPT

    assert counts(transformation(FakeTable(), loading(status, attempt)).run(task, backoff())) == (1200, 0, 0)


def test_no_call_is_made_when_no_time_is_left() -> None:
    class Over(FakeTimeLeft):
        def check(self) -> None:
            raise DeadlineExceededError

    table, uploads, loads = FakeTable(), loading(), FakeLoads()
    use_case = transformation(table, uploads, loads)
    (task,) = tasks(max_rows=5000)

    with pytest.raises(DeadlineExceededError):
        use_case.run(task, backoff(Over()))
    assert uploads.items["u1"].status is UploadStatus.VALIDATED
    with pytest.raises(DeadlineExceededError):
        use_case.store(task, use_case.run(task, backoff()), backoff(Over()))
    assert not loads.items


def test_a_range_with_another_number_of_rows_is_an_error() -> None:
    (task,) = tasks(max_rows=5000)
    task["range"]["rows"] += 1
    table = FakeTable()

    with pytest.raises(RangeError, match="1200 rows, expected 1201"):
        transformation(table, loading()).run(task, backoff())
    assert not table.items
