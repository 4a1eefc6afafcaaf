"""The statuses of many uploads in DynamoDB."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from functions.common.aws.errors import aws_errors
from shared.contracts.tables import UPLOADS
from shared.contracts.uploads import UploadStatus

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class UploadStatusesTable:
    """Implements `UploadStatuses`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def statuses(self, upload_ids: Collection[str]) -> dict[str, UploadStatus | None]:
        """See `UploadStatuses.statuses`."""
        key = UPLOADS.partition_key
        with aws_errors("read the statuses of uploads"):
            response = self._client.batch_get_item(
                RequestItems={
                    self._table: {
                        "Keys": [{key: {"S": each}} for each in upload_ids],
                        "ConsistentRead": True,
                        "ProjectionExpression": f"{key}, #status",
                        "ExpressionAttributeNames": {"#status": "status"},
                    }
                }
            )
        unserved = response["UnprocessedKeys"].get(self._table)
        skipped = {each[key]["S"] for each in unserved["Keys"]} if unserved else set()
        items = response["Responses"].get(self._table, [])
        found = {item[key]["S"]: UploadStatus(item["status"]["S"]) for item in items}
        return {each: found.get(each) for each in upload_ids if each not in skipped}
