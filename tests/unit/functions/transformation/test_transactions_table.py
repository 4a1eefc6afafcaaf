"""The transactions table in DynamoDB: statements, results of single rows, consistent reads."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from functions.common.errors import SupersededError, TemporaryError
from functions.transformation.stored_transactions import Written
from functions.transformation.transactions_table import DynamoDBTransactions, WriteError
from functions.transformation.upload_statuses import UploadStatusesTable
from shared.contracts.uploads import UploadStatus
from tests.unit.functions.stubs import Script
from tests.unit.functions.transformation.world import transactions

(ROW,) = transactions(1, amount="999999999999999.1230")
ITEM: dict[str, Any] = {
    "transaction_key": {"S": "nordbank#t0"},
    "time_shard": {"S": ROW.time_shard},
    "timestamp": {"S": "2026-11-20T10:00:00.000000Z"},
    "bank_id": {"S": "nordbank"},
    "transaction_id": {"S": "t0"},
    "amount": {"N": "999999999999999.1230"},
    "currency": {"S": "EUR"},
    "upload_id": {"S": "u1"},
    "line": {"N": "2"},
}
INSERT = (
    "INSERT INTO \"transactions\" VALUE {'transaction_key': ?, 'time_shard': ?, 'timestamp': ?, 'bank_id': ?, "
    "'transaction_id': ?, 'amount': ?, 'currency': ?, 'upload_id': ?, 'line': ?}"
)


def table_of(script: Script) -> DynamoDBTransactions:
    return DynamoDBTransactions(script.client, "transactions", uploads_table="uploads")


def test_a_row_is_inserted_with_all_its_digits() -> None:
    script = Script("dynamodb")
    request = {"Statements": [{"Statement": INSERT, "Parameters": list(ITEM.values())}]}
    script.answers("batch_execute_statement", {"Responses": [{"TableName": "transactions"}]}, request)

    assert table_of(script).insert([ROW]) == [Written.DONE]
    script.played()


def test_each_row_has_its_own_result() -> None:
    codes = ["ThrottlingError", "ProvisionedThroughputExceeded", "InternalServerError", "RequestLimitExceeded"]
    script = Script("dynamodb")
    responses = [{}, {"Error": {"Code": "DuplicateItem"}}, *({"Error": {"Code": code}} for code in codes)]
    script.answers("batch_execute_statement", {"Responses": responses})

    results = table_of(script).insert(transactions(6))

    assert results == [Written.DONE, Written.UNMET, *[Written.BUSY] * 4]


@pytest.mark.parametrize("code", ["AccessDenied", "ResourceNotFound", "ValidationError"])
def test_a_row_that_can_never_be_written_is_an_error(code: str) -> None:
    script = Script("dynamodb")
    script.answers("batch_execute_statement", {"Responses": [{"Error": {"Code": code, "Message": "secret"}}]})

    with pytest.raises(WriteError, match=code) as caught:
        table_of(script).insert([ROW])
    assert "secret" not in str(caught.value)


def test_a_call_that_is_throttled_as_a_whole_is_temporary() -> None:
    script = Script("dynamodb")
    script.fails("batch_execute_statement", "ThrottlingException")

    with pytest.raises(TemporaryError):
        table_of(script).insert([ROW])


def test_reads_are_consistent_and_distinguish_missing_rows_from_unserved_ones() -> None:
    script = Script("dynamodb")
    keys = [{"transaction_key": {"S": f"nordbank#t{number}"}} for number in range(3)]
    script.answers(
        "batch_get_item",
        {"Responses": {"transactions": [ITEM]}, "UnprocessedKeys": {"transactions": {"Keys": keys[2:]}}},
        {"RequestItems": {"transactions": {"Keys": keys, "ConsistentRead": True}}},
    )
    script.answers("batch_get_item", {"Responses": {}, "UnprocessedKeys": {}})
    table = table_of(script)

    found = table.read(["nordbank#t0", "nordbank#t1", "nordbank#t2"])

    assert found == {"nordbank#t0": ROW, "nordbank#t1": None}
    assert found["nordbank#t0"] is not None
    assert found["nordbank#t0"].amount == Decimal("999999999999999.123")
    assert table.read(["nordbank#t0"]) == {"nordbank#t0": None}


def test_what_a_row_replaced_and_who_else_has_it_is_read() -> None:
    script = Script("dynamodb")
    item = {**ITEM, "replaces": {"S": "u0"}, "replaced_in": {"S": "a1"}, "also_in": {"S": "u2"}}
    script.answers("batch_get_item", {"Responses": {"transactions": [item]}, "UnprocessedKeys": {}})

    assert table_of(script).read([ROW.key]) == {ROW.key: replace(ROW, replaces="u0", replaced_in="a1", also_in="u2")}


def test_a_mark_requires_the_same_owner_and_content() -> None:
    script = Script("dynamodb")
    statement = (
        'UPDATE "transactions" SET also_in = ? WHERE "transaction_key" = ? AND "upload_id" = ? AND "amount" = ? '
        'AND "currency" = ? AND "timestamp" = ?'
    )
    same = ("transaction_key", "upload_id", "amount", "currency", "timestamp")
    parameters = [{"S": "u2"}, *(ITEM[name] for name in same)]
    codes = ["ConditionalCheckFailed", "TransactionConflict"]
    script.answers(
        "batch_execute_statement",
        {"Responses": [{}, *({"Error": {"Code": code}} for code in codes)]},
        {"Statements": [{"Statement": statement, "Parameters": parameters}] * 3},
    )

    marked = table_of(script).mark([ROW] * 3, also_in="u2")

    assert marked == [Written.DONE, Written.UNMET, Written.BUSY]


NEW_ROW = replace(ROW, upload_id="u1").replacing("u0", attempt="a1")


def replacing(script: Script) -> Written:
    return table_of(script).replace([NEW_ROW], owner="u0")


def cancelled(script: Script, *codes: str) -> None:
    reasons = [{"Code": code} for code in codes]
    script.fails("transact_write_items", "TransactionCanceledException", response={"CancellationReasons": reasons})


def test_a_row_is_replaced_under_conditions_on_it_its_owner_and_its_own_upload() -> None:
    script = Script("dynamodb")
    status = {"#status": "status"}
    own: dict[str, Any] = {":rows": {"N": "1"}, ":attempt": {"S": "a1"}, ":loading": {"S": "LOADING"}}
    check = {
        "TableName": "uploads",
        "Key": {"upload_id": {"S": "u0"}},
        "ConditionExpression": "#status = :failed",
        "ExpressionAttributeNames": status,
        "ExpressionAttributeValues": {":failed": {"S": "FAILED"}},
    }
    update = {
        "TableName": "uploads",
        "Key": {"upload_id": {"S": "u1"}},
        "UpdateExpression": "ADD replaced :rows",
        "ConditionExpression": "attempt = :attempt AND #status = :loading",
        "ExpressionAttributeNames": status,
        "ExpressionAttributeValues": own,
    }
    put = {
        "TableName": "transactions",
        "Item": {**ITEM, "replaces": {"S": "u0"}, "replaced_in": {"S": "a1"}},
        "ConditionExpression": "upload_id = :owner AND attribute_not_exists(also_in)",
        "ExpressionAttributeValues": {":owner": {"S": "u0"}},
    }
    items = [{"ConditionCheck": check}, {"Update": update}, {"Put": put}]
    script.answers("transact_write_items", {}, {"TransactItems": items})

    assert replacing(script) is Written.DONE
    script.played()


@pytest.mark.parametrize(
    ("codes", "result"),
    [
        (("ConditionalCheckFailed", "None", "None"), Written.UNMET),
        (("None", "None", "ConditionalCheckFailed"), Written.UNMET),
        (("None", "TransactionConflict", "None"), Written.BUSY),
        (("None", "None", "ThrottlingError"), Written.BUSY),
        (("None", "TransactionConflict", "ConditionalCheckFailed"), Written.UNMET),
    ],
)
def test_a_cancelled_transaction_says_whether_to_look_again_or_to_wait(codes: tuple[str, ...], result: Written) -> None:
    script = Script("dynamodb")
    cancelled(script, *codes)

    assert replacing(script) is result


def test_a_transaction_of_an_attempt_that_is_over_ends_the_run() -> None:
    script = Script("dynamodb")
    cancelled(script, "None", "ConditionalCheckFailed", "None")

    with pytest.raises(SupersededError, match="u1: attempt a1"):
        replacing(script)


def test_a_transaction_that_can_never_succeed_is_an_error() -> None:
    script = Script("dynamodb")
    cancelled(script, "None", "None", "ValidationError")

    with pytest.raises(WriteError, match="ValidationError"):
        replacing(script)


@pytest.mark.parametrize("code", ["ThrottlingException", "TransactionInProgressException"])
def test_a_transaction_that_is_throttled_or_in_progress_is_temporary(code: str) -> None:
    script = Script("dynamodb")
    script.fails("transact_write_items", code)

    with pytest.raises(TemporaryError):
        replacing(script)


def test_statuses_distinguish_missing_uploads_from_unserved_ones() -> None:
    script = Script("dynamodb")
    keys = [{"upload_id": {"S": f"u{number}"}} for number in range(3)]
    projected = {
        "Keys": keys,
        "ConsistentRead": True,
        "ProjectionExpression": "upload_id, #status",
        "ExpressionAttributeNames": {"#status": "status"},
    }
    item = {"upload_id": {"S": "u0"}, "status": {"S": "FAILED"}}
    script.answers(
        "batch_get_item",
        {"Responses": {"uploads": [item]}, "UnprocessedKeys": {"uploads": {"Keys": keys[2:]}}},
        {"RequestItems": {"uploads": projected}},
    )

    found = UploadStatusesTable(script.client, "uploads").statuses(["u0", "u1", "u2"])

    assert found == {"u0": UploadStatus.FAILED, "u1": None}
