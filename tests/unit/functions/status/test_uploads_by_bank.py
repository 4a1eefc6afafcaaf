"""The index by bank in DynamoDB."""

from functions.status.cursor import Position
from functions.status.uploads_by_bank import UploadsIndex
from tests.unit.functions.common.aws.test_tables import COMPLETED, ITEM
from tests.unit.functions.stubs import Script

QUERY = {
    "TableName": "uploads",
    "IndexName": "by-bank",
    "KeyConditionExpression": "bank_id = :bank",
    "ExpressionAttributeValues": {":bank": {"S": "nordbank"}},
    "ScanIndexForward": False,
    "Limit": 2,
}
KEY = {"bank_id": {"S": "nordbank"}, "received_at": {"S": "then"}, "upload_id": {"S": "u1"}}


def test_pages_follow_each_other() -> None:
    script = Script("dynamodb")
    script.answers("query", {"Items": [ITEM], "LastEvaluatedKey": KEY}, QUERY)
    script.answers("query", {"Items": []}, QUERY | {"ExclusiveStartKey": KEY})
    index = UploadsIndex(script.client, "uploads")

    first = index.page("nordbank", limit=2, after=None)
    second = index.page("nordbank", limit=2, after=first.last)

    assert first.uploads == [COMPLETED]
    assert first.last == Position(received_at="then", upload_id="u1")
    assert second.last is None
