"""Adapters of the uploads and banks tables: their requests to DynamoDB, and what they return of its responses."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.common.aws.banks_table import BanksTable
from functions.common.aws.uploads_table import UploadsTable, to_item
from functions.common.banks import Bank
from functions.common.declarations import declared
from functions.common.errors import TemporaryError
from functions.common.uploads import derive_upload_id
from shared.contracts.uploads import UploadStatus
from tests.unit.functions.fakes import began, upload
from tests.unit.functions.stubs import Script

ITEM: dict[str, Any] = {
    "upload_id": {"S": "u1"},
    "bank_id": {"S": "nordbank"},
    "status": {"S": "COMPLETED"},
    "received_at": {"S": "2026-11-23T12:00:00.000000Z"},
    "updated_at": {"S": "2026-11-23T12:00:00.000000Z"},
    "restarts": {"N": "0"},
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
        "Item": ITEM | {"status": {"S": "RECEIVED"}, "attempt": {"S": "a1"}},
        "ConditionExpression": "attribute_not_exists(upload_id) OR (#status IN (:from0, :from1, :from2)"
        " AND (attribute_not_exists(attempt) OR attempt <> :begun))",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {
            ":from0": {"S": "DECLARED"},
            ":from1": {"S": "FAILED"},
            ":from2": {"S": "REJECTED"},
            ":begun": {"S": "a1"},
        },
    }
    script.answers("put_item", {}, request)
    script.fails("put_item", "ConditionalCheckFailedException")
    table = UploadsTable(script.client, "uploads")
    received = upload(attempt="a1", rows=3, totals={"EUR": "1.00"}, conflict_samples=COMPLETED.conflict_samples)

    assert table.begin(received)
    assert not table.begin(received)
    script.played()


def test_a_taken_over_upload_still_has_the_known_attempt_and_status() -> None:
    script = Script("dynamodb")
    request = {
        "TableName": "uploads",
        "Item": ITEM
        | {
            "status": {"S": "RECEIVED"},
            "attempt": {"S": "a2"},
            "due_at": {"S": "later"},
            "sweep": {"S": "due"},
            "attempts": {"L": [{"M": {"id": {"S": "a2"}, "began_at": {"S": "now"}, "by": {"S": "intake"}}}]},
            "restarts": {"N": "0"},
        },
        "ConditionExpression": "attempt = :attempt AND #status = :known",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {":attempt": {"S": "a1"}, ":known": {"S": "FAILED"}},
    }
    script.answers("put_item", {}, request)
    script.fails("put_item", "ConditionalCheckFailedException")
    table = UploadsTable(script.client, "uploads")
    again = replace(COMPLETED, status=UploadStatus.RECEIVED, due_at="later", **began("a2", "now"))
    known = replace(COMPLETED, status=UploadStatus.FAILED, attempt="a1")

    assert table.take_over(again, known=known)
    assert not table.take_over(again, known=known)
    script.played()


def test_an_upload_without_an_attempt_is_recognized_by_the_missing_attribute() -> None:
    script = Script("dynamodb")
    request = {
        "TableName": "uploads",
        "Key": {"upload_id": {"S": "u1"}},
        "UpdateExpression": "SET notified_at = :at REMOVE sweep, due_at",
        "ConditionExpression": "attribute_not_exists(attempt) AND #status = :announced"
        " AND attribute_not_exists(notified_at)",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {":at": {"S": "now"}, ":announced": {"S": "COMPLETED"}},
    }
    script.answers("update_item", {}, request)

    assert UploadsTable(script.client, "uploads").mark_notified("u1", "", UploadStatus.COMPLETED, at="now")
    script.played()


def test_the_sweeper_claims_an_upload_that_has_not_changed() -> None:
    script = Script("dynamodb")
    request = {
        "TableName": "uploads",
        "Key": {"upload_id": {"S": "u1"}},
        "UpdateExpression": "SET due_at = :due_at",
        "ConditionExpression": "attempt = :attempt AND #status = :known AND due_at = :was",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {
            ":attempt": {"S": "a1"},
            ":known": {"S": "COMPLETED"},
            ":was": {"S": "then"},
            ":due_at": {"S": "later"},
        },
    }
    script.answers("update_item", {}, request)
    script.fails("update_item", "ConditionalCheckFailedException")
    table = UploadsTable(script.client, "uploads")
    known = replace(COMPLETED, attempt="a1", due_at="then")

    assert table.postpone(known, due_at="later")
    assert not table.postpone(known, due_at="later")
    script.played()


@pytest.mark.parametrize(
    ("replaced", "condition"),
    [(0, "(attribute_not_exists(replaced) OR replaced = :if_replaced)"), (3, "replaced = :if_replaced")],
)
def test_progress_can_depend_on_how_many_rows_were_replaced_and_postpones_the_sweeper(
    replaced: int, condition: str
) -> None:
    script = Script("dynamodb")
    names = {"#status": "status", "#updated_at": "updated_at", "#due_at": "due_at", "#sweep": "sweep"}
    request = {
        "TableName": "uploads",
        "Key": {"upload_id": {"S": "u1"}},
        "UpdateExpression": "SET #status = :status, #updated_at = :updated_at, #due_at = :due_at, #sweep = :sweep"
        " REMOVE expires_at, declared_after",
        "ConditionExpression": f"attempt = :attempt AND #status IN (:from0) AND {condition}",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {
            ":from0": {"S": "LOADING"},
            ":attempt": {"S": "a1"},
            ":if_replaced": {"N": str(replaced)},
            ":status": {"S": "COMPLETED"},
            ":updated_at": {"S": "now"},
            ":due_at": {"S": "later"},
            ":sweep": {"S": "due"},
        },
    }
    script.answers("update_item", {}, request)
    table = UploadsTable(script.client, "uploads")

    assert table.advance("u1", "a1", UploadStatus.COMPLETED, at="now", if_replaced=replaced, due_at="later")
    script.played()


def test_a_status_only_follows_its_predecessors_of_the_same_attempt() -> None:
    script = Script("dynamodb")
    request = {
        "TableName": "uploads",
        "Key": {"upload_id": {"S": "u1"}},
        "UpdateExpression": "SET #status = :status, #updated_at = :updated_at, #loaded = :loaded"
        " REMOVE expires_at, declared_after",
        "ConditionExpression": "attempt = :attempt AND #status IN (:from0)",
        "ExpressionAttributeNames": {"#status": "status", "#updated_at": "updated_at", "#loaded": "loaded"},
        "ExpressionAttributeValues": {
            ":from0": {"S": "LOADING"},
            ":attempt": {"S": "a1"},
            ":status": {"S": "COMPLETED"},
            ":updated_at": {"S": "now"},
            ":loaded": {"N": "5"},
        },
    }
    script.answers("update_item", {}, request)
    script.fails("update_item", "ConditionalCheckFailedException")
    table = UploadsTable(script.client, "uploads")

    assert table.advance("u1", "a1", UploadStatus.COMPLETED, at="now", loaded=5)
    assert not table.advance("u1", "a1", UploadStatus.COMPLETED, at="now")
    script.played()


def test_a_throttled_write_is_temporary_and_a_denied_one_is_not() -> None:
    script = Script("dynamodb")
    script.fails("update_item", "ThrottlingException")
    script.fails("update_item", "AccessDeniedException")
    table = UploadsTable(script.client, "uploads")

    with pytest.raises(TemporaryError, match="change the upload's status"):
        table.advance("u1", "a1", UploadStatus.LOADING, at="now")
    with pytest.raises(ClientError, match="AccessDenied"):
        table.advance("u1", "a1", UploadStatus.LOADING, at="now")


def test_the_notification_of_an_attempt_is_recorded_and_nothing_is_due_any_more() -> None:
    script = Script("dynamodb")
    script.answers(
        "update_item",
        {},
        {
            "TableName": "uploads",
            "Key": {"upload_id": {"S": "u1"}},
            "UpdateExpression": "SET notified_at = :at REMOVE sweep, due_at",
            "ConditionExpression": "attempt = :attempt AND #status = :announced AND attribute_not_exists(notified_at)",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {
                ":attempt": {"S": "a1"},
                ":at": {"S": "now"},
                ":announced": {"S": "COMPLETED"},
            },
        },
    )
    script.fails("update_item", "ConditionalCheckFailedException")
    table = UploadsTable(script.client, "uploads")

    assert table.mark_notified("u1", "a1", UploadStatus.COMPLETED, at="now")
    assert not table.mark_notified("u1", "a1", UploadStatus.COMPLETED, at="now")
    script.played()


def test_a_bank_is_found_by_the_hash_of_its_key() -> None:
    script = Script("dynamodb")
    request = {
        "TableName": "banks",
        "KeyConditionExpression": "api_key_sha256 = :key",
        "ExpressionAttributeValues": {":key": {"S": "abc"}},
    }
    script.answers("query", {"Items": [{"bank_id": {"S": "nordbank"}, "name": {"S": "Nordbank"}}]}, request)
    script.answers("query", {"Items": []}, request)
    table = BanksTable(script.client, "banks")

    assert table.find("abc") == Bank(bank_id="nordbank", name="Nordbank")
    assert table.find("abc") is None


def test_the_addresses_of_all_rows_of_a_key_count() -> None:
    script = Script("dynamodb")
    row = {"bank_id": {"S": "nordbank"}, "name": {"S": "Nordbank"}}
    ranges = [{"allowed_ips": {"L": [{"S": each}]}} for each in ("192.0.2.0/24", "192.0.2.0/25")]
    script.answers("query", {"Items": [row, row | ranges[0], row | ranges[1]]}, None)

    found = BanksTable(script.client, "banks").find("abc")

    assert found == Bank(bank_id="nordbank", name="Nordbank", allowed_ips=(["192.0.2.0/24"], ["192.0.2.0/25"]))


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


def test_a_first_declaration_is_withdrawn_by_its_deletion() -> None:
    script = Script("dynamodb")
    request = {
        "TableName": "uploads",
        "Key": {"upload_id": {"S": "u1"}},
        "ConditionExpression": "attempt = :attempt AND #status = :known",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {":attempt": {"S": "a1"}, ":known": {"S": "DECLARED"}},
    }
    script.answers("delete_item", {}, request)
    script.fails("delete_item", "ConditionalCheckFailedException")
    table = UploadsTable(script.client, "uploads")
    known = upload(status=UploadStatus.DECLARED, attempt="a1", expires_at=1)

    assert table.withdraw(known)
    assert not table.withdraw(known)
    script.played()


def test_a_declaration_over_an_ended_upload_is_stored_with_it_and_withdrawn_to_it() -> None:
    script = Script("dynamodb")
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    over = declared(upload(status=UploadStatus.DECLARED), "a2", now=now, known=COMPLETED)
    put = {
        "TableName": "uploads",
        "Item": ITEM,
        "ConditionExpression": "attempt = :attempt AND #status = :known",
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {":attempt": {"S": "a2"}, ":known": {"S": "DECLARED"}},
    }
    script.answers("get_item", {"Item": to_item(over)})
    script.answers("put_item", {}, put)
    table = UploadsTable(script.client, "uploads")

    stored = table.get("u1")
    assert stored == over
    assert table.withdraw(stored)
    script.played()
