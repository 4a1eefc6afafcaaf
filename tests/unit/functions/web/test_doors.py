"""GET /health, and what a browser asks before it calls from another origin."""

import json
from typing import Any

import pytest

from functions.web.handler import handle
from tests.unit.functions.fakes import FakeContext

ORIGIN = "https://bank.example"


def ask(method: str, resource: str, origin: str = ORIGIN) -> Any:
    return handle({"httpMethod": method, "resource": resource, "headers": {"Origin": origin}}, FakeContext())


def test_health_is_ok_and_never_cached() -> None:
    answer = ask("GET", "/health")
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"status": "ok"})
    assert answer["headers"]["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in answer["headers"]


@pytest.mark.parametrize("resource", ["/", "/health", "/upload", "/uploads/{upload_id}"])
def test_a_browser_is_told_what_a_page_of_an_allowed_origin_may_send(
    monkeypatch: pytest.MonkeyPatch, resource: str
) -> None:
    monkeypatch.setenv("ALLOWED_ORIGINS", ORIGIN)
    answer = ask("OPTIONS", resource)
    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert answer["headers"]["access-control-allow-origin"] == ORIGIN
    assert answer["headers"]["access-control-allow-methods"] == "GET, POST"
    assert "x-api-key" in answer["headers"]["access-control-allow-headers"]
    assert "access-control-allow-origin" not in ask("OPTIONS", resource, "https://elsewhere.example")["headers"]
