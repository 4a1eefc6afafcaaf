"""The transactions table in DynamoDB."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from functions.common.aws.errors import aws_errors
from functions.common.errors import SupersededError
from functions.transformation.stored_transactions import StoredTransaction, Written
from shared.contracts.tables import BY_TIME, TRANSACTIONS, UPLOADS
from shared.contracts.uploads import NO_ATTEMPT, UploadStatus

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import (
        BatchStatementRequestTypeDef,
        ConditionCheckTypeDef,
        PutTypeDef,
        TransactWriteItemTypeDef,
        UpdateTypeDef,
    )

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
_SAME: Final = (TRANSACTIONS.partition_key, "upload_id", "amount", "currency", BY_TIME.sort_key)
"""Attributes by which a row is recognized: its key, its owner and its content."""

_BUSY: Final = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "ThrottlingError",
        "TransactionConflict",
    }
)
"""Codes of a statement's or an action's error that is temporary (BatchStatementErrorCodeEnum, CancellationReason)."""
_UNMET: Final = frozenset({"ConditionalCheckFailed", "DuplicateItem"})
_NO_ERROR: Final = "None"
"""Code of an action that was not the reason why its transaction was cancelled."""


class WriteError(Exception):
    """DynamoDB will never write a row: permissions, a missing table, an invalid item."""


class DynamoDBTransactions:
    """Implements `TransactionsTable`."""

    def __init__(self, client: "DynamoDBClient", table: str, *, uploads_table: str) -> None:
        self._client = client
        self._table = table
        self._uploads_table = uploads_table
        names = ", ".join(f"'{name}': ?" for name in _ATTRIBUTES)
        self._insert = f'INSERT INTO "{table}" VALUE {{{names}}}'
        same = " AND ".join(f'"{name}" = ?' for name in _SAME)
        # The names are our own, the values are parameters.
        self._mark = f'UPDATE "{table}" SET also_in = ? WHERE {same}'  # noqa: S608

    def insert(self, rows: Sequence[StoredTransaction]) -> list[Written]:
        """See `TransactionsTable.insert`.

        Raises:
            WriteError: DynamoDB will never write a row.
        """
        return self._execute(
            "write transactions",
            [{"Statement": self._insert, "Parameters": list(item(row).values())} for row in rows],
        )

    def read(self, keys: Sequence[str]) -> dict[str, StoredTransaction | None]:
        """See `TransactionsTable.read`."""
        wanted = [{TRANSACTIONS.partition_key: {"S": key}} for key in keys]
        with aws_errors("read transactions"):
            response = self._client.batch_get_item(RequestItems={self._table: {"Keys": wanted, "ConsistentRead": True}})
        unserved = response["UnprocessedKeys"].get(self._table)
        skipped = {each[TRANSACTIONS.partition_key]["S"] for each in unserved["Keys"]} if unserved else set()
        found = {stored.key: stored for stored in map(_stored, response["Responses"].get(self._table, []))}
        return {key: found.get(key) for key in keys if key not in skipped}

    def mark(self, stored: Sequence[StoredTransaction], *, also_in: str) -> list[Written]:
        """See `TransactionsTable.mark`.

        Raises:
            WriteError: DynamoDB will never write a mark.
        """
        return self._execute(
            "mark transactions",
            [{"Statement": self._mark, "Parameters": [{"S": also_in}, *_item(row, _SAME).values()]} for row in stored],
        )

    def replace(self, rows: Sequence[StoredTransaction], *, owner: str) -> Written:
        """See `TransactionsTable.replace`.

        Raises:
            WriteError: DynamoDB will never write the rows.
        """
        own = rows[0]
        actions: list[TransactWriteItemTypeDef] = [
            {"ConditionCheck": self._owner_has_failed(owner)},
            {"Update": self._count_replaced(own.upload_id, own.replaced_in, len(rows))},
        ]
        actions += [{"Put": self._put(row, owner)} for row in rows]
        try:
            with aws_errors("replace transactions"):
                self._client.transact_write_items(TransactItems=actions)
        except self._client.exceptions.TransactionCanceledException as error:
            return _cancelled(error.response["CancellationReasons"], own)
        return Written.DONE

    def _execute(self, doing: str, statements: Sequence["BatchStatementRequestTypeDef"]) -> list[Written]:
        with aws_errors(doing):
            response = self._client.batch_execute_statement(Statements=statements)
        codes = [each.get("Error", {}).get("Code", _NO_ERROR) for each in response["Responses"]]
        return [_result([code]) for code in codes]

    def _owner_has_failed(self, owner: str) -> "ConditionCheckTypeDef":
        return {
            "TableName": self._uploads_table,
            "Key": {UPLOADS.partition_key: {"S": owner}},
            "ConditionExpression": "#status = :failed",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {":failed": {"S": UploadStatus.FAILED.value}},
        }

    def _count_replaced(self, upload_id: str, attempt: str, rows: int) -> "UpdateTypeDef":
        return {
            "TableName": self._uploads_table,
            "Key": {UPLOADS.partition_key: {"S": upload_id}},
            "UpdateExpression": "ADD replaced :rows",
            "ConditionExpression": "attempt = :attempt AND #status = :loading",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {
                ":rows": {"N": str(rows)},
                ":attempt": {"S": attempt},
                ":loading": {"S": UploadStatus.LOADING.value},
            },
        }

    def _put(self, row: StoredTransaction, owner: str) -> "PutTypeDef":
        return {
            "TableName": self._table,
            "Item": _item(row, (*_ATTRIBUTES, "replaces", "replaced_in")),
            "ConditionExpression": "upload_id = :owner AND attribute_not_exists(also_in)",
            "ExpressionAttributeValues": {":owner": {"S": owner}},
        }


def item(row: StoredTransaction) -> dict[str, Any]:
    """A new row in DynamoDB's JSON."""
    return _item(row, _ATTRIBUTES)


