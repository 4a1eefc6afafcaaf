"""Metrics are log lines that CloudWatch's specification allows."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError

from functions.common.logs import log_fields
from functions.common.metrics import write_metrics
from shared.contracts.metrics import METRICS, REPORT_OVERDUE, ROWS_LOADED, UPLOADS_STUCK, Metric
from tests.effort import examples
from tests.unit.functions.emf import Metrics, Point, collected, points

VALUES = st.one_of(st.integers(0, 10**12), st.floats(0, 1e12))


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_each_metric_of_the_contract_is_written_with_its_unit_and_dimensions(metric: Metric, metrics: Metrics) -> None:
    write_metrics({metric: 3}, bank_id="nordbank" if metric.of_bank else None)

    dimensions = {"Environment": "dev"} | ({"Bank": "nordbank"} if metric.of_bank else {})
    assert metrics.take() == [
        Point(
            name=f"TransactionPipeline/{metric.name}",
            value=3,
            unit=metric.unit,
            dimensions=dimensions,
            writer="functions.common.metrics",
        )
    ]


@examples(30)
@given(st.dictionaries(st.sampled_from([each for each in METRICS if not each.of_bank]), VALUES, min_size=1))
def test_all_values_of_a_line_arrive(values: dict[Metric, float]) -> None:
    with pytest.MonkeyPatch.context() as patch, collected() as metrics:
        patch.setenv("ENVIRONMENT_SUFFIX", "dev")
        write_metrics(values)
        assert metrics.sums() == {each.name: value for each, value in values.items()}


def test_the_fields_of_the_log_stay_beside_a_metric(metrics: Metrics) -> None:
    with log_fields(upload_id="u1", bank_id="nordbank"):
        write_metrics({ROWS_LOADED: 2, UPLOADS_STUCK: 0})

    line = json.loads(metrics.stream.getvalue())
    assert (line["level"], line["message"], line["upload_id"], line["bank_id"]) == ("INFO", "metrics", "u1", "nordbank")
    assert (line["RowsLoaded"], line["UploadsStuck"]) == (2, 0)
    assert [each.dimensions for each in metrics.take()] == [{"Environment": "dev"}] * 2


def test_a_metric_of_a_bank_needs_one_and_others_have_none(metrics: Metrics) -> None:
    for values, bank_id in (({REPORT_OVERDUE: 1}, None), ({ROWS_LOADED: 1}, "nordbank")):
        with pytest.raises(ValueError, match="of a bank or not"):
            write_metrics(values, bank_id=bank_id)
    assert not metrics.take()


LINE = {
    "logger": "l",
    "_aws": {
        "Timestamp": 1574109732004,
        "CloudWatchMetrics": [
            {"Namespace": "N", "Dimensions": [["D"]], "Metrics": [{"Name": "time", "Unit": "Milliseconds"}]}
        ],
    },
    "D": "d",
    "time": 100,
}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"Timestamp": 1574109732004', '"Timestamp": "2026"'),
        ('"Timestamp": 1574109732004, ', ""),
        ('"Unit": "Milliseconds"', '"Unit": "ms"'),
        ('"Namespace": "N", ', ""),
        ('"Dimensions": [["D"]]', '"Dimensions": []'),
        ('"Dimensions": [["D"]]', '"Dimensions": ["D"]'),
        ('"D": "d"', '"D": 1'),
        (', "D": "d"', ""),
        ('"time": 100', '"time": "100"'),
        (', "time": 100', ""),
        ('"Name": "time"', '"Name": ""'),
    ],
)
def test_the_tests_own_reader_refuses_what_cloudwatch_would_not_count(old: str, new: str) -> None:
    line = json.dumps(LINE)
    assert [each.value for each in points(line)] == [100]
    assert old in line

    with pytest.raises((ValidationError, AssertionError, KeyError)):
        list(points(line.replace(old, new)))
