"""Points at which each alarm has to ring, and points, close to those, at which it must not.

Values are those of periods, of five minutes where nothing else is said, the latest on the right; None: CloudWatch has
no data of the period.
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

PERIOD = 300
HOUR = 3_600
AT = 1_000_000.0
OVERDUE = "report-overdue-"
QUEUES = ("dead-letters", "event-dead-letters", "undelivered")

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
    """Points of a metric: one value, or several, in each period of five minutes."""
    return _spaced(namespace, name, values, dimensions, PERIOD)


def _spaced(namespace: str, name: str, values: Values, dimensions: Mapping[str, str], period: int) -> Points:
    middles = [AT - period * (age + 0.5) for age in reversed(range(len(values)))]
    return [
        Point(time=time, namespace=namespace, name=name, dimensions=dimensions, value=value)
        for time, found in zip(middles, values, strict=True)
        for value in ([] if found is None else [found] if isinstance(found, int | float) else found)
    ]


def scenarios(suffix: str) -> Mapping[str, Scenario]:
    """Of every alarm of an environment, by purpose; without those of banks with a calendar."""
    return dict(
        [
            *_of_queues(suffix),
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


def _of_queues(suffix: str) -> Iterator[tuple[str, Scenario]]:
    def waiting(queue: str, values: Values, period: int = PERIOD) -> Points:
        name = "ApproximateNumberOfMessagesVisible"
        return _spaced("AWS/SQS", name, values, {"QueueName": f"txn-{queue}-{suffix}"}, period)

    for queue in QUEUES:
        yield (
            f"{queue}-depth",
            Scenario(
                rings=[waiting(queue, [0, 0, 1]), waiting(queue, [[1, 0]])],
                quiet=[waiting(queue, [1, 0]), waiting("others", [1]), []],
            ),
        )
        yield (
            f"{queue}-age",
            Scenario(
                # A message that is looked at is not visible for two minutes, but is so for the rest of the hour.
                rings=[waiting(queue, [0, *([1] * 24)], HOUR), waiting(queue, [[1, 0, 1]] * 24, HOUR)],
                quiet=[
                    waiting(queue, [1] * 23, HOUR),
                    waiting(queue, [*([1] * 12), 0, *([1] * 23)], HOUR),
                    waiting(queue, [*([1] * 30), 0], HOUR),
                    waiting("others", [1] * 24, HOUR),
                    [],
                ],
            ),
        )


def _of_functions(suffix: str) -> Iterator[tuple[str, Scenario]]:
    def of(function: str, metric: str, values: Values) -> Points:
        return data("AWS/Lambda", metric, values, FunctionName=f"txn-{function}-{suffix}")

    def throttled(function: str, values: Values) -> Points:
        return of(function, "Throttles", values)

    def failed(function: str, errors: int, calls: int) -> Points:
        return [*of(function, "Invocations", [calls]), *of(function, "Errors", [errors])]

    for name in FunctionName:
        calls = of(name, "Invocations", [100])
        yield (
            f"{name}-errors",
            Scenario(
                rings=[failed(name, 6, 100), failed(name, 3, 20), failed(name, 3, 3)],
                quiet=[
                    failed(name, 5, 100),
                    failed(name, 1, 1),
                    failed(name, 1, 10),
                    failed(name, 2, 2),
                    [*calls, *of("another", "Errors", [50])],
                    calls,
                    [],
                ],
            ),
        )
    answering = ["intake", "declaration", "precheck", "status", "transactions", "web"]
    loading = [each for each in FunctionName if each not in answering]
    for purpose, group, others in (("api-throttles", answering, loading), ("load-throttles", loading, answering)):
        one, other = group[:2]
        yield (
            purpose,
            Scenario(
                rings=[
                    *(throttled(each, [1, 1, 1]) for each in group),
                    [*throttled(one, [4, None, 0]), *throttled(other, [0, 1, 2])],
                    throttled(one, [1, 1, 1, None]),
                ],
                quiet=[
                    *(throttled(each, [9, 9, 9]) for each in others),
                    throttled(one, [9, 9, 0]),
                    throttled(one, [1, None, 1]),
                    throttled(one, [1, None, 1, None, 1]),
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
        table = {"TableName": f"txn-{purpose}-{suffix}"}
        part = table | ({"GlobalSecondaryIndexName": index} if index else {})
        read, written = "ReadThrottleEvents", "WriteThrottleEvents"
        yield (
            f"{purpose}-throttles",
            Scenario(
                rings=[
                    _throttled(read, [1, 1, 1], table),
                    [*_throttled(read, [3, None, None], table), *_throttled(written, [None, 1, 1], part)],
                    _throttled(written, [1, 1, 1, None], part),
                ],
                quiet=[
                    _throttled(read, [1, None, 1], table),
                    # Without zeros of its own, DynamoDB would keep the alarm as it is until the next throttle.
                    _throttled(written, [1, 1, 1, None, None], part),
                    [*_throttled(read, [0], table), *_throttled(read, [1, 1, 1], {"TableName": "others"})],
                ],
            ),
        )


def _throttled(name: str, values: Values, dimensions: Mapping[str, str]) -> Points:
    return data("AWS/DynamoDB", name, values, **dimensions)


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

    def failed(errors: int, calls: int, *, fewer: int = 0) -> Points:
        """In each of two periods; in the second with fewer errors."""
        return [*of("Count", [calls, calls]), *of("5XXError", [errors, errors - fewer])]

    requests = of("Count", [200, 200])
    yield (
        "api-errors",
        Scenario(
            rings=[failed(3, 200), failed(3, 20), failed(3, 3)],
            quiet=[
                failed(3, 300),
                failed(1, 1),
                failed(1, 10),
                failed(2, 2),
                failed(3, 20, fewer=1),
                [*requests, *of("5XXError", [50, 1])],
                [*requests, *of("5XXError", [1, 50])],
                [*requests, *of("4XXError", [100, 100])],
                [*requests, *of("Count", [200, 200], "others"), *of("5XXError", [9, 9], "others")],
                [],
            ],
        ),
    )
    yield "api-latency", _of_latency(suffix)
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


def _of_latency(suffix: str) -> Scenario:
    def answered(*periods: Sequence[float] | None, api: str = f"txn-api-{suffix}") -> Points:
        """Requests that took so many milliseconds each; None: CloudWatch has nothing yet, or no one asked."""
        ones = [None if each is None else [1.0] * len(each) for each in periods]
        dimensions = {"ApiName": api, "Stage": "v1"}
        return [
            *data("AWS/ApiGateway", "Latency", periods, **dimensions),
            *data("AWS/ApiGateway", "Count", ones, **dimensions),
        ]

    fast, slow = [200.0] * 94, [1_500.0] * 5
    good, bad = [*fast, *slow, 1_000.0], [*fast, *slow, 1_001.0]
    few_bad, few_good = [2_000.0] * 19, [200.0] * 5
    return Scenario(
        rings=[
            answered(bad, bad, bad),
            answered(bad, bad, bad, None),
            answered(bad, good, bad, bad),
            answered(*[[200.0] * 18 + [1_001.0] * 2] * 3),
        ],
        quiet=[
            answered(good, good, good),
            answered(bad, good, bad),
            answered(few_bad, few_bad, few_bad, few_bad),
            answered(bad, bad, few_bad),
            # It ends in the night, when too few ask for a percentile, or no one does.
            answered(bad, bad, bad, few_good, few_good),
            answered(bad, bad, bad, None, None),
            answered(bad, bad, bad, api="others"),
            [],
        ],
    )


def _own(metric: Metric, values: Values, environment: str) -> Points:
    return data(metrics.NAMESPACE, metric.name, values, Environment=environment)
