"""A report that the pipeline cannot process ends in the dead-letter queue, with all that a rerun needs."""

import json
import time
from typing import Any

import pytest

from local.demo.notifications import mailbox
from local.deployment.launch import Launched
from local.deployment.outputs import Pipeline
from shared.contracts.objects import report_key
from shared.contracts.tables import UPLOADS
from shared.contracts.uploads import UploadStatus
from tools.operations.state.states import read_state

pytestmark = pytest.mark.e2e
LIMIT_SECONDS = 60
UNKNOWN_UPLOAD = "0" * 32
KNOWN_UPLOAD = "1" * 32
"""No content has these ids, so an object that is stored under one does not match its key."""


def put_broken_object(pipeline: Pipeline, upload_id: str) -> str:
    """Store an object in place of a report; returns its key."""
    key = report_key("nordbank", upload_id)
    s3 = pipeline.cloud.session.client("s3", endpoint_url=pipeline.cloud.endpoint_url)
    s3.put_object(Bucket=pipeline.reports_bucket, Key=key, Body=b"does not match its key")
    return key


def next_dead_letter(pipeline: Pipeline) -> dict[str, Any]:
    """Receive and delete one message of the dead-letter queue."""
    sqs, queue = pipeline.cloud.sqs, pipeline.dead_letter_queue_url
    limit = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < limit:
        for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            letter: dict[str, Any] = json.loads(message["Body"])
            return letter
    raise AssertionError("no message came")


def test_a_broken_object_ends_in_the_dead_letter_queue_and_can_be_started_again(launched: Launched) -> None:
    broken_key = put_broken_object(launched.pipeline, UNKNOWN_UPLOAD)
    letter = next_dead_letter(launched.pipeline)
    assert (letter["bank_id"], letter["upload_id"]) == ("nordbank", UNKNOWN_UPLOAD)
    assert letter["event"]["detail"]["object"]["key"] == broken_key
    assert letter["error"]
    assert letter["cause"]

    # The event alone restarts the workflow, which fails again because the object is still broken.
    cloud = launched.pipeline.cloud
    outputs = {stack.id: read_state(stack).outputs for stack in launched.stacks}
    cloud.session.client("stepfunctions", endpoint_url=cloud.endpoint_url).start_execution(
        stateMachineArn=outputs["compute-stack"]["state_machine_arn"],
        input=json.dumps(letter["event"]),
    )
    again = next_dead_letter(launched.pipeline)
    assert again["event"] == letter["event"]
    assert again["execution"] != letter["execution"]


def test_a_failed_upload_is_marked_as_failed_and_published(pipeline: Pipeline) -> None:
    pipeline.cloud.dynamodb.put_item(
        TableName=pipeline.uploads_table,
        Item={
            UPLOADS.partition_key: {"S": KNOWN_UPLOAD},
            "bank_id": {"S": "nordbank"},
            "status": {"S": UploadStatus.RECEIVED},
            "file_name": {"S": "broken.csv"},
            "received_at": {"S": "2026-11-20T10:00:00.000000Z"},
        },
    )
    with mailbox(pipeline.cloud, pipeline.outcomes_topic_arn) as received:
        put_broken_object(pipeline, KNOWN_UPLOAD)
        assert next_dead_letter(pipeline)["upload_id"] == KNOWN_UPLOAD
        (sent,) = received.collect(1)
    # Only the body: MiniStack's state machines drop message attributes; the synth tests cover those.
    assert (sent["bank_id"], sent["upload_id"], sent["status"]) == ("nordbank", KNOWN_UPLOAD, "FAILED")
    assert pipeline.client("nordbank").upload_state(KNOWN_UPLOAD).body["status"] == UploadStatus.FAILED
