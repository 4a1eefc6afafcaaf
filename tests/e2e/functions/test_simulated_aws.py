"""The simulation's AWS in memory (`tests/simulation/aws`) keeps the same promises as MiniStack."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from shared.contracts.tables import BANKS, BY_BANK, TRANSACTIONS, UPLOADS
from tests.e2e.functions.conftest import World
from tests.simulation.aws.calls import AtOnce
from tests.simulation.aws.dynamodb import DynamoDB
from tests.simulation.aws.messaging import SNS, SQS
from tests.simulation.aws.s3 import S3

pytestmark = pytest.mark.e2e

Item = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Aws:
    """One AWS: MiniStack, or the one in memory."""

    dynamodb: Any
    s3: Any
    sns: Any
    sqs: Any
    queue_url: str
    topic_arn: str


@pytest.fixture(params=["ministack", "simulated"])
def aws(request: pytest.FixtureRequest, world: World) -> Iterator[Aws]:
    if request.param == "ministack":
        queue_url = world.sqs.create_queue(QueueName=f"contract-{uuid4().hex}")["QueueUrl"]
        yield Aws(
            dynamodb=world.dynamodb,
            s3=world.s3,
            sns=world.sns,
            sqs=world.sqs,
            queue_url=queue_url,
            topic_arn=world.names["OUTCOMES_TOPIC_ARN"],
        )
        return
    calls = AtOnce()
    yield Aws(
        dynamodb=DynamoDB(calls, {"uploads": UPLOADS, "transactions": TRANSACTIONS, "banks": BANKS}),
        s3=S3(calls, ("reports",), epoch=datetime(2026, 11, 23, tzinfo=UTC), stored=lambda *_: None),
        sns=SNS(calls, ("topic",)),
        sqs=SQS(calls, ("queue",)),
        queue_url="queue",
        topic_arn="topic",
    )


def code_of(call: Callable[[], object]) -> str:
    """The code of the error that a call meets; empty if it succeeds."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def upload(**attributes: Any) -> Item:
    known = {"upload_id": {"S": uuid4().hex}, "bank_id": {"S": "b"}, "received_at": {"S": "2026"}}
    return known | attributes


def key_of(item: Item) -> Item:
    return {"upload_id": item["upload_id"]}


def stored(aws: Aws, item: Item) -> Item | None:
    found: Mapping[str, Any] = aws.dynamodb.get_item(TableName="uploads", Key=key_of(item), ConsistentRead=True)
    return found.get("Item")


CONDITIONS = [
    ("attribute_not_exists(upload_id)", {}, False),
    ("attribute_exists(upload_id)", {}, True),
    ("attribute_not_exists(attempt)", {}, False),
    ("attribute_not_exists(notified_at)", {}, True),
    ("attempt = :a", {":a": {"S": "a1"}}, True),
    ("attempt = :a", {":a": {"S": "a2"}}, False),
    ("attempt <> :a", {":a": {"S": "a2"}}, True),
    ("notified_at = :a", {":a": {"S": "a1"}}, False),
    ("notified_at <> :a", {":a": {"S": "a1"}}, True),
    ("replaced = :n", {":n": {"N": "3.0"}}, True),
    ("replaced < :n", {":n": {"N": "10"}}, True),
    ("replaced = :n", {":n": {"S": "3"}}, False),
    ("#s IN (:x, :y)", {":x": {"S": "LOADING"}, ":y": {"S": "FAILED"}}, True),
    ("#s IN (:x)", {":x": {"S": "FAILED"}}, False),
    ("NOT #s = :x AND attempt = :a", {":x": {"S": "FAILED"}, ":a": {"S": "a1"}}, True),
    ("attempt = :a OR attempt = :b AND #s = :x", {":a": {"S": "a1"}, ":b": {"S": "-"}, ":x": {"S": "-"}}, True),
    ("(attempt = :a OR attempt = :b) AND #s = :x", {":a": {"S": "a1"}, ":b": {"S": "-"}, ":x": {"S": "-"}}, False),
    ("begins_with(#s, :x)", {":x": {"S": "LOAD"}}, True),
]


