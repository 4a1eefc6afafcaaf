"""The transactions table in DynamoDB."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from functions.common.aws.errors import aws_errors
from functions.transformation.stored_transactions import Inserted, StoredTransaction
from shared.contracts.tables import BY_TIME, TRANSACTIONS

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import BatchStatementRequestTypeDef

_ATTRIBUTES: Final = (
    TRANSACTIONS.partition_key,
    BY_TIME.partition_key,
    BY_TIME.sort_key,
    "bank_id",
    "transaction_id",
    "amount",
    "currency",
    "upload_id",
    "line",
)

_BUSY: Final = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "ThrottlingError",
        "TransactionConflict",
    }
)
"""Codes of a statement's error that is temporary (DynamoDB's BatchStatementErrorCodeEnum)."""


class InsertError(Exception):
    """DynamoDB will never write a row: permissions, a missing table, an invalid item."""


class DynamoDBTransactions:
    """Implements `TransactionsTable`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        names = ", ".join(f"'{name}': ?" for name in _ATTRIBUTES)
        self._insert = f'INSERT INTO "{table}" VALUE {{{names}}}'

    def insert(self, rows: Sequence[StoredTransaction]) -> list[Inserted]:
        """See `TransactionsTable.insert`.

        Raises:
            InsertError: DynamoDB will never write a row.
        """
        statements: list[BatchStatementRequestTypeDef] = [
            {"Statement": self._insert, "Parameters": _values(row)} for row in rows
        ]
        with aws_errors("write transactions"):
            response = self._client.batch_execute_statement(Statements=statements)
        return [_result(each.get("Error")) for each in response["Responses"]]

    def read(self, keys: Sequence[str]) -> dict[str, StoredTransaction | None]:
        """See `TransactionsTable.read`."""
        wanted = [{TRANSACTIONS.partition_key: {"S": key}} for key in keys]
        with aws_errors("read transactions"):
            response = self._client.batch_get_item(RequestItems={self._table: {"Keys": wanted, "ConsistentRead": True}})
        unserved = response["UnprocessedKeys"].get(self._table)
        skipped = {each[TRANSACTIONS.partition_key]["S"] for each in unserved["Keys"]} if unserved else set()
        found = {stored.key: stored for stored in map(_stored, response["Responses"].get(self._table, []))}
        return {key: found.get(key) for key in keys if key not in skipped}


def _values(row: StoredTransaction) -> list[Any]:
    """The values of `_ATTRIBUTES`, in their order. DynamoDB stores 38 digits of a number; an amount has 19 at most."""
    return [
        {"S": row.key},
        {"S": row.time_shard},
        {"S": row.timestamp},
        {"S": row.bank_id},
        {"S": row.transaction_id},
        {"N": f"{row.amount:f}"},
        {"S": row.currency},
        {"S": row.upload_id},
        {"N": str(row.line)},
    ]


def _result(error: Mapping[str, Any] | None) -> Inserted:
    if error is None:
        return Inserted.NEW
    if error["Code"] == "DuplicateItem":
        return Inserted.KNOWN
    if error["Code"] in _BUSY:
        return Inserted.BUSY
    raise InsertError(f"DynamoDB did not write a row: {error['Code']}")


def _stored(item: Mapping[str, Any]) -> StoredTransaction:
    return StoredTransaction(
        bank_id=item["bank_id"]["S"],
        upload_id=item["upload_id"]["S"],
        line=int(item["line"]["N"]),
        transaction_id=item["transaction_id"]["S"],
        amount=Decimal(item["amount"]["N"]),
        currency=item["currency"]["S"],
        timestamp=item[BY_TIME.sort_key]["S"],
    )
