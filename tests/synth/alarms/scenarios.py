"""Points at which each alarm has to ring, and points, close to those, at which it must not.

Values are those of periods of five minutes, the latest on the right; None: CloudWatch has no data of the period.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.contracts import metrics
from shared.contracts.functions import FunctionName
from shared.contracts.metrics import Metric
from shared.contracts.tables import BANKS, BY_DUE, BY_TIME, TRANSACTIONS, UPLOADS, TableKeys
from tests.synth.alarms.evaluator import Point
from tests.synth.alarms.synthesized import state_machine_arn
from tests.synth.synthesis import Synthesis

PERIOD = 300
AT = 1_000_000.0
OVERDUE = "report-overdue-"

# How many more periods CloudWatch looks at than it evaluates is not published for each period, nor whether FILL makes
# zeros of a metric that has no data at all: an alarm has to be right in any case.
UNPUBLISHED: Sequence[Mapping[str, Any]] = [
    {"extra_periods": extra, "fills_nothing": fills_nothing}
    for extra in (0, 1, 2, 5)
    for fills_nothing in (False, True)
]

Values = Sequence[float | Sequence[float] | None]
Points = Sequence[Point]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Cases of one alarm.

    Attributes:
        rings: in each it goes off.
        quiet: in each it does not, and one that has gone off ends.
    """

    rings: Sequence[Points]
    quiet: Sequence[Points]


def data(namespace: str, name: str, values: Values, **dimensions: str) -> Points:
    """Points of a metric: one value, or several, in each period."""
    middles = [AT - PERIOD * (age + 0.5) for age in reversed(range(len(values)))]
    return [
        Point(time=time, namespace=namespace, name=name, dimensions=dimensions, value=value)
        for time, found in zip(middles, values, strict=True)
        for value in ([] if found is None else [found] if isinstance(found, int | float) else found)
    ]


def scenarios(synthesis: Synthesis) -> Mapping[str, Scenario]:
    """Of every alarm that there has to be, by purpose."""
    suffix = synthesis.suffix
    return dict(
        [
            *_of_queues(synthesis),
            *_of_functions(suffix),
            *_of_tables(suffix),
            *_of_workflows(suffix),
            *_of_delivery(suffix),
            *_of_uploads(suffix),
            *_of_api(suffix),
        ]
    )


def overdue(bank_id: str, suffix: str) -> Scenario:
    """Of the alarm on the report of one bank."""

    def of(values: Values, *, bank: str = bank_id, environment: str = suffix) -> Points:
        name = metrics.REPORT_OVERDUE.name
        return data(metrics.NAMESPACE, name, values, Environment=environment, Bank=bank)

    return Scenario(
        rings=[of([0, 1]), of([[0, 0, 0, 0, 1]])],
        quiet=[of([1, 0]), of([1], bank="another"), of([1], environment="another"), []],
    )


def _of_queues(synthesis: Synthesis) -> Iterator[tuple[str, Scenario]]:
    for queue in synthesis.of("aws_sqs_queue"):
        name = queue.body["name"]
        purpose = name.removeprefix("txn-").removesuffix(f"-{synthesis.suffix}")

        def of(metric: str, values: Values, queue_name: str = name) -> Points:
            return data("AWS/SQS", metric, values, QueueName=queue_name)

        waiting, oldest = "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"
        yield (
            f"{purpose}-depth",
            Scenario(
                rings=[of(waiting, [0, 0, 1]), of(waiting, [[1, 0]])],
                quiet=[of(waiting, [1, 0]), of(waiting, [1], "txn-others-queue"), of(oldest, [60]), []],
            ),
        )
        yield (
            f"{purpose}-age",
            Scenario(rings=[of(oldest, [86_300, 86_600])], quiet=[of(oldest, [86_400]), of(oldest, [90_000, 0]), []]),
        )


