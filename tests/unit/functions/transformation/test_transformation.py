"""Transformation loads the rows of its range, and no others."""

from decimal import Decimal

import pytest

from functions.report.validator import validate_report
from functions.transformation.transformation import RangeError, Transformation
from shared.contracts.objects import report_key
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import TransformationInput
from tests.unit.functions.fakes import FakeBucket, FakeUploads, clock, upload, uploads_of
from tests.unit.functions.report.reports import NOW, SAMPLES, ranges_of
from tests.unit.functions.transformation.world import FakeTable, backoff

REPORT = (SAMPLES / "alpenbank-2026-11-20-excel.csv").read_bytes()
KEY = report_key("alpenbank", "u1")


def tasks(max_rows: int) -> list[TransformationInput]:
    bucket = FakeBucket(reports={KEY: REPORT})
    return [
        {
            "upload_id": "u1",
            "bank_id": "alpenbank",
            "bucket": "reports-bucket",
            "key": KEY,
            "etag": bucket.read(KEY).etag,
            "columns": list(validate_report(REPORT, bank_id="alpenbank", now=NOW).columns),
            "range": each,
        }
        for each in ranges_of(REPORT, max_rows=max_rows)
    ]


def transformation(table: FakeTable, uploads: FakeUploads) -> Transformation:
    return Transformation(uploads=uploads, reports=FakeBucket(reports={KEY: REPORT}), table=table, clock=clock)


def test_all_ranges_load_the_whole_report() -> None:
    table, uploads = FakeTable(), uploads_of(upload(status=UploadStatus.VALIDATED))

    loads = [transformation(table, uploads).run(task, backoff()) for task in reversed(tasks(max_rows=500))]

    assert [load["loaded"] for load in loads] == [200, 500, 500]
    assert len(table.items) == 1200
    assert sum(row.amount for row in table.items.values() if row.currency == "EUR") == Decimal("49541.62")
    assert uploads.items["u1"].status is UploadStatus.LOADING


def test_a_row_is_stored_with_its_line_and_its_keys() -> None:
    table = FakeTable()

    transformation(table, FakeUploads()).run(tasks(max_rows=500)[0], backoff())

    row = table.items["alpenbank#ALPENBANK-20261120-0000000"]
    assert (row.line, row.upload_id, row.amount) == (2, "u1", Decimal("318.01"))
    assert row.timestamp == "2026-11-20T13:10:50.000000Z"
    assert row.time_shard == "alpenbank#2026-11-20#1"


def test_rows_of_a_day_spread_over_all_shards() -> None:
    table = FakeTable()
    transformation(table, FakeUploads()).run(tasks(max_rows=500)[0], backoff())

    assert {row.time_shard[-1] for row in table.items.values()} == set("0123456789")


@pytest.mark.parametrize("status", [UploadStatus.LOADING, UploadStatus.COMPLETED, UploadStatus.FAILED])
def test_a_status_that_is_further_advanced_stays(status: UploadStatus) -> None:
    uploads = uploads_of(upload(status=status))

    transformation(FakeTable(), uploads).run(tasks(max_rows=5000)[0], backoff())

    assert uploads.items["u1"].status is status


def test_a_range_with_another_number_of_rows_is_an_error() -> None:
    (task,) = tasks(max_rows=5000)
    task["range"]["rows"] += 1
    table = FakeTable()

    with pytest.raises(RangeError, match="1200 rows, expected 1201"):
        transformation(table, FakeUploads()).run(task, backoff())
    assert not table.items
