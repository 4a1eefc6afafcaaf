"""A report that the pipeline cannot process ends in the dead-letter queue, with all that a rerun needs."""

import json
import time
from typing import Any

import pytest

from local.demo.notifications import mailbox
from local.deployment.launch import Launched
from local.deployment.outputs import Pipeline
from shared.contracts.errors import STUCK
from shared.contracts.objects import report_key
from shared.contracts.outcomes import message_id
from shared.contracts.tables import SWEEP_DUE, UPLOADS
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import Failure, Start
from tests.outcomes import validated
from tools.operations.state.states import read_state

pytestmark = pytest.mark.e2e
LIMIT_SECONDS = 60
UNKNOWN_UPLOAD = "0" * 32
KNOWN_UPLOAD = "1" * 32
STUCK_UPLOAD = "2" * 32
"""No content has these ids, so an object that is stored under one does not match its key."""


def put_broken_object(pipeline: Pipeline, upload_id: str) -> str:
    """Store an object in place of a report; returns its key."""
    key = report_key("nordbank", upload_id)
    s3 = pipeline.cloud.client("s3")
    s3.put_object(Bucket=pipeline.reports_bucket, Key=key, Body=b"does not match its key")
    return key


def receive(pipeline: Pipeline) -> list[dict[str, Any]]:
    """Receive and delete the messages that are in the dead-letter queue within a second."""
    sqs, queue, letters = pipeline.cloud.sqs, pipeline.dead_letter_queue_url, list[dict[str, Any]]()
    for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        letters.append(json.loads(message["Body"]))
    return letters


def next_dead_letter(pipeline: Pipeline) -> dict[str, Any]:
    """Wait for the one message of the dead-letter queue."""
    limit = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < limit:
        for letter in receive(pipeline):
            return letter
    raise AssertionError("no message came")


def run(launched: Launched, start: Start) -> str:
    """Start the workflow; returns how it ended (the local cloud can describe an execution of an Express workflow)."""
    cloud = launched.pipeline.cloud
    outputs = {stack.id: read_state(stack).outputs for stack in launched.stacks}
    client = cloud.client("stepfunctions")
    arn = client.start_execution(
        stateMachineArn=outputs["compute-stack"]["state_machine_arn"], input=json.dumps(start)
    )["executionArn"]
    limit = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < limit:
        status = client.describe_execution(executionArn=arn)["status"]
        if status != "RUNNING":
            return str(status)
        time.sleep(0.2)
    raise AssertionError(f"{arn} did not end")


def event_of(pipeline: Pipeline, key: str) -> Start:
    """What starts the workflow for an object."""
    return {"detail": {"bucket": {"name": pipeline.reports_bucket}, "object": {"key": key, "size": 1}}}


def put_upload(pipeline: Pipeline, upload_id: str, **attributes: str) -> None:
    """Write an upload that was received."""
    item = {
        UPLOADS.partition_key: upload_id,
        "bank_id": "nordbank",
        "status": UploadStatus.RECEIVED,
        "file_name": "broken.csv",
        "received_at": "2026-11-20T10:00:00.000000Z",
        "updated_at": "2026-11-20T10:00:00.000000Z",
        **attributes,
    }
    values = {name: {"S": value} for name, value in item.items()}
    pipeline.cloud.dynamodb.put_item(TableName=pipeline.uploads_table, Item=values)


def item_of(pipeline: Pipeline, upload_id: str) -> dict[str, str]:
    """The strings of an upload's item."""
    key = {UPLOADS.partition_key: {"S": upload_id}}
    item = pipeline.cloud.dynamodb.get_item(TableName=pipeline.uploads_table, Key=key, ConsistentRead=True)["Item"]
    return {name: value["S"] for name, value in item.items() if "S" in value}


def test_a_broken_object_ends_in_the_dead_letter_queue_and_can_be_started_again(launched: Launched) -> None:
    broken_key = put_broken_object(launched.pipeline, UNKNOWN_UPLOAD)
    letter = next_dead_letter(launched.pipeline)
    assert (letter["bank_id"], letter["upload_id"]) == ("nordbank", UNKNOWN_UPLOAD)
    assert letter["event"]["detail"]["object"]["key"] == broken_key
    assert letter["error"] == "WrongContentError"
    assert letter["cause"]
    assert letter["execution"].endswith(letter["attempt"])

    # The event alone restarts the workflow, which fails again because the object is still broken.
    assert run(launched, letter["event"]) == "FAILED"
    repeated = next_dead_letter(launched.pipeline)
    assert repeated["event"] == letter["event"]
    assert repeated["execution"] != letter["execution"]


def test_a_failed_upload_is_marked_as_failed_and_published_once(launched: Launched) -> None:
    pipeline = launched.pipeline
    put_upload(pipeline, KNOWN_UPLOAD)  # without an attempt, as the version before attempts wrote it
    with mailbox(pipeline.cloud, pipeline.outcomes_topic_arn) as received:
        key = put_broken_object(pipeline, KNOWN_UPLOAD)
        letter = next_dead_letter(pipeline)
        assert letter["upload_id"] == KNOWN_UPLOAD
        (sent,) = received.collect(1)
    # Only the body: MiniStack's state machines drop message attributes; the synth tests cover those.
    assert (sent["bank_id"], sent["upload_id"], sent["status"]) == ("nordbank", KNOWN_UPLOAD, "FAILED")
    assert sent["attempt"] == letter["attempt"]
    assert validated(sent)["message_id"] == message_id(KNOWN_UPLOAD, letter["attempt"], "FAILED")
    assert pipeline.client("nordbank").upload_state(KNOWN_UPLOAD).body["status"] == UploadStatus.FAILED

    assert run(launched, {**event_of(pipeline, key), "attempt": letter["attempt"]}) == "SUCCEEDED"
    assert not receive(pipeline)
    item = item_of(pipeline, KNOWN_UPLOAD)
    assert (item["attempt"], item["error"]) == (letter["attempt"], "WrongContentError")
    assert item["dead_letter_at"] == item["notified_at"]


def test_an_upload_is_given_up_for_its_attempt_only_and_is_no_longer_due(launched: Launched) -> None:
    pipeline, due_at = launched.pipeline, "2199-01-01T00:00:00.000000Z"
    put_upload(pipeline, STUCK_UPLOAD, attempt="a2", sweep=SWEEP_DUE, due_at=due_at)
    stuck = event_of(pipeline, report_key("nordbank", STUCK_UPLOAD))
    give_up: Failure = {"Error": STUCK, "Cause": "no progress"}

    assert run(launched, {**stuck, "attempt": "a1", "give_up": give_up}) == "SUCCEEDED"
    assert not receive(pipeline)
    assert item_of(pipeline, STUCK_UPLOAD)["status"] == UploadStatus.RECEIVED

    assert run(launched, {**stuck, "attempt": "a2", "give_up": give_up}) == "FAILED"
    letter = next_dead_letter(pipeline)
    assert (letter["attempt"], letter["error"], letter["event"]) == ("a2", STUCK, stuck)
    item = item_of(pipeline, STUCK_UPLOAD)
    assert (item["status"], item["error"]) == (UploadStatus.FAILED, STUCK)
    assert not {"sweep", "due_at"} & item.keys()
