"""An alarm: what it watches, from where on that is wrong, and who is told how urgently."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import (
    CloudwatchMetricAlarm,
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
)
from constructs import Construct

from shared.infra.constructs.measured import Expression, Measured
from shared.infra.naming import Namer, ResourceKind
from shared.infra.refs import AlarmTopics

PERIOD_SECONDS: Final = 300
RUNBOOK: Final = "docs/runbook.md"

Comparison = Literal["GreaterThanThreshold", "LessThanThreshold"]
MissingData = Literal["breaching", "notBreaching"]


class Priority(StrEnum):
    """What an alarm asks of people. It is in the alarm's description, and so in the message that they get."""

    URGENT = "urgent"
    """It wakes the person on call."""
    ROUTINE = "routine"
    """It waits until the morning."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What people are told."""

    purpose: str
    """The alarm's name without project and suffix, and the heading of its section in the runbook."""
    priority: Priority
    says: str
    """What is wrong, without a full stop."""
    heading: str = ""
    """Fragment of the heading in the runbook where several alarms share a section; empty: the purpose."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """From where on a value is wrong, and in how many periods it has to be."""

    value: float = 0
    comparison: Comparison = "GreaterThanThreshold"
    periods: int = 1
    """How many periods have to be wrong."""
    of: int = 0
    """Of how many in a row; 0: of just as many."""
    period_seconds: int = PERIOD_SECONDS
    """Periods of less than an hour may cover a day, others seven days (API reference of PutMetricAlarm, "Period")."""
    missing: MissingData = "notBreaching"
    """What a period without data counts as."""


ABOVE_ZERO: Final = Limit()
QUARTER_OF_AN_HOUR: Final = Limit(periods=3, of=4)
"""For metrics that are filled: the latest period may be a zero only because its data comes late (`measured.py`)."""


class Alarm(Construct):
    """An alarm. All who are told that it has gone off are told that it is over."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namer: Namer,
        topics: AlarmTopics,
        notice: Notice,
        on: Measured | Expression,
        limit: Limit = ABOVE_ZERO,
    ) -> None:
        """Make the alarm.

        Args:
            scope: parent.
            id_: construct id.
            namer: of the environment.
            topics: who listens.
            notice: what they are told.
            on: what is watched.
            limit: when it goes off.
        """
        super().__init__(scope, id_)
        told = [topics.all.arn]
        if notice.priority is Priority.URGENT:
            told.append(topics.urgent.arn)
        CloudwatchMetricAlarm(
            self,
            "alarm",
            alarm_name=namer.name(notice.purpose, ResourceKind.ALARM),
            alarm_description=f"[{notice.priority}] {notice.says}. {RUNBOOK}#{notice.heading or notice.purpose}",
            comparison_operator=limit.comparison,
            threshold=limit.value,
            evaluation_periods=limit.of or limit.periods,
            datapoints_to_alarm=limit.periods if limit.of else None,
            treat_missing_data=limit.missing,
            alarm_actions=told,
            ok_actions=told,
            **_watched(on, limit.period_seconds),
        )


def _watched(on: Measured | Expression, period: int) -> dict[str, Any]:
    """The resource's arguments for what it watches."""
    if isinstance(on, Expression):
        result = CloudwatchMetricAlarmMetricQuery(id=on.id, expression=on.text, label=on.label, return_data=True)
        return {"metric_query": [result, *(_query(id_, metric, period) for id_, metric in on.metrics.items())]}
    return {
        "namespace": on.namespace,
        "metric_name": on.name,
        "dimensions": dict(on.dimensions),
        "period": period,
        "statistic": on.statistic,
    }


def _query(id_: str, metric: Measured, period: int) -> CloudwatchMetricAlarmMetricQuery:
    return CloudwatchMetricAlarmMetricQuery(
        id=id_,
        metric=CloudwatchMetricAlarmMetricQueryMetric(
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=dict(metric.dimensions),
            period=period,
            stat=metric.statistic,
        ),
    )
