"""Adapters of the uploads and banks tables: their requests to DynamoDB, and what they return of its responses."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.common.aws.banks_table import BanksTable
from functions.common.aws.uploads_table import UploadsTable
from functions.common.banks import Bank
from functions.common.errors import TemporaryError
from functions.common.uploads import derive_upload_id
from shared.contracts.uploads import UploadStatus
from tests.unit.functions.fakes import upload
from tests.unit.functions.stubs import Script

ITEM: dict[str, Any] = {
    "upload_id": {"S": "u1"},
    "bank_id": {"S": "nordbank"},
    "status": {"S": "COMPLETED"},
    "received_at": {"S": "2026-11-23T12:00:00.000000Z"},
    "updated_at": {"S": "2026-11-23T12:00:00.000000Z"},
    "rows": {"N": "3"},
    "totals": {"M": {"EUR": {"S": "1.00"}}},
    "conflict_samples": {
        "L": [{"M": {"line": {"N": "7"}, "transaction_id": {"S": "t"}, "first_upload_id": {"S": "u0"}}}]
    },
}
COMPLETED = upload(
    status=UploadStatus.COMPLETED,
    rows=3,
    totals={"EUR": "1.00"},
    conflict_samples=[{"line": 7, "transaction_id": "t", "first_upload_id": "u0"}],
)


def test_an_upload_is_read_after_every_write() -> None:
    script = Script("dynamodb")
    request = {"TableName": "uploads", "Key": {"upload_id": {"S": "u1"}}, "ConsistentRead": True}
    script.answers("get_item", {"Item": ITEM | {"of_a_later_version": {"S": "x"}}}, request)
    script.answers("get_item", {}, request)
    table = UploadsTable(script.client, "uploads")

    assert table.get("u1") == COMPLETED
    assert table.get("u1") is None
    script.played()


def test_a_new_upload_replaces_only_one_whose_status_it_may_follow() -> None:
    script = Script("dynamodb")
    request = {
        "TableName": "uploads",
        "Item": ITEM | {"status": {"S": "RECEIVED"}},
        "ConditionExpression": "attribute_not_exists(upload_id) OR #status IN (:from0, :from1)",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {":from0": {"S": "FAILED"}, ":from1": {"S": "REJECTED"}},
    }
    script.answers("put_item", {}, request)
    script.fails("put_item", "ConditionalCheckFailedException")
    table = UploadsTable(script.client, "uploads")
    received = upload(rows=3, totals={"EUR": "1.00"}, conflict_samples=COMPLETED.conflict_samples)

    assert table.begin(received)
    assert not table.begin(received)
    script.played()


def test_a_status_only_follows_its_predecessors() -> None:
    script = Script("dynamodb")
    request = {
        "TableName": "uploads",
        "Key": {"upload_id": {"S": "u1"}},
        "UpdateExpression": "SET #status = :status, #updated_at = :updated_at, #loaded = :loaded",
        "ConditionExpression": "#status IN (:from0)",
        "ExpressionAttributeNames": {"#status": "status", "#updated_at": "updated_at", "#loaded": "loaded"},
        "ExpressionAttributeValues": {
            ":from0": {"S": "LOADING"},
            ":status": {"S": "COMPLETED"},
            ":updated_at": {"S": "now"},
            ":loaded": {"N": "5"},
        },
    }
    script.answers("update_item", {}, request)
    script.fails("update_item", "ConditionalCheckFailedException")
    table = UploadsTable(script.client, "uploads")

    assert table.advance("u1", UploadStatus.COMPLETED, at="now", loaded=5)
    assert not table.advance("u1", UploadStatus.COMPLETED, at="now")
    script.played()


def test_a_throttled_write_is_temporary_and_a_denied_one_is_not() -> None:
    script = Script("dynamodb")
    script.fails("update_item", "ThrottlingException")
    script.fails("update_item", "AccessDeniedException")
    table = UploadsTable(script.client, "uploads")

    with pytest.raises(TemporaryError, match="change the upload's status"):
        table.advance("u1", UploadStatus.LOADING, at="now")
    with pytest.raises(ClientError, match="AccessDenied"):
        table.advance("u1", UploadStatus.LOADING, at="now")


def test_the_notification_is_recorded() -> None:
    script = Script("dynamodb")
    script.answers(
        "update_item",
        {},
        {
            "TableName": "uploads",
            "Key": {"upload_id": {"S": "u1"}},
            "UpdateExpression": "SET notified_at = :at",
            "ExpressionAttributeValues": {":at": {"S": "now"}},
        },
    )

    UploadsTable(script.client, "uploads").mark_notified("u1", at="now")
    script.played()


def test_a_bank_is_found_by_the_hash_of_its_key() -> None:
    script = Script("dynamodb")
    request = {
        "TableName": "banks",
        "KeyConditionExpression": "api_key_sha256 = :key",
        "ExpressionAttributeValues": {":key": {"S": "abc"}},
        "Limit": 1,
    }
    script.answers("query", {"Items": [{"bank_id": {"S": "nordbank"}, "name": {"S": "Nordbank"}}]}, request)
    script.answers("query", {"Items": []}, request)
    table = BanksTable(script.client, "banks")

    assert table.find("abc") == Bank(bank_id="nordbank", name="Nordbank")
    assert table.find("abc") is None


def test_an_uploads_id_derives_from_bank_and_content() -> None:
    assert derive_upload_id("nordbank", b"x") == derive_upload_id("nordbank", b"x")
    assert (
        len(
            {
                derive_upload_id("nordbank", b"x"),
                derive_upload_id("alpenbank", b"x"),
                derive_upload_id("nordbank", b"y"),
            }
        )
        == 3
    )
    # Never changes: the keys of all stored reports contain it.
    assert derive_upload_id("nordbank", b"") == "292707ea06063cc3fe95bf584ad7e868"
