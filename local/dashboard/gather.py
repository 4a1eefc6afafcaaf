"""What a local run has measured of the metrics of a dashboard.

The local cloud makes next to none. Our own are taken from the functions' logs, as CloudWatch would, and Lambda's from
the REPORT lines in them; queues are asked while the run lasts; and what the API answered is what its client saw. There
is nothing else.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from local.cloud.clients import Cloud
from local.dashboard.invocations import invocations, points_of_invocations
from local.dashboard.picture import Curve, Drawn
from local.dashboard.points import Point, by_period, points_of_log
from local.dashboard.traffic import Call
from local.dashboard.widgets import Metric, Query, Widget
from shared.contracts.metrics import NAMESPACE

_CLIENT_ERROR: Final = 400
_SERVER_ERROR: Final = 500
_MS_IN_SECOND: Final = 1_000
_QUEUE: Final = "QueueName"
_FUNCTION_LOGS: Final = "/aws/lambda/"
_SOURCES: Final[Mapping[str, str]] = {
    NAMESPACE: "from the functions' logs",
    "AWS/Lambda": "from REPORT lines in the logs",
    "AWS/SQS": "as the queues were asked",
    "AWS/ApiGateway": "as the client saw it",
}
"""Namespace -> where its figures are from; others have none."""


class Run:
    """The metrics of one run."""

    def __init__(self, cloud: Cloud, widgets: Sequence[Widget], *, period: int) -> None:
        """Start.

        Args:
            cloud: where the stacks are deployed.
            widgets: of the dashboard.
            period: of the statistics, in seconds.
        """
        self._cloud = cloud
        self._period = period
        self._queues = {
            query.metric: dict(query.metric.dimensions)[_QUEUE]
            for widget in widgets
            for query in widget.queries
            if query.metric.name == "ApproximateNumberOfMessagesVisible"
        }
        self._points: list[Point] = []
        self.start = time.time()

    def look(self) -> None:
        """Ask the queues how many messages wait."""
        for metric, queue in self._queues.items():
            url = self._cloud.sqs.get_queue_url(QueueName=queue)["QueueUrl"]
            answer = self._cloud.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
            depth = float(answer["Attributes"]["ApproximateNumberOfMessages"])
            self._points.append(Point(metric=metric, time=time.time(), value=depth))

    def end(self, calls: Iterable[Call], api: Metric) -> float:
        """Read the logs, and take over what the client saw.

        Args:
            calls: what it saw.
            api: any metric of the API, which names it.

        Returns:
            How many seconds the run took.
        """
        end = time.time()
        self._points += [point for call in calls for point in points_of_call(call, api)]
        for function, events in self._events():
            self._points += points_of_log(message for _, message in events)
            self._points += points_of_invocations(invocations(events), function)
        return end - self.start

    def drawn(self, widget: Widget) -> Drawn:
        """What a graph shows of the run."""
        curves: list[tuple[str, Curve]] = []
        missing = []
        for query in widget.queries:
            curve = [(second, value * query.factor) for second, value in self._curve(query)]
            if curve:
                curves.append((query.label, curve))
            else:
                missing.append(query.label)
        namespaces = {query.metric.namespace for query in widget.queries}
        source = ", ".join(_SOURCES[each] for each in sorted(namespaces & _SOURCES.keys()))
        return Drawn(curves=curves, missing=missing, source=source)

    def _curve(self, query: Query) -> Curve:
        points = [each for each in self._points if each.metric == query.metric]
        return by_period(points, query.statistic, start=self.start, seconds=self._period)

    def _events(self) -> Iterator[tuple[str, list[tuple[float, str]]]]:
        """Name of each function, and the events of its log since the start: time and message."""
        logs = self._cloud.client("logs")
        start = int(self.start * _MS_IN_SECOND)
        groups = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=_FUNCTION_LOGS)
        for name in [each["logGroupName"] for page in groups for each in page["logGroups"]]:
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name, startTime=start)
            events = [(each["timestamp"] / _MS_IN_SECOND, each["message"]) for page in pages for each in page["events"]]
            yield name.removeprefix(_FUNCTION_LOGS), events


def points_of_call(call: Call, api: Metric) -> Iterable[Point]:
    """The points that API Gateway would make of a request, as far as its client can see them.

    Args:
        call: the request.
        api: any metric of the API.
    """

    def point(name: str, value: float) -> Point:
        return Point(metric=Metric(api.namespace, name, api.dimensions), time=call.time, value=value)

    yield point("Count", 1.0)
    yield point("Latency", call.milliseconds)
    yield point("4XXError", float(_CLIENT_ERROR <= call.status < _SERVER_ERROR))
    yield point("5XXError", float(call.status >= _SERVER_ERROR))


def api_metric(widgets: Iterable[Widget]) -> Metric:
    """A metric of the API, which names it."""
    return next(
        query.metric for widget in widgets for query in widget.queries if query.metric.namespace == "AWS/ApiGateway"
    )
