"""AWS's own metrics that the stacks use: which there are, with which dimensions, and where that is documented.

Looked up on 2026-11-29.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_GUIDES: Final = "https://docs.aws.amazon.com"


@dataclass(frozen=True, kw_only=True)
class Service:
    """Metrics of a namespace.

    Attributes:
        page: where they are documented.
        names: of those that are used.
        dimensions: the sets of dimensions with which CloudWatch has them: with another set, there is no data.
    """

    page: str
    names: frozenset[str]
    dimensions: frozenset[frozenset[str]]


def _sets(*sets: tuple[str, ...]) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(each) for each in sets)


AWS_METRICS: Final[Mapping[str, Service]] = {
    "AWS/ApiGateway": Service(
        page=f"{_GUIDES}/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html",
        names=frozenset({"4XXError", "5XXError", "Count", "Latency"}),
        dimensions=_sets(("ApiName",), ("ApiName", "Stage")),
    ),
    "AWS/DynamoDB": Service(
        page=f"{_GUIDES}/amazondynamodb/latest/developerguide/metrics-dimensions.html",
        names=frozenset(
            {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents"}
        ),
        dimensions=_sets(("TableName",), ("TableName", "GlobalSecondaryIndexName")),
    ),
    "AWS/Events": Service(
        page=f"{_GUIDES}/eventbridge/latest/userguide/eb-monitoring.html",
        names=frozenset({"FailedInvocations", "InvocationsFailedToBeSentToDlq"}),
        dimensions=_sets(("RuleName",)),
    ),
    "AWS/Lambda": Service(
        page=f"{_GUIDES}/lambda/latest/dg/monitoring-metrics-types.html",
        names=frozenset({"ConcurrentExecutions", "Duration", "Errors", "Invocations", "Throttles"}),
        dimensions=_sets(("FunctionName",)),
    ),
    "AWS/Logs": Service(
        page=f"{_GUIDES}/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html",
        names=frozenset({"IncomingBytes"}),
        dimensions=_sets(("LogGroupName",)),
    ),
    "AWS/SNS": Service(
        page=f"{_GUIDES}/sns/latest/dg/sns-monitoring-using-cloudwatch.html",
        names=frozenset({"NumberOfNotificationsFailedToRedriveToDlq"}),
        dimensions=_sets(("TopicName",)),
    ),
    "AWS/SQS": Service(
        page=f"{_GUIDES}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
        names=frozenset({"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"}),
        dimensions=_sets(("QueueName",)),
    ),
    "AWS/States": Service(
        page=f"{_GUIDES}/step-functions/latest/dg/procedure-cw-metrics.html",
        names=frozenset({"ExecutionsFailed", "ExecutionsStarted", "ExecutionsTimedOut"}),
        dimensions=_sets(("StateMachineArn",)),
    ),
}
