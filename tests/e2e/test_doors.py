"""What the deployed API answers to browsers, and to callers without a key."""

from collections.abc import Mapping

import pytest
import urllib3

from local.deployment.outputs import Pipeline
from shared.contracts.api import API_KEY_HEADER

pytestmark = pytest.mark.e2e
PAGE = "http://localhost:3000"
"""The origin in environments/local.toml."""
FOREIGN = "https://elsewhere.example"
KEYED = ("upload", "uploads", "uploads/0", "uploads/0/errors", "validate", "transactions")


def send(
    pipeline: Pipeline, method: str, path: str, headers: Mapping[str, str] | None = None
) -> urllib3.BaseHTTPResponse:
    return urllib3.request(method, f"{pipeline.api_url}/{path}", headers=headers, retries=False, timeout=30)


def test_health_needs_no_key_and_says_nothing_else(pipeline: Pipeline) -> None:
    answer = send(pipeline, "GET", "health")
    assert (answer.status, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["content-type"] == "application/json"


def test_the_page_needs_no_key(pipeline: Pipeline) -> None:
    answer = send(pipeline, "GET", "")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("path", ["transactions?date=2026-11-20", "uploads", "uploads/0", "uploads/0/errors"])
def test_data_needs_a_key(pipeline: Pipeline, path: str) -> None:
    assert send(pipeline, "GET", path).status == 403


@pytest.mark.parametrize("path", ["", "health", *KEYED])
def test_a_browser_may_ask_for_every_path_on_behalf_of_an_allowed_page(pipeline: Pipeline, path: str) -> None:
    asked = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": f"content-type, {API_KEY_HEADER}",
    }
    answer = send(pipeline, "OPTIONS", path, asked)
    assert (answer.status, answer.data) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert API_KEY_HEADER in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers

    refused = send(pipeline, "OPTIONS", path, {**asked, "Origin": FOREIGN})
    assert "access-control-allow-origin" not in refused.headers


def test_only_a_page_of_an_allowed_origin_may_read_a_banks_answers(pipeline: Pipeline) -> None:
    key = {API_KEY_HEADER: pipeline.keys["nordbank"]}
    allowed = send(pipeline, "GET", "uploads?limit=1", {**key, "Origin": PAGE})
    assert (allowed.status, allowed.headers["access-control-allow-origin"]) == (200, PAGE)
    assert "origin" in allowed.headers["vary"].lower()
    for origin in (FOREIGN, f"{PAGE}0", "null"):
        answer = send(pipeline, "GET", "uploads?limit=1", {**key, "Origin": origin})
        assert "access-control-allow-origin" not in answer.headers


def test_a_page_may_read_what_the_gateway_itself_answers(pipeline: Pipeline) -> None:
    answer = send(pipeline, "GET", "uploads", {"Origin": PAGE})
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (403, PAGE)


@pytest.mark.parametrize("own", [True, False], ids=["the API's own page", "an allowed page"])
def test_a_page_may_store_a_report_by_a_link(pipeline: Pipeline, *, own: bool) -> None:
    origin = pipeline.cloud.endpoint_url if own else PAGE
    url = f"{pipeline.cloud.endpoint_url}/{pipeline.reports_bucket}/reports/nordbank/0"
    asked = {
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type, if-none-match, x-amz-checksum-sha256",
    }
    answer = urllib3.request("OPTIONS", url, headers={**asked, "Origin": origin}, retries=False)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, origin)
    assert urllib3.request("OPTIONS", url, headers={**asked, "Origin": FOREIGN}, retries=False).status == 403
