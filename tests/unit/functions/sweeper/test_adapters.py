"""What the sweeper asks of DynamoDB, S3 and Step Functions."""

import json
from datetime import UTC, datetime

import pytest

from functions.common.aws.state_machine import StateMachines
from functions.common.errors import TemporaryError
from functions.common.restarts import stored
from functions.sweeper.reports_by_prefix import ReportsListing
from functions.sweeper.sweeper import StoredObject
from functions.sweeper.uploads_by_due import DueIndex
from shared.contracts.api import MAX_REPORT_BYTES
from tests.unit.functions.stubs import Script

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_what_is_due_is_queried_in_order_page_by_page() -> None:
    script = Script("dynamodb")
    query = {
        "TableName": "uploads",
        "IndexName": "by-due",
        "KeyConditionExpression": "sweep = :due AND due_at < :before",
        "ExpressionAttributeValues": {":due": {"S": "due"}, ":before": {"S": "now"}},
    }
    last = {"upload_id": {"S": "u1"}}
    script.answers("query", {"Items": [{"upload_id": {"S": "u1"}}], "LastEvaluatedKey": last}, query)
    script.answers("query", {"Items": [{"upload_id": {"S": "u2"}}]}, query | {"ExclusiveStartKey": last})

    assert list(DueIndex(script.client, "uploads").due("now")) == ["u1", "u2"]
    script.played()


def test_a_throttled_query_is_temporary() -> None:
    script = Script("dynamodb")
    script.fails("query", "ThrottlingException")
    with pytest.raises(TemporaryError, match="list the uploads that are due"):
        list(DueIndex(script.client, "uploads").due("now"))


def test_banks_and_reports_are_listed_by_prefix() -> None:
    script = Script("s3")
    folder = {"Bucket": "reports", "Prefix": "reports/", "Delimiter": "/"}
    script.answers("list_objects_v2", {"CommonPrefixes": [{"Prefix": "reports/nordbank/"}]}, folder)
    found = {"Key": "reports/nordbank/0aff", "Size": 7, "LastModified": NOW}
    script.answers("list_objects_v2", {"Contents": [found]}, {"Bucket": "reports", "Prefix": "reports/nordbank/0a"})
    script.answers("list_objects_v2", {}, {"Bucket": "reports", "Prefix": "reports/nordbank/0b"})
    listing = ReportsListing(script.client, "reports")

    assert list(listing.banks()) == ["nordbank"]
    expected = StoredObject(key="reports/nordbank/0aff", size=7, stored_at=NOW)
    assert list(listing.of_bank("nordbank", beginning="0a")) == [expected]
    assert not list(listing.of_bank("nordbank", beginning="0b"))
    script.played()


def test_an_execution_is_started_under_a_name_and_a_repeated_start_is_harmless() -> None:
    script, start = Script("stepfunctions"), stored("reports", "reports/nordbank/0aff", size=7)
    asked = {"stateMachineArn": "arn", "name": "attempt1", "input": json.dumps(start)}
    script.answers("start_execution", {"executionArn": "arn:execution", "startDate": NOW}, asked)
    script.fails("start_execution", "ExecutionAlreadyExists")
    script.fails("start_execution", "ThrottlingException")
    machine = StateMachines(script.client, small="arn", large="large")

    machine.start(start, name="attempt1")
    machine.start(start, name="attempt1")
    with pytest.raises(TemporaryError, match="start the workflow: ThrottlingException"):
        machine.start(start, name="attempt1")
    script.played()


@pytest.mark.parametrize(("size", "arn"), [(MAX_REPORT_BYTES, "small"), (MAX_REPORT_BYTES + 1, "large")])
def test_the_state_machine_is_that_of_the_reports_size(size: int, arn: str) -> None:
    script, start = Script("stepfunctions"), stored("reports", "reports/nordbank/0aff", size=size)
    asked = {"stateMachineArn": arn, "name": "attempt1", "input": json.dumps(start)}
    script.answers("start_execution", {"executionArn": "arn:execution", "startDate": NOW}, asked)

    StateMachines(script.client, small="small", large="large").start(start, name="attempt1")
    script.played()
