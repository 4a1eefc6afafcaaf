"""What the pipeline cannot process ends in the dead-letter queue, with all that a rerun needs."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from local.deployed import Pipeline
from local.launch import Launched
from shared.contracts.objects import report_key

pytestmark = pytest.mark.e2e
LIMIT_SECONDS = 60
UPLOAD_ID = "0" * 32
"""No content has this one: an object of this name is not what its name says."""


@pytest.fixture
def broken_key(launched: Launched) -> Iterator[str]:
    """Key of an object that lies where a report should, but is none."""
    bucket, key = launched.pipeline.reports_bucket, report_key("nordbank", UPLOAD_ID)
    cloud = launched.pipeline.cloud
    s3 = cloud.session.client("s3", endpoint_url=cloud.endpoint_url)
    s3.put_object(Bucket=bucket, Key=key, Body=b"not what its name says")
    yield key
    s3.delete_object(Bucket=bucket, Key=key)


def next_dead_letter(pipeline: Pipeline) -> dict[str, Any]:
    """Take one message out of the dead-letter queue."""
    sqs, queue = pipeline.cloud.sqs, pipeline.dead_letter_queue_url
    limit = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < limit:
        for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            letter: dict[str, Any] = json.loads(message["Body"])
            return letter
    raise AssertionError("no message came")


def test_a_broken_object_ends_in_the_dead_letter_queue_and_can_be_started_again(
    launched: Launched, broken_key: str
) -> None:
    letter = next_dead_letter(launched.pipeline)
    assert (letter["bank_id"], letter["upload_id"]) == ("nordbank", UPLOAD_ID)
    assert letter["event"]["detail"]["object"]["key"] == broken_key
    assert letter["error"]
    assert letter["cause"]

    # The event alone starts the workflow anew: it comes to the same end, for the object is still broken.
    cloud = launched.pipeline.cloud
    cloud.session.client("stepfunctions", endpoint_url=cloud.endpoint_url).start_execution(
        stateMachineArn=launched.deployment.outputs("compute-stack")["state_machine_arn"],
        input=json.dumps(letter["event"]),
    )
    again = next_dead_letter(launched.pipeline)
    assert again["event"] == letter["event"]
    assert again["execution"] != letter["execution"]