@pytest.mark.parametrize(("condition", "values", "holds"), CONDITIONS, ids=[each[0] for each in CONDITIONS])
def test_a_condition_decides_over_a_write(aws: Aws, condition: str, values: Item, holds: bool) -> None:  # noqa: FBT001
    item = upload(status={"S": "LOADING"}, attempt={"S": "a1"}, replaced={"N": "3"})
    aws.dynamodb.put_item(TableName="uploads", Item=item)
    names = {"ExpressionAttributeNames": {"#s": "status"}} if "#s" in condition else {}
    given = {"ExpressionAttributeValues": values} if values else {}

    code = code_of(
        lambda: aws.dynamodb.put_item(
            TableName="uploads",
            Item=item | {"error": {"S": "new"}},
            ConditionExpression=condition,
            **names,
            **given,
        )
    )

    assert code == ("" if holds else "ConditionalCheckFailedException")
    assert ("error" in (stored(aws, item) or {})) is holds


def test_an_update_sets_removes_adds_and_creates(aws: Aws) -> None:
    item = upload(error={"S": "first"}, attempts={"L": [{"S": "a"}]}, replaced={"N": "2"}, due_at={"S": "then"})
    aws.dynamodb.put_item(TableName="uploads", Item=item)

    updated = aws.dynamodb.update_item(
        TableName="uploads",
        Key=key_of(item),
        UpdateExpression="SET #e = if_not_exists(#e, :e), attempts = list_append(attempts, :l), loaded = replaced + :n"
        " REMOVE due_at ADD replaced :n",
        ExpressionAttributeNames={"#e": "error"},
        ExpressionAttributeValues={":e": {"S": "second"}, ":l": {"L": [{"S": "b"}]}, ":n": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )["Attributes"]
    new = upload()
    aws.dynamodb.update_item(
        TableName="uploads",
        Key=key_of(new),
        UpdateExpression="ADD replaced :n",
        ExpressionAttributeValues={":n": {"N": "4"}},
    )

    expected = item | {"attempts": {"L": [{"S": "a"}, {"S": "b"}]}, "loaded": {"N": "3"}, "replaced": {"N": "3"}}
    del expected["due_at"]
    assert updated == stored(aws, item) == expected
    assert stored(aws, new) == key_of(new) | {"replaced": {"N": "4"}}


@pytest.mark.parametrize(
    "expressions",
    [
        {"ConditionExpression": "attempt = :missing", "ExpressionAttributeValues": {":a": {"S": "x"}}},
        {"ConditionExpression": "attempt = ", "ExpressionAttributeValues": {":a": {"S": "x"}}},
        {
            "ConditionExpression": "attribute_exists(attempt)",
            "ExpressionAttributeValues": {":unused": {"S": "x"}},
        },
    ],
    ids=["undefined", "syntax", "unused"],
)
def test_an_invalid_expression_is_an_error(aws: Aws, expressions: Item) -> None:
    assert code_of(lambda: aws.dynamodb.put_item(TableName="uploads", Item=upload(), **expressions)) == (
        "ValidationException"
    )


def row(transaction_id: str, **attributes: Any) -> Item:
    known = {
        "transaction_key": {"S": transaction_id},
        "time_shard": {"S": "s"},
        "timestamp": {"S": "2026"},
        "amount": {"N": "1.5"},
        "upload_id": {"S": "u1"},
    }
    return known | attributes


def insert(item: Item) -> Item:
    names = ", ".join(f"'{name}': ?" for name in item)
    return {"Statement": f'INSERT INTO "transactions" VALUE {{{names}}}', "Parameters": list(item.values())}


def codes(response: Mapping[str, Any]) -> list[str | None]:
    return [each.get("Error", {}).get("Code") for each in response["Responses"]]


def test_each_statement_of_a_batch_stands_alone(aws: Aws) -> None:
    first, second = row(uuid4().hex), row(uuid4().hex)
    aws.dynamodb.batch_execute_statement(Statements=[insert(first)])

    answer = aws.dynamodb.batch_execute_statement(Statements=[insert(first | {"amount": {"N": "9"}}), insert(second)])
    found = aws.dynamodb.batch_get_item(
        RequestItems={
            "transactions": {
                "Keys": [{"transaction_key": each["transaction_key"]} for each in (first, second, row("none"))],
                "ConsistentRead": True,
            }
        }
    )

    assert codes(answer) == ["DuplicateItem", None]
    by_key = {each["transaction_key"]["S"]: each for each in found["Responses"]["transactions"]}
    assert by_key == {each["transaction_key"]["S"]: each for each in (first, second)}
    assert found["UnprocessedKeys"] == {}


@pytest.mark.parametrize(
    ("changed", "code"),
    [({}, None), ({"amount": {"N": "1.50"}}, None), ({"upload_id": {"S": "u2"}}, "ConditionalCheckFailed")],
    ids=["same", "same number", "other owner"],
)
def test_a_batch_update_changes_only_what_it_names(aws: Aws, changed: Item, code: str | None) -> None:
    item = row(uuid4().hex)
    aws.dynamodb.batch_execute_statement(Statements=[insert(item)])
    wanted = {name: item[name] for name in ("transaction_key", "upload_id", "amount")} | changed
    where = " AND ".join(f'"{name}" = ?' for name in wanted)

    answer = aws.dynamodb.batch_execute_statement(
        Statements=[
            {
                "Statement": f'UPDATE "transactions" SET also_in = ? WHERE {where}',  # noqa: S608 - fixed names
                "Parameters": [{"S": "u3"}, *wanted.values()],
            }
        ]
    )

    assert codes(answer) == [code]


@pytest.mark.parametrize("status", ["FAILED", "LOADING"])
def test_a_transaction_is_written_as_a_whole_or_not_at_all(aws: Aws, status: str) -> None:
    owner, own, item = upload(status={"S": status}), upload(), row(uuid4().hex)
    for each in (owner, own):
        aws.dynamodb.put_item(TableName="uploads", Item=each)

    def transact() -> None:
        aws.dynamodb.transact_write_items(
            TransactItems=[
                {
                    "ConditionCheck": {
                        "TableName": "uploads",
                        "Key": key_of(owner),
                        "ConditionExpression": "#s = :failed",
                        "ExpressionAttributeNames": {"#s": "status"},
                        "ExpressionAttributeValues": {":failed": {"S": "FAILED"}},
                    }
                },
                {
                    "Update": {
                        "TableName": "uploads",
                        "Key": key_of(own),
                        "UpdateExpression": "ADD replaced :n",
                        "ExpressionAttributeValues": {":n": {"N": "1"}},
                    }
                },
                {"Put": {"TableName": "transactions", "Item": item}},
            ]
        )

    if status == "FAILED":
        transact()
    else:
        with pytest.raises(aws.dynamodb.exceptions.TransactionCanceledException) as caught:
            transact()
        reasons = caught.value.response["CancellationReasons"]
        assert [each["Code"] for each in reasons] == ["ConditionalCheckFailed", "None", "None"]
    written = aws.dynamodb.get_item(
        TableName="transactions", Key={"transaction_key": item["transaction_key"]}, ConsistentRead=True
    )
    assert ("Item" in written) is (status == "FAILED")
    assert ("replaced" in (stored(aws, own) or {})) is (status == "FAILED")


def test_an_index_has_the_items_with_its_keys_in_order_page_by_page(aws: Aws) -> None:
    bank = {"S": uuid4().hex}
    items = [upload(bank_id=bank, received_at={"S": f"2026-{each}"}) for each in (3, 1, 2)]
    hidden = upload()
    del hidden["bank_id"]
    for each in (*items, hidden):
        aws.dynamodb.put_item(TableName="uploads", Item=each)

    pages = aws.dynamodb.get_paginator("query").paginate(
        TableName="uploads",
        IndexName=BY_BANK.name,
        KeyConditionExpression="bank_id = :b AND received_at < :t",
        ExpressionAttributeValues={":b": bank, ":t": {"S": "2026-3"}},
        Limit=1,
        ScanIndexForward=False,
    )

    assert [item["received_at"]["S"] for page in pages for item in page["Items"]] == ["2026-2", "2026-1"]


def test_an_object_is_read_whole_in_part_and_only_as_it_is(aws: Aws) -> None:
    key = f"reports/b/{uuid4().hex}"
    etag = aws.s3.put_object(Bucket="reports", Key=key, Body=b"abcdef", Metadata={"attempt": "a1"})["ETag"]

    def read(**more: str) -> bytes:
        content: bytes = aws.s3.get_object(Bucket="reports", Key=key, **more)["Body"].read()
        return content

    head = aws.s3.head_object(Bucket="reports", Key=key)
    assert (head["ETag"], head["ContentLength"], head["Metadata"]) == (etag, 6, {"attempt": "a1"})
    assert (read(), read(Range="bytes=2-3", IfMatch=etag)) == (b"abcdef", b"cd")
    assert code_of(lambda: read(IfMatch='"other"')) == "PreconditionFailed"
    assert code_of(lambda: read(Range="bytes=6-7")) == "InvalidRange"
    assert code_of(lambda: aws.s3.get_object(Bucket="reports", Key="none")) == "NoSuchKey"
    assert code_of(lambda: aws.s3.head_object(Bucket="reports", Key="none")) == "404"


def test_a_listing_shows_prefixes_and_keys_page_by_page(aws: Aws) -> None:
    root = f"loads/{uuid4().hex}/"
    for each in ("a/1", "a/2", "b/1"):
        aws.s3.put_object(Bucket="reports", Key=root + each, Body=b"x")

    banks = aws.s3.list_objects_v2(Bucket="reports", Prefix=root, Delimiter="/")["CommonPrefixes"]
    first = aws.s3.list_objects_v2(Bucket="reports", Prefix=f"{root}a/", MaxKeys=1)
    second = aws.s3.list_objects_v2(
        Bucket="reports", Prefix=f"{root}a/", ContinuationToken=first["NextContinuationToken"]
    )

    assert [each["Prefix"] for each in banks] == [f"{root}a/", f"{root}b/"]
    assert [each["Key"] for page in (first, second) for each in page["Contents"]] == [f"{root}a/1", f"{root}a/2"]
    assert (first["IsTruncated"], second["IsTruncated"]) == (True, False)


def test_a_message_is_hidden_while_it_is_held_and_gone_once_it_is_deleted(aws: Aws) -> None:
    aws.sqs.send_message(QueueUrl=aws.queue_url, MessageBody=json.dumps({"a": 1}))

    def receive() -> list[Any]:
        response = aws.sqs.receive_message(
            QueueUrl=aws.queue_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=60,
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        messages: list[Any] = response.get("Messages", [])
        return messages

    (message,) = receive()
    assert json.loads(message["Body"]) == {"a": 1}
    assert int(message["Attributes"]["SentTimestamp"]) >= 0
    assert receive() == []
    aws.sqs.change_message_visibility(
        QueueUrl=aws.queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
    )
    (again,) = receive()
    assert again["MessageId"] == message["MessageId"]
    aws.sqs.delete_message(QueueUrl=aws.queue_url, ReceiptHandle=again["ReceiptHandle"])
    assert receive() == []


def test_a_message_is_published(aws: Aws) -> None:
    attributes = {"bank_id": {"DataType": "String", "StringValue": "b"}}

    assert aws.sns.publish(TopicArn=aws.topic_arn, Message="{}", MessageAttributes=attributes)["MessageId"]


def test_an_item_is_deleted_only_under_its_condition(aws: Aws) -> None:
    item = upload(status={"S": "DECLARED"})
    aws.dynamodb.put_item(TableName="uploads", Item=item)

    def delete(status: str) -> str:
        return code_of(
            lambda: aws.dynamodb.delete_item(
                TableName="uploads",
                Key=key_of(item),
                ConditionExpression="#s = :s",
                ExpressionAttributeNames={"#s": "status"},
                ExpressionAttributeValues={":s": {"S": status}},
            )
        )

    assert delete("RECEIVED") == "ConditionalCheckFailedException"
    assert stored(aws, item) == item
    assert delete("DECLARED") == ""
    assert stored(aws, item) is None


def test_parts_are_one_object_once_they_are_complete_and_gone_after_that(aws: Aws) -> None:
    at = {"Bucket": "reports", "Key": f"errors/b/{uuid4().hex}.csv"}
    first, last = b"x" * 5 * 1024 * 1024, b"end"

    def begin(*parts: bytes) -> tuple[Item, list[Item]]:
        of = at | {"UploadId": aws.s3.create_multipart_upload(**at, ChecksumAlgorithm="CRC32")["UploadId"]}
        answers = [
            aws.s3.upload_part(**of, PartNumber=number, Body=part, ChecksumAlgorithm="CRC32")
            for number, part in enumerate(parts, 1)
        ]
        names = ("ETag", "ChecksumCRC32")
        return of, [{"PartNumber": n, **{name: each[name] for name in names}} for n, each in enumerate(answers, 1)]

    of, parts = begin(first, last)
    assert code_of(lambda: aws.s3.head_object(**at)) == "404"
    aws.s3.complete_multipart_upload(**of, MultipartUpload={"Parts": parts})
    assert aws.s3.get_object(**at)["Body"].read() == first + last

    of, parts = begin(b"other")
    aws.s3.abort_multipart_upload(**of)
    assert code_of(lambda: aws.s3.complete_multipart_upload(**of, MultipartUpload={"Parts": parts})) == "NoSuchUpload"
    assert code_of(lambda: aws.s3.abort_multipart_upload(**of)) == "NoSuchUpload"
    assert aws.s3.head_object(**at)["ContentLength"] == len(first + last)
