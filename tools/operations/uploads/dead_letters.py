"""The dead letters of both queues: what failed uploads and undelivered events leave behind."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from shared.contracts.objects import parse_report_key
from shared.contracts.uploads import NO_ATTEMPT
from shared.contracts.workflow import EventObject

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

HOLD_SECONDS: Final = 120
"""No other reader gets a letter that was received, for this long. Two that run one do no harm, but confuse."""
_BATCH: Final = 10
"""Messages that SQS returns at once (its limit)."""
_WAIT_SECONDS: Final = 1
"""Long polling: without it, SQS asks only some of its servers."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A received message, by which it is deleted or released."""

    queue_url: str
    receipt: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A dead letter. SQS may deliver it twice, and the workflow may send it twice: then it has all messages."""

    messages: tuple[Message, ...]
    since: datetime
    bank_id: str = ""
    upload_id: str = ""
    attempt: str | None = None
    """The attempt that failed; None for an event that EventBridge could not deliver."""
    error: str = ""
    report: EventObject | None = None
    """The object of the event; None if the message is no letter of this pipeline."""


class DeadLetters:
    """The queues of dead letters."""

    def __init__(self, client: "SQSClient", queue_urls: Sequence[str]) -> None:
        self._client = client
        self._queue_urls = queue_urls

    def receive(self) -> list[Letter]:
        """Receive all letters, the oldest first, and hold them; equal ones are one letter."""
        found: dict[object, Letter] = {}
        for url in self._queue_urls:
            for message in self._messages(url, hold_seconds=HOLD_SECONDS):
                letter = _read(message, url)
                which = (letter.upload_id, letter.attempt) if letter.report else message["MessageId"]
                same = found.get(which)
                found[which] = _merged(same, letter) if same else letter
        return sorted(found.values(), key=lambda each: each.since)

    def has(self, attempt: str) -> bool:
        """Whether a letter of an attempt is in a queue, and not held."""
        messages = ((url, each) for url in self._queue_urls for each in self._receive(url, hold_seconds=0))
        return any(_read(message, url).attempt == attempt for url, message in messages)

    def delete(self, letter: Letter) -> None:
        """Delete a letter."""
        for each in letter.messages:
            self._client.delete_message(QueueUrl=each.queue_url, ReceiptHandle=each.receipt)

    def release(self, letter: Letter) -> None:
        """Hold a letter no longer."""
        for each in letter.messages:
            self._client.change_message_visibility(
                QueueUrl=each.queue_url, ReceiptHandle=each.receipt, VisibilityTimeout=0
            )

    def _messages(self, url: str, *, hold_seconds: int) -> Iterator["MessageTypeDef"]:
        while messages := self._receive(url, hold_seconds=hold_seconds):
            yield from messages

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


def _read(message: "MessageTypeDef", url: str) -> Letter:
    """Read a `DeadLetter`, or an event of EventBridge with the error in a message attribute."""
    sent = int(message["Attributes"]["SentTimestamp"]) / 1000
    messages, since = (Message(queue_url=url, receipt=message["ReceiptHandle"]),), datetime.fromtimestamp(sent, UTC)
    try:
        body: dict[str, Any] = json.loads(message["Body"])
        event = body.get("event", body)
        found: EventObject = event["detail"]["object"]
        location = parse_report_key(found["key"])
    except (ValueError, LookupError, TypeError, AttributeError):
        return Letter(messages=messages, since=since, error="not a dead letter of a report")
    return Letter(
        messages=messages,
        since=since,
        bank_id=location.bank_id,
        upload_id=location.upload_id,
        attempt=body.get("attempt", NO_ATTEMPT) if "event" in body else None,
        error=body.get("error", "unknown") if "event" in body else _undelivered(message),
        report=EventObject(key=found["key"], size=found.get("size", 0)),
    )


def _undelivered(message: "MessageTypeDef") -> str:
    attributes = message.get("MessageAttributes", {})
    return attributes["ERROR_CODE"]["StringValue"] if "ERROR_CODE" in attributes else "not delivered"


def _merged(first: Letter, second: Letter) -> Letter:
    older, newer = sorted((first, second), key=lambda each: each.since)
    return Letter(**vars(older) | {"messages": older.messages + newer.messages})
