"""MiniStack sends each response in one piece; `local.cloud.ministack_server` explains why."""

import socket
from urllib.parse import urlsplit

import pytest

from tests.e2e.operators import Account

pytestmark = pytest.mark.e2e
REQUESTS = 50
"""If responses came in two pieces, nearly every one would show it."""
BODY = b"{}"
REQUEST = b"\r\n".join(
    [
        b"POST / HTTP/1.1",
        b"Host: localhost",
        b"X-Amz-Target: DynamoDB_20120810.ListTables",
        b"Content-Type: application/x-amz-json-1.0",
        b"Content-Length: 2",
        b"",
        BODY,
    ]
)


def test_a_responses_head_never_arrives_without_its_body(empty_account: Account) -> None:
    url = urlsplit(empty_account.cloud.endpoint_url)
    with socket.create_connection((url.hostname, url.port), timeout=60) as connection:
        for _ in range(REQUESTS):
            connection.sendall(REQUEST)
            _head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
            assert body.startswith(b'{"TableNames"')
