"""A month's bill and what would be cheaper, compared with figures that were computed by hand."""

import re
from decimal import Decimal

import pytest

from benchmarks.parts.measured import read_measured
from shared.contracts.functions import FunctionName
from shared.repository import ROOT
from tests.unit.tools.costs.example import upload_of
from tools.costs.assumptions import ASSUMPTIONS, assumed
from tools.costs.bill import bill
from tools.costs.prices import read_costs
from tools.costs.report import Report, markdown
from tools.costs.savings import savings
from tools.costs.workload import requests_of
from tools.errors import ToolError

COSTS = read_costs()


# 100 uploads a day are 3,000 a month, with 3,000,000 rows; a row has 245 bytes and 100 of DynamoDB's own.
@pytest.mark.parametrize(
    ("item", "quantity", "dollars"),
    [
        ("requests of the API", 9_000, "0.0315"),
        ("answers", 9_000 * 1_500 / 1e9, "0.001215"),
        ("executions", 3_000, "0.003"),
        ("PUT", 6_000, "0.03"),
        ("GET", 9_000, "0.0036"),
        # 43,200 sweeps list the banks and each of two banks.
        ("LIST", 129_600, "0.648"),
        # 74,900 bytes each, of two months.
        ("storage", 0.4494, "0.0103362"),
        ("writes of rows", 3_000_000, "1.875"),
        ("writes of rows in by-time", 3_000_000, "1.875"),
        ("writes of uploads", 51_000, "0.031875"),
        # 5.5 and two questions of 1.5.
        ("reads of uploads", 25_500, "0.0031875"),
        ("storage of rows", 2.07, "0.5175"),
        ("storage of by-time", 2.07, "0.5175"),
        ("point-in-time recovery", 2.07, "0.414"),
        # 6,000 uploads in two months, of 733 bytes and 100 of DynamoDB's own.
        ("storage of uploads", 0.004998, "0.0012495"),
        ("storage of by-bank", 0.004998, "0.0012495"),
        ("point-in-time recovery of uploads", 0.004998, "0.0009996"),
        ("events of S3", 6_000, "0.006"),
        ("publications", 3_000, "0.0015"),
        ("deliveries (https)", 1_500, "0.0009"),
        # One of a thousand uploads fails: three letters, three requests each.
        ("requests of the queues", 9, "0.0000036"),
        # 2 + 18 + 9 + 2 + 7 events of 400 bytes.
        ("logs of the workflow", 3_000 * 38 * 400 / 1e9, "0.0228"),
        ("access log", 9_000 * 450 / 1e9, "0.002025"),
        ("metrics of the pipeline", 16, "4.8"),
        ("metrics of the API's methods", 10, "3"),
        ("alarms", 10, "1"),
        ("dashboards", 1, "3"),
        # Fewer than one in a second: all of them.
        ("traces", 12_000, "0.06"),
    ],
)
def test_each_item_costs_what_was_computed_by_hand(item: str, quantity: float, dollars: str) -> None:
    name, _, service = item.partition(" of the ")
    services = {"API": "API Gateway", "queues": "SQS"}
    lines = [
        each
        for each in bill(upload_of(), COSTS).lines
        if each.item == item or (each.item, each.service) == (name, services.get(service))
    ]
    (line,) = lines
    assert line.quantity == pytest.approx(quantity)
    assert float(line.dollars) == pytest.approx(float(dollars))


def test_a_functions_time_is_its_share_of_a_core_and_its_waits() -> None:
    upload = upload_of()
    calls = {call.function: call for call, _ in upload.calls()}
    intake, transformation = calls[FunctionName.INTAKE], calls[FunctionName.TRANSFORMATION]
    # 2.7 ms, three further requests, and 1,000 rows of 3,110 ns: 9.689 ms, on 1,024 of 1,769 MB; four waits.
    assert upload.seconds(intake) == pytest.approx(0.009689 * 1_769 / 1_024 + 0.04)
    # One call in a hundred also takes 400 ms of a core; 1,024 MB are a GB.
    assert upload.gb_seconds(intake) == pytest.approx((0.009689 + 0.004) * 1_769 / 1_024 + 0.04)
    # 2.7 ms, two further requests, and 1,000 rows of 129 µs: 134.286 ms; 3 waits, and one for each of 40 batches.
    assert upload.seconds(transformation) == pytest.approx(0.134286 * 1_769 / 512 + 0.43)


def test_a_report_of_4_000_rows_has_two_ranges_which_are_loaded_side_by_side() -> None:
    # A block of 131,072 bytes has 1,749 rows of 74.9 bytes, and a range two blocks: three have over 5,000 rows.
    assert upload_of(rows=3_498).ranges == 1
    upload = upload_of(rows=4_000)
    assert upload.ranges == 2
    assert upload.requests == requests_of(2)
    assert (requests_of(2).writes, requests_of(2).puts, requests_of(2).gets) == (20, 3, 5)
    counts = {call.function: count for call, count in upload.calls()}
    assert counts[FunctionName.TRANSFORMATION] == 2
    assert upload.workflow_seconds < upload_of(rows=4_000, concurrency=1).workflow_seconds


def test_rows_that_exist_are_marked_in_table_and_index_and_not_stored_again() -> None:
    found = bill(upload_of(repeated_share=0.25), COSTS)
    assert found.of("writes of rows").quantity == 2_250_000
    assert found.of("marks of repeated rows").quantity == 1_500_000
    assert found.of("reads of repeated rows").quantity == 750_000
    assert found.of("storage of rows").quantity == pytest.approx(2.07 * 0.75)