def _of_functions(suffix: str) -> Iterator[tuple[str, Scenario]]:
    def of(function: str, metric: str, values: Values) -> Points:
        return data("AWS/Lambda", metric, values, FunctionName=f"txn-{function}-{suffix}")

    def throttled(function: str, values: Values) -> Points:
        return of(function, "Throttles", values)

    for name in FunctionName:
        calls = of(name, "Invocations", [100])
        yield (
            f"{name}-errors",
            Scenario(
                rings=[[*calls, *of(name, "Errors", [6])], [*of(name, "Invocations", [1]), *of(name, "Errors", [1])]],
                quiet=[[*calls, *of(name, "Errors", [5])], [*calls, *of("another", "Errors", [50])], calls, []],
            ),
        )
    for purpose, one, other, foreign in (
        ("api-throttles", FunctionName.INTAKE, FunctionName.STATUS, FunctionName.TRANSFORMATION),
        ("load-throttles", FunctionName.TRANSFORMATION, FunctionName.LARGE_VALIDATION, FunctionName.INTAKE),
    ):
        yield (
            purpose,
            Scenario(
                rings=[
                    throttled(one, [1, 1, 1]),
                    [*throttled(one, [4, None, 0]), *throttled(other, [0, 1, 2])],
                ],
                quiet=[
                    throttled(one, [9, 9, 0]),
                    throttled(one, [1, None, 1]),
                    throttled(one, [1, None, 1, None, 1]),
                    throttled(foreign, [9, 9, 9]),
                    [],
                ],
            ),
        )
    calls_of_the_sweeper = "Invocations"
    yield (
        "sweeper-silent",
        Scenario(
            rings=[
                [],
                of(FunctionName.SWEEPER, calls_of_the_sweeper, [5, 5, None, None, None]),
                of(FunctionName.VALIDATION, calls_of_the_sweeper, [5, 5, 5, 5, 5]),
            ],
            quiet=[
                of(FunctionName.SWEEPER, calls_of_the_sweeper, [5, 5, 5, 5]),
                of(FunctionName.SWEEPER, calls_of_the_sweeper, [5, 5, None]),
                of(FunctionName.SWEEPER, calls_of_the_sweeper, [None, None, None, None, 1]),
            ],
        ),
    )


def _of_tables(suffix: str) -> Iterator[tuple[str, Scenario]]:
    tables: Mapping[str, tuple[TableKeys, str]] = {
        "uploads": (UPLOADS, BY_DUE.name),
        "transactions": (TRANSACTIONS, BY_TIME.name),
        "banks": (BANKS, ""),
    }
    for purpose, (keys, index) in tables.items():
        assert index in {"", *(each.name for each in keys.indexes)}
        of_table = {"TableName": f"txn-{purpose}-{suffix}"}
        of_index = of_table | ({"GlobalSecondaryIndexName": index} if index else {})

        def read(values: Values, dimensions: Mapping[str, str] = of_table) -> Points:
            return data("AWS/DynamoDB", "ReadThrottleEvents", values, **dimensions)

        def written(values: Values, dimensions: Mapping[str, str] = of_index) -> Points:
            return data("AWS/DynamoDB", "WriteThrottleEvents", values, **dimensions)

        another = {"TableName": "txn-others-table"}
        yield (
            f"{purpose}-throttles",
            Scenario(
                rings=[read([1, 1, 1]), [*read([3, None, None]), *written([None, 1, 1])]],
                # Without zeros of its own, DynamoDB would keep the alarm as it is until the next throttle.
                quiet=[read([1, None, 1]), written([1, 1, 1, None, None]), [*read([0]), *read([1, 1, 1], another)]],
            ),
        )


def _of_workflows(suffix: str) -> Iterator[tuple[str, Scenario]]:
    def of(workflow: str, values: Values) -> Points:
        arn = state_machine_arn(f"txn-{workflow}-{suffix}")
        return data("AWS/States", "ExecutionsTimedOut", values, StateMachineArn=arn)

    for one, other in (("load", "large-load"), ("large-load", "load")):
        yield f"{one}-timeouts", Scenario(rings=[of(one, [None, 1])], quiet=[of(one, [1, 0]), of(other, [1]), []])


