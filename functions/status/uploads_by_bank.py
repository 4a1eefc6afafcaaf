"""The uploads table's index by bank, in DynamoDB."""

from typing import TYPE_CHECKING, Any

from functions.common.aws.errors import aws_errors
from functions.common.aws.uploads_table import from_item
from functions.status.cursor import Position
from functions.status.selection import Selection
from functions.status.status import Page
from shared.contracts.api import MAX_EXAMINED
from shared.contracts.tables import BY_BANK, UPLOADS

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class UploadsIndex:
    """Implements `UploadsByBank` with the index `by-bank`, which usually follows the table within a second."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def page(self, bank_id: str, selection: Selection, *, limit: int, after: Position | None) -> Page:
        """See `UploadsByBank.page`. Of a status, `MAX_EXAMINED` uploads are looked at; that is one query."""
        optional: dict[str, Any] = {"ExclusiveStartKey": _key(bank_id, after)} if after else {}
        values = {":bank": bank_id, ":earliest": selection.earliest, ":latest": selection.latest}
        if selection.status:
            optional |= {"FilterExpression": "#status = :status", "ExpressionAttributeNames": {"#status": "status"}}
            values[":status"] = selection.status.value
        with aws_errors("list the uploads"):
            response = self._client.query(
                TableName=self._table,
                IndexName=BY_BANK.name,
                KeyConditionExpression=(
                    f"{BY_BANK.partition_key} = :bank AND {BY_BANK.sort_key} BETWEEN :earliest AND :latest"
                ),
                ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
                ScanIndexForward=False,
                Limit=MAX_EXAMINED if selection.status else limit,
                **optional,
            )
        found = [from_item(item) for item in response["Items"]]
        if len(found) > limit:
            last = found[limit - 1]
            return Page(uploads=found[:limit], last=Position(received_at=last.received_at, upload_id=last.upload_id))
        return Page(uploads=found, last=_position(response.get("LastEvaluatedKey")))


def _key(bank_id: str, position: Position) -> dict[str, Any]:
    return {
        BY_BANK.partition_key: {"S": bank_id},
        BY_BANK.sort_key: {"S": position.received_at},
        UPLOADS.partition_key: {"S": position.upload_id},
    }


def _position(key: Any) -> Position | None:
    if not key:
        return None
    return Position(received_at=key[BY_BANK.sort_key]["S"], upload_id=key[UPLOADS.partition_key]["S"])