def test_the_services_add_up_to_the_bill_the_dearest_first() -> None:
    found = bill(upload_of(), COSTS)
    assert float(sum(found.by_service.values())) == pytest.approx(float(found.dollars))
    assert list(found.by_service.values()) == sorted(found.by_service.values(), reverse=True)


def test_large_reports_move_to_the_archive_whose_price_has_to_be_given() -> None:
    upload = upload_of(rows=10_000, months=12, report_archive_days=90)
    with pytest.raises(ToolError, match="--price s3-archive-gb-month=DOLLARS"):
        bill(upload, COSTS)
    given = read_costs(given=["s3-archive-gb-month=0.01", "s3-archive-put=0.00001"])
    found = bill(upload, given)
    # 749,000 bytes each: three months in S3 Standard, nine in the archive.
    assert found.of("storage").quantity == pytest.approx(3_000 * 749_000 * 3 / 1e9)
    assert found.of("archive").quantity == pytest.approx(3_000 * 749_000 * 9 / 1e9)
    assert found.of("moves to the archive").dollars == Decimal("0.03")


def test_small_reports_stay_whatever_the_setting() -> None:
    found = bill(upload_of(months=12, report_archive_days=90), COSTS)
    assert found.of("storage").quantity == pytest.approx(3_000 * 74_900 * 12 / 1e9)


def test_logs_are_kept_as_long_as_they_are_but_no_longer_than_there_have_been_any() -> None:
    one, two = (bill(upload_of(log_retention_days=days), COSTS).of("stored logs").quantity for days in (30, 365))
    assert two == pytest.approx(2 * one)


def test_each_saving_is_what_was_computed_by_hand() -> None:
    found = {each.name: each for each in savings(upload_of(months=12), COSTS)}
    # 6,000,000 units in 730 hours of 3,600 seconds are 2.2831 a second; half used: 4.5662, at 0.00065 for 730 hours.
    assert float(found["provisioned capacity of the transactions table"].dollars) == pytest.approx(
        3.75 - 2.16667, abs=1e-4
    )
    assert "it pays from 29% on" in found["provisioned capacity of the transactions table"].how
    # 12 months of 1.035 GB at 0.25: three quarters of table, index (0.25 each) and recovery (0.20).
    assert float(found["rows expire after 3 months"].dollars) == pytest.approx(12.42 * 0.7 * 0.75)
    assert float(found["no index by-time"].dollars) == pytest.approx(1.875 + 12.42 * 0.25)
    # 216 of 345 bytes stay.
    assert float(found["keys only in the index by-time"].dollars) == pytest.approx(12.42 * 0.25 * (1 - 216 / 345))
    assert float(found["no metrics of the API's methods"].dollars) == pytest.approx(3)
    assert float(found["no metrics of single banks"].dollars) == pytest.approx(0.6 + 0.2)
    assert float(found["no traces"].dollars) == pytest.approx(0.06)
    # 0.0456 GB at 0.50, and a month of it stored at 0.03.
    assert float(found["the workflow logs errors only"].dollars) == pytest.approx(0.0456 * 0.53)
    # Four of five sweeps: their lists, calls and lines.
    assert found["a sweep every 5 minutes"].dollars > Decimal("0.648") * 4 / 5
    assert found["reports move to the archive"].dollars == 0


def test_the_measured_assumptions_are_those_of_the_page() -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    measured, values = read_measured(page), assumed()
    assert values["loader-us"] == pytest.approx(measured.loader * 1e6)
    assert values["request-us"] == pytest.approx(measured.request * 1e6)
    assert re.search(r"^\| random ids \| 1,000 \|.* 3,110 ns \|", page, flags=re.MULTILINE)
    assert "| random ids | 10,000,000 | 748.9 |" in page
    assert re.search(r"clients during init\*\* \|[^|]*\|[^|]*\| 0\.400 \|.*\| 0\.0027 \|", page)
    assert values["core-mb"] == COSTS.quota("lambda-core-mb")


def test_an_assumption_may_have_another_value_and_must_be_one() -> None:
    assert assumed(["wait-ms=5"])["wait-ms"] == 5
    assert assumed()["wait-ms"] == 10
    for argument in ("wait-ms", "wait-ms=", "wait-ms=-1", "wait-ms=nan", "wait-ms=inf", "days=0", "unknown=1", ""):
        with pytest.raises(ToolError, match="is no assumption"):
            assumed([argument])


def test_the_tables_show_every_item_assumption_and_price() -> None:
    report = Report(upload=upload_of(), costs=COSTS, environment="test")
    text = markdown(report.tables())
    for each in bill(upload_of(), COSTS).lines:
        assert f"| {each.service} | {each.item} | " in text
        assert f"| {each.price} | " in text
    for assumption in ASSUMPTIONS:
        assert f"| {assumption.name} | {assumption.value:g} | " in text
    notes = "\n".join(report.notes)
    assert "1 https, 1 sqs. 100,000 deliveries cost $0.06 by HTTPS and $2.00 by e-mail" in notes
    assert "read on pages of AWS: lambda-request, states-express-request, " in notes
    assert "no bank has a contact" in "\n".join(
        Report(upload=upload_of(subscriptions={}), costs=COSTS, environment="test").notes
    )
    assert report.summary.startswith("100 uploads a day of 1,000 rows, in the environment test: month 2 costs $")
