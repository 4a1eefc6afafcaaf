"""What a local run has measured of the metrics of a dashboard.

The local cloud makes metrics of Lambda only. Our own are taken from the functions' logs, as CloudWatch would; queues
are asked while the run lasts; and what the API answered is what its client saw. There is nothing else.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from local.cloud.clients import Cloud
from local.dashboard.picture import Curve, Drawn
from local.dashboard.points import Point, by_period, points_of_log
from local.dashboard.traffic import Call
from local.dashboard.widgets import Metric, Query, Widget
from shared.contracts.metrics import NAMESPACE

_CLIENT_ERROR: Final = 400
_SERVER_ERROR: Final = 500
_QUEUE: Final = "QueueName"
_FUNCTION_LOGS: Final = "/aws/lambda/"
_SOURCES: Final[Mapping[str, str]] = {
    NAMESPACE: "from the functions' logs",
    "AWS/Lambda": "from the local cloud's metrics",
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
        self._points += [each for each in points_of_log(self._messages()) if each.time >= self.start]
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
        if query.metric.namespace == "AWS/Lambda":
            return self._of_lambda(query)
        points = [each for each in self._points if each.metric == query.metric]
        return by_period(points, query.statistic, start=self.start, seconds=self._period)

    def _of_lambda(self, query: Query) -> Curve:
        # From a whole multiple of the period on: the local cloud aligns periods so, as CloudWatch does.
        first = self.start // self._period * self._period
        answer = self._cloud.client("cloudwatch").get_metric_data(
            MetricDataQueries=[_metric_query(query, self._period)],
            StartTime=datetime.fromtimestamp(first, UTC),
            EndTime=datetime.fromtimestamp(time.time() + self._period, UTC),
        )
        (result,) = answer["MetricDataResults"]
        pairs = zip(result["Timestamps"], result["Values"], strict=True)
        return sorted((max(when.timestamp() - self.start, 0.0), float(value)) for when, value in pairs)

    def _messages(self) -> Iterable[str]:
        logs = self._cloud.client("logs")
        groups = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=_FUNCTION_LOGS)
        for group in (each for page in groups for each in page["logGroups"]):
            events = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            yield from (each["message"] for page in events for each in page["events"])


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


def _metric_query(query: Query, period: int) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in sorted(query.metric.dimensions)]
    metric = {"Namespace": query.metric.namespace, "MetricName": query.metric.name, "Dimensions": dimensions}
    return {"Id": "m", "MetricStat": {"Metric": metric, "Period": period, "Stat": query.statistic}}


def api_metric(widgets: Iterable[Widget]) -> Metric:
    """A metric of the API, which names it."""
    return next(
        query.metric for widget in widgets for query in widget.queries if query.metric.namespace == "AWS/ApiGateway"
    )
