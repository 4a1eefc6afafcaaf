"""The uploads table's index of banks and times, in DynamoDB."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from functions.common.aws.errors import aws_errors
from shared.contracts.tables import BY_BANK
from shared.contracts.uploads import UploadStatus

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_PAGE: Final = 25
"""Items of a query: the newest upload usually answers the question, and each item that is read costs."""


class BankIndex:
    """Implements `UploadsByBank` with the index `by-bank`, which usually follows the table within a second."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def statuses(self, bank_id: str, *, earliest: str, latest: str) -> Iterator[UploadStatus]:
        """See `UploadsByBank.statuses`."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=BY_BANK.name,
            KeyConditionExpression=(
                f"{BY_BANK.partition_key} = :bank AND {BY_BANK.sort_key} BETWEEN :earliest AND :latest"
            ),
            ProjectionExpression="#status",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":bank": {"S": bank_id},
                ":earliest": {"S": earliest},
                ":latest": {"S": latest},
            },
            ScanIndexForward=False,
            PaginationConfig={"PageSize": _PAGE},
        )
        with aws_errors("list a bank's uploads"):
            for page in pages:
                for item in page["Items"]:
                    yield UploadStatus(item["status"]["S"])
