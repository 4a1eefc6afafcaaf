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
    """From where on a value is wrong, and for how many periods of five minutes in a row it has to be."""

    value: float = 0
    comparison: Comparison = "GreaterThanThreshold"
    periods: int = 1
    missing: MissingData = "notBreaching"
    """What a period without data counts as."""


ABOVE_ZERO: Final = Limit()


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
            evaluation_periods=limit.periods,
            treat_missing_data=limit.missing,
            alarm_actions=told,
            ok_actions=told,
            **_watched(on),
        )


def _watched(on: Measured | Expression) -> dict[str, Any]:
    """The resource's arguments for what it watches."""
    if isinstance(on, Expression):
        result = CloudwatchMetricAlarmMetricQuery(id=on.id, expression=on.text, label=on.label, return_data=True)
        return {"metric_query": [result, *(_query(id_, metric) for id_, metric in on.metrics.items())]}
    metric = {
        "namespace": on.namespace,
        "metric_name": on.name,
        "dimensions": dict(on.dimensions),
        "period": PERIOD_SECONDS,
    }
    if on.is_percentile:
        # Of few values, the highest one is the 95th percentile: a single cold start would ring.
        return metric | {"extended_statistic": on.statistic, "evaluate_low_sample_count_percentiles": "ignore"}
    return metric | {"statistic": on.statistic}


def _query(id_: str, metric: Measured) -> CloudwatchMetricAlarmMetricQuery:
    return CloudwatchMetricAlarmMetricQuery(
        id=id_,
        metric=CloudwatchMetricAlarmMetricQueryMetric(
            namespace=metric.namespace,
            metric_name=metric.name,
            dimensions=dict(metric.dimensions),
            period=PERIOD_SECONDS,
            stat=metric.statistic,
        ),
    )
