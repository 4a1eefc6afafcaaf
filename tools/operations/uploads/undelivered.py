"""The messages that SNS could not deliver: outcomes for banks' contacts, and alarms for operators."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

from shared.contracts.outcomes import Outcome, message_id
from tools.operations.uploads.held import Message, Queues, sent_at

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef

_OUTCOME: Final = ("bank_id", "upload_id", "status")
"""Fields that the outcomes of every version have, and by which an outcome is known."""
_SHOWN: Final = 80
"""Characters of a text that are shown."""


@dataclass(frozen=True, kw_only=True)
class Undelivered:
    """One message of the queue."""

    message: Message
    key: str
    """Its id, which it also has when it is received again."""
    since: datetime
    text: str
    """What it says, on one line."""
    outcome: Outcome | None = None
    """None if it is an alarm, or anything else."""

    @property
    def bank_id(self) -> str:
        """Whose outcome it is; empty if it is none."""
        return self.outcome["bank_id"] if self.outcome else ""

    @property
    def outcome_id(self) -> str:
        """Which outcome it is, also if it was published before there were message ids; empty if it is none."""
        outcome = self.outcome
        return message_id(outcome["upload_id"], outcome.get("attempt", ""), outcome["status"]) if outcome else ""


class UndeliveredMessages:
    """The queue of undelivered messages."""

    def __init__(self, queues: Queues, url: str) -> None:
        self._queues = queues
        self._url = url

    def receive(self) -> Iterator[list[Undelivered]]:
        """Receive all messages, some at once, and hold them: see `Queues.hold`."""
        for batch in self._queues.hold(self._url):
            yield [_read(each, self._url) for each in batch]

    def delete(self, undelivered: Undelivered) -> None:
        """Delete a message."""
        self._queues.delete(undelivered.message)

    def release(self, undelivered: Undelivered) -> None:
        """Hold a message no longer."""
        self._queues.release(undelivered.message)


def _read(message: "MessageTypeDef", url: str) -> Undelivered:
    """Read what was published: SNS puts it into its envelope, unless the subscription is raw."""
    body = message["Body"]
    envelope = _object(body)
    published = str(envelope["Message"]) if "TopicArn" in envelope and "Message" in envelope else body
    content = _object(published)
    known, key = Message(queue_url=url, receipt=message["ReceiptHandle"]), message["MessageId"]
    if all(isinstance(content.get(name), str) for name in _OUTCOME):
        outcome = cast("Outcome", content)
        text = f"{outcome['status']} of upload {outcome['upload_id']}"
        return Undelivered(message=known, key=key, since=sent_at(message), text=text, outcome=outcome)
    # CloudWatch's messages are JSON, too.
    shown = str(content.get("AlarmName", published))
    return Undelivered(message=known, key=key, since=sent_at(message), text=" ".join(shown.split())[:_SHOWN])


def _object(text: str) -> dict[str, Any]:
    """A JSON object, or an empty one if the text is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
