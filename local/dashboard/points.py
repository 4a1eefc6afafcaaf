"""Points of metrics, and CloudWatch's statistics of them."""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.dashboard.widgets import Metric


@dataclass(frozen=True, kw_only=True)
class Point:
    """A value of a metric, at a time in seconds since 1970."""

    metric: Metric
    time: float
    value: float


def points_of_log(messages: Iterable[str]) -> Iterator[Point]:
    """The points in log lines that have the embedded metric format; other lines have none.

    CloudWatch makes metrics of such lines (user guide, "Embedded metric format specification"); the local cloud does
    not.
    """
    for message in messages:
        start = message.find("{")
        if start < 0 or '"_aws"' not in message:
            continue
        try:
            line, _ = json.JSONDecoder().raw_decode(message, start)
        except ValueError:
            continue
        yield from _points(line)


def _points(line: Mapping[str, Any]) -> Iterator[Point]:
    metadata = line["_aws"]
    for directive in metadata["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = frozenset((name, str(line[name])) for name in names)
            for metric in directive["Metrics"]:
                values = line[metric["Name"]]
                for value in values if isinstance(values, list) else [values]:
                    yield Point(
                        metric=Metric(directive["Namespace"], metric["Name"], dimensions),
                        time=metadata["Timestamp"] / 1_000,
                        value=float(value),
                    )


def statistic(name: str, values: Sequence[float]) -> float:
    """A statistic of the values of one period; percentiles by the nearest rank.

    Args:
        name: as CloudWatch names it.
        values: at least one.

    Raises:
        ValueError: there is no such statistic.
    """
    if name == "Sum":
        return math.fsum(values)
    if name == "SampleCount":
        return float(len(values))
    if name == "Maximum":
        return max(values)
    if name.startswith("p"):
        rank = math.ceil(float(name[1:]) / 100 * len(values))
        return sorted(values)[max(rank, 1) - 1]
    raise ValueError(f"the statistic {name!r} cannot be drawn")


def by_period(points: Iterable[Point], name: str, *, start: float, seconds: int) -> list[tuple[float, float]]:
    """The statistic of each period that has a point: seconds since the start, and the value.

    Args:
        points: of one metric; those before the start are left out.
        name: of the statistic.
        start: of the first period, in seconds since 1970.
        seconds: length of a period.
    """
    values: dict[int, list[float]] = defaultdict(list)
    for point in points:
        values[int((point.time - start) // seconds)].append(point.value)
    return [(float(number * seconds), statistic(name, values[number])) for number in sorted(values) if number >= 0]
