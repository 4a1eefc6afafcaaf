import json
from typing import Any

import pytest

from local.dashboard.invocations import Invocation, invocations, points_of_invocations
from local.dashboard.points import Point, by_period, points_of_log, statistic
from local.dashboard.widgets import Metric

LOADED = Metric("TransactionPipeline", "RowsLoaded", frozenset({("Environment", "local")}))
OVERDUE = Metric("TransactionPipeline", "ReportOverdue", frozenset({("Environment", "local"), ("Bank", "nordbank")}))


def line(names: list[str], dimensions: list[list[str]], **fields: Any) -> str:
    """A log line with the embedded metric format, as the functions write it."""
    directive = {
        "Namespace": "TransactionPipeline",
        "Dimensions": dimensions,
        "Metrics": [{"Name": each, "Unit": "Count"} for each in names],
    }
    metadata = {"Timestamp": 1_700_000_000_500, "CloudWatchMetrics": [directive]}
    return json.dumps({"level": "INFO", "message": "metrics", "_aws": metadata, "Environment": "local", **fields})


def test_a_line_with_the_embedded_metric_format_is_a_point_of_each_of_its_metrics() -> None:
    text = line(["RowsLoaded", "RowsRepeated"], [["Environment"]], RowsLoaded=5000, RowsRepeated=0)
    found = list(points_of_log([text]))
    assert found[0] == Point(metric=LOADED, time=1_700_000_000.5, value=5000.0)
    assert [(each.metric.name, each.value) for each in found] == [("RowsLoaded", 5000.0), ("RowsRepeated", 0.0)]


def test_a_metric_may_have_more_dimensions_and_several_values() -> None:
    text = line(["ReportOverdue"], [["Environment", "Bank"]], Bank="nordbank", ReportOverdue=[0, 1])
    assert [(each.metric, each.value) for each in points_of_log([text])] == [(OVERDUE, 0.0), (OVERDUE, 1.0)]


@pytest.mark.parametrize(
    "message", ["", "START RequestId: 1", '{"message": "no metrics"}', '{"message": "\\"_aws\\""', '"_aws" is text']
)
def test_other_lines_have_no_points(message: str) -> None:
    assert not list(points_of_log([message]))


@pytest.mark.parametrize(
    ("name", "value"),
    [("Sum", 10.0), ("SampleCount", 4.0), ("Maximum", 4.0), ("p50", 2.0), ("p95", 4.0), ("p99", 4.0), ("p25", 1.0)],
)
def test_statistics_are_those_of_a_table_computed_by_hand(name: str, value: float) -> None:
    assert statistic(name, [3.0, 1.0, 4.0, 2.0]) == value


def test_an_unknown_statistic_is_an_error() -> None:
    with pytest.raises(ValueError, match="'Average' cannot be drawn"):
        statistic("Average", [1.0])


def test_periods_begin_with_the_run_and_those_without_a_point_are_left_out() -> None:
    points = [Point(metric=LOADED, time=time, value=value) for time, value in ((99, 7), (100, 1), (104, 2), (111, 4))]
    assert by_period(points, "Sum", start=100.0, seconds=5) == [(0.0, 3.0), (10.0, 4.0)]


def test_invocations_are_read_from_report_lines() -> None:
    events = [
        (10.0, "START RequestId: a Version: $LATEST"),
        (12.0, "REPORT RequestId: a\tDuration: 1500 ms\tBilled Duration: 1500 ms\tMemory Size: 512 MB"),
        (12.0, '{"message": "done"}'),
    ]
    assert list(invocations(events)) == [Invocation(start=10.5, end=12.0)]


def test_invocations_at_once_are_those_that_had_begun_and_not_ended() -> None:
    found = [Invocation(start=0.0, end=4.0), Invocation(start=1.0, end=2.0), Invocation(start=2.0, end=3.0)]
    points = list(points_of_invocations(found, "txn-intake-local"))
    assert {each.metric.dimensions for each in points} == {frozenset({("FunctionName", "txn-intake-local")})}
    by_name = {
        name: [each.value for each in points if each.metric.name == name]
        for name in ("Invocations", "ConcurrentExecutions", "Duration")
    }
    assert by_name == {
        "Invocations": [1.0, 1.0, 1.0],
        "ConcurrentExecutions": [1.0, 2.0, 2.0],
        "Duration": [4_000.0, 1_000.0, 1_000.0],
    }
