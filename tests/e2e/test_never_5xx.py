"""The deployed API answers nothing with a 5xx, and everything as docs/openapi.yaml says, whatever it is sent.

`TXN_TEST_EFFORT` multiplies the requests, as `./dev fuzz` does.
"""

import hashlib
import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import schemathesis
import urllib3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS

from local.deployment.outputs import Pipeline
from shared.contracts.api import API_KEY_HEADER, UPLOAD_PATH
from shared.contracts.problems import PROBLEMS
from tests.e2e.raw_http import Answer, exchange
from tests.e2e.reports import fresh_report
from tests.effort import EFFORT
from tests.unit.functions.api_document import API

pytestmark = pytest.mark.e2e

_BANK: Final = "bayside"
_SCHEMA: Final = schemathesis.openapi.from_dict(API)
_OPERATIONS: Final = [
    (path, method) for path, item in API["paths"].items() for method in ("get", "post") if method in item
]
_CASES: Final = [
    pytest.param(path, method, mode, id=f"{method} {path} {mode.value}")
    for path, method in _OPERATIONS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    # Nothing can be wrong with a request that has neither parameters nor a body.
    if mode is GenerationMode.POSITIVE or {"parameters", "requestBody"} & API["paths"][path][method].keys()
]
_CHECKS: Final[list[Any]] = CHECKS.get_by_names([
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
])  # fmt: skip
_KINDS: Final = {kind.uri: known for kind, known in PROBLEMS.items()}
_MANY: Final = 1_000_000
"""Requests a day: more than the tests send."""


@pytest.fixture(scope="module", autouse=True)
def _quota(pipeline: Pipeline) -> Iterator[None]:
    """A quota that these tests cannot use up; other tests find the one that was deployed."""
    client = pipeline.cloud.apigateway
    (plan,) = [each for each in client.get_usage_plans()["items"] if each["name"] == f"txn-{_BANK}-local"]

    def change(limit: int) -> None:
        operations: Any = [{"op": "replace", "path": "/quota/limit", "value": str(limit)}]
        client.update_usage_plan(usagePlanId=plan["id"], patchOperations=operations)

    change(_MANY)
    yield
    change(plan["quota"]["limit"])


def _settings(number: int) -> settings:
    return settings(
        max_examples=number * EFFORT,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),  # a request takes long, and many drawn cases are set aside
    )


@pytest.mark.parametrize(("path", "method", "mode"), _CASES)
def test_requests_made_from_the_document_are_answered_as_it_says(
    pipeline: Pipeline, path: str, method: str, mode: GenerationMode
) -> None:
    operation = _SCHEMA[path][method]

    @_settings(8)
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case[Any]) -> None:
        headers = {API_KEY_HEADER: pipeline.keys[_BANK]}
        response = case.call(base_url=pipeline.api_url, headers=headers, timeout=60)
        case.validate_response(response, checks=_CHECKS)

    send()  # pylint: disable=no-value-for-parameter  # Hypothesis passes them


_BOUNDARY: Final = b"b0undary"
_HEADERS: Final = st.sampled_from([
    b'Content-Disposition: form-data; name="report"; filename="r.csv"',
    b'Content-Disposition: form-data; name="report"',
    b"Content-Disposition: form-data; name=report; filename*=UTF-8''r.csv",
    b'Content-Disposition: form-data; name="sha256"',
    b'Content-Disposition: form-data; name="rows"',
    b'Content-Disposition: form-data; name="total_EUR"',
    b"Content-Disposition: attachment",
    b"Content-Type: text/csv",
    b"Content-Type: multipart/mixed; boundary=inner",
    b"Content-Transfer-Encoding: base64",
    b"Content-Disposition",
    b": nothing",
    b"\xff: \x00",
])  # fmt: skip
_REPORT: Final = fresh_report(_BANK)
_CONTENTS: Final = st.one_of(
    st.just(_REPORT),
    st.just(b"3"),
    st.just(b"-1.5"),
    st.just(hashlib.sha256(_REPORT).hexdigest().encode()),
    st.binary(max_size=60),
    st.just(b"--" + _BOUNDARY),
)
_LINE_ENDS: Final = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b""])


