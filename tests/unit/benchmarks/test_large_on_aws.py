"""What a large report takes on AWS, compared with a table that was computed by hand."""

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from benchmarks import large_on_aws
from benchmarks.parts.large_estimate import WORKERS, Model, Shape, Sizes
from benchmarks.parts.measured import Measured, read_measured
from benchmarks.parts.outcome import BenchmarkError
from benchmarks.parts.page import DOCS
from shared.infra.refs import FunctionRef, QueueRef, TableRef, TopicRef
from stacks.compute.workflow.definition import WorkflowParts, large_definition
from tools.costs.prices import Costs, Price, Quota
from tools.errors import ToolError

PRICES = {
    "dynamodb-write-unit": "0.000001",
    "lambda-gb-second": "0.01",
    "lambda-storage-gb-second": "0.001",
    "lambda-request": "0.0001",
    "s3-put": "0.001",
    "s3-get": "0.0001",
    "states-transition": "0.01",
    "states-express-request": "0.001",
    "states-express-gb-hour": "3.6",
}
QUOTAS = {
    "dynamodb-new-table-write-units": 4_000,
    "dynamodb-partition-write-units": 1_000,
    "dynamodb-table-write-units": 40_000,
    "lambda-concurrency": 1_000,
    "lambda-seconds": 900,
    "lambda-core-mb": 2_048,
    "s3-puts": 3_500,
    "states-map-children": 10_000,
    "states-express-memory-mb": 64,
}
DAY = date(2026, 11, 29)
MODEL = Model(
    measured=Measured(
        validator=0.000001,
        validator_rows=10,
        validator_day="2026-11-29",
        loader=0.0001,
        request=0.001,
        loader_day="2026-11-29",
    ),
    sizes=Sizes(
        validation_mb=2_048,
        validation_storage_mb=1_536,
        worker_mb=512,
        notification_mb=1_024,
        workers=10,
        read_bytes=1_000_000,
        batch_rows=25,
        states=10,
    ),
    shape=Shape(row_bytes=50, range_rows=5_000, write_units=1),
    costs=Costs(
        prices={name: Price(dollars=Decimal(dollars), unit=name) for name, dollars in PRICES.items()},
        quotas={name: Quota(value=value, unit=name, page="", looked_up=DAY) for name, value in QUOTAS.items()},
    ),
    wait=0.01,
)
"""A worker has a quarter of a core: 400 us a row, and 400 us a row for the wait: 1,250 rows/s, ten of them 12,500."""


def test_an_estimate_is_what_was_computed_by_hand() -> None:
    found = MODEL.estimate(1_000_000, rows_per_second=10_000)

    # 1 us a row on a whole core; 10,000 rows a second; 200 ranges, 1 ms each on half a core.
    assert found.seconds == pytest.approx({"validation": 1, "loading": 100, "notification": 0.4})
    assert found.total_seconds == pytest.approx(101.4)
    assert found.bought["DynamoDB"] == {"dynamodb-write-unit": 2_000_000}
    # 2 GB for 1 s, ten workers of 0.5 GB for 100 s, 1 GB for 0.4 s; 1 GB of storage beyond the free one for 1 s.
    assert found.bought["Lambda"] == pytest.approx(
        {"lambda-gb-second": 2 + 500 + 0.4, "lambda-storage-gb-second": 1, "lambda-request": 202}
    )
    # 5 others, 200 results, 1 listing; 2 others, 50 chunks of the report, 200 ranges and their 200 results.
    assert found.bought["S3"] == {"s3-put": 206, "s3-get": 452}
    # Each child takes 5 s and 1/16 GB.
    assert found.bought["Step Functions"] == pytest.approx(
        {"states-transition": 210, "states-express-request": 200, "states-express-gb-hour": 200 * 5 / 16 / 3_600}
    )
    dollars = {name: float(value) for name, value in found.dollars.items()}
    assert dollars == pytest.approx(
        {
            "DynamoDB": 2,
            "Lambda": 5.024 + 0.001 + 0.0202,
            "S3": 0.206 + 0.0452,
            "Step Functions": 2.1 + 0.2 + 200 * 5 / 16 * 0.001,
        }
    )
    assert float(found.total_dollars) == pytest.approx(9.6589)


def test_workers_are_not_faster_than_they_are() -> None:
    found = MODEL.estimate(1_000_000, rows_per_second=40_000)

    assert found.rows_per_second == pytest.approx(12_500)
    assert found.seconds["loading"] == pytest.approx(80)


