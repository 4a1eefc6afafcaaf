"""Responses are JSON or a problem document; a defect of ours is raised, so Lambda counts it."""

import json

import pytest

from functions.common.errors import TemporaryError
from functions.common.http import ProblemError, Request, Response, serve
from shared.contracts.problems import ProblemType
from tests.unit.functions.fakes import FakeContext


def test_a_request_has_lower_case_headers_a_body_in_bytes_and_no_null() -> None:
    seen: list[Request] = []

    def route(request: Request) -> Response:
        seen.append(request)
        return Response(status=200, body={"a": 1})

    identity = {"apiKey": "k", "sourceIp": "192.0.2.1"}
    serve({"headers": {"X-OTHER": "x"}, "body": "é", "requestContext": {"identity": identity}}, FakeContext(), route)
    answer = serve({"headers": None, "body": None, "queryStringParameters": None}, FakeContext(), route)

    assert seen == [
        Request(headers={"x-other": "x"}, body="é".encode(), api_key="k", source_ip="192.0.2.1", is_text=True),
        Request(is_text=True),
    ]
    assert answer == {
        "statusCode": 200,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": '{"a": 1}',
        "isBase64Encoded": False,
    }


def test_a_header_that_is_sent_twice_is_one_list() -> None:
    seen: list[Request] = []

    def route(request: Request) -> Response:
        seen.append(request)
        return Response(status=200, body={})

    sent = {"Content-Digest": ["sha-256=:AAAA:", "sha-512=:AAAA:"], "X-Other": ["x"]}
    last = {name: values[-1] for name, values in sent.items()}
    serve({"headers": last, "multiValueHeaders": sent}, FakeContext(), route)

    assert seen[0].headers == {"content-digest": "sha-256=:AAAA:, sha-512=:AAAA:", "x-other": "x"}


def test_a_problem_error_is_answered_with_a_problem_document() -> None:
    def route(_request: Request) -> Response:
        raise ProblemError(ProblemType.NOT_FOUND, "no such thing", seen=2)

    answer = serve({"requestContext": {"extendedRequestId": "JKJaXmPLvHcESHA="}}, FakeContext(), route)

    assert answer["statusCode"] == 404
    assert answer["headers"] == {"content-type": "application/problem+json", "cache-control": "no-store"}
    assert json.loads(answer["body"]) == {
        "type": "urn:transaction-pipeline:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "no such thing",
        "seen": 2,
        "request_id": "JKJaXmPLvHcESHA=",
    }


def test_a_temporary_error_asks_the_caller_to_retry() -> None:
    def route(_request: Request) -> Response:
        raise TemporaryError("table x is throttled")

    answer = serve({}, FakeContext(), route)

    assert answer["statusCode"] == 503
    assert answer["headers"]["retry-after"] == "1"
    assert "table x" not in answer["body"]


def test_any_other_error_is_raised_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    def route(_request: Request) -> Response:
        raise KeyError("x")

    with pytest.raises(KeyError):
        serve({}, FakeContext(), route)
    assert "the request failed" in caplog.text


@pytest.mark.parametrize("kind", ProblemType)
def test_a_problem_that_may_be_repeated_says_when(kind: ProblemType) -> None:
    def route(_request: Request) -> Response:
        raise ProblemError(kind, "too much")

    answer = serve({}, FakeContext(), route)

    allowed: dict[int, list[str | None]] = {409: ["1", None], 429: ["1", "3600"], 503: ["1"]}
    assert answer["headers"].get("retry-after") in allowed.get(answer["statusCode"], [None])
