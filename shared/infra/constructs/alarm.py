"""Alarms for the operators: on functions' error rates, dead letters, and workflows that ran out of time."""

from typing import Final

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import (
    CloudwatchMetricAlarm,
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
)
from constructs import Construct

from shared.infra.refs import QueueRef, StateMachineRef, TopicRef

PERIOD_SECONDS: Final = 300
ERROR_RATE_PERCENT: Final = 5


class ErrorRateAlarm(Construct):
    """More than 5 % of a function's calls failed within 5 minutes."""

    def __init__(self, scope: Construct, id_: str, *, name: str, function_name: str, topic: TopicRef) -> None:
        super().__init__(scope, id_)
        CloudwatchMetricAlarm(
            self,
            "alarm",
            alarm_name=name,
            alarm_description=f"More than {ERROR_RATE_PERCENT} % of calls failed within 5 minutes",
            comparison_operator="GreaterThanThreshold",
            threshold=ERROR_RATE_PERCENT,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            metric_query=[
                CloudwatchMetricAlarmMetricQuery(
                    id="rate",
                    expression="IF(calls > 0, 100 * errors / calls, 0)",
                    label="Error rate in percent",
                    return_data=True,
                ),
                _function_metric("errors", "Errors", function_name),
                _function_metric("calls", "Invocations", function_name),
            ],
            alarm_actions=[topic.arn],
            ok_actions=[topic.arn],
        )


class DepthAlarm(Construct):
    """A message waits in a queue that should be empty."""

    def __init__(self, scope: Construct, id_: str, *, name: str, queue: QueueRef, topic: TopicRef) -> None:
        super().__init__(scope, id_)
        _alarm_above_zero(
            self,
            name=name,
            description="Messages wait in a dead-letter queue",
            metric=("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum"),
            dimensions={"QueueName": queue.name},
            topic=topic,
        )


class TimeoutAlarm(Construct):
    """A workflow ran out of time. An Express execution then never reaches its Catch; the sweeper starts it again."""

    def __init__(self, scope: Construct, id_: str, *, name: str, machine: StateMachineRef, topic: TopicRef) -> None:
        super().__init__(scope, id_)
        _alarm_above_zero(
            self,
            name=name,
            description="A workflow ran out of time; the sweeper runs its upload again",
            metric=("AWS/States", "ExecutionsTimedOut", "Sum"),
            dimensions={"StateMachineArn": machine.arn},
            topic=topic,
        )


def _alarm_above_zero(
    scope: Construct,
    *,
    name: str,
    description: str,
    metric: tuple[str, str, str],
    dimensions: dict[str, str],
    topic: TopicRef,
) -> None:
    """Alarm when a metric (namespace, name, statistic) that should be zero is not."""
    namespace, metric_name, statistic = metric
    CloudwatchMetricAlarm(
        scope,
        "alarm",
        alarm_name=name,
        alarm_description=description,
        namespace=namespace,
        metric_name=metric_name,
        dimensions=dimensions,
        statistic=statistic,
        period=PERIOD_SECONDS,
        comparison_operator="GreaterThanThreshold",
        threshold=0,
        evaluation_periods=1,
        treat_missing_data="notBreaching",
        alarm_actions=[topic.arn],
        ok_actions=[topic.arn],
    )


def _function_metric(id_: str, metric: str, function_name: str) -> CloudwatchMetricAlarmMetricQuery:
    return CloudwatchMetricAlarmMetricQuery(
        id=id_,
        metric=CloudwatchMetricAlarmMetricQueryMetric(
            namespace="AWS/Lambda",
            metric_name=metric,
            dimensions={"FunctionName": function_name},
            period=PERIOD_SECONDS,
            stat="Sum",
        ),
    )
