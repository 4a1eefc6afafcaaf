"""Asking AWS for the account of the credentials, against a small server that answers as STS does."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from shared.infra.account import AccountUnknownError, ask_sts

ANSWER = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/someone</Arn><UserId>AID</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
REFUSAL = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error>
</ErrorResponse>"""


class Sts(BaseHTTPRequestHandler):
    """Accepts one key, refuses every other."""

    def do_POST(self) -> None:  # pylint: disable=invalid-name  # http.server calls it so
        known = "Credential=KNOWN/" in self.headers["Authorization"]
        self.send_response(200 if known else 403)
        self.end_headers()
        self.wfile.write((ANSWER if known else REFUSAL).encode())

    def log_message(self, *_: object) -> None:  # pylint: disable=arguments-differ  # it logs to stderr otherwise
        """Write no log."""


@pytest.fixture(autouse=True)
def _logged_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with HTTPServer(("127.0.0.1", 0), Sts) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("sts")
def test_the_account_is_that_of_the_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "KNOWN")
    assert ask_sts("eu-central-1") == "123456789012"


@pytest.mark.usefixtures("sts")
def test_a_refusal_is_reported_by_its_code_and_never_with_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "OLD")
    with pytest.raises(AccountUnknownError) as caught:
        ask_sts("eu-central-1")
    assert str(caught.value) == "ExpiredToken"


def test_without_credentials_aws_is_not_asked() -> None:
    with pytest.raises(AccountUnknownError, match="NoCredentialsError"):
        ask_sts("eu-central-1")


def test_no_answer_is_reported_by_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "KNOWN")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(AccountUnknownError, match="EndpointConnectionError"):
        ask_sts("eu-central-1")
