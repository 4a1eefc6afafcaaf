"""The tables of CloudWatch's user guide, and what it says of statistics, percentiles and dimensions, by hand.

The tables are those of "Configuring how CloudWatch alarms treat missing data".
"""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.synth.alarms.evaluator import Point, State, decide, watch_of

PERIOD = 300
AT = 1_000_000.0
HELD = "the state until then"
OK, ALARM, INSUFFICIENT = State.OK, State.ALARM, State.INSUFFICIENT_DATA
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
# Points with the latest on the right, M, N, and the state by treatment. 0: within the limit, X: breaching, -: missing.
GUIDE = [
    # 3 out of 3.
    ("0 - X - X", 3, (OK, OK, OK, OK)),
    ("0 - - - -", 3, (OK, OK, OK, OK)),
    ("- - - - -", 3, (INSUFFICIENT, HELD, ALARM, OK)),
    ("0 X X - X", 3, (ALARM, ALARM, ALARM, ALARM)),
    ("- - X - -", 3, (ALARM, HELD, ALARM, OK)),
    # 2 out of 3.
    ("0 - X - X", 2, (ALARM, ALARM, ALARM, ALARM)),
    ("0 0 X 0 X", 2, (ALARM, ALARM, ALARM, ALARM)),
    ("0 - X - -", 2, (OK, OK, ALARM, OK)),
    ("- - - - 0", 2, (OK, OK, ALARM, OK)),
    ("- - - X -", 2, (ALARM, HELD, ALARM, OK)),
    # "Avoiding premature transitions to alarm state": not at once, because the next point may be within the limit.
    ("- - - - X", 3, (INSUFFICIENT, HELD, ALARM, OK)),
    ("- - - X -", 3, (INSUFFICIENT, HELD, ALARM, OK)),
]


def parsed(points: str) -> list[bool | None]:
    """The latest first, as `decide` takes them."""
    return [{"0": False, "X": True, "-": None}[each] for each in reversed(points.split())]


@pytest.mark.parametrize("before", list(State))
@pytest.mark.parametrize(("points", "to_alarm", "states"), GUIDE)
def test_missing_data_is_treated_as_in_the_guides_tables(
    points: str, to_alarm: int, states: Sequence[State | str], before: State
) -> None:
    for treatment, state in zip(TREATMENTS, states, strict=True):
        found = decide(parsed(points), periods=3, periods_to_alarm=to_alarm, missing=treatment, before=before)
        assert found == (before if state == HELD else state), treatment


def alarm(**changes: Any) -> dict[str, Any]:
    """An alarm on a sum that is above 10 in one period."""
    return {
        "namespace": "Test",
        "metric_name": "Things",
        "dimensions": {"Kind": "it"},
        "statistic": "Sum",
        "period": PERIOD,
        "comparison_operator": "GreaterThanThreshold",
        "threshold": 10,
        "evaluation_periods": 1,
        "treat_missing_data": "notBreaching",
    } | changes


def point(value: float, *, ago: float = 10, **changes: Any) -> Point:
    fields: dict[str, Any] = {"namespace": "Test", "name": "Things", "dimensions": {"Kind": "it"}}
    return Point(time=AT - ago, value=value, **fields | changes)


def state_of(body: dict[str, Any], points: Sequence[Point], **options: Any) -> State:
    return watch_of(body, {}).state(points, at=AT, **options)


@pytest.mark.parametrize(
    ("statistic", "value"), [("Sum", 15), ("Maximum", 9), ("Minimum", 1), ("Average", 5), ("SampleCount", 3)]
)
def test_a_statistic_is_that_of_the_points_in_a_period(statistic: str, value: float) -> None:
    points = [point(each) for each in (1, 5, 9)]
    assert state_of(alarm(statistic=statistic, threshold=value), points) is OK
    assert state_of(alarm(statistic=statistic, threshold=value - 0.1), points) is ALARM


@pytest.mark.parametrize(
    ("operator", "rings_at"),
    [
        ("GreaterThanThreshold", {11}),
        ("GreaterThanOrEqualToThreshold", {10, 11}),
        ("LessThanThreshold", {9}),
        ("LessThanOrEqualToThreshold", {9, 10}),
    ],
)
def test_a_value_is_compared_with_the_threshold(operator: str, rings_at: set[int]) -> None:
    body = alarm(comparison_operator=operator)
    assert {each for each in (9, 10, 11) if state_of(body, [point(each)]) is ALARM} == rings_at


