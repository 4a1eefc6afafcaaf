"""The pipeline's notifications, collected in a queue that is subscribed to its topic."""

import contextlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud.clients import SUFFIX, Cloud
from shared.contracts.outcomes import Outcome
from shared.infra.policies import document, service_may_send

_POLLS: Final = 10
_POLL_SECONDS: Final = 1


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """A queue that is subscribed to the outcomes topic."""

    cloud: Cloud
    queue_url: str

    def collect(self, expected: int) -> list[Outcome]:
        """Receive messages until the expected number has come, or for some seconds."""
        found: list[Outcome] = []
        for _ in range(_POLLS):
            if len(found) >= expected:
                break
            found += self._receive()
        return found

    def waiting(self) -> Iterator[Outcome]:
        """Receive what has come, until there is nothing more for a second."""
        while found := self._receive():
            yield from found

    def _receive(self) -> list[Outcome]:
        received = self.cloud.sqs.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=_POLL_SECONDS
        )
        messages = received.get("Messages", [])
        for message in messages:
            self.cloud.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]


@contextlib.contextmanager
def mailbox(cloud: Cloud, topic_arn: str) -> Iterator[Mailbox]:
    """Subscribe a new queue to the topic; queue and subscription are removed when the context ends."""
    name = f"txn-demo-{secrets.token_hex(4)}-{SUFFIX}"
    queue_url = cloud.sqs.create_queue(QueueName=name)["QueueUrl"]
    queue_arn = cloud.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    allowed = service_may_send(
        "sns.amazonaws.com", queue_arn=queue_arn, source_arns=[topic_arn], why="receive outcomes"
    )
    cloud.sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": document([allowed])})
    subscription = cloud.sns.subscribe(
        TopicArn=topic_arn,
        Protocol="sqs",
        Endpoint=queue_arn,
        Attributes={"RawMessageDelivery": "true"},
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    try:
        yield Mailbox(cloud=cloud, queue_url=queue_url)
    finally:
        # If the local cloud has ended, so have they.
        with contextlib.suppress(BotoCoreError, ClientError):
            cloud.sns.unsubscribe(SubscriptionArn=subscription)
            cloud.sqs.delete_queue(QueueUrl=queue_url)
