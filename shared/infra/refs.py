"""What one stack passes to the next: names and ARNs of resources, typed.

The values are tokens of the resources' own attributes, from which cdktf writes the cross-stack references and the
order of deployment. A test can pass plain strings.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class BucketRef:
    """An S3 bucket."""

    name: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class TableRef:
    """A DynamoDB table."""

    name: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class QueueRef:
    """An SQS queue."""

    name: str
    arn: str
    url: str


@dataclass(frozen=True, kw_only=True)
class TopicRef:
    """An SNS topic."""

    name: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class FunctionRef:
    """A Lambda function; `invoke_arn` is what API Gateway calls."""

    name: str
    arn: str
    invoke_arn: str


@dataclass(frozen=True, kw_only=True)
class LogGroupRef:
    """A CloudWatch log group."""

    name: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class StateMachineRef:
    """A Step Functions state machine."""

    name: str
    arn: str
