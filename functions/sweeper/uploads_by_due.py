"""The uploads table's index of what is due, in DynamoDB."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from functions.common.aws.errors import aws_errors
from shared.contracts.tables import BY_DUE, SWEEP_DUE, UPLOADS

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DueIndex:
    """Implements `UploadsByDue` with the index `by-due`, which usually follows the table within a second."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def due(self, before: str) -> Iterator[str]:
        """See `UploadsByDue.due`."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=BY_DUE.name,
            KeyConditionExpression=f"{BY_DUE.partition_key} = :due AND {BY_DUE.sort_key} < :before",
            ExpressionAttributeValues={":due": {"S": SWEEP_DUE}, ":before": {"S": before}},
        )
        with aws_errors("list the uploads that are due"):
            for page in pages:
                for item in page["Items"]:
                    yield item[UPLOADS.partition_key]["S"]
