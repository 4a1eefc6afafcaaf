"""The processes outside of AWS: banks that submit and ask, operators that run dead letters again, the schedule."""

import base64
import json
import math
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, Final, cast

from botocore.exceptions import BotoCoreError, ClientError

from functions.common.aws.errors import error_code
from functions.common.aws.state_machine import StateMachines
from functions.common.aws.uploads_table import UploadsTable
from functions.common.errors import TemporaryError
from functions.common.restarts import Restarts
from shared.contracts.api import FILE_NAME_FIELD, REPORT_FIELD, SHA256_FIELD, SIZE_FIELD
from shared.contracts.objects import report_key
from shared.contracts.uploads import ENDED
from tests.simulation import installation as names
from tests.simulation.scenario import BANKS, Declared, Report, Storing, Submission
from tests.simulation.world import Invocation, World
from tools.client.uploads import Clock
from tools.operations.uploads.dead_letters import DeadLetters
from tools.operations.uploads.held import Queues
from tools.operations.uploads.reruns import Redrive

_BOUNDARY: Final = "----boundary"
_TRIES: Final = 8
_QUESTIONS: Final = 12
_ANSWERED: Final = frozenset({200, 202, 422})
_REFUSED: Final = frozenset({"AccessDenied", "BadDigest", "IncompleteBody", "SignatureDoesNotMatch"})


