"""The index by time in DynamoDB."""

from decimal import Decimal
from typing import Any

import pytest

from functions.common.errors import TemporaryError
from functions.transactions.listed_transactions import ListedTransaction, Mark
from functions.transactions.transactions_by_time import TransactionsIndex
from functions.transformation.stored_transactions import StoredTransaction
from functions.transformation.transactions_table import item
from tests.unit.functions.stubs import Script

STORED = StoredTransaction(
    bank_id="nordbank",
    upload_id="u1",
    line=3,
    transaction_id="N-1",
    amount=Decimal("1.50"),
    currency="EUR",
    timestamp="2026-11-20T13:10:50.250000Z",
)
SHARD = STORED.time_shard
QUERY = {
    "TableName": "transactions",
    "IndexName": "by-time",
    "KeyConditionExpression": "time_shard = :shard",
    "ExpressionAttributeValues": {":shard": {"S": SHARD}},
    "Limit": 2,
}
KEY = {"time_shard": {"S": SHARD}, "timestamp": {"S": "then"}, "transaction_key": {"S": "nordbank#N-1"}}


def read(script: Script, after: Mark | None = None) -> Any:
    index = TransactionsIndex(script.client, "transactions")
    return index.page("nordbank", "2026-11-20", int(SHARD[-1]), limit=2, after=after)


def test_what_loading_has_stored_is_read_and_pages_follow_each_other() -> None:
    script = Script("dynamodb")
    script.answers("query", {"Items": [item(STORED)], "LastEvaluatedKey": KEY}, QUERY)
    script.answers("query", {"Items": []}, QUERY | {"ExclusiveStartKey": KEY})

    first = read(script)
    second = read(script, first.last)

    assert first.transactions == [
        ListedTransaction(
            transaction_id="N-1",
            amount=Decimal("1.50"),
            currency="EUR",
            timestamp="2026-11-20T13:10:50.250000Z",
            upload_id="u1",
            line=3,
        )
    ]
    assert first.last == Mark(timestamp="then", transaction_id="N-1")
    assert (second.transactions, second.last) == ([], None)


def test_a_throttled_index_is_a_temporary_error() -> None:
    script = Script("dynamodb")
    script.fails("query", "ThrottlingException")

    with pytest.raises(TemporaryError, match="list the transactions"):
        read(script)
