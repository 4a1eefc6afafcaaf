"""The transactions table in DynamoDB: statements, results of single rows, consistent reads."""

from decimal import Decimal
from typing import Any

import pytest

from functions.common.errors import TemporaryError
from functions.transformation.stored_transactions import Inserted
from functions.transformation.transactions_table import DynamoDBTransactions, InsertError
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


def test_a_row_is_inserted_with_all_its_digits() -> None:
    script = Script("dynamodb")
    request = {"Statements": [{"Statement": INSERT, "Parameters": list(ITEM.values())}]}
    script.answers("batch_execute_statement", {"Responses": [{"TableName": "transactions"}]}, request)

    assert DynamoDBTransactions(script.client, "transactions").insert([ROW]) == [Inserted.NEW]
    script.played()


def test_each_row_has_its_own_result() -> None:
    codes = ["ThrottlingError", "ProvisionedThroughputExceeded", "InternalServerError", "RequestLimitExceeded"]
    script = Script("dynamodb")
    responses = [{}, {"Error": {"Code": "DuplicateItem"}}, *({"Error": {"Code": code}} for code in codes)]
    script.answers("batch_execute_statement", {"Responses": responses})

    results = DynamoDBTransactions(script.client, "transactions").insert(transactions(6))

    assert results == [Inserted.NEW, Inserted.KNOWN, *[Inserted.BUSY] * 4]


@pytest.mark.parametrize("code", ["AccessDenied", "ResourceNotFound", "ValidationError"])
def test_a_row_that_can_never_be_written_is_an_error(code: str) -> None:
    script = Script("dynamodb")
    script.answers("batch_execute_statement", {"Responses": [{"Error": {"Code": code, "Message": "secret"}}]})

    with pytest.raises(InsertError, match=code) as caught:
        DynamoDBTransactions(script.client, "transactions").insert([ROW])
    assert "secret" not in str(caught.value)


def test_a_call_that_is_throttled_as_a_whole_is_temporary() -> None:
    script = Script("dynamodb")
    script.fails("batch_execute_statement", "ThrottlingException")

    with pytest.raises(TemporaryError):
        DynamoDBTransactions(script.client, "transactions").insert([ROW])


def test_reads_are_consistent_and_distinguish_missing_rows_from_unserved_ones() -> None:
    script = Script("dynamodb")
    keys = [{"transaction_key": {"S": f"nordbank#t{number}"}} for number in range(3)]
    script.answers(
        "batch_get_item",
        {"Responses": {"transactions": [ITEM]}, "UnprocessedKeys": {"transactions": {"Keys": keys[2:]}}},
        {"RequestItems": {"transactions": {"Keys": keys, "ConsistentRead": True}}},
    )
    script.answers("batch_get_item", {"Responses": {}, "UnprocessedKeys": {}})
    table = DynamoDBTransactions(script.client, "transactions")

    found = table.read(["nordbank#t0", "nordbank#t1", "nordbank#t2"])

    assert found == {"nordbank#t0": ROW, "nordbank#t1": None}
    assert found["nordbank#t0"] is not None
    assert found["nordbank#t0"].amount == Decimal("999999999999999.123")
    assert table.read(["nordbank#t0"]) == {"nordbank#t0": None}