def test_a_child_is_billed_for_every_begun_tenth_of_a_second() -> None:
    exact = MODEL.estimate(1_000_000, rows_per_second=10_000)
    longer = MODEL.estimate(1_000_000, rows_per_second=9_999)

    more = float(longer.dollars["Step Functions"] - exact.dollars["Step Functions"])
    assert more == pytest.approx(200 * 0.1 / 16 * 0.001)


def test_the_limits_are_in_order_and_say_what_raises_them() -> None:
    limits = MODEL.limits()

    assert [limit.rows_per_second for limit in limits] == pytest.approx(
        [4_000, 10_000, 12_500, 25_000, 40_000, 1_250_000, 12_500_000, 17_500_000]
    )
    assert [limit.short for limit in limits][:3] == ["new table", "shards", WORKERS]
    assert all(limit.remedy for limit in limits)
    assert MODEL.workers_for(4_000) == 4
    assert MODEL.workers_for(10_000) == 8


def test_larger_items_take_more_units_and_lower_every_limit_of_dynamodb() -> None:
    model = replace(MODEL, shape=replace(MODEL.shape, write_units=2))

    assert [limit.rows_per_second for limit in model.limits()][:2] == [2_000, 5_000]
    assert model.estimate(1_000, 1_000).bought["DynamoDB"] == {"dynamodb-write-unit": 4_000}


def test_validation_ends_before_its_time_is_over() -> None:
    assert MODEL.most_rows_validated() == pytest.approx(900_000_000)
    half = replace(MODEL, sizes=replace(MODEL.sizes, validation_mb=1_024))
    assert half.most_rows_validated() == pytest.approx(450_000_000)
    twice = replace(MODEL, sizes=replace(MODEL.sizes, validation_mb=4_096))  # Python uses one core only
    assert twice.most_rows_validated() == pytest.approx(900_000_000)


@pytest.mark.parametrize("name", PRICES)
def test_a_missing_price_is_not_guessed(name: str) -> None:
    prices = {other: price for other, price in MODEL.costs.prices.items() if other != name}
    with pytest.raises(ToolError, match=f"give it yourself, as --price {name}=DOLLARS"):
        replace(MODEL, costs=replace(MODEL.costs, prices=prices)).estimate(1_000, 1_000)


def test_the_states_are_those_of_an_execution_that_succeeds() -> None:
    function, queue = FunctionRef(name="", arn="", invoke_arn=""), QueueRef(name="", arn="", url="")
    parts = WorkflowParts(
        validation=function,
        transformation=function,
        notification=function,
        uploads=TableRef(name="", arn=""),
        outcomes=TopicRef(name="", arn=""),
        dead_letters=queue,
    )
    machine = json.loads(large_definition(parts, concurrency=1))

    assert machine["StartAt"] == large_on_aws.STATES[0]
    for name, following in pairwise(large_on_aws.STATES):
        state = machine["States"][name]
        nexts = [state.get("Next"), state.get("Default"), *(choice["Next"] for choice in state.get("Choices", []))]
        assert following in nexts
    assert machine["States"][large_on_aws.STATES[-1]] == {"Type": "Succeed"}


def test_the_figures_come_from_the_page_that_the_other_benchmarks_write() -> None:
    page = (DOCS / "performance.md").read_text(encoding="utf-8")

    found = read_measured(page)

    assert found.validator_rows == 10_000_000
    assert 1e-7 < found.validator < 1e-5
    assert 1e-5 < found.loader < found.request < 1e-2
    for section in ("growth", "load"):
        with pytest.raises(BenchmarkError, match=f"has no section {section}"):
            read_measured(page.replace(f"<!-- {section}: ", ""))
    with pytest.raises(BenchmarkError, match="lacks a figure"):
        read_measured(page.replace("| ours | 200", "| theirs | 200"))


def test_the_command_prints_every_report_at_every_limit_with_its_prices(capsys: pytest.CaptureFixture[str]) -> None:
    assert large_on_aws.main(["--rows", "10000000", "--price", "dynamodb-write-unit=0.000001"]) == 0

    printed = capsys.readouterr().out
    assert (
        "| 10 M rows, nothing raised | 10 M rows, new table raised | 10 M rows, new table and shards raised |"
        in printed
    )
    (write_units,) = re.findall(r"^\| write units \| (\S+)", printed, flags=re.MULTILINE)
    assert write_units == "20,000,000"
    assert "| DynamoDB | $20.00 |" in printed
    assert "binds first is the throughput of a new table" in printed
    assert "(https://aws.amazon.com/step-functions/pricing/)" in printed


def test_the_command_says_what_is_wrong_with_a_given_price(capsys: pytest.CaptureFixture[str]) -> None:
    assert large_on_aws.main(["--price", "s3-put"]) == 1

    assert "is not a price" in capsys.readouterr().err