@st.composite
def _bodies(draw: st.DrawFn) -> bytes:
    """Forms, most of them nearly right: parts in any order, with headers, line ends and boundaries out of place."""
    pieces = [draw(st.sampled_from([b"", b"", b"preamble\r\n", b"\r\n"]))]
    for _ in range(draw(st.integers(0, 4))):
        end = draw(_LINE_ENDS)
        pieces += [b"--", _BOUNDARY, end]
        pieces += [part for header in draw(st.lists(_HEADERS, max_size=3)) for part in (header, end)]
        pieces += [end, draw(_CONTENTS), draw(_LINE_ENDS)]
    pieces += [b"--", _BOUNDARY, draw(st.sampled_from([b"--\r\n", b"--", b"", b"--\r\nepilogue", b"-- \r\n"]))]
    return b"".join(pieces)


_CONTENT_TYPES: Final = st.sampled_from([
    b"multipart/form-data; boundary=" + _BOUNDARY,
    b'Multipart/Form-Data; Boundary="' + _BOUNDARY + b'"',
    b"multipart/form-data",
    b"multipart/form-data; boundary=",
    b"multipart/form-data; boundary=" + b"x" * 300,
    b"multipart/mixed; boundary=" + _BOUNDARY,
    b"text/csv",
    b"application/json",
    b"",
])  # fmt: skip
_DIGESTS: Final = st.sampled_from([
    None, None, None, b"sha-256=:AAAA:", b"sha-256=:", b"nonsense", b"sha-512=:!:, sha-256=?1", b"md5=:AA==:",
])  # fmt: skip


def test_raw_requests_to_submit_a_report_are_answered_as_the_document_says(pipeline: Pipeline) -> None:
    allowed = {int(each) for each in API["paths"][f"/{UPLOAD_PATH}"]["post"]["responses"] if each.isdigit()}
    url = urlsplit(f"{pipeline.api_url}/{UPLOAD_PATH}")

    @_settings(60)
    @given(body=_bodies(), content_type=_CONTENT_TYPES, digest=_DIGESTS, cut=st.integers(0, 3))
    def send(body: bytes, content_type: bytes, digest: bytes | None, cut: int) -> None:
        sent = body[: len(body) // 2] if cut == 0 else body
        lines = [
            f"POST {url.path} HTTP/1.1".encode(),
            f"Host: {url.netloc}".encode(),
            f"{API_KEY_HEADER}: {pipeline.keys[_BANK]}".encode(),
            b"Content-Type: " + content_type,
            b"Content-Length: " + str(len(sent)).encode(),
            b"Connection: close",
        ]
        if digest is not None:
            lines.append(b"Content-Digest: " + digest)
        answer = exchange(pipeline.api_url, b"\r\n".join([*lines, b"", b""]), sent)
        assert answer is not None
        assert answer.status in allowed, (answer, content_type, digest, sent)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            _check_problem(answer)

    send()  # pylint: disable=no-value-for-parameter  # Hypothesis passes them


@pytest.mark.parametrize("line", [b"", b": nothing", b"\xff: \x00", b"Content-Digest: \x0c", b"Content-Length: -1"])
def test_what_is_no_http_does_no_harm(pipeline: Pipeline, line: bytes) -> None:
    """The body is shorter than the request says, or a line among the headers is none."""
    url = urlsplit(f"{pipeline.api_url}/{UPLOAD_PATH}")
    head = f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\n{API_KEY_HEADER}: {pipeline.keys[_BANK]}\r\n".encode()
    answer = exchange(pipeline.api_url, head + line + b"\r\nContent-Length: 100\r\n\r\n", b"--" + _BOUNDARY)
    assert answer is None or answer.status < 500
    assert urllib3.request("GET", f"{pipeline.api_url}/health", timeout=60).json() == {"status": "ok"}


def _check_problem(answer: Answer) -> None:
    assert answer.headers["content-type"] == "application/problem+json", answer
    body = json.loads(answer.body)
    kind = _KINDS[body["type"]]
    assert (body["status"], body["title"]) == (answer.status, kind.title)
    assert kind.status == answer.status
    assert body["request_id"]
