"""The examples of CloudWatch's user guide, and what is refused."""

import pytest

from tests.synth.alarms.metric_math import MetricMathError, Series, evaluate

# "Using IF expressions": the three tables; "-" is None.
IF_METRICS: dict[str, Series] = {
    "metric1": (1, 1, 0, 0, None),
    "metric2": (30, None, 0, 0, 30),
    "metric3": (0, 0, 20, None, 20),
}


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("IF(metric1, metric2, metric3)", [30, 0, 20, None, None]),
        ("IF(metric1, 5, metric3)", [5, 5, 20, None, None]),
        ("IF(metric1, metric2, 5)", [30, 0, 5, 5, None]),
    ],
)
def test_if_is_what_the_guides_tables_say(expression: str, result: list[float | None]) -> None:
    assert list(evaluate(expression, IF_METRICS)) == result


@pytest.mark.parametrize(
    ("expression", "result"), [("metric1 < metric2", [0, 0, 1, 0]), ("(metric1 >= 30)", [1, 0, 0, 0])]
)
def test_comparisons_are_what_the_guides_table_says(expression: str, result: list[float | None]) -> None:
    # "Comparison and logical operators": a value that only one of two series has is compared with 0.
    assert list(evaluate(expression, {"metric1": (30, 20, 0, 0), "metric2": (20, None, 20, None)})) == result


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        # "Missing values in a time series are treated as 0."
        ("one + other", [5, 2, 3, None]),
        ("one - other", [-1, 2, -3, None]),
        ("10 * one", [20, 20, None, None]),
        # "If the value of a data point causes a function to attempt to divide by zero, the data point is dropped."
        ("one / other", [2 / 3, None, 0, None]),
        ("2 + 3 * one - 1", [7, 7, None, None]),
        ("(2 + 3) * one", [10, 10, None, None]),
        ("SUM([one, other])", [5, 2, 3, None]),
        ("FILL(one, 7)", [2, 2, 7, 7]),
        ("SUM([FILL(one, 0), FILL(other, 0)])", [5, 2, 3, 0]),
        ("IF(one > 0, 100 * other / one, 0)", [150, 0, None, None]),
        ("IF(one >= 2, 100 * other / one, 0)", [150, 0, None, None]),
        ("IF(FILL(one, 0) >= 2, other, 0)", [3, 0, 0, 0]),
    ],
)
def test_arithmetic_by_hand(expression: str, result: list[float | None]) -> None:
    assert list(evaluate(expression, {"one": (2, 2, None, None), "other": (3, None, 3, None)})) == result


def test_a_metric_without_any_data_is_filled_or_not_as_is_asked_for() -> None:
    empty: Series = (None, None)
    assert list(evaluate("FILL(one, 0)", {"one": empty})) == [0, 0]
    assert list(evaluate("FILL(one, 0)", {"one": empty}, fills_nothing=True)) == [None, None]
    assert list(evaluate("FILL(one, 0)", {"one": (None, 4)}, fills_nothing=True)) == [0, 4]


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("MAX([one, one])", "MAX of these arguments is unknown here"),
        ("RATE(one)", "RATE of these arguments is unknown here"),
        # Its value depends on how many periods CloudWatch looks at; the guide advises against it in alarms.
        ("one - SUM(one)", "SUM of these arguments is unknown here"),
        ("FILL(one, REPEAT)", "REPEAT is no metric of the alarm"),
        ("one AND one", "'AND' is left over"),
        ("one ^ 2", "unknown from ' \\^ 2' on"),
        ("[one] + 1", "arithmetic with arrays"),
        ("1 + [one]", "arithmetic with arrays"),
        ("[1]", "a time series is expected"),
        ("two", "two is no metric of the alarm"),
        ("SUM([one]", "'\\)' is missing before ''"),
        ("one +", "'the end' is not expected"),
        ("1 / 0 + one", "division of a number by zero"),
        ("5", "the result has to be one time series"),
        ("[one, one]", "the result has to be one time series"),
        ("IF(1, one, one)", "a time series is expected"),
    ],
)
def test_what_the_evaluator_does_not_know_is_an_error(expression: str, error: str) -> None:
    with pytest.raises(MetricMathError, match=error):
        evaluate(expression, {"one": (1, 2)})
