"""A dead-letter queue: where work that failed waits for people."""

from collections.abc import Sequence
from typing import Any, Final

from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from shared.infra.limits import within
from shared.infra.policies import deny_without_tls, document, sid
from shared.infra.refs import QueueRef

_SECONDS_OF_A_DAY: Final = 86_400
MAX_RETENTION_DAYS: Final = 14
"""SQS quota: the longest that a message is kept, and so the longest that people have to look at it."""


class DeadLetterQueue(Construct):
    """A queue that keeps messages as long as SQS does, encrypted.

    Its policy is made by whoever knows the senders, with `QueuePolicy`: a queue has one only.

    Attributes:
        ref: name, ARN and URL.
    """

    def __init__(self, scope: Construct, id_: str, *, name: str, retention_days: int = MAX_RETENTION_DAYS) -> None:
        super().__init__(scope, id_)
        days = within("retention_days", retention_days, 1, MAX_RETENTION_DAYS, "days")
        queue = SqsQueue(
            self,
            "queue",
            name=name,
            message_retention_seconds=days * _SECONDS_OF_A_DAY,
            sqs_managed_sse_enabled=True,
        )
        self.ref = QueueRef(name=queue.name, arn=queue.arn, url=queue.url)


class QueuePolicy(Construct):
    """The one policy of a queue: TLS only, and what AWS services may send to it.

    Attributes:
        resource: to wait for, in what sends to the queue.
    """

    def __init__(self, scope: Construct, id_: str, *, queue: QueueRef, senders: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(scope, id_)
        policy = document([deny_without_tls("sqs:*", [queue.arn]), *senders])
        self.resource = SqsQueuePolicy(self, "policy", queue_url=queue.url, policy=policy)


def service_may_send(service: str, *, queue: QueueRef, source_arn: str, why: str) -> dict[str, Any]:
    """Statement that lets an AWS service send messages on behalf of one resource.

    Args:
        service: such as `events.amazonaws.com`.
        queue: to which.
        source_arn: the resource for which the service sends.
        why: the reason in a few words.
    """
    return {
        "Sid": sid(why),
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": queue.arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": source_arn}},
    }
