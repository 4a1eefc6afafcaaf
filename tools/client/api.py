"""The pipeline's REST API, as a bank's program calls it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPMethod, HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import urllib3

from shared.contracts.api import (
    API_KEY_HEADER,
    ERRORS_PATH,
    FILE_NAME_FIELD,
    REPORT_FIELD,
    SHA256_FIELD,
    SIZE_FIELD,
    TRANSACTIONS_PATH,
    UPLOAD_PATH,
    UPLOADS_PATH,
    VALIDATE_PATH,
)
from tools.client.files import Count, Identity, counted
from tools.errors import ToolError

_TIMEOUT_SECONDS: Final = 60
"""API Gateway itself gives up after 29."""
_STORE_TIMEOUT_SECONDS: Final = 300
"""For one read or write of a PUT, not for all of it: S3 answers when it has stored the last byte."""
_INVOKE_URL: Final = re.compile(r"https://(?P<api>[a-z0-9]+)\.execute-api\.[^/]+/(?P<stage>[^/]+)")
_ERROR_CODE: Final = re.compile("<Code>(?P<code>[A-Za-z]+)</Code>")
"""In S3's errors, which are XML."""


class NoResponseError(ToolError):
    """The API did not respond: no connection, or it was closed or timed out."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response: status code, content type and JSON body."""

    status: int
    content_type: str
    body: dict[str, Any]
    retry_after: float | None = None
    """Seconds that the API asks to wait before the next request."""

    @property
    def described(self) -> str:
        """Its status and reason, for a message."""
        detail = self.body.get("detail") or self.body.get("title") or self.body.get("message") or "no reason given"
        return f"the API answered {self.status}: {detail}"


@dataclass(frozen=True, kw_only=True)
class ApiClient:
    """A caller of the API, as a bank if it has that bank's key."""

    url: str
    """The stage's, without a trailing slash."""
    api_key: str | None = None

    def upload(self, file_name: str, content: bytes) -> Answer:
        """Submit a report."""
        return self._send(UPLOAD_PATH, file_name, content)

    def validate(self, file_name: str, content: bytes) -> Answer:
        """Validate a report without submitting it."""
        return self._send(VALIDATE_PATH, file_name, content)

    def declare(self, file_name: str, report: Identity) -> Answer:
        """Declare a report, which is stored by the link in the answer."""
        declaration = {FILE_NAME_FIELD: file_name, SIZE_FIELD: report.size, SHA256_FIELD: report.sha256}
        headers = {"Content-Type": "application/json"}
        return self._call(HTTPMethod.POST, UPLOADS_PATH, json.dumps(declaration).encode(), headers)

    def store(self, put: Mapping[str, Any], path: Path, count: Count) -> None:
        """Store a declared report by its link.

        Args:
            put: the link, as the API answered it.
            path: the report.
            count: called with the number of bytes that are sent.

        Raises:
            NoResponseError: the connection failed.
            ToolError: the report was refused.
        """
        timeout = urllib3.Timeout(total=None, connect=_TIMEOUT_SECONDS, read=_STORE_TIMEOUT_SECONDS)
        with urllib3.PoolManager(timeout=timeout, retries=False) as http:
            try:
                response = http.request(put["method"], put["url"], body=counted(path, count), headers=put["headers"])
            except (urllib3.exceptions.HTTPError, OSError) as error:
                raise NoResponseError(f"could not store {path.name}: {error}") from error
        # The link stores once. A PUT whose answer was lost has stored it.
        if response.status not in (HTTPStatus.OK, HTTPStatus.PRECONDITION_FAILED):
            found = _ERROR_CODE.search(response.data.decode(errors="replace"))
            reason = found["code"] if found else "no reason given"
            raise ToolError(f"{path.name} was not stored: S3 answered {response.status} ({reason})")

    def upload_state(self, upload_id: str) -> Answer:
        """One upload."""
        return self._call(HTTPMethod.GET, f"{UPLOADS_PATH}/{quote(upload_id, safe='')}")

    def uploads(self, query: str = "") -> Answer:
        """The bank's uploads; `query` is the URL's, without the question mark."""
        return self._call(HTTPMethod.GET, UPLOADS_PATH + (f"?{query}" if query else ""))

    def errors(self, upload_id: str, query: str = "") -> Answer:
        """A page of a rejected upload's validation errors; `query` is the URL's, without the question mark."""
        path = f"{UPLOADS_PATH}/{quote(upload_id, safe='')}/{ERRORS_PATH}"
        return self._call(HTTPMethod.GET, path + (f"?{query}" if query else ""))

    def transactions(self, query: str) -> Answer:
        """A page of the bank's transactions of a day; `query` is the URL's, without the question mark."""
        return self._call(HTTPMethod.GET, f"{TRANSACTIONS_PATH}?{query}")

    def _send(self, path: str, file_name: str, content: bytes) -> Answer:
        fields = {REPORT_FIELD: (file_name, content, "text/csv")}
        body, content_type = urllib3.encode_multipart_formdata(fields)
        return self._call(HTTPMethod.POST, path, body, {"Content-Type": content_type})

    def _call(
        self, method: HTTPMethod, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        key = {API_KEY_HEADER: self.api_key} if self.api_key else {}
        # One connection per call: a pooled one may have been closed by the other side in the meantime.
        with urllib3.PoolManager(timeout=_TIMEOUT_SECONDS, retries=False) as http:
            try:
                response = http.request(method, f"{self.url}/{path}", body=body, headers={**key, **(headers or {})})
            except urllib3.exceptions.HTTPError as error:
                raise NoResponseError(f"no response to {method} {self.url}/{path}: {error}") from error
        content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(
            status=response.status,
            content_type=content_type,
            body=_json(response.data),
            retry_after=_seconds(response.headers.get("retry-after", "")),
        )


def local_url(endpoint_url: str, invoke_url: str) -> str:
    """Where the local cloud serves a stage that AWS would serve at `invoke_url`.

    Raises:
        ToolError: `invoke_url` is not the URL of a stage.
    """
    found = _INVOKE_URL.fullmatch(invoke_url.rstrip("/"))
    if found is None:
        raise ToolError(f"the output api_url of api-stack is {invoke_url!r}, which is not an API Gateway stage")
    return f"{endpoint_url}/restapis/{found['api']}/{found['stage']}/_user_request_"


def _seconds(text: str) -> float | None:
    """A whole number of seconds; None of any other form (RFC 9110, 10.2.3, allows a date, too)."""
    return float(text) if text.isascii() and text.isdigit() else None


def _json(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"detail": content.decode(errors="replace")}
