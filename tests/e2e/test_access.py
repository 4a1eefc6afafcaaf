"""Access through the deployed API: keys, other banks' uploads, quotas."""

import re
from pathlib import Path

import pytest

from local.deployment.outputs import Pipeline
from tests.e2e.reports import fresh_report, send_and_follow
from tools.client.api import ApiClient

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("key", [None, "no-such-key"])
def test_a_missing_or_unknown_key_is_answered_with_a_problem_document(pipeline: Pipeline, key: str | None) -> None:
    answer = ApiClient(url=pipeline.api_url, api_key=key).upload("report.csv", fresh_report("nordbank"))
    assert (answer.status, answer.content_type) == (403, "application/problem+json")
    assert answer.body["status"] == 403
    assert answer.body["title"]
    assert answer.body["type"] == "urn:transaction-pipeline:problem:invalid-api-key"
    assert re.fullmatch(r"[A-Za-z0-9=-]+", answer.body["request_id"])


def test_a_bank_does_not_see_another_banks_upload(pipeline: Pipeline, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    report.write_bytes(fresh_report("nordbank"))
    upload = send_and_follow(pipeline, "nordbank", report)
    assert pipeline.client("nordbank").upload_state(upload.upload_id).status == 200
    answer = pipeline.client("bayside").upload_state(upload.upload_id)
    assert (answer.status, answer.content_type) == (404, "application/problem+json")


def test_a_bank_lists_its_own_uploads_newest_first_page_by_page(pipeline: Pipeline, tmp_path: Path) -> None:
    sent = []
    for number in range(3):
        report = tmp_path / f"{number}.csv"
        report.write_bytes(fresh_report("alpenbank", rows=1))
        sent.append(send_and_follow(pipeline, "alpenbank", report).upload_id)
    client = pipeline.client("alpenbank")
    first = client.uploads("limit=2").body
    second = client.uploads(f"limit=2&cursor={first['next_cursor']}").body
    listed = [upload["upload_id"] for page in (first, second) for upload in page["uploads"]]
    assert listed[:3] == sent[::-1]
    assert {upload["bank_id"] for upload in first["uploads"]} == {"alpenbank"}


def test_every_bank_has_a_quota_and_a_throttle(pipeline: Pipeline) -> None:
    plans = pipeline.cloud.apigateway.get_usage_plans()["items"]
    limits = {
        plan["name"]: (
            plan["quota"]["limit"],
            plan["quota"]["period"],
            plan["quota"].get("offset", 0),
            plan["throttle"],
        )
        for plan in plans
    }
    throttle = {"rateLimit": 50.0, "burstLimit": 100}
    assert limits == {f"txn-{bank_id}-local": (1000, "DAY", 0, throttle) for bank_id in pipeline.keys}
