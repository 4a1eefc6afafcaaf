"""The proxy between the functions and the local AWS, which breaks requests of watched uploads and passes all others."""

import http.client
import select
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

from local.cloud.ports import LOOPBACK
from tests.broken_calls.breaks import Watched, Way
from tests.broken_calls.calls import Request

UPSTREAM_SECONDS: Final = 60
HELD_SECONDS: Final = 30
"""Longer than any function waits for an answer."""
_HOP_BY_HOP: Final = frozenset({"connection", "expect", "keep-alive", "transfer-encoding"})
"""Headers of one connection (RFC 9110, 7.6.1)."""
_ERRORS: Final = {
    "dynamodb": ("application/x-amz-json-1.0", '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}'),
    "s3": ("application/xml", "<Error><Code>InternalError</Code><Message>broken</Message></Error>"),
    "sns": (
        "text/xml",
        "<ErrorResponse><Error><Type>Receiver</Type><Code>InternalFailure</Code></Error></ErrorResponse>",
    ),
}
"""Content type and body of each service's internal error, which comes with the status 500."""


class Proxy(ThreadingHTTPServer):
    """Listens on a free port of the loopback.

    Args:
        upstream: URL of the local AWS.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, upstream: str) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self._upstream = urlsplit(upstream).netloc
        self._watched: list[Watched] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{LOOPBACK}:{self.server_port}"

    @contextmanager
    def watching(self, watched: Watched) -> Iterator[None]:
        """Count and break the calls of an upload."""
        self._watched.append(watched)
        try:
            yield
        finally:
            self._watched.remove(watched)

    def handle_error(self, request: object, client_address: object) -> None:
        """Report errors, but no connection that ends because a function or the local AWS has been stopped."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, http.client.HTTPException)):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # what the base class was given

    def decide(self, request: Request) -> Way | None:
        """What is to happen to a request."""
        owner = next((each for each in tuple(self._watched) if each.owns(request)), None)
        return owner.decide(request) if owner else None

    def forward(self, request: Request) -> tuple[int, list[tuple[str, str]], bytes]:
        """Carry a request out; status, headers and body of the response."""
        headers = {name: value for name, value in request.headers.items() if name not in _HOP_BY_HOP}
        headers["connection"] = "close"
        with closing(http.client.HTTPConnection(self._upstream, timeout=UPSTREAM_SECONDS)) as connection:
            connection.request(request.method, request.path, body=request.body, headers=headers)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Proxy

    def do_GET(self) -> None:  # pylint: disable=invalid-name  # the base class's name
        """Serve a request of any method."""
        request = Request(
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("content-length", 0))),
        )
        match self.server.decide(request):
            case None:
                self._pass(request)
            case Way.ERROR_BEFORE:
                content_type, body = _ERRORS[request.service]
                self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, {"content-type": content_type}, body.encode())
            case Way.ERROR_AFTER:
                self._forget(request)
            case Way.TIME_OUT:
                self._await_end()
                self._forget(request)

    do_DELETE = do_HEAD = do_POST = do_PUT = do_GET  # noqa: N815  # the base class's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Write no log."""

    def _pass(self, request: Request) -> None:
        status, headers, body = self.server.forward(request)
        kept = {name: value for name, value in headers if name.lower() not in _HOP_BY_HOP}
        self._answer(status, kept, body)

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "content-length" not in {name.lower() for name in headers}:
            self.send_header("content-length", str(len(body)))
        with suppress(ConnectionError):  # the function may have given it up by itself
            self.end_headers()
            self.wfile.write(body)

    def _forget(self, request: Request) -> None:
        """Carry a request out, and close the connection without an answer."""
        self.server.forward(request)
        self.close_connection = True

    def _await_end(self) -> None:
        """Wait until the function has closed the connection."""
        if select.select([self.connection], [], [], HELD_SECONDS)[0]:
            with suppress(ConnectionError):
                self.connection.recv(1, socket.MSG_PEEK)


@contextmanager
def proxy(upstream: str) -> Iterator[Proxy]:
    """A proxy that listens as long as the context lasts.

    Args:
        upstream: URL of the local AWS.
    """
    with Proxy(upstream) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
