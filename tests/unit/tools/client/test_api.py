"""Calls of the API, over HTTP on the loopback address, and its address on the local cloud."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from functions.common.form.submission import read_submission
from functions.common.http import Request
from functions.common.submissions import SubmittedReport
from functions.declaration.declaration import Declaration
from functions.declaration.requests import read_declaration
from tools.client.api import Answer, ApiClient, NoResponseError, local_url
from tools.client.files import Identity
from tools.errors import ToolError


class Server(HTTPServer):
    """Answers every request with `answer`, and keeps the last one."""

    answer: tuple[int, str, bytes] = (200, "application/json", b"{}")
    retry_after: str | None = None
    seen: tuple[str, Request] = ("", Request())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:  # pylint: disable=invalid-name  # the standard library's name
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen = (f"{self.command} {self.path}", Request(headers=headers, body=body))
        status, content_type, content = self.server.answer
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        if self.server.retry_after is not None:
            self.send_header("Retry-After", self.server.retry_after)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_PUT = do_GET  # noqa: N815 - the standard library's name

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("content", [b"", b"a,b\r\n--x--\r\n", bytes(range(256)), b"x" * 4_500_000])
def test_a_report_arrives_byte_for_byte_with_its_name(server: Server, content: bytes) -> None:
    ApiClient(url=server.url, api_key="key").upload('täglich "1".csv', content)

    call, request = server.seen
    assert (call, request.headers["x-api-key"]) == ("POST /v1/upload", "key")
    assert read_submission(request) == SubmittedReport(file_name='täglich "1".csv', content=content)


def test_uploads_are_read_by_id_and_by_page(server: Server) -> None:
    client = ApiClient(url=server.url)

    client.upload_state("a/b")
    assert server.seen[0] == "GET /v1/uploads/a%2Fb"
    client.uploads("limit=1")
    assert server.seen[0] == "GET /v1/uploads?limit=1"
    assert "x-api-key" not in server.seen[1].headers


@pytest.mark.parametrize(
    ("status", "content", "body"),
    [(200, b'{"a": 1}', {"a": 1}), (403, b'{"detail": "x"}', {"detail": "x"}), (502, b"<html>", {"detail": "<html>"}),
     (301, b"[]", {"detail": "[]"})],
)  # fmt: skip
def test_every_response_is_an_answer(server: Server, status: int, content: bytes, body: dict[str, Any]) -> None:
    server.answer = (status, "application/json; charset=utf-8", content)

    assert ApiClient(url=server.url).uploads() == Answer(status=status, content_type="application/json", body=body)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), ("1", 1), ("120", 120), ("Fri, 31 Dec 1999 23:59:59 GMT", None), ("-1", None), ("\u00b2", None)],
)
def test_an_answer_says_how_long_to_wait(server: Server, header: str | None, seconds: float | None) -> None:
    server.answer, server.retry_after = (429, "application/json", b"{}"), header

    assert ApiClient(url=server.url).uploads().retry_after == seconds


def test_no_connection_is_an_error_that_names_the_url() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"

    with pytest.raises(NoResponseError, match=f"no response to GET {url}/uploads: .*Connection refused"):
        ApiClient(url=url).uploads()


def test_ministack_serves_a_stage_below_its_own_address() -> None:
    at_aws = "https://a1b2.execute-api.eu-central-1.amazonaws.com/v1"
    assert local_url("http://127.0.0.1:1", at_aws) == "http://127.0.0.1:1/restapis/a1b2/v1/_user_request_"


def test_a_url_that_is_not_a_stage_is_an_error_with_its_text() -> None:
    with pytest.raises(ToolError, match=r"api_url of api-stack is 'https://example\.com', which is not an API Gateway"):
        local_url("http://127.0.0.1:1", "https://example.com")


def test_a_declaration_is_sent_as_json(server: Server) -> None:
    report = Identity(size=7, sha256="0" * 64)

    ApiClient(url=server.url, api_key="k").declare("daily.csv", report)

    call, request = server.seen
    assert call == "POST /v1/uploads"
    assert read_declaration(request) == Declaration(file_name="daily.csv", size=7, sha256="0" * 64)


def test_a_report_is_stored_in_one_put_with_the_links_headers_and_counted(server: Server, tmp_path: Path) -> None:
    content = bytes(range(256)) * 10_000
    path = tmp_path / "large.csv"
    path.write_bytes(content)
    headers = {"content-length": str(len(content)), "content-type": "text/csv", "x-amz-checksum-sha256": "d"}
    sent: list[int] = []

    ApiClient(url=server.url).store(
        {"method": "PUT", "url": f"{server.url}/key?signed", "headers": headers}, path, sent.append
    )

    call, request = server.seen
    assert (call, request.body) == ("PUT /v1/key?signed", content)
    assert headers.items() <= request.headers.items()
    assert "transfer-encoding" not in request.headers
    assert sent[-1] == len(content)
    assert sent == sorted(sent)


def test_a_put_that_s3_refuses_is_an_error_with_its_code(server: Server, tmp_path: Path) -> None:
    server.answer = (400, "application/xml", b"<Error><Code>BadDigest</Code></Error>")
    path = tmp_path / "large.csv"
    path.write_bytes(b"x")
    put = {"method": "PUT", "url": server.url, "headers": {"content-length": "1"}}

    with pytest.raises(ToolError, match=r"large.csv was not stored: S3 answered 400 \(BadDigest\)"):
        ApiClient(url="none").store(put, path, lambda _: None)


def test_a_put_whose_answer_was_lost_has_stored_the_report(server: Server, tmp_path: Path) -> None:
    server.answer = (412, "application/xml", b"<Error><Code>PreconditionFailed</Code></Error>")
    path = tmp_path / "large.csv"
    path.write_bytes(b"x")
    put = {"method": "PUT", "url": server.url, "headers": {"content-length": "1", "if-none-match": "*"}}

    ApiClient(url="none").store(put, path, lambda _: None)

    assert server.seen[1].headers["if-none-match"] == "*"


def test_a_put_without_an_answer_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes(b"x")
    put = {"method": "PUT", "url": "http://127.0.0.1:9/key", "headers": {"content-length": "1"}}

    with pytest.raises(NoResponseError, match=r"could not store large\.csv"):
        ApiClient(url="none").store(put, path, lambda _: None)
