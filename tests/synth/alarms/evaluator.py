"""Says of a synthesized alarm and of raw points in which state CloudWatch puts it.

The rules are those of CloudWatch's user guide, "Using Amazon CloudWatch alarms": "Alarm evaluation", "Configuring how
CloudWatch alarms treat missing data"
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html), and of the API reference of
PutMetricAlarm.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.synth.alarms.metric_math import Series, evaluate

_BREACHING = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}
_STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Average": lambda values: sum(values) / len(values),
    "Maximum": max,
    "Minimum": min,
    "SampleCount": len,
    "Sum": sum,
}
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?)")


class State(StrEnum):
    """Of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, kw_only=True)
class Point:
    """A value that was sent to CloudWatch.

    Attributes:
        time: in seconds.
        dimensions: all of them: with one more or less it is another metric.
    """

    time: float
    namespace: str
    name: str
    dimensions: Mapping[str, str]
    value: float


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric of an alarm, with one statistic."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    period: int
    statistic: str

    def values(self, points: Iterable[Point], *, after: float, until: float) -> list[float]:
        """Values of the metric in a time."""
        return [each.value for each in points if self._is_of(each) and after <= each.time < until]

    def _is_of(self, point: Point) -> bool:
        mine = (self.namespace, self.name, dict(self.dimensions))
        return (point.namespace, point.name, dict(point.dimensions)) == mine


@dataclass(frozen=True, kw_only=True)
class Watch:
    """An alarm, parsed.

    Attributes:
        metrics: by the name that the expression has for each.
        expression: metric math; empty: the only metric.
    """

    metrics: Mapping[str, Metric]
    expression: str
    comparison: str
    threshold: float
    periods: int
    periods_to_alarm: int
    missing: str

    @property
    def period(self) -> int:
        """In seconds: all metrics of an alarm have the same."""
        (period,) = {each.period for each in self.metrics.values()}
        return period

    def state(
        self,
        points: Sequence[Point],
        *,
        at: float,
        before: State = State.OK,
        extra_periods: int = 2,
        fills_nothing: bool = False,
    ) -> State:
        """The state after an evaluation.

        Args:
            points: all that were sent.
            at: time of the evaluation, in seconds; the last period ends there.
            before: state until then.
            extra_periods: how many more periods CloudWatch looks at than it evaluates (the "evaluation range"). The
                guide has examples with two, and says that the number depends on the period.
            fills_nothing: see `evaluate`.
        """
        starts = [at - number * self.period for number in range(self.periods + extra_periods, 0, -1)]
        series = {
            id_: tuple(_statistic(each.statistic, each.values(points, after=t, until=t + self.period)) for t in starts)
            for id_, each in self.metrics.items()
        }
        if self.expression:
            values = evaluate(self.expression, series, fills_nothing=fills_nothing)
        else:
            (values,) = series.values()
        return self._decide(values, before)

    def _decide(self, values: Series, before: State) -> State:
        breaching = [
            None if each is None else _BREACHING[self.comparison](each, self.threshold) for each in reversed(values)
        ]
        missing = self.missing
        if any(each.namespace == "AWS/DynamoDB" for each in self.metrics.values()):
            missing = "ignore"  # whatever the alarm says (API reference of PutMetricAlarm, TreatMissingData)
        return decide(
            breaching, periods=self.periods, periods_to_alarm=self.periods_to_alarm, missing=missing, before=before
        )


def decide(
    breaching: Sequence[bool | None], *, periods: int, periods_to_alarm: int, missing: str, before: State
) -> State:
    """The state after an evaluation.

    Args:
        breaching: of each period of the evaluation range, the latest first; None: missing.
        periods: that are evaluated.
        periods_to_alarm: how many of them have to be breaching.
        missing: `breaching`, `notBreaching`, `ignore` or `missing`.
        before: state until then.
    """
    real = [(age, each) for age, each in enumerate(breaching, start=1) if each is not None]
    if len(real) >= periods:
        return _by_number(sum(each for _, each in real[:periods]), periods_to_alarm)
    bad = sum(each for _, each in real)
    if missing in ("breaching", "notBreaching"):
        bad += (periods - len(real)) if missing == "breaching" else 0
        return _by_number(bad, periods_to_alarm)
    if all(each for _, each in real):
        # Nothing speaks against an alarm, but it waits until the next points can no longer do so: "Avoiding premature
        # transitions to alarm state".
        if missing == "ignore":
            return before
        is_old = bool(real) and real[-1][0] >= periods_to_alarm
        return State.ALARM if is_old else State.INSUFFICIENT_DATA
    return _by_number(bad, periods_to_alarm)


def watch_of(body: Mapping[str, Any], names: Mapping[str, str]) -> Watch:
    """Parse an `aws_cloudwatch_metric_alarm`.

    Args:
        body: the resource.
        names: what its references stand for.
    """
    queries: Sequence[Mapping[str, Any]] = body.get("metric_query", [])
    if queries:
        read = {each["id"]: each["metric"] for each in queries if "metric" in each}
        metrics = {id_: _metric(each, each["stat"], names) for id_, each in read.items()}
        (expression,) = [each["expression"] for each in queries if each.get("return_data")]
    else:
        metrics = {"metric": _metric(body, body["statistic"], names)}
        expression = ""
    return Watch(
        metrics=metrics,
        expression=expression,
        comparison=body["comparison_operator"],
        threshold=body["threshold"],
        periods=body["evaluation_periods"],
        periods_to_alarm=body.get("datapoints_to_alarm", body["evaluation_periods"]),
        missing=body["treat_missing_data"],
    )


def _metric(body: Mapping[str, Any], statistic: str, names: Mapping[str, str]) -> Metric:
    return Metric(
        namespace=body["namespace"],
        name=body["metric_name"],
        dimensions={key: names.get(value, value) for key, value in body["dimensions"].items()},
        period=body["period"],
        statistic=statistic,
    )


def _by_number(bad: int, enough: int) -> State:
    return State.ALARM if bad >= enough else State.OK


def _percentile(statistic: str) -> float:
    match = _PERCENTILE.fullmatch(statistic)
    if match is None:
        raise ValueError(f"statistic {statistic} is unknown here")
    return float(match[1]) / 100


def _statistic(name: str, values: Sequence[float]) -> float | None:
    """Of the values of one period; None: it has none.

    Raises:
        ValueError: an unknown statistic.
    """
    if not values:
        return None
    if name in _STATISTICS:
        return float(_STATISTICS[name](values))
    rank = math.ceil(_percentile(name) * len(values))
    return float(sorted(values)[max(rank, 1) - 1])
