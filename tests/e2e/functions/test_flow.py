"""A report's life through the five functions, as API Gateway and Step Functions call them."""

import base64
import csv
import json
from decimal import Decimal
from hashlib import sha256
from typing import Any, cast
from urllib.request import urlopen

import pytest

from functions.common.aws.uploads_table import UploadsTable
from functions.common.times import timestamp, utc_now
from functions.intake import handler as intake
from functions.notification import handler as notification
from functions.status import handler as status
from functions.transformation import handler as transformation
from functions.validation import handler as validation
from shared.contracts.objects import report_key
from shared.contracts.workflow import (
    PAYLOAD_VERSION,
    NotificationInput,
    RangeStored,
    Run,
    TransformationInput,
    Validated,
    ValidationInput,
)
from tests.e2e.functions.conftest import World
from tests.unit.functions.bank import BOUNDARY, called_with, form, part
from tests.unit.functions.fakes import FakeContext
from tests.unit.functions.report.reports import SAMPLES, report, row

pytestmark = pytest.mark.e2e
CONTEXT = FakeContext(remaining=60_000)


@pytest.fixture(autouse=True)
def banks(world: World) -> None:
    for bank_id in ("nordbank", "alpenbank", "bayside"):
        key = sha256(f"key-of-{bank_id}".encode()).hexdigest()
        texts = {"api_key_sha256": key, "revision": "1", "bank_id": bank_id, "name": bank_id.title()}
        item = {name: {"S": text} for name, text in texts.items()}
        world.dynamodb.put_item(TableName="banks", Item=item)


def post(bank_id: str, content: bytes) -> tuple[int, Any]:
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    body = base64.b64encode(form(part(content))).decode()
    event = {"headers": headers, **called_with(f"key-of-{bank_id}"), "body": body, "isBase64Encoded": True}
    answer = intake.handle(event, CONTEXT)
    return answer["statusCode"], json.loads(answer["body"])


def get(bank_id: str, upload_id: str | None = None) -> tuple[int, Any]:
    path = {"upload_id": upload_id} if upload_id else None
    answer = status.handle({"headers": {}, **called_with(f"key-of-{bank_id}"), "pathParameters": path}, CONTEXT)
    return answer["statusCode"], json.loads(answer["body"])


def validate(world: World, bank_id: str, upload_id: str) -> Validated:
    """Run Validation for the upload's current attempt, which the workflow reads first."""
    known = UploadsTable(world.dynamodb, "uploads").get(upload_id)
    assert known is not None
    task = ValidationInput(
        version=PAYLOAD_VERSION,
        event={"detail": {"bucket": {"name": "reports"}, "object": {"key": report_key(bank_id, upload_id), "size": 0}}},
        attempt=known.attempt,
        execution="arn:execution",
        started_at=timestamp(utc_now()),
    )
    return validation.handle(task, CONTEXT)


def load(validated: Validated) -> list[RangeStored]:
    tasks = [
        TransformationInput(
            **run_of(validated),
            bucket=validated["bucket"],
            key=validated["key"],
            etag=validated["etag"],
            columns=validated["columns"],
            range=each,
        )
        for each in validated["ranges"]
    ]
    return [cast("RangeStored", transformation.handle(task, CONTEXT)) for task in tasks]


def notify(validated: Validated, loads: list[RangeStored]) -> None:
    notification.handle(NotificationInput(**run_of(validated), bucket=validated["bucket"], loads=loads), CONTEXT)


def run_of(validated: Validated) -> Run:
    return {
        "version": validated["version"],
        "upload_id": validated["upload_id"],
        "bank_id": validated["bank_id"],
        "attempt": validated["attempt"],
        "started_at": validated["started_at"],
    }


