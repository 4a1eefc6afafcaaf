"""What a bank reads through the deployed API: its uploads by status and time, errors, and transactions of a day."""

import csv
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pytest

from local.deployment.outputs import Pipeline
from shared.contracts.objects import errors_key, errors_part_key
from shared.contracts.uploads import UploadStatus
from tests.e2e.reports import HEADER, fresh_report, send_and_follow
from tests.e2e.uploads import plant

pytestmark = pytest.mark.e2e
BANK: Final = "nordbank"
SETTLE_SECONDS: Final = 30


def test_loaded_transactions_are_listed_by_time_and_only_to_their_bank(pipeline: Pipeline, tmp_path: Path) -> None:
    day = datetime(2001, 1, 1, tzinfo=UTC) + timedelta(days=time.time_ns() % 8_000)  # of which no other test knows
    content = "".join(
        f"R-{time.time_ns()}-{row},{row}.5,{'EUR' if row % 2 else 'USD'},{day:%Y-%m-%d}T00:00:{59 - row}Z,{BANK}\n"
        for row in range(1, 30)
    )
    report = tmp_path / "day.csv"
    report.write_text(HEADER + content, encoding="utf-8")
    upload = send_and_follow(pipeline, BANK, report)
    assert upload.status is UploadStatus.COMPLETED
    wanted = list(csv.DictReader(report.read_text(encoding="utf-8").splitlines()))[::-1]

    seen: list[dict[str, Any]] = []
    query = {"date": f"{day:%Y-%m-%d}", "limit": "10"}
    while True:
        page = pipeline.client(BANK).transactions(urlencode(query))
        assert page.status == 200, page.described
        seen += page.body["transactions"]
        if page.body["next_cursor"] is None:
            break
        query["cursor"] = page.body["next_cursor"]

    assert [each["transaction_id"] for each in seen] == [each["transaction_id"] for each in wanted]
    assert [each["amount"] for each in seen] == [f"{each['amount']}0" for each in wanted]
    assert {each["upload_id"] for each in seen} == {upload.upload_id}
    euros = pipeline.client(BANK).transactions(urlencode({"date": query["date"], "currency": "EUR"}))
    assert euros.body["transactions"] == [each for each in seen if each["currency"] == "EUR"]
    others = pipeline.client("alpenbank")
    assert others.transactions(urlencode({"date": query["date"]})).body == {"transactions": [], "next_cursor": None}
    foreign = others.transactions(urlencode(query))
    assert (foreign.status, foreign.body["type"]) == (400, "urn:transaction-pipeline:problem:invalid-cursor")


def test_without_a_date_no_transactions_are_listed(pipeline: Pipeline) -> None:
    answer = pipeline.client(BANK).transactions("currency=EUR")
    assert (answer.status, answer.content_type) == (400, "application/problem+json")


def test_errors_are_read_page_by_page(pipeline: Pipeline) -> None:
    client = pipeline.client(BANK)
    rejected = client.upload("daily.csv", fresh_report(BANK, rows=5).replace(b",EUR,", b",eur,"))
    upload_id = rejected.body["upload_id"]

    first = client.errors(upload_id, "limit=3")
    second = client.errors(upload_id, urlencode({"limit": "3", "cursor": first.body["next_cursor"]}))

    assert (first.status, first.body["error_count"]) == (200, 5)
    assert first.body["errors"] + second.body["errors"] == rejected.body["errors"]
    assert second.body["next_cursor"] is None
    assert pipeline.client("alpenbank").errors(upload_id).status == 404


def test_further_parts_of_the_errors_of_a_large_report_are_read(pipeline: Pipeline) -> None:
    upload_id = plant(
        pipeline,
        fresh_report(BANK),
        UploadStatus.REJECTED,
        error_count=1_001,
        size=5_000_000,
        updated_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
    )
    s3 = pipeline.cloud.client("s3")
    for key, lines in ((errors_key, range(1_000)), (errors_part_key, [1_000])):
        part = (1,) if key is errors_part_key else ()
        body = json.dumps([{"line": line} for line in lines])
        s3.put_object(Bucket=pipeline.reports_bucket, Key=key(BANK, upload_id, *part), Body=body.encode())
    client = pipeline.client(BANK)

    first = client.errors(upload_id, "limit=1000")
    second = client.errors(upload_id, urlencode({"cursor": first.body["next_cursor"]}))

    assert (len(first.body["errors"]), second.body["errors"]) == (1_000, [{"line": 1_000}])
    assert second.body["next_cursor"] is None


def test_uploads_are_selected_by_status_and_time(pipeline: Pipeline) -> None:
    client = pipeline.client(BANK)
    rejected = client.upload("daily.csv", b"nonsense\n" + fresh_report(BANK))
    upload_id = rejected.body["upload_id"]
    at = datetime.fromisoformat(client.upload_state(upload_id).body["received_at"])
    after = at + timedelta(microseconds=1)

    limit = time.monotonic() + SETTLE_SECONDS
    found: list[str] = []
    # The index follows the table.
    while not found and time.monotonic() < limit:
        query = urlencode({"status": "REJECTED", "from": at.isoformat(), "to": after.isoformat()})
        found = [each["upload_id"] for each in client.uploads(query).body["uploads"]]
    assert found == [upload_id]
    for other in ({"status": "COMPLETED", "to": after.isoformat()}, {"to": at.isoformat()}):
        answer = client.uploads(urlencode({"from": (at - timedelta(days=1)).isoformat(), **other, "limit": "100"}))
        assert answer.status == 200, answer.described
        assert upload_id not in [each["upload_id"] for each in answer.body["uploads"]]
    assert client.uploads("status=DONE").body["type"] == "urn:transaction-pipeline:problem:invalid-parameter"
