"""Messages of SQS queues that an operator's command holds while it works on them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from functions.common.aws.errors import error_code

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

HOLD_SECONDS: Final = 120
"""No other reader gets a message that was received, for this long. Two that handle one do no harm, but confuse."""
_BATCH: Final = 10
"""Messages that SQS returns at once (its limit)."""
_WAIT_SECONDS: Final = 1
"""Long polling: without it, SQS asks only some of its servers."""

_NOT_HELD: Final = frozenset({"InvalidParameterValue", "MessageNotInflight"})
"""SQS's answers if the hold of a message is over: the second is the documented one, the first is what it sends."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A received message, by which it is deleted or released."""

    queue_url: str
    receipt: str


class Queues:
    """Receives from queues of an environment."""

    def __init__(self, client: "SQSClient") -> None:
        self._client = client

    def hold(self, url: str) -> Iterator[Sequence["MessageTypeDef"]]:
        """Receive all messages of a queue, and hold them: a few at once, each time that more are asked for.

        Who needs longer than `HOLD_SECONDS` for all of them and deletes none gets some of them again.
        """
        while messages := self._receive(url, hold_seconds=HOLD_SECONDS):
            yield messages

    def look(self, url: str) -> Sequence["MessageTypeDef"]:
        """Some messages of a queue, which are not held."""
        return self._receive(url, hold_seconds=0)

    def delete(self, message: Message) -> None:
        """Delete a message."""
        self._client.delete_message(QueueUrl=message.queue_url, ReceiptHandle=message.receipt)

    def release(self, message: Message) -> None:
        """Hold a message no longer; nothing is done if it is not held any more."""
        try:
            self._client.change_message_visibility(
                QueueUrl=message.queue_url, ReceiptHandle=message.receipt, VisibilityTimeout=0
            )
        except ClientError as error:
            if error_code(error) not in _NOT_HELD:
                raise

    def _receive(self, url: str, *, hold_seconds: int) -> Sequence["MessageTypeDef"]:
        response = self._client.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=_BATCH,
            WaitTimeSeconds=_WAIT_SECONDS,
            VisibilityTimeout=hold_seconds,
            MessageSystemAttributeNames=["SentTimestamp"],
            MessageAttributeNames=["All"],
        )
        return response.get("Messages", [])


def sent_at(message: "MessageTypeDef") -> datetime:
    """When a message came to its queue."""
    return datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