class Banks:
    """Submit reports until they are answered; `answers` has the last status code of each report."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.accepted: set[str] = set()

    def submit(self, submission: Submission) -> None:
        """Submit a report, again and again while there is no answer."""
        report = submission.report
        if submission.corrects is not None:
            self._await_end(submission.corrects)
        if not self._submit(report):
            return
        if submission.patient and self._await_end(report) == "FAILED":
            self._submit(report)

    def _submit(self, report: Report) -> bool:
        """Whether the report was accepted."""
        world = self._world
        for _ in range(_TRIES):
            code = self._code(world.invoke("intake", _post(report)))
            world.note(f"submits {report.name} ({report.upload_id})", code)
            if code in _ANSWERED:
                if code != 422:
                    self.accepted.add(report.upload_id)
                return code != 422
            world.scheduler.sleep(world.random.uniform(1, 10))
        return False

    def store(self, submission: Submission) -> None:
        """Store a report without the API, as a tool of the operators would."""
        report = submission.report
        for _ in range(_TRIES):
            try:
                self._world.s3.put_object(
                    Bucket=names.BUCKET, Key=report_key(report.bank_id, report.upload_id), Body=report.content
                )
            # pylint: disable-next=broad-exception-caught  # see there
            except Exception as error:  # noqa: BLE001 - whatever the nemesis made of it
                self._world.note("stores a report", error)
                self._world.scheduler.sleep(2)
            else:
                return

    def declare(self, declared: Declared) -> None:
        """Declare a report, and store it by the link as the scenario says."""
        link = self._declare(declared)
        if link is not None:
            for number, storing in enumerate(declared.stores):
                put = partial(self._store_by_link, declared, storing, link)
                self._world.scheduler.spawn(f"store {number}", put, after=storing.after)
        if declared.patient and declared.stores and self._await_end(declared.report) == "FAILED":
            self._declare(declared)

    def _declare(self, declared: Declared) -> Any:
        """Declare a report until there is an answer; the link, or None if there is nothing to store."""
        world, report = self._world, declared.report
        for _ in range(_TRIES):
            invocation = world.invoke("declaration", _declaration(declared))
            code = self._code(invocation)
            world.note(f"declares {report.name} ({report.upload_id})", code)
            if code == 200:
                self.accepted.add(report.upload_id)
            if code in (200, 201):
                return json.loads(invocation.value["body"]).get("put")
            world.scheduler.sleep(world.random.uniform(1, 10))
        return None

    def _store_by_link(self, declared: Declared, storing: Storing, link: Any) -> None:
        """Store the report, again and again while S3 does not answer; if the link is over, by another one."""
        world, report = self._world, declared.report
        content = report.content[::-1] if storing.wrong else report.content
        for _ in range(_TRIES):
            begun = world.scheduler.now
            world.scheduler.sleep(storing.seconds)
            try:
                world.bank_s3.put_by_link(link["url"], link["headers"], content, begun=begun)
            except ClientError as error:
                code = error_code(error)
                world.note(f"stores {report.name} by a link", code)
                if code == "PreconditionFailed":  # it is stored already: a link stores once
                    self.accepted.add(report.upload_id)
                    return
                if code in _REFUSED:
                    if code != "AccessDenied" and not storing.wrong and not declared.excess:
                        world.defects.append(f"upload {report.upload_id}: S3 refuses its own bytes: {code}")
                    return
            except BotoCoreError as error:
                world.note(f"stores {report.name} by a link", error)
            else:
                self._stored_by_link(declared, storing)
                return
            world.scheduler.sleep(world.random.uniform(1, 10))

    def _stored_by_link(self, declared: Declared, storing: Storing) -> None:
        if storing.wrong or declared.excess:
            self._world.defects.append(f"upload {declared.report.upload_id}: S3 takes bytes that are not as declared")
        self.accepted.add(declared.report.upload_id)

    def _await_end(self, report: Report) -> str:
        """Ask for the status until the upload has ended, some times at most; the last answer."""
        world, status = self._world, ""
        for _ in range(_QUESTIONS):
            invocation = world.invoke("status", _get(report))
            if self._code(invocation) == 200:
                status = json.loads(invocation.value["body"])["status"]
                if status in ENDED:
                    break
            world.scheduler.sleep(world.random.choice((1.0, 3.0, 10.0, 30.0)))
        return str(status)

    def _code(self, invocation: Invocation) -> int:
        return 502 if invocation.error is not None else int(invocation.value["statusCode"])


class Operators:
    """Run dead letters again, as `./dev redrive --all` does."""

    def __init__(self, world: World) -> None:
        self._world = world

    def redrive(self) -> int:
        """Run all dead letters again, and follow them to their ends; how many there were."""
        world = self._world
        urls = (names.DEAD_LETTERS_URL, names.EVENT_DEAD_LETTERS_URL)
        redrive = Redrive(
            letters=DeadLetters(Queues(cast("Any", world.sqs)), urls),
            restarts=Restarts(
                uploads=UploadsTable(cast("Any", world.dynamodb), names.UPLOADS_TABLE),
                workflow=StateMachines(
                    cast("Any", world.states), small=names.MACHINE_ARN, large=names.LARGE_MACHINE_ARN
                ),
                bucket=names.BUCKET,
                clock=world.utc_now,
                new_attempt=lambda: f"{world.random.getrandbits(128):032x}",
            ),
            clock=Clock(now=lambda: world.scheduler.now, sleep=world.scheduler.sleep),
        )
        found = redrive.find()
        try:
            redrive.run(found, lambda rerun: world.note(f"redrives {rerun.letter.upload_id}", rerun.result))
        finally:
            redrive.release(found)
        return len(found)

    def try_redrive(self) -> None:
        """The same, as a person does it who may be interrupted by errors."""
        try:
            self.redrive()
        except (TemporaryError, BotoCoreError, ClientError) as error:
            self._world.note("redrive was interrupted", error)


def schedule(world: World, *, until: float, idle: bool = True) -> None:
    """Invoke the sweeper each minute; unless `idle`, only if an upload is due: then hours without any take no time."""

    def minutes() -> None:
        while world.scheduler.now + 60 < until:
            world.scheduler.sleep(60 if idle else _seconds_until_due(world))
            if idle or _due(world) <= world.scheduler.now:
                world.invoke("sweeper", {"source": "aws.events"})

    world.scheduler.spawn("schedule", minutes)


def _due(world: World) -> float:
    """When the next upload is due."""
    items = world.dynamodb.tables[names.UPLOADS_TABLE].items()
    times = [datetime.fromisoformat(each["due_at"]["S"]) for each in items if "due_at" in each]
    return (min(times) - names.EPOCH).total_seconds() if times else math.inf


def _seconds_until_due(world: World) -> float:
    """Whole minutes until an upload is due, or anything happens by which one could be."""
    happens = min(_due(world), math.inf if world.scheduler.next_event is None else world.scheduler.next_event)
    minutes = 1 if math.isinf(happens) else math.ceil((happens - world.scheduler.now) / 60)
    return 60.0 * max(minutes, 1)


def _declaration(declared: Declared) -> dict[str, Any]:
    report = declared.report
    body = {
        FILE_NAME_FIELD: f"{report.name}.csv",
        SIZE_FIELD: len(report.content) + declared.excess,
        SHA256_FIELD: sha256(report.content).hexdigest(),
    }
    return {
        "headers": {"Content-Type": "application/json"},
        **_called_by(report.bank_id),
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def _post(report: Report) -> dict[str, Any]:
    disposition = f'form-data; name="{REPORT_FIELD}"; filename="{report.name}.csv"'
    head = f"--{_BOUNDARY}\r\nContent-Disposition: {disposition}\r\nContent-Type: text/csv\r\n\r\n"
    body = head.encode() + report.content + f"\r\n--{_BOUNDARY}--\r\n".encode()
    return {
        "headers": {
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        },
        **_called_by(report.bank_id),
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def _get(report: Report) -> dict[str, Any]:
    return {"headers": {}, **_called_by(report.bank_id), "pathParameters": {"upload_id": report.upload_id}}


def _called_by(bank_id: str) -> dict[str, Any]:
    return {"requestContext": {"identity": {"apiKey": BANKS[bank_id]}}}