def _item(row: StoredTransaction, names: Collection[str]) -> dict[str, Any]:
    """Attributes of a row in DynamoDB's JSON. DynamoDB stores 38 digits of a number; an amount has 19 at most."""
    values = {
        TRANSACTIONS.partition_key: {"S": row.key},
        BY_TIME.partition_key: {"S": row.time_shard},
        BY_TIME.sort_key: {"S": row.timestamp},
        "bank_id": {"S": row.bank_id},
        "transaction_id": {"S": row.transaction_id},
        "amount": {"N": f"{row.amount:f}"},
        "currency": {"S": row.currency},
        "upload_id": {"S": row.upload_id},
        "line": {"N": str(row.line)},
        "replaces": {"S": row.replaces},
        "replaced_in": {"S": row.replaced_in},
    }
    return {name: values[name] for name in names}


def _result(codes: Collection[str]) -> Written:
    """What the codes of a statement, or of all actions of a transaction, say."""
    errors = set(codes) - {_NO_ERROR}
    if not errors:
        return Written.DONE
    if errors - _UNMET - _BUSY:
        raise WriteError(f"DynamoDB did not write a row: {', '.join(sorted(errors - _UNMET - _BUSY))}")
    return Written.UNMET if errors & _UNMET else Written.BUSY


def _cancelled(reasons: Sequence[Mapping[str, Any]], own: StoredTransaction) -> Written:
    codes = [reason.get("Code", _NO_ERROR) for reason in reasons]
    if codes[1] in _UNMET:
        raise SupersededError(f"upload {own.upload_id}: attempt {own.replaced_in} is not loading any more")
    return _result(codes)


def _stored(item: Mapping[str, Any]) -> StoredTransaction:
    return StoredTransaction(
        bank_id=item["bank_id"]["S"],
        upload_id=item["upload_id"]["S"],
        line=int(item["line"]["N"]),
        transaction_id=item["transaction_id"]["S"],
        amount=Decimal(item["amount"]["N"]),
        currency=item["currency"]["S"],
        timestamp=item[BY_TIME.sort_key]["S"],
        replaces=item.get("replaces", {}).get("S"),
        replaced_in=item.get("replaced_in", {}).get("S", NO_ATTEMPT),
        also_in=item.get("also_in", {}).get("S"),
    )