def _of_delivery(suffix: str) -> Iterator[tuple[str, Scenario]]:
    def of_rule(rule: str, metric: str, values: Values) -> Points:
        return data("AWS/Events", metric, values, RuleName=f"txn-{rule}-{suffix}")

    def of_topic(topic: str, values: Values) -> Points:
        name = "NumberOfNotificationsFailedToRedriveToDlq"
        return data("AWS/SNS", name, values, TopicName=f"txn-{topic}-{suffix}")

    failed, lost = "FailedInvocations", "InvocationsFailedToBeSentToDlq"
    reports = ("report-stored", "large-report-stored")
    for purpose, rules, metric, other_metric in (
        ("events-failed", (*reports, "sweep"), failed, lost),
        ("events-lost", reports, lost, failed),
    ):
        over, foreign = of_rule(rules[0], metric, [1, 0]), of_rule("others", metric, [1])
        yield (
            purpose,
            Scenario(
                rings=[of_rule(each, metric, [None, 1]) for each in rules],
                quiet=[over, foreign, of_rule(rules[0], other_metric, [1]), []],
            ),
        )
    topics = ("outcomes", "alarms", "urgent-alarms")
    yield (
        "notifications-lost",
        Scenario(
            rings=[of_topic(each, [0, 1]) for each in topics],
            quiet=[[point for each in topics for point in of_topic(each, [1, 0])], of_topic("others", [1]), []],
        ),
    )


def _of_uploads(suffix: str) -> Iterator[tuple[str, Scenario]]:
    counted = {
        "uploads-stuck": metrics.UPLOADS_STUCK,
        "uploads-given-up": metrics.UPLOADS_GIVEN_UP,
        "failures-without-letter": metrics.FAILURES_WITHOUT_LETTER,
        "rows-in-conflict": metrics.ROWS_IN_CONFLICT,
        "foreign-bank-id": metrics.FOREIGN_ROWS,
        "quota-exceeded": metrics.QUOTAS_EXCEEDED,
    }
    for purpose, metric in counted.items():
        yield (
            purpose,
            Scenario(
                rings=[_own(metric, [0, 1], suffix), _own(metric, [[0, 0, 1, 0, 0]], suffix)],
                quiet=[_own(metric, [1, 0], suffix), _own(metric, [1], "another"), []],
            ),
        )


def _of_api(suffix: str) -> Iterator[tuple[str, Scenario]]:
    def of(metric: str, values: Values, api: str = f"txn-api-{suffix}") -> Points:
        return data("AWS/ApiGateway", metric, values, ApiName=api, Stage="v1")

    requests = of("Count", [200, 200])
    yield (
        "api-errors",
        Scenario(
            rings=[[*requests, *of("5XXError", [3, 3])], [*of("Count", [1, 1]), *of("5XXError", [1, 1])]],
            quiet=[
                [*requests, *of("5XXError", [2, 2])],
                [*requests, *of("5XXError", [50, 1])],
                [*requests, *of("4XXError", [100, 100])],
                [*requests, *of("Count", [200, 200], "others"), *of("5XXError", [9, 9], "others")],
                [],
            ],
        ),
    )
    fast, slow = [200.0] * 95, [1_500.0] * 5
    yield (
        "api-latency",
        Scenario(
            rings=[of("Latency", [[*fast[1:], *slow, 1_001.0]] * 3)],
            quiet=[
                of("Latency", [[*fast, *slow]] * 3),
                of("Latency", [[*fast[1:], *slow, 1_001.0], [*fast, *slow], [*fast[1:], *slow, 1_001.0]]),
                of("Latency", [[*fast[1:], *slow, 1_000.0]] * 3),
            ],
        ),
    )
    yield (
        "wrong-keys",
        Scenario(
            rings=[_own(metrics.WRONG_KEYS, [[1] * 101], suffix)],
            quiet=[
                _own(metrics.WRONG_KEYS, [[1] * 100], suffix),
                _own(metrics.WRONG_KEYS, [[1] * 90, [1] * 90], suffix),
                _own(metrics.WRONG_KEYS, [[1] * 101], "another"),
                [],
            ],
        ),
    )


def _own(metric: Metric, values: Values, environment: str) -> Points:
    return data(metrics.NAMESPACE, metric.name, values, Environment=environment)
