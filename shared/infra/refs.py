"""What one stack passes to the next: names and ARNs of resources, typed.

The values are tokens of the resources' own attributes, from which cdktf writes the cross-stack references and the
order of deployment. A test can pass plain strings.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class _Ref:
    name: str
    arn: str


class BucketRef(_Ref):
    """An S3 bucket."""


class TableRef(_Ref):
    """A DynamoDB table."""


class TopicRef(_Ref):
    """An SNS topic."""


@dataclass(frozen=True, kw_only=True)
class AlarmTopics:
    """Where alarms are sent."""

    all: TopicRef
    """Every alarm."""
    urgent: TopicRef
    """Those that wake the person on call, in addition."""


class LogGroupRef(_Ref):
    """A CloudWatch log group."""


class StateMachineRef(_Ref):
    """A Step Functions state machine."""


@dataclass(frozen=True, kw_only=True)
class QueueRef(_Ref):
    """An SQS queue."""

    url: str


@dataclass(frozen=True, kw_only=True)
class FunctionRef(_Ref):
    """A Lambda function; `invoke_arn` is what API Gateway calls."""

    invoke_arn: str
