"""The transactions table's index by time, in DynamoDB."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from functions.common.aws.errors import aws_errors
from functions.transactions.listed_transactions import ListedTransaction, Mark, ShardPage
from shared.contracts.tables import BY_TIME, TRANSACTIONS, time_shard, transaction_key

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class TransactionsIndex:
    """Implements `TransactionsByTime` with the index `by-time`, which usually follows the table within a second."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def page(self, bank_id: str, date: str, shard: int, *, limit: int, after: Mark | None) -> ShardPage:
        """See `TransactionsByTime.page`."""
        partition = time_shard(bank_id, date, shard)
        start: dict[str, Any] = {"ExclusiveStartKey": _key(bank_id, partition, after)} if after else {}
        with aws_errors("list the transactions"):
            response = self._client.query(
                TableName=self._table,
                IndexName=BY_TIME.name,
                KeyConditionExpression=f"{BY_TIME.partition_key} = :shard",
                ExpressionAttributeValues={":shard": {"S": partition}},
                Limit=limit,
                **start,
            )
        return ShardPage(
            transactions=[_listed(item) for item in response["Items"]],
            last=_mark(response.get("LastEvaluatedKey"), bank_id),
        )


def _key(bank_id: str, partition: str, mark: Mark) -> dict[str, Any]:
    return {
        BY_TIME.partition_key: {"S": partition},
        BY_TIME.sort_key: {"S": mark.timestamp},
        TRANSACTIONS.partition_key: {"S": transaction_key(bank_id, mark.transaction_id)},
    }


def _mark(key: Any, bank_id: str) -> Mark | None:
    if not key:
        return None
    return Mark(
        timestamp=key[BY_TIME.sort_key]["S"],
        transaction_id=key[TRANSACTIONS.partition_key]["S"].removeprefix(transaction_key(bank_id, "")),
    )


def _listed(item: Mapping[str, Any]) -> ListedTransaction:
    return ListedTransaction(
        transaction_id=item["transaction_id"]["S"],
        amount=Decimal(item["amount"]["N"]),
        currency=item["currency"]["S"],
        timestamp=item[BY_TIME.sort_key]["S"],
        upload_id=item["upload_id"]["S"],
        line=int(item["line"]["N"]),
    )
