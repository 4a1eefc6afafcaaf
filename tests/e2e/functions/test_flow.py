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
from functions.common.uploads import derive_upload_id
from functions.intake import handler as intake
from functions.notification import handler as notification
from functions.status import handler as status
from functions.transformation import handler as transformation
from functions.validation import handler as validation
from shared.contracts.objects import report_key
from shared.contracts.uploads import AttemptBy, UploadStatus
from shared.contracts.workflow import (
    PAYLOAD_VERSION,
    ByteRange,
    NotificationInput,
    RangeStored,
    Run,
    TransformationInput,
    Validated,
    ValidationInput,
)
from tests.e2e.functions.conftest import World
from tests.outcomes import validated
from tests.unit.functions.bank import BOUNDARY, called_with, form, part
from tests.unit.functions.fakes import FakeContext, began, upload
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


def validate(world: World, bank_id: str, upload_id: str, *, size: int = 0) -> Validated:
    """Run Validation for the upload's current attempt, which the workflow reads first."""
    known = UploadsTable(world.dynamodb, "uploads").get(upload_id)
    assert known is not None
    key = report_key(bank_id, upload_id)
    task = ValidationInput(
        version=PAYLOAD_VERSION,
        event={"detail": {"bucket": {"name": "reports"}, "object": {"key": key, "size": size}}},
        attempt=known.attempt,
        execution="arn:execution",
        started_at=timestamp(utc_now()),
    )
    return validation.handle(task, CONTEXT)


def load(validated: Validated) -> list[RangeStored]:
    return [load_range(validated, each) for each in validated["ranges"]]


def load_range(validated: Validated, part: ByteRange, **more: Any) -> RangeStored:
    known = {name: validated[name] for name in ("bucket", "key", "etag", "columns")}
    task: TransformationInput = cast("TransformationInput", {**run_of(validated), **known, "range": part, **more})
    return cast("RangeStored", transformation.handle(task, CONTEXT))


def notify(validated: Validated, loads: list[RangeStored], **more: Any) -> None:
    known = {**run_of(validated), "bucket": validated["bucket"], "loads": loads}
    task: NotificationInput = cast("NotificationInput", {**known, **more})
    notification.handle(task, CONTEXT)


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
            validated(json.loads(each["Message"])),
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


def declare(world: World, bank_id: str, content: bytes) -> str:
    """Store a report whose upload was declared."""
    known = upload(
        upload_id=derive_upload_id(bank_id, content),
        bank_id=bank_id,
        status=UploadStatus.DECLARED,
        **began("a1", "2026-11-20T10:00:00.000000Z", AttemptBy.DECLARATION),
        size=len(content),
    )
    assert UploadsTable(world.dynamodb, "uploads").begin(known)
    world.s3.put_object(Bucket="reports", Key=report_key(bank_id, known.upload_id), Body=content)
    return known.upload_id


def test_a_large_report_is_loaded_by_its_manifest_and_shows_its_progress(world: World) -> None:
    rows = [row(transaction_id=f"LARGE-{number}") for number in range(5)]
    # Empty lines count for nothing, but make a report of few rows large.
    content = report([]) + b"".join(report([each]).partition(b"\n")[2] + b"\r\n" * 500_000 for each in rows)
    upload_id = declare(world, "nordbank", content)
    published(world)

    validated = validate(world, "nordbank", upload_id, size=len(content))
    manifest = validated["manifest"]
    lines = world.s3.get_object(Bucket="reports", Key=manifest["key"])["Body"].read().splitlines()
    ranges: list[ByteRange] = [json.loads(line) for line in lines]
    assert (validated["next"], validated["ranges"], manifest["ranges"]) == ("LOAD", [], len(ranges))
    progress = []
    for each in ranges:
        load_range(validated, each, stuck_after=1200)
        progress.append(get("nordbank", upload_id)[1]["rows_processed"])
    more = {"loads_prefix": manifest["loads_prefix"], "range_count": manifest["ranges"]}
    notify(validated, [], **more)
    notify(validated, [], **more)

    _, shown = get("nordbank", upload_id)
    assert (shown["status"], shown["rows"], shown["loaded"]) == ("COMPLETED", 5, 5)
    assert (progress[-1], sorted(progress)) == (5, progress)
    assert len(ranges) > 1
    assert len(rows_of(world, upload_id)) == 5
    assert [(bank, how) for bank, how, _ in published(world)] == [("nordbank", "COMPLETED")]
