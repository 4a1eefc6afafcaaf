"""What the dashboard shows: graphs of our own metrics and of AWS's.

AWS's metrics are those of the services' guides; the pages are in `tests/synth/aws_metrics.py`, which holds this equal.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.contracts import metrics
from shared.contracts.functions import FunctionName
from shared.contracts.metrics import Metric
from shared.contracts.tables import BANKS, TRANSACTIONS, UPLOADS, TableKeys
from shared.infra.adoption.ownership import Owner
from shared.infra.constructs.python_function import PythonFunction
from shared.infra.refs import QueueRef, StateMachineRef, TableRef
from shared.infra.tags import APPLICATION
from stacks.compute.dashboard.widgets import Graph, Line, Section

_ORIGIN: Final = "Made by Terraform: what is changed here is lost with the next deploy."
"""In the dashboard's first widget, as the API reference of `PutDashboard` advises."""
_PERCENTILES: Final = ("p50", "p95", "p99")
_ASKED: Final = (
    FunctionName.INTAKE,
    FunctionName.DECLARATION,
    FunctionName.PRECHECK,
    FunctionName.STATUS,
    FunctionName.TRANSACTIONS,
    FunctionName.WEB,
)
"""A bank waits for their answers."""
_MB_IN_GB: Final = 1_024
_MS_IN_SECOND: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What the dashboard watches."""

    environment: str
    """Suffix of the environment."""
    api: str
    """Name of the REST API."""
    functions: Mapping[FunctionName, PythonFunction]
    workflows: Mapping[str, StateMachineRef]
    """By what people call them."""
    uploads: TableRef
    transactions: TableRef
    banks: TableRef
    queues: Mapping[str, QueueRef]
    """Queues in which no message should be, by what people call them."""
    log_groups: Mapping[str, str]
    """Names of the log groups of what is not a function, by what people call it."""
    awaited_banks: Sequence[str]
    """Ids of the banks that have a calendar."""


def sections(watched: Watched) -> list[Section]:
    """All sections of the dashboard."""
    return [
        # Whose it is: a dashboard has no tags, and adoption reads them here.
        Section(heading=f"# Transaction Pipeline: {watched.environment}\n{_ORIGIN} {_owner(watched)}"),
        Section(heading="## Uploads", graphs=list(_uploads(watched))),
        Section(heading="## Latency", graphs=list(_latency(watched))),
        Section(heading="## Load", graphs=list(_load(watched))),
        Section(heading="## Stuck and undelivered", graphs=list(_stuck(watched))),
        Section(heading="## Security", graphs=list(_security(watched))),
        Section(heading="## What costs", graphs=list(_costs(watched))),
    ]


def _owner(watched: Watched) -> Owner:
    return Owner(application=APPLICATION, environment=watched.environment)


def _uploads(watched: Watched) -> Iterator[Graph]:
    yield Graph(
        title="Outcomes",
        unit="reports",
        lines=[
            _own(watched, metrics.UPLOADS_RECEIVED, "received"),
            _own(watched, metrics.UPLOADS_REJECTED, "rejected"),
            _own(watched, metrics.UPLOADS_COMPLETED, "completed"),
        ],
    )
    yield Graph(
        title="Rows of completed uploads",
        unit="rows",
        lines=[
            _own(watched, metrics.ROWS_LOADED, "loaded"),
            _own(watched, metrics.ROWS_REPEATED, "repeated"),
            _own(watched, metrics.ROWS_IN_CONFLICT, "in conflict"),
        ],
    )
    if watched.awaited_banks:
        yield Graph(
            title="Overdue reports by bank",
            unit="1 while overdue",
            lines=[_own(watched, metrics.REPORT_OVERDUE, bank, "Maximum", bank=bank) for bank in watched.awaited_banks],
            stacked=True,
        )


def _latency(watched: Watched) -> Iterator[Graph]:
    yield Graph(
        title="Answers of the API",
        unit="milliseconds",
        lines=[_api(watched, "Latency", each, each) for each in _PERCENTILES],
    )
    yield Graph(
        title="Validation of a report",
        unit="milliseconds",
        lines=[_own(watched, metrics.VALIDATION_TIME, each, each) for each in _PERCENTILES],
    )
    yield Graph(
        title="Time until an upload is completed",
        unit="seconds",
        lines=[_own(watched, metrics.COMPLETION_TIME, each, each) for each in _PERCENTILES],
    )


def _load(watched: Watched) -> Iterator[Graph]:
    yield Graph(
        title="Errors of the API",
        unit="answers",
        lines=[_api(watched, "4XXError", "4xx", "Sum"), _api(watched, "5XXError", "5xx", "Sum")],
    )
    yield Graph(
        title="Executions of the workflows",
        unit="executions",
        lines=[
            Line(
                label=f"{name}: {what}",
                namespace="AWS/States",
                metric=metric,
                dimensions={"StateMachineArn": machine.arn},
                statistic="Sum",
            )
            for name, machine in watched.workflows.items()
            for metric, what in (
                ("ExecutionsStarted", "started"),
                ("ExecutionsFailed", "failed"),
                ("ExecutionsTimedOut", "timed out"),
            )
        ],
    )
    yield Graph(
        title="Functions at once",
        unit="executions",
        lines=_by_function(watched, "ConcurrentExecutions", "Maximum"),
        stacked=True,
    )
    yield Graph(
        title="Throttled calls of functions",
        unit="calls",
        lines=_by_function(watched, "Throttles", "Sum"),
        stacked=True,
    )
    yield Graph(
        title="Throttled reads and writes of DynamoDB",
        unit="events",
        lines=[
            line
            for metric, what in (("ReadThrottleEvents", "reads"), ("WriteThrottleEvents", "writes"))
            for each in _tables(watched)
            for line in _by_table(each, metric, f": {what}")
        ],
        stacked=True,
    )
    yield Graph(
        title="Duration of the functions that answer (p95)",
        unit="milliseconds",
        lines=_by_function(watched, "Duration", "p95", [each for each in watched.functions if each in _ASKED]),
    )
    yield Graph(
        title="Duration of the other functions (p95)",
        unit="milliseconds",
        lines=_by_function(watched, "Duration", "p95", [each for each in watched.functions if each not in _ASKED]),
    )


def _stuck(watched: Watched) -> Iterator[Graph]:
    for title, unit, metric in (
        ("Messages that wait", "messages", "ApproximateNumberOfMessagesVisible"),
        ("Age of the oldest message", "seconds; lost after 14 days", "ApproximateAgeOfOldestMessage"),
    ):
        yield Graph(
            title=title,
            unit=unit,
            lines=[
                Line(
                    label=name,
                    namespace="AWS/SQS",
                    metric=metric,
                    dimensions={"QueueName": queue.name},
                    statistic="Maximum",
                )
                for name, queue in watched.queues.items()
            ],
        )
    yield Graph(
        title="What the sweeper found",
        unit="uploads",
        lines=[
            _own(watched, metrics.UPLOADS_STUCK, "stuck, run again"),
            _own(watched, metrics.UPLOADS_GIVEN_UP, "given up"),
            _own(watched, metrics.FAILURES_WITHOUT_LETTER, "failed without a dead letter", "Maximum"),
        ],
    )


def _security(watched: Watched) -> Iterator[Graph]:
    yield Graph(
        title="Refused requests",
        unit="requests",
        lines=[
            _own(watched, metrics.WRONG_KEYS, "without a valid key"),
            _own(watched, metrics.QUOTAS_EXCEEDED, "beyond a bank's quota"),
        ],
    )
    yield Graph(
        title="Rows with another bank's id",
        unit="rows",
        lines=[_own(watched, metrics.FOREIGN_ROWS, "foreign rows")],
    )


def _costs(watched: Watched) -> Iterator[Graph]:
    yield Graph(
        title="DynamoDB: write units",
        unit="units",
        # Nothing but a deploy writes to the banks table.
        lines=[
            line
            for each in _tables(watched)
            if each.keys is not BANKS
            for line in _by_table(each, "ConsumedWriteCapacityUnits")
        ],
    )
    yield Graph(
        title="DynamoDB: read units",
        unit="units",
        lines=[line for each in _tables(watched) for line in _by_table(each, "ConsumedReadCapacityUnits")],
    )
    yield Graph(
        title="Lambda: gigabyte-seconds",
        unit="GB-seconds",
        lines=[
            _function(name, function, "Duration", "Sum", f"{function.memory_mb} / {_MB_IN_GB} / {_MS_IN_SECOND}")
            for name, function in watched.functions.items()
        ],
        stacked=True,
    )
    yield Graph(title="Lambda: calls", unit="calls", lines=_by_function(watched, "Invocations", "Sum"), stacked=True)
    yield Graph(
        title="API Gateway: requests", unit="requests", lines=[_api(watched, "Count", "requests", "SampleCount")]
    )
    yield Graph(
        title="CloudWatch: log bytes",
        unit="bytes",
        lines=[_log(name, group) for name, group in _log_groups(watched)],
        stacked=True,
    )


def _own(watched: Watched, metric: Metric, label: str, statistic: str = "Sum", *, bank: str = "") -> Line:
    dimensions = {metrics.ENVIRONMENT_DIMENSION: watched.environment}
    if metric.of_bank:
        dimensions[metrics.BANK_DIMENSION] = bank
    return Line(
        label=label, namespace=metrics.NAMESPACE, metric=metric.name, dimensions=dimensions, statistic=statistic
    )


def _api(watched: Watched, metric: str, label: str, statistic: str) -> Line:
    return Line(
        label=label,
        namespace="AWS/ApiGateway",
        metric=metric,
        dimensions={"ApiName": watched.api},
        statistic=statistic,
    )


def _by_function(
    watched: Watched, metric: str, statistic: str, names: Sequence[FunctionName] | None = None
) -> list[Line]:
    return [
        _function(name, function, metric, statistic)
        for name, function in watched.functions.items()
        if names is None or name in names
    ]


def _function(name: FunctionName, function: PythonFunction, metric: str, statistic: str, factor: str = "") -> Line:
    return Line(
        label=name,
        namespace="AWS/Lambda",
        metric=metric,
        dimensions={"FunctionName": function.ref.name},
        statistic=statistic,
        factor=factor,
    )


@dataclass(frozen=True, kw_only=True)
class _Table:
    label: str
    table: TableRef
    keys: TableKeys


def _tables(watched: Watched) -> Iterator[_Table]:
    yield _Table(label="uploads", table=watched.uploads, keys=UPLOADS)
    yield _Table(label="transactions", table=watched.transactions, keys=TRANSACTIONS)
    yield _Table(label="banks", table=watched.banks, keys=BANKS)


def _by_table(of: _Table, metric: str, what: str = "") -> Iterator[Line]:
    """A line for the table, which does not count its indexes, and one for each index."""
    name, of_table = of.label, {"TableName": of.table.name}
    yield _of_dynamodb(f"{name}{what}", metric, of_table)
    for index in of.keys.indexes:
        of_index = of_table | {"GlobalSecondaryIndexName": index.name}
        yield _of_dynamodb(f"{name}, index {index.name}{what}", metric, of_index)


def _of_dynamodb(label: str, metric: str, dimensions: Mapping[str, str]) -> Line:
    return Line(label=label, namespace="AWS/DynamoDB", metric=metric, dimensions=dimensions, statistic="Sum")


def _log_groups(watched: Watched) -> Iterator[tuple[str, str]]:
    yield from ((name, function.log.name) for name, function in watched.functions.items())
    yield from watched.log_groups.items()


def _log(label: str, group: str) -> Line:
    return Line(
        label=label,
        namespace="AWS/Logs",
        metric="IncomingBytes",
        dimensions={"LogGroupName": group},
        statistic="Sum",
    )
