"""Alarms on functions, workflows, events and uploads, beside the error rate that each function watches itself."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from constructs import Construct

from shared.contracts import metrics
from shared.contracts.functions import FunctionName
from shared.infra.constructs.alarm import ABOVE_ZERO, QUARTER_OF_AN_HOUR, Alarm, Limit, Notice, Priority
from shared.infra.constructs.measured import Expression, Measured, filled, of_function, own, total
from shared.infra.naming import Namer
from shared.infra.refs import AlarmTopics, FunctionRef, StateMachineRef

_URGENT_FUNCTIONS: Final = frozenset(
    {
        FunctionName.INTAKE,
        FunctionName.DECLARATION,
        FunctionName.VALIDATION,
        FunctionName.TRANSFORMATION,
        FunctionName.NOTIFICATION,
        FunctionName.LARGE_VALIDATION,
        FunctionName.LARGE_NOTIFICATION,
        FunctionName.SWEEPER,
    }
)
"""Without them, reports are not taken or not loaded. Without the others, banks cannot look something up."""
_ANSWERING: Final = frozenset(
    {
        FunctionName.INTAKE,
        FunctionName.DECLARATION,
        FunctionName.PRECHECK,
        FunctionName.STATUS,
        FunctionName.TRANSACTIONS,
        FunctionName.WEB,
    }
)
"""Of throttles of these, the bank that waits gets an error; of others, the caller repeats the call."""
_SILENT: Final = Limit(value=1, comparison="LessThanThreshold", periods=3, missing="breaching")


def priority_of(function: FunctionName) -> Priority:
    """Whether the person on call has to get up when calls of a function fail."""
    return Priority.URGENT if function in _URGENT_FUNCTIONS else Priority.ROUTINE


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Names of EventBridge's rules."""

    reports: Collection[str]
    """They have a dead-letter queue."""
    schedules: Collection[str]
    """They have none."""


class ComputeAlarms:
    """Makes the alarms of one environment."""

    def __init__(self, scope: Construct, *, namer: Namer, topics: AlarmTopics) -> None:
        """Remember what alarms are made with.

        Args:
            scope: the stack.
            namer: of the environment.
            topics: who is told.
        """
        self._scope = scope
        self._namer = namer
        self._topics = topics

    def watch_functions(self, functions: Mapping[FunctionName, FunctionRef]) -> None:
        """Say when functions are throttled, and when the sweeper is not called."""
        throttles = {name: of_function("Throttles", each) for name, each in functions.items()}
        self._alarm(
            Notice(
                purpose="api-throttles",
                priority=Priority.URGENT,
                says="Lambda has throttled functions that answer the banks in 15 of 20 minutes",
            ),
            total([each for name, each in throttles.items() if name in _ANSWERING], label="Throttled calls", fill=True),
            QUARTER_OF_AN_HOUR,
        )
        self._alarm(
            Notice(
                purpose="load-throttles",
                priority=Priority.ROUTINE,
                says="Lambda has throttled functions that load reports in 15 of 20 minutes; callers repeat the calls",
            ),
            total(
                [each for name, each in throttles.items() if name not in _ANSWERING], label="Throttled calls", fill=True
            ),
            QUARTER_OF_AN_HOUR,
        )
        # Filled: otherwise the calls of an hour ago would be looked at, as the last ones for which there is data. A new
        # environment rings until the first call is counted.
        self._alarm(
            Notice(
                purpose="sweeper-silent",
                priority=Priority.URGENT,
                says="Nothing has called the sweeper for 15 minutes: uploads that are stuck stay so, unnoticed",
            ),
            filled(of_function("Invocations", functions[FunctionName.SWEEPER]), label="Calls of the sweeper"),
            _SILENT,
        )

    def watch_workflow(self, purpose: str, machine: StateMachineRef) -> None:
        """Say when an execution ran out of time: an Express one then never reaches its Catch."""
        timed_out = Measured(
            namespace="AWS/States", name="ExecutionsTimedOut", dimensions={"StateMachineArn": machine.arn}
        )
        self._alarm(
            Notice(
                purpose=f"{purpose}-timeouts",
                priority=Priority.ROUTINE,
                says="A workflow ran out of time; the sweeper runs its upload again",
            ),
            timed_out,
        )

    def watch_rules(self, rules: Rules) -> None:
        """Say when EventBridge could not deliver an event, or could not even keep it."""
        self._alarm(
            Notice(
                purpose="events-failed",
                priority=Priority.URGENT,
                says="EventBridge could not start a workflow or the sweeper",
            ),
            total(
                [_of_rule("FailedInvocations", each) for each in (*rules.reports, *rules.schedules)],
                label="Failed events",
            ),
        )
        self._alarm(
            Notice(
                purpose="events-lost",
                priority=Priority.URGENT,
                says="EventBridge could neither deliver events of stored reports nor put them into their queue",
            ),
            total([_of_rule("InvocationsFailedToBeSentToDlq", each) for each in rules.reports], label="Lost events"),
        )

    def watch_uploads(self) -> None:
        """Say what the sweeper found, and what is wrong with reports that came in.

        A failed upload without a dead letter is what the sweeper finds, not the difference of failed executions and
        messages: SQS's metrics of a queue at rest are up to 15 minutes late, and each period cuts between the two.
        """
        sums = (
            (
                metrics.UPLOADS_STUCK,
                "uploads-stuck",
                Priority.ROUTINE,
                "Uploads made no progress; the sweeper has started them again",
            ),
            (
                metrics.UPLOADS_GIVEN_UP,
                "uploads-given-up",
                Priority.URGENT,
                "The sweeper has given uploads up: starting them again did not help, or their report is missing",
            ),
            (
                metrics.ROWS_IN_CONFLICT,
                "rows-in-conflict",
                Priority.ROUTINE,
                "A report has rows whose transaction_id is booked with other values",
            ),
            (
                metrics.FOREIGN_ROWS,
                "foreign-bank-id",
                Priority.ROUTINE,
                "A report has rows with the id of another bank than that of its key",
            ),
        )
        for metric, purpose, priority, says in sums:
            notice = Notice(purpose=purpose, priority=priority, says=says)
            self._alarm(notice, own(metric, environment=self._namer.suffix))
        self._alarm(
            Notice(
                purpose="failures-without-letter",
                priority=Priority.URGENT,
                says="Failed uploads have no dead letter: the operator who empties the queue does not see them",
            ),
            own(metrics.FAILURES_WITHOUT_LETTER, environment=self._namer.suffix, statistic="Maximum"),
        )

    def watch_calendars(self, bank_ids: Collection[str]) -> None:
        """Say when a report has not come by its hour.

        Args:
            bank_ids: banks that have a calendar.
        """
        for bank_id in bank_ids:
            notice = Notice(
                purpose=f"report-overdue-{bank_id}",
                priority=Priority.ROUTINE,
                says=f"The report of {bank_id} has not come by the hour in the bank's calendar",
                heading="report-overdue-bank",
            )
            overdue = own(metrics.REPORT_OVERDUE, environment=self._namer.suffix, statistic="Maximum", bank_id=bank_id)
            self._alarm(notice, overdue)

    def _alarm(self, notice: Notice, on: Measured | Expression, limit: Limit = ABOVE_ZERO) -> None:
        Alarm(self._scope, notice.purpose, namer=self._namer, topics=self._topics, notice=notice, on=on, limit=limit)


def _of_rule(name: str, rule: str) -> Measured:
    return Measured(namespace="AWS/Events", name=name, dimensions={"RuleName": rule})
