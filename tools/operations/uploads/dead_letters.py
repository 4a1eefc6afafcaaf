"""The dead letters of both queues: what failed uploads and undelivered events leave behind."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from shared.contracts.objects import parse_report_key
from shared.contracts.uploads import NO_ATTEMPT
from shared.contracts.workflow import EventObject
from tools.operations.uploads.held import Message, Queues, sent_at

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef


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

    def __init__(self, queues: Queues, queue_urls: Sequence[str]) -> None:
        self._queues = queues
        self._queue_urls = queue_urls

    def receive(self) -> list[Letter]:
        """Receive all letters, the oldest first, and hold them; equal ones are one letter."""
        found: dict[object, Letter] = {}
        for url in self._queue_urls:
            for message in chain.from_iterable(self._queues.hold(url)):
                letter = _read(message, url)
                which = (letter.upload_id, letter.attempt) if letter.report else message["MessageId"]
                same = found.get(which)
                found[which] = _merged(same, letter) if same else letter
        return sorted(found.values(), key=lambda each: each.since)

    def has(self, attempt: str) -> bool:
        """Whether a letter of an attempt is in a queue, and not held."""
        messages = ((url, each) for url in self._queue_urls for each in self._queues.look(url))
        return any(_read(message, url).attempt == attempt for url, message in messages)

    def delete(self, letter: Letter) -> None:
        """Delete a letter."""
        for each in letter.messages:
            self._queues.delete(each)

    def release(self, letter: Letter) -> None:
        """Hold a letter no longer."""
        for each in letter.messages:
            self._queues.release(each)


def _read(message: "MessageTypeDef", url: str) -> Letter:
    """Read a `DeadLetter`, or an event of EventBridge with the error in a message attribute."""
    messages, since = (Message(queue_url=url, receipt=message["ReceiptHandle"]),), sent_at(message)
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
