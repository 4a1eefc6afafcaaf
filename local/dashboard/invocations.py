"""Metrics of Lambda from its REPORT lines, with which the log of every invocation ends.

MiniStack makes Lambda's metrics of direct invocations only, not of those by API Gateway, EventBridge and Step
Functions.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from local.dashboard.points import Point
from local.dashboard.widgets import Metric

_REPORT: Final = re.compile(r"REPORT RequestId: \S+\s+Duration: ([\d.]+) ms")
_NAMESPACE: Final = "AWS/Lambda"


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """When one invocation began and ended, in seconds since 1970."""

    start: float
    end: float


def invocations(events: Iterable[tuple[float, str]]) -> Iterator[Invocation]:
    """The invocations in a function's log.

    Args:
        events: time in seconds since 1970, and message.
    """
    for end, message in events:
        if report := _REPORT.search(message):
            yield Invocation(start=end - float(report[1]) / 1_000, end=end)


def points_of_invocations(found: Iterable[Invocation], function: str) -> Iterator[Point]:
    """The points that Lambda would make of a function's invocations: how many, how long, and how many at once.

    Args:
        found: all of them.
        function: its name.
    """
    every = list(found)
    dimensions = frozenset({("FunctionName", function)})
    for each in every:
        at_once = sum(other.start <= each.start < other.end for other in every if other is not each) + 1
        yield Point(metric=Metric(_NAMESPACE, "Invocations", dimensions), time=each.start, value=1.0)
        yield Point(metric=Metric(_NAMESPACE, "ConcurrentExecutions", dimensions), time=each.start, value=at_once)
        milliseconds = (each.end - each.start) * 1_000
        yield Point(metric=Metric(_NAMESPACE, "Duration", dimensions), time=each.end, value=milliseconds)
