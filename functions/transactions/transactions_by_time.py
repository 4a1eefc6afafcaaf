"""The transactions table's index by time, in DynamoDB."""

import heapq
from collections.abc import Sequence
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from functions.common.aws.errors import aws_errors
from shared.contracts.tables import BY_TIME, TIME_SHARDS

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class TransactionsIndex:
    """Reads a bank's transactions in order of time."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def first(self, bank_id: str, date: str, *, limit: int) -> Sequence[dict[str, str]]:
        """Up to `limit` transactions of a UTC date, oldest first."""
        shards = [self._shard(f"{bank_id}#{date}#{shard}", limit) for shard in range(TIME_SHARDS)]
        return list(islice(heapq.merge(*shards, key=itemgetter(BY_TIME.sort_key)), limit))

    def _shard(self, shard: str, limit: int) -> Sequence[dict[str, str]]:
        with aws_errors("list the transactions"):
            response = self._client.query(
                TableName=self._table,
                IndexName=BY_TIME.name,
                KeyConditionExpression=f"{BY_TIME.partition_key} = :shard",
                ExpressionAttributeValues={":shard": {"S": shard}},
                Limit=limit,
            )
        return [_shown(item) for item in response["Items"]]


def _shown(item: Any) -> dict[str, str]:
    return {
        "transaction_id": item["transaction_id"]["S"],
        "amount": item["amount"]["N"],
        "currency": item["currency"]["S"],
        "timestamp": item[BY_TIME.sort_key]["S"],
        "upload_id": item["upload_id"]["S"],
    }
