"""The pipeline's REST API, as a bank's program calls it."""

import json
import re
from dataclasses import dataclass
from http import HTTPMethod
from typing import Any, Final
from urllib.parse import quote

import urllib3

from shared.contracts.api import API_KEY_HEADER, REPORT_FIELD, UPLOAD_PATH, UPLOADS_PATH
from tools.errors import ToolError

_TIMEOUT_SECONDS: Final = 60
"""API Gateway itself gives up after 29."""
_INVOKE_URL: Final = re.compile(r"https://(?P<api>[a-z0-9]+)\.execute-api\.[^/]+/(?P<stage>[^/]+)")


class NoResponseError(ToolError):
    """The API did not respond: no connection, or it was closed or timed out."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response: status code, content type and JSON body."""

    status: int
    content_type: str
    body: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ApiClient:
    """A caller of the API, as a bank if it has that bank's key."""

    url: str
    """The stage's, without a trailing slash."""
    api_key: str | None = None

    def upload(self, file_name: str, content: bytes) -> Answer:
        """Submit a report."""
        fields = {REPORT_FIELD: (file_name, content, "text/csv")}
        body, content_type = urllib3.encode_multipart_formdata(fields)
        return self._call(HTTPMethod.POST, UPLOAD_PATH, body, {"Content-Type": content_type})

    def upload_state(self, upload_id: str) -> Answer:
        """One upload."""
        return self._call(HTTPMethod.GET, f"{UPLOADS_PATH}/{quote(upload_id, safe='')}")

    def uploads(self, query: str = "") -> Answer:
        """The bank's uploads; `query` is the URL's, without the question mark."""
        return self._call(HTTPMethod.GET, UPLOADS_PATH + (f"?{query}" if query else ""))

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
        return Answer(status=response.status, content_type=content_type, body=_json(response.data))


def local_url(endpoint_url: str, invoke_url: str) -> str:
    """Where the local cloud serves a stage that AWS would serve at `invoke_url`.

    Raises:
        ToolError: `invoke_url` is not the URL of a stage.
    """
    found = _INVOKE_URL.fullmatch(invoke_url.rstrip("/"))
    if found is None:
        raise ToolError(f"the output api_url of api-stack is {invoke_url!r}, which is not an API Gateway stage")
    return f"{endpoint_url}/restapis/{found['api']}/{found['stage']}/_user_request_"


def _json(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"detail": content.decode(errors="replace")}
