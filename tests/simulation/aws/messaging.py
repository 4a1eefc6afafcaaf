"""SNS, SQS and Step Functions' StartExecution in memory."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from tests.simulation.aws.calls import Call, Calls, Moment
from tests.simulation.aws.errors import Exceptions, client_error

_MAX_INPUT_BYTES: Final = 262_144


@dataclass(frozen=True, kw_only=True)
class Published:
    """One message of a topic."""

    topic_arn: str
    body: Any
    attributes: Mapping[str, str]
    at: float


class SNS:
    """The client."""

    exceptions = Exceptions

    def __init__(self, calls: Calls, topics: tuple[str, ...]) -> None:
        self._calls = calls
        self._topics = topics
        self.published: list[Published] = []

    def called_by(self, calls: Calls) -> "SNS":
        """A client of the same topics, whose calls are made in another way."""
        other = SNS(calls, self._topics)
        other.published = self.published
        return other

    def publish(
        self, *, TopicArn: str, Message: str, MessageAttributes: Mapping[str, Mapping[str, str]] | None = None
    ) -> Any:
        """See AWS."""
        attributes = {name: each["StringValue"] for name, each in (MessageAttributes or {}).items()}
        if not Message or any(not value for value in attributes.values()):
            raise client_error("InvalidParameter", "Publish")

        def deed(moment: Moment) -> Any:
            if TopicArn not in self._topics:
                raise client_error("NotFound", "Publish", status=404)
            body = json.loads(Message)
            self.published.append(Published(topic_arn=TopicArn, body=body, attributes=attributes, at=moment.now))
            return {"MessageId": f"message-{len(self.published)}"}

        call = Call(service="sns", operation="Publish", target=Message, writes=True)
        return self._calls.make(call, deed)


@dataclass
class Message:
    """One message of a queue; it is visible from `visible_at` on."""

    message_id: str
    body: str
    sent_at: float
    visible_at: float
    receives: int = 0
    deleted: bool = False


@dataclass
class Queue:
    """All messages, deleted ones too."""

    visibility_seconds: float = 30.0
    messages: list[Message] = field(default_factory=list)

    def put(self, body: str, now: float) -> str:
        """Add a message; its id."""
        message = Message(f"message-{len(self.messages) + 1}", body, now, now)
        self.messages.append(message)
        return message.message_id

    @property
    def left(self) -> list[Message]:
        """The messages that have not been deleted."""
        return [each for each in self.messages if not each.deleted]


class SQS:
    """The client. A receipt handle is `{message id}/{number of receives}`."""

    exceptions = Exceptions

    def __init__(self, calls: Calls, queues: tuple[str, ...]) -> None:
        self._calls = calls
        self.queues = {url: Queue() for url in queues}

    def called_by(self, calls: Calls) -> "SQS":
        """A client of the same queues, whose calls are made in another way."""
        other = SQS(calls, ())
        other.queues = self.queues
        return other

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> Any:
        """See AWS."""

        def deed(moment: Moment) -> Any:
            message_id = self._queue(QueueUrl, "SendMessage").put(MessageBody, moment.now)
            digest = hashlib.md5(MessageBody.encode(), usedforsecurity=False).hexdigest()
            return {"MessageId": message_id, "MD5OfMessageBody": digest}

        return self._make("SendMessage", MessageBody, deed, writes=True)

    def receive_message(
        self,
        *,
        QueueUrl: str,
        MaxNumberOfMessages: int = 1,
        VisibilityTimeout: int | None = None,
        WaitTimeSeconds: int = 0,
        AttributeNames: Sequence[str] = (),
        MessageSystemAttributeNames: Sequence[str] = (),
        MessageAttributeNames: Sequence[str] = (),
    ) -> Any:
        """See AWS; a poll that waits answers at once, too."""
        del WaitTimeSeconds, AttributeNames, MessageSystemAttributeNames, MessageAttributeNames

        def deed(moment: Moment) -> Any:
            queue = self._queue(QueueUrl, "ReceiveMessage")
            visible = [each for each in queue.messages if not each.deleted and each.visible_at <= moment.now]
            hidden = queue.visibility_seconds if VisibilityTimeout is None else VisibilityTimeout
            for each in visible[:MaxNumberOfMessages]:
                each.visible_at = moment.now + hidden
                each.receives += 1
            found = [
                {
                    "MessageId": each.message_id,
                    "ReceiptHandle": f"{each.message_id}/{each.receives}",
                    "Body": each.body,
                    "Attributes": {
                        "SentTimestamp": str(round(each.sent_at * 1000)),
                        "ApproximateReceiveCount": str(each.receives),
                    },
                }
                for each in visible[:MaxNumberOfMessages]
            ]
            return {"Messages": found} if found else {}

        return self._make("ReceiveMessage", QueueUrl, deed, writes=True)

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> Any:
        """See AWS: also with the handle of an earlier receive."""

        def deed(_moment: Moment) -> Any:
            self._find(QueueUrl, ReceiptHandle, "DeleteMessage").deleted = True
            return {}

        return self._make("DeleteMessage", ReceiptHandle, deed, writes=True)

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> Any:
        """See AWS."""

        def deed(moment: Moment) -> Any:
            message = self._find(QueueUrl, ReceiptHandle, "ChangeMessageVisibility")
            message.visible_at = moment.now + VisibilityTimeout
            return {}

        return self._make("ChangeMessageVisibility", ReceiptHandle, deed, writes=True)

    def _make(self, operation: str, target: str, deed: Callable[[Moment], Any], *, writes: bool) -> Any:
        return self._calls.make(Call(service="sqs", operation=operation, target=target, writes=writes), deed)

    def _queue(self, url: str, operation: str) -> Queue:
        if url not in self.queues:
            raise client_error("AWS.SimpleQueueService.NonExistentQueue", operation)
        return self.queues[url]

    def _find(self, url: str, receipt_handle: str, operation: str) -> Message:
        message_id = receipt_handle.partition("/")[0]
        for each in self._queue(url, operation).messages:
            if each.message_id == message_id:
                return each
        raise client_error("ReceiptHandleIsInvalid", operation)


class StateMachine(Protocol):
    """A state machine."""

    def start(self, name: str, given: Any) -> str:
        """Start an execution; its ARN.

        Raises:
            ExecutionRefusedError: an execution of a Standard machine has had this name.
        """
        ...


class ExecutionRefusedError(Exception):
    """A Standard machine has had an execution of this name, which has ended, or has another input."""


class StepFunctions:
    """The client, and its state machines by ARN."""

    exceptions = Exceptions

    def __init__(self, calls: Calls, machines: Mapping[str, StateMachine]) -> None:
        self._calls = calls
        self._machines = machines
        self._names = 0

    # pylint: disable-next=redefined-builtin  # AWS's name
    def start_execution(self, *, stateMachineArn: str, input: str, name: str | None = None) -> Any:
        """See AWS."""

        def deed(_moment: Moment) -> Any:
            machine = self._machines.get(stateMachineArn)
            if machine is None:
                raise client_error("StateMachineDoesNotExist", "StartExecution")
            if len(input.encode()) > _MAX_INPUT_BYTES:
                raise client_error("ValidationException", "StartExecution")
            self._names += 1
            try:
                return {"executionArn": machine.start(name or f"started-{self._names}", json.loads(input))}
            except ExecutionRefusedError as error:
                raise client_error("ExecutionAlreadyExists", "StartExecution", message=str(error)) from error

        call = Call(service="states", operation="StartExecution", target=input, writes=True)
        return self._calls.make(call, deed)
