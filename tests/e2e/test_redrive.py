"""Operators run failed uploads again, and see what happened to each."""

import json
from hashlib import sha256

import pytest

from local.cloud.clients import SUFFIX
from local.demo.notifications import mailbox
from local.deployment.outputs import Pipeline
from shared.contracts.outcomes import OUTCOME_VERSION, Outcome, message_id
from shared.contracts.uploads import UploadStatus
from tests.e2e.reports import fresh_report
from tests.e2e.uploads import BANK, follow, operate, plant, store, take_dead_letters

pytestmark = pytest.mark.e2e


def fail(pipeline: Pipeline, content: bytes) -> str:
    """An upload that has failed, because its stored object was not its report; now it is."""
    upload_id = plant(pipeline, content, UploadStatus.RECEIVED)
    store(pipeline, upload_id, b"does not match its key")
    follow(pipeline, upload_id, lambda each: each.dead_letter_at)
    store(pipeline, upload_id, content)
    return upload_id


def test_a_failed_upload_is_listed_explained_and_run_again_until_it_is_completed(pipeline: Pipeline) -> None:
    content = fresh_report(BANK)
    upload_id = fail(pipeline, content)

    listed = operate(pipeline, "redrive")
    assert listed.code == 0, listed.output
    assert upload_id in listed.output
    assert "WrongContentError" in listed.output or "Runtime.HandlerError" in listed.output
    assert "run again" in listed.output

    explained = operate(pipeline, "explain", upload_id)
    assert explained.code == 0, explained.output
    assert f"Upload {upload_id} of {BANK}: FAILED" in explained.output
    assert sha256(content).hexdigest() in explained.output
    assert "not loaded" in explained.output

    done = operate(pipeline, "redrive", upload_id)
    assert done.code == 0, done.output
    assert "COMPLETED: 3 loaded, 0 repeated, 0 in conflict" in done.output
    assert not take_dead_letters(pipeline, upload_id)

    explained = operate(pipeline, "explain", upload_id)
    assert "COMPLETED" in explained.output
    assert "redrive" in explained.output
    assert "loaded a range" in explained.output
    transaction_id = content.splitlines()[1].decode().split(",")[0]
    explained = operate(pipeline, "explain", transaction_id, "--bank", BANK)
    assert f"Loaded by   upload {upload_id}, line 2" in explained.output

    again = operate(pipeline, "redrive", upload_id)
    assert again.code == 1
    assert f"No dead letter of {upload_id}" in again.output


def test_a_late_event_of_a_failed_upload_changes_nothing_and_leaves_it_to_the_operators(pipeline: Pipeline) -> None:
    """An event is no order to run it again: the dead letter is, by `./dev redrive`."""
    upload_id = fail(pipeline, fresh_report(BANK))  # its second object is a late event
    before = follow(pipeline, upload_id, lambda each: each.status is UploadStatus.FAILED)

    done = operate(pipeline, "redrive", upload_id)

    assert done.code == 0, done.output
    after = follow(pipeline, upload_id, lambda each: each.status is UploadStatus.COMPLETED)
    assert [each["by"] for each in after.attempts] == ["intake", "redrive"]
    assert after.attempt != before.attempt


def test_an_upload_that_fails_again_has_one_new_letter_and_the_exit_code_says_so(pipeline: Pipeline) -> None:
    content = fresh_report(BANK)
    upload_id = plant(pipeline, content, UploadStatus.RECEIVED)
    store(pipeline, upload_id, b"does not match its key")
    follow(pipeline, upload_id, lambda each: each.dead_letter_at)

    done = operate(pipeline, "redrive", upload_id)

    assert done.code == 1
    assert "FAILED: " in done.output
    upload = follow(pipeline, upload_id, lambda each: each.dead_letter_at)
    letters = take_dead_letters(pipeline, upload_id)
    assert [letter["attempt"] for letter in letters] == [upload.attempt]


def test_an_unknown_upload_is_a_clear_error(pipeline: Pipeline) -> None:
    explained = operate(pipeline, "explain", "0" * 31 + "f")
    assert explained.code == 1
    assert "local has no upload" in explained.output


def test_an_outcome_that_could_not_be_delivered_is_sent_to_its_bank_again(pipeline: Pipeline) -> None:
    """SNS's part, to put it there, is not in the local cloud: the synth tests hold the subscriptions' policies."""
    upload_id = "0123456789abcdef" * 2
    outcome = Outcome(
        version=OUTCOME_VERSION,
        message_id=message_id(upload_id, "a1", "REJECTED"),
        bank_id=BANK,
        upload_id=upload_id,
        attempt="a1",
        status="REJECTED",
        error_count=2,
    )
    envelope = {"Type": "Notification", "TopicArn": pipeline.outcomes_topic_arn, "Message": json.dumps(outcome)}
    sqs = pipeline.cloud.sqs
    url = sqs.get_queue_url(QueueName=f"txn-undelivered-{SUFFIX}")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(envelope))

    with mailbox(pipeline.cloud, pipeline.outcomes_topic_arn) as received:
        done = operate(pipeline, "undelivered", "--send", BANK)
        assert (done.code, f"REJECTED of upload {upload_id}" in done.output) == (0, True), done.output
        assert [each for each in received.collect(1) if each["upload_id"] == upload_id] == [outcome]
    assert not sqs.receive_message(QueueUrl=url).get("Messages")
