"""Queues, uploads and the workflow in memory, around the operators' commands."""

import io
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count, islice
from typing import Any

from botocore.exceptions import ClientError
from rich.console import Console

from functions.common.restarts import Restarts
from functions.common.uploads import Upload, derive_upload_id
from shared.contracts.objects import report_key
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import Start
from tests.unit.functions.fakes import FakeUploads, clock, upload
from tests.unit.functions.report.reports import BANK, report, row
from tools.client.uploads import Clock
from tools.operations.redrive import redrive
from tools.operations.uploads.dead_letters import DeadLetters
from tools.operations.uploads.held import Queues
from tools.operations.uploads.reruns import Redrive
from tools.terminal import Terminal

CONTENT = report([row(transaction_id="a")])
UPLOAD_ID = derive_upload_id(BANK, CONTENT)
OTHER_ID = "0" * 32
SENT = "1795521600000"  # 2026-11-24T12:00Z
NOTIFIED = "2026-11-24T12:00:00.000000Z"


@dataclass
class FakeSqs:
    """The part of SQS that is used; every delivery has a receipt of its own."""

    queues: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"dead": [], "events": []})
    now: Callable[[], float] = lambda: 0.0
    """Seconds."""
    held: dict[str, float] = field(default_factory=dict)
    """Until when, by message id."""

    number: int = 0
    """Of messages that were sent."""

    def send(self, queue: str, body: object, **attributes: str) -> None:
        number = self.number
        self.number += 1
        self.queues[queue].append(
            {
                "MessageId": f"m{number}",
                "Body": body if isinstance(body, str) else json.dumps(body),
                "Attributes": {"SentTimestamp": str(int(SENT) + number)},
                "MessageAttributes": {name: {"StringValue": value} for name, value in attributes.items()},
            }
        )

    def receive_message(self, *, QueueUrl: str, VisibilityTimeout: int, **options: Any) -> dict[str, Any]:  # noqa: N803
        assert options["WaitTimeSeconds"] > 0
        free = (each for each in self.queues[QueueUrl] if not self.is_held(each["MessageId"]))
        batch = list(islice(free, options["MaxNumberOfMessages"]))
        if VisibilityTimeout:
            self.held |= {each["MessageId"]: self.now() + VisibilityTimeout for each in batch}
        return {"Messages": [each | {"ReceiptHandle": f"receipt-{each['MessageId']}"} for each in batch]}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        message_id = ReceiptHandle.removeprefix("receipt-")
        queue = self.queues[QueueUrl]
        found = next((number for number, each in enumerate(queue) if each["MessageId"] == message_id), None)
        if found is not None:
            del queue[found]

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:  # noqa: N803
        assert QueueUrl in self.queues
        assert VisibilityTimeout == 0
        message_id = ReceiptHandle.removeprefix("receipt-")
        if not self.is_held(message_id):
            raise ClientError({"Error": {"Code": "InvalidParameterValue"}}, "ChangeMessageVisibility")
        del self.held[message_id]

    def is_held(self, message_id: str) -> bool:
        return self.held.get(message_id, -math.inf) > self.now()

    def left(self) -> int:
        """How many messages any reader can receive."""
        return sum(not self.is_held(each["MessageId"]) for queue in self.queues.values() for each in queue)


class World:
    """What a start of the workflow does is `ends`: it is given the world, the start and the execution's name."""

    def __init__(self, *known: Upload) -> None:
        self.uploads, self.sqs = FakeUploads(items={each.upload_id: each for each in known}), FakeSqs()
        self.started: list[Start] = []
        self.ends: Callable[[World, Start, str], None] = ends_with(UploadStatus.COMPLETED)
        self.seconds = 0.0
        self.output = ""
        tokens = count(1)
        restarts = Restarts(
            uploads=self.uploads,
            workflow=self,
            bucket="reports-bucket",
            clock=clock,
            new_attempt=lambda: f"attempt{next(tokens)}",
        )
        queues: Any = Queues(self.sqs)  # type: ignore[arg-type]  # the part that is used
        letters = DeadLetters(queues, ["dead", "events"])
        self.redrive = Redrive(
            letters=letters, restarts=restarts, clock=Clock(now=lambda: self.seconds, sleep=self.sleep)
        )

    def start(self, start: Start, *, name: str) -> None:
        self.started.append(start)
        self.ends(self, start, name)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def run(self, *upload_ids: str, every: bool = False, dry_run: bool = False) -> int:
        """Run the command; its exit code."""
        file = io.StringIO()
        out = Terminal(Console(file=file, width=200, highlight=False))
        try:
            return redrive(self.redrive, out, upload_ids=upload_ids, every=every, dry_run=dry_run)
        finally:
            self.output = file.getvalue()


def ends_with(status: UploadStatus, **changes: Any) -> Callable[[World, Start, str], None]:
    """An execution that ends its upload at once."""

    def end(world: World, start: Start, name: str) -> None:
        upload_id = start["detail"]["object"]["key"].split("/")[2]
        known = world.uploads.items.get(upload_id) or upload(upload_id=upload_id, attempt=name)
        counts: dict[str, Any] = (
            {"loaded": 1, "repeated": 0, "conflicts": 0} if status is UploadStatus.COMPLETED else {}
        )
        world.uploads.items[upload_id] = replace(known, status=status, notified_at=NOTIFIED, **counts, **changes)

    return end


def failed(**changes: Any) -> Upload:
    attempts = [{"id": "first", "began_at": NOTIFIED, "by": "intake"}]
    known = upload(upload_id=UPLOAD_ID, status=UploadStatus.FAILED, error="RangeError", file_name="daily.csv")
    return replace(known, **{"attempt": "first", "attempts": attempts} | changes)


def event(upload_id: str = UPLOAD_ID) -> dict[str, Any]:
    """S3's event."""
    found = {"key": report_key(BANK, upload_id), "size": len(CONTENT), "etag": "e"}
    return {"source": "aws.s3", "detail": {"bucket": {"name": "reports-bucket"}, "object": found}}


def letter(upload_id: str = UPLOAD_ID, **changes: Any) -> dict[str, Any]:
    body = {
        "upload_id": upload_id,
        "bank_id": BANK,
        "attempt": "first",
        "execution": "arn",
        "error": "RangeError",
        "cause": "{}",
        "event": event(upload_id),
    }
    return {name: value for name, value in (body | changes).items() if value is not None}
