"""The index by bank in DynamoDB."""

from functions.status.cursor import Position
from functions.status.selection import Selection
from functions.status.uploads_by_bank import UploadsIndex
from shared.contracts.api import MAX_EXAMINED
from shared.contracts.uploads import UploadStatus
from tests.unit.functions.common.aws.test_tables import COMPLETED, ITEM
from tests.unit.functions.stubs import Script

QUERY = {
    "TableName": "uploads",
    "IndexName": "by-bank",
    "KeyConditionExpression": "bank_id = :bank AND received_at BETWEEN :earliest AND :latest",
    "ExpressionAttributeValues": {
        ":bank": {"S": "nordbank"},
        ":earliest": {"S": "0001-01-01T00:00:00.000000Z"},
        ":latest": {"S": "9999-12-31T23:59:59.999999Z"},
    },
    "ScanIndexForward": False,
    "Limit": 2,
}
KEY = {"bank_id": {"S": "nordbank"}, "received_at": {"S": "then"}, "upload_id": {"S": "u1"}}


def test_pages_follow_each_other() -> None:
    script = Script("dynamodb")
    script.answers("query", {"Items": [ITEM], "LastEvaluatedKey": KEY}, QUERY)
    script.answers("query", {"Items": []}, QUERY | {"ExclusiveStartKey": KEY})
    index = UploadsIndex(script.client, "uploads")

    first = index.page("nordbank", Selection(), limit=2, after=None)
    second = index.page("nordbank", Selection(), limit=2, after=first.last)

    assert first.uploads == [COMPLETED]
    assert first.last == Position(received_at="then", upload_id="u1")
    assert second.last is None


OF_A_STATUS = QUERY | {
    "ExpressionAttributeValues": {
        ":bank": {"S": "nordbank"},
        ":earliest": {"S": "2026-11-20T00:00:00.000000Z"},
        ":latest": {"S": "2026-11-20T23:59:59.999999Z"},
        ":status": {"S": "COMPLETED"},
    },
    "FilterExpression": "#status = :status",
    "ExpressionAttributeNames": {"#status": "status"},
    "Limit": MAX_EXAMINED,
}
COMPLETED_THAT_DAY = Selection(
    status=UploadStatus.COMPLETED, earliest="2026-11-20T00:00:00.000000Z", latest="2026-11-20T23:59:59.999999Z"
)


def test_the_bank_and_the_times_are_conditions_of_the_key_and_the_status_is_a_filter() -> None:
    script = Script("dynamodb")
    script.answers("query", {"Items": [], "LastEvaluatedKey": KEY}, OF_A_STATUS)

    page = UploadsIndex(script.client, "uploads").page("nordbank", COMPLETED_THAT_DAY, limit=2, after=None)

    assert page.uploads == []
    assert page.last == Position(received_at="then", upload_id="u1")


def test_of_more_uploads_of_a_status_than_fit_the_page_the_next_one_begins_with_the_first_that_was_left_out() -> None:
    script = Script("dynamodb")
    items = [ITEM | {"upload_id": {"S": f"u{number}"}} for number in range(3)]
    script.answers("query", {"Items": items, "LastEvaluatedKey": KEY}, OF_A_STATUS)

    page = UploadsIndex(script.client, "uploads").page("nordbank", COMPLETED_THAT_DAY, limit=2, after=None)

    assert [each.upload_id for each in page.uploads] == ["u0", "u1"]
    assert page.last == Position(received_at=COMPLETED.received_at, upload_id="u1")
