"""A dead-letter queue: failed work waits there for an operator."""

from collections.abc import Sequence
from typing import Final

from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from shared.infra.constructs.alarm import Alarm, Limit, Notice, Priority
from shared.infra.constructs.measured import Measured
from shared.infra.limits import MAX_QUEUE_DAYS, within
from shared.infra.naming import Namer, ResourceKind
from shared.infra.policies import deny_without_tls, document, service_may_send
from shared.infra.refs import AlarmTopics, QueueRef

_SECONDS_OF_A_DAY: Final = 86_400
_DAY: Final = Limit(periods=24, period_seconds=3_600)
"""In every hour of a day. Not `ApproximateAgeOfOldestMessage`: SQS leaves messages out of it that were received three
times or more (SQS's developer guide, "Available CloudWatch metrics for Amazon SQS"), and `./dev redrive` and
`./dev undelivered` receive them. What they look at is not visible for minutes, so an hour's highest number counts."""


class DeadLetterQueue(Construct):
    """An encrypted queue that keeps messages as long as SQS can, refuses plain HTTP, and alarms on the first message.

    Attributes:
        ref: name, ARN and URL.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namer: Namer,
        alarms: AlarmTopics,
        priority: Priority,
        service_sends: bool = False,
        retention_days: int = MAX_QUEUE_DAYS,
    ) -> None:
        """Make the queue.

        Args:
            scope: parent.
            id_: construct id, and purpose in its names.
            namer: of the environment.
            alarms: notified when a message waits, and when messages have waited for a day.
            priority: of the first message; one that waits is routine: people know of it.
            service_sends: whether an AWS service sends to it, on behalf of a resource of a later stack. A queue has one
                policy, so that stack writes it, with `ServiceSender`.
            retention_days: how long a message is kept.
        """
        super().__init__(scope, id_)
        days = within("retention_days", retention_days, 1, MAX_QUEUE_DAYS, "days")
        queue = SqsQueue(
            self,
            "queue",
            name=namer.name(id_, ResourceKind.QUEUE),
            message_retention_seconds=days * _SECONDS_OF_A_DAY,
            sqs_managed_sse_enabled=True,
        )
        self.ref = QueueRef(name=queue.name, arn=queue.arn, url=queue.url)
        self._watch(id_, namer=namer, alarms=alarms, priority=priority)
        if not service_sends:
            policy = document([deny_without_tls("sqs:*", [self.ref.arn])])
            SqsQueuePolicy(self, "policy", queue_url=self.ref.url, policy=policy)

    def _watch(self, id_: str, *, namer: Namer, alarms: AlarmTopics, priority: Priority) -> None:
        depth = Notice(purpose=f"{id_}-depth", priority=priority, says=f"Messages wait in the queue {id_}")
        waiting = Measured(
            namespace="AWS/SQS",
            name="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": self.ref.name},
            statistic="Maximum",
        )
        Alarm(self, "depth", namer=namer, topics=alarms, notice=depth, on=waiting)
        age = Notice(
            purpose=f"{id_}-age",
            priority=Priority.ROUTINE,
            says=f"Messages have waited in the queue {id_} for a day; SQS deletes each when its time is over",
        )
        Alarm(self, "age", namer=namer, topics=alarms, notice=age, on=waiting, limit=_DAY)


class ServiceSender(Construct):
    """The policy of a queue that was made with `service_sends`: one service may send, on behalf of some resources.

    Attributes:
        queue: whose policy it is.
        resource: to wait for, in what sends to the queue.
    """

    def __init__(
        self, scope: Construct, id_: str, *, queue: QueueRef, service: str, source_arns: Sequence[str], why: str
    ) -> None:
        super().__init__(scope, id_)
        self.queue = queue
        allowed = service_may_send(service, queue_arn=queue.arn, source_arns=source_arns, why=why)
        policy = document([deny_without_tls("sqs:*", [queue.arn]), allowed])
        self.resource = SqsQueuePolicy(self, "policy", queue_url=queue.url, policy=policy)
