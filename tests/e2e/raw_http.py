"""HTTP/1.1 over a socket, for requests that no HTTP client would send."""

import contextlib
import socket
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Final
from urllib.parse import urlsplit

_SECONDS: Final = 60
"""Against hanging."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back, with header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def exchange(url: str, head: bytes, body: bytes) -> Answer | None:
    """Send a request's bytes as they are, end the sending side, and read the answer.

    Args:
        url: whose host and port are connected to.
        head: the request line and the headers, with the empty line at the end.
        body: what follows.

    Returns:
        None if the server closed the connection without an answer that is HTTP.
    """
    server = urlsplit(url)
    address = (server.hostname or "", server.port or 80)
    with socket.create_connection(address, timeout=_SECONDS) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may answer before it has read all
            connection.sendall(head + body)
            connection.shutdown(socket.SHUT_WR)
        response = HTTPResponse(connection)
        try:
            response.begin()
            content = response.read()
        except (HTTPException, ConnectionResetError):
            return None
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(status=response.status, headers=headers, body=content)
