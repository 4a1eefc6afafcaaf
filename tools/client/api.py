"""The pipeline's REST API, as a bank's program calls it."""

import http.client
import json
import re
from dataclasses import dataclass
from http import HTTPMethod
from typing import Any, Final
from urllib.parse import quote, urlsplit

from shared.contracts.api import API_KEY_HEADER, REPORT_FIELD, UPLOAD_PATH, UPLOADS_PATH
from tools.client.multipart import Form, file_form
from tools.errors import ToolError

_TIMEOUT_SECONDS: Final = 60
"""API Gateway itself gives up after 29."""
_INVOKE_URL: Final = re.compile(r"https://(?P<api>[a-z0-9]+)\.execute-api\.[^/]+/(?P<stage>[^/]+)")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the API answered: status code, content type and JSON body."""

    status: int
    content_type: str
    body: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ApiClient:
    """One caller of the API; without a key it is a stranger."""

    url: str
    """The stage's, without a slash at its end."""
    api_key: str | None = None

    def upload(self, file_name: str, content: bytes) -> Answer:
        """Hand a report in."""
        return self._call(HTTPMethod.POST, UPLOAD_PATH, file_form(REPORT_FIELD, file_name, content))

    def upload_state(self, upload_id: str) -> Answer:
        """How far an upload is."""
        return self._call(HTTPMethod.GET, f"{UPLOADS_PATH}/{quote(upload_id, safe='')}")

    def uploads(self, query: str = "") -> Answer:
        """The bank's uploads; `query` is the URL's, without the question mark."""
        return self._call(HTTPMethod.GET, UPLOADS_PATH + (f"?{query}" if query else ""))

    def _call(self, method: HTTPMethod, path: str, form: Form | None = None) -> Answer:
        # http.client and not urllib: no proxy, and an answer of 4xx is an answer like any other.
        base = urlsplit(self.url)
        kind = http.client.HTTPSConnection if base.scheme == "https" else http.client.HTTPConnection
        connection = kind(base.hostname or "", base.port, timeout=_TIMEOUT_SECONDS)
        headers = {API_KEY_HEADER: self.api_key} if self.api_key else {}
        if form is not None:
            headers["Content-Type"] = form.content_type
        try:
            connection.request(method, f"{base.path}/{path}", body=form.body if form else None, headers=headers)
            response = connection.getresponse()
            content_type = response.headers.get_content_type()
            return Answer(status=response.status, content_type=content_type, body=_json(response.read()))
        finally:
            connection.close()


def local_url(endpoint_url: str, invoke_url: str) -> str:
    """Where the local cloud serves a stage that AWS would serve at `invoke_url`.

    Raises:
        ToolError: `invoke_url` is not a stage's.
    """
    found = _INVOKE_URL.fullmatch(invoke_url.rstrip("/"))
    if found is None:
        raise ToolError(f"the api-stack's output api_url is {invoke_url!r}, which is no stage of API Gateway")
    return f"{endpoint_url}/restapis/{found['api']}/{found['stage']}/_user_request_"


def _json(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"detail": content.decode(errors="replace")}