@pytest.mark.parametrize(
    "other",
    [
        {"dimensions": {"Kind": "other"}},
        {"dimensions": {}},
        {"dimensions": {"Kind": "it", "Stage": "v1"}},
        {"namespace": "Other"},
        {"name": "Others"},
    ],
)
def test_points_of_another_metric_do_not_count(other: dict[str, Any]) -> None:
    # "CloudWatch treats each unique combination of dimensions as a separate metric" (concepts, "Dimensions").
    assert state_of(alarm(), [point(11)]) is ALARM
    assert state_of(alarm(), [point(11, **other)]) is OK


def test_a_period_begins_with_its_first_second_and_ends_before_the_next_ones() -> None:
    two = alarm(evaluation_periods=2)
    assert state_of(two, [point(11, ago=PERIOD + 1), point(11, ago=PERIOD)]) is ALARM
    assert state_of(two, [point(6, ago=PERIOD + 1), point(6, ago=PERIOD)], extra_periods=0) is OK
    assert state_of(alarm(), [point(6, ago=PERIOD), point(6, ago=1)]) is ALARM
    assert state_of(alarm(), [point(11, ago=0)]) is OK


def test_older_points_are_looked_at_where_the_last_periods_have_none() -> None:
    old = [point(11, ago=2 * PERIOD + 10)]
    assert state_of(alarm(), old) is ALARM
    assert state_of(alarm(), [*old, point(1)]) is OK
    assert state_of(alarm(), old, extra_periods=1) is OK


def test_so_many_of_so_many_periods_have_to_be_breaching() -> None:
    body = alarm(evaluation_periods=3, datapoints_to_alarm=2)
    points = [point(value, ago=10 + PERIOD * age) for age, value in enumerate((11, 1, 11))]
    assert state_of(body, points) is ALARM
    assert state_of(alarm(evaluation_periods=3), points) is OK
    assert state_of(body, points[:2]) is OK


def test_a_percentile_is_the_value_below_which_so_many_of_a_hundred_are() -> None:
    metric = {"namespace": "Test", "metric_name": "Things", "dimensions": {"Kind": "it"}, "period": PERIOD}
    queries = [
        {"id": "result", "expression": "value + 0", "return_data": True},
        {"id": "value", "metric": metric | {"stat": "p95"}},
    ]
    body = alarm(metric_query=queries)
    points = [point(value) for value in range(1, 201)]
    assert state_of(body | {"threshold": 190}, points) is OK
    assert state_of(body | {"threshold": 189}, points) is ALARM


def test_an_alarm_on_dynamodb_keeps_its_state_while_data_is_missing() -> None:
    # "Alarms that evaluate metrics in the AWS/DynamoDB namespace always ignore missing data even if you choose a
    # different option" (PutMetricAlarm, TreatMissingData).
    body = alarm(namespace="AWS/DynamoDB")
    assert state_of(body, [], before=ALARM) is ALARM
    assert state_of(body, [point(1, namespace="AWS/DynamoDB")], before=ALARM) is OK
    assert state_of(alarm(), [], before=ALARM) is OK


def test_an_expression_is_evaluated_period_by_period() -> None:
    metric = {"namespace": "Test", "dimensions": {}, "period": PERIOD, "stat": "Sum"}
    queries = [
        {"id": "rate", "expression": "IF(calls > 0, 100 * errors / calls, 0)", "return_data": True},
        {"id": "calls", "metric": metric | {"metric_name": "calls"}},
        {"id": "errors", "metric": metric | {"metric_name": "errors"}},
    ]
    body = alarm(metric_query=queries, evaluation_periods=2)

    def measured(name: str, value: float, *, ago: float) -> Point:
        return point(value, ago=ago, name=name, dimensions={})

    points = [
        *(measured("calls", 100, ago=each) for each in (10, 310)),
        measured("errors", 11, ago=10),
        measured("errors", 10, ago=310),
    ]
    assert state_of(body, points) is OK
    assert state_of(body, [*points, measured("errors", 1, ago=320)]) is ALARM


def test_an_unknown_statistic_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"statistic TM\(2%:98%\) is unknown here"):
        state_of(alarm(statistic="TM(2%:98%)"), [point(1)])
