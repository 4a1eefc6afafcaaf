"""The pipeline's REST API, as a bank's program calls it."""

import http.client
import json
from dataclasses import dataclass
from http import HTTPMethod
from typing import Any, Final
from urllib.parse import quote, urlsplit

from local.multipart import Form, file_form
from shared.contracts.api import API_KEY_HEADER, REPORT_FIELD, UPLOAD_PATH, UPLOADS_PATH

_TIMEOUT_SECONDS: Final = 60
"""API Gateway itself gives up after 29."""


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


def _json(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"detail": content.decode(errors="replace")}
