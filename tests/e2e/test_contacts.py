"""A bank's contact, deployed: it hears of its own uploads, and of nobody else's."""

import json
from pathlib import Path

import pytest

from local.deployed import Pipeline
from shared.infra.contacts import parse_contact
from shared.infra.settings import read_settings
from tests.e2e.reports import fresh_report, send_and_follow

pytestmark = pytest.mark.e2e


def test_a_contact_is_told_of_its_own_banks_uploads_only(pipeline: Pipeline, tmp_path: Path) -> None:
    # MiniStack lets a topic send to any queue; AWS asks the queue's policy.
    contact = parse_contact(read_settings({"ENVIRONMENT_SUFFIX": "local"}).banks["nordbank"].contact)
    sqs = pipeline.cloud.sqs
    queue = sqs.create_queue(QueueName=contact.endpoint.rsplit(":", 1)[1])["QueueUrl"]
    sent = {}
    for bank_id in ("bayside", "nordbank"):
        report = tmp_path / f"{bank_id}.csv"
        report.write_bytes(fresh_report(bank_id))
        sent[bank_id] = send_and_follow(pipeline, bank_id, report).upload_id
    answer = sqs.receive_message(
        QueueUrl=queue, WaitTimeSeconds=10, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    (message,) = answer["Messages"]
    body = json.loads(message["Body"])
    assert (body["bank_id"], body["upload_id"], body["status"]) == ("nordbank", sent["nordbank"], "COMPLETED")
    assert message["MessageAttributes"]["bank_id"]["StringValue"] == "nordbank"
    sqs.delete_queue(QueueUrl=queue)