def published(world: World) -> list[tuple[str, str, Any]]:
    """Bank, status (both from the attributes) and body of the messages since the last call."""
    messages = world.sqs.receive_message(QueueUrl=world.queue_url, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        world.sqs.delete_message(QueueUrl=world.queue_url, ReceiptHandle=message["ReceiptHandle"])
    envelopes = [json.loads(message["Body"]) for message in messages]
    return [
        (
            each["MessageAttributes"]["bank_id"]["Value"],
            each["MessageAttributes"]["status"]["Value"],
            json.loads(each["Message"]),
        )
        for each in envelopes
    ]


def rows_of(world: World, upload_id: str) -> list[Any]:
    pages = world.dynamodb.get_paginator("scan").paginate(TableName="transactions")
    return [item for page in pages for item in page["Items"] if item["upload_id"]["S"] == upload_id]


def test_a_valid_report_is_loaded_to_the_cent_and_its_outcome_published_once(world: World) -> None:
    content = (SAMPLES / "alpenbank-2026-11-20-excel.csv").read_bytes()
    published(world)

    code, answer = post("alpenbank", content)
    assert code == 202
    validated = validate(world, "alpenbank", answer["upload_id"])
    loads = load(validated)
    load(validated)  # delivered twice
    notify(validated, loads)
    notify(validated, loads)
    late = validate(world, "alpenbank", answer["upload_id"])

    rows = rows_of(world, answer["upload_id"])
    assert len(rows) == 1200
    total = sum(Decimal(item["amount"]["N"]) for item in rows if item["currency"]["S"] == "EUR")
    assert str(total) == answer["totals"]["EUR"] == "49541.62"
    ((bank_id, ended, outcome),) = published(world)
    assert (bank_id, ended, outcome["loaded"], outcome["rows"]) == ("alpenbank", "COMPLETED", 1200, 1200)
    assert late["next"] == "END"
    assert get("alpenbank", answer["upload_id"])[1]["status"] == "COMPLETED"
    assert get("nordbank", answer["upload_id"])[0] == 404
    assert post("alpenbank", content) == (200, get("alpenbank", answer["upload_id"])[1])


def test_a_rejected_report_shows_the_same_errors_later() -> None:
    content = (SAMPLES / "bayside-2026-11-19-every-error.csv").read_bytes()

    code, answer = post("bayside", content)
    shown = get("bayside", answer["upload_id"])[1]

    assert code == 422
    assert len(answer["errors"]) == 18
    assert shown["status"] == "REJECTED"
    assert shown["errors"] == answer["errors"]
    assert [each["upload_id"] for each in get("bayside")[1]["uploads"]] == [answer["upload_id"]]


def test_a_rejected_report_is_downloaded_marked_and_loaded_once_it_is_fixed(world: World) -> None:
    content = report(
        [row(transaction_id="m-1", amount="1.5"), row(transaction_id="m-2", amount="1e2"), row(transaction_id="m-3")]
    )
    code, rejected = post("nordbank", content)
    shown = get("nordbank", rejected["upload_id"])[1]

    with urlopen(shown["corrections_url"]) as answer:  # noqa: S310 - a link of our own
        name = answer.headers["content-disposition"]
        header, *rows = csv.reader(answer.read().decode().splitlines())

    assert code == 422
    assert name == 'attachment; filename="daily-corrections.csv"'
    assert header[-3:] == ["line", "code", "message"]
    assert [cells[-3:-1] for cells in rows] == [["", ""], ["3", "amount.format"], ["", ""]]
    assert rows[1][-1].endswith("write the number in full, without an exponent")
    rows[1][header.index("amount")] = "100"
    fixed = "".join(",".join(cells[:-3]) + "\n" for cells in [header, *rows])
    code, answer = post("nordbank", fixed.encode())
    assert (code, answer["totals"]) == (202, {"EUR": "114.00"})
    validated = validate(world, "nordbank", answer["upload_id"])
    notify(validated, load(validated))
    assert get("nordbank", answer["upload_id"])[1]["status"] == "COMPLETED"
    assert len(rows_of(world, answer["upload_id"])) == 3


def test_rows_that_exist_already_are_repeated_or_in_conflict(world: World) -> None:
    first = report([row(transaction_id="x-1", amount="1.5"), row(transaction_id="x-2")])
    second = report(
        [row(transaction_id="x-1", amount="1.50"), row(transaction_id="x-2", amount="7"), row(transaction_id="x-3")]
    )
    ids = []
    for content in (first, second):
        _, answer = post("nordbank", content)
        validated = validate(world, "nordbank", answer["upload_id"])
        notify(validated, load(validated))
        ids.append(answer["upload_id"])

    shown = get("nordbank", ids[1])[1]

    assert (shown["loaded"], shown["repeated"], shown["conflicts"]) == (1, 1, 1)
    assert shown["conflict_samples"] == [{"line": 3, "transaction_id": "x-2", "first_upload_id": ids[0]}]
    assert len(rows_of(world, ids[0])) == 2
