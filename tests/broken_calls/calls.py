"""What a function's request to AWS is: which function called what, and on what.

Headers and bodies as boto3 sends them: DynamoDB speaks JSON, S3 REST, SNS the query protocol.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

_APP: Final = re.compile(r"\bapp/(\S+)")
_SERVICE: Final = re.compile(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/aws4_request")
_STATEMENT_TABLE: Final = re.compile(r'"([^"]+)"')
_S3: Final = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject"}
_PURPOSES: Final = ("banks", "uploads", "transactions", "outcomes")


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as the proxy receives it; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def call_id(self) -> str:
        """The same for all requests with which boto3 tries one call."""
        return self.headers.get("amz-sdk-invocation-id", "")

    @property
    def service(self) -> str:
        """Name of the service, for which the request is signed."""
        found = _SERVICE.search(self.headers.get("authorization", ""))
        return found[1] if found else ""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Calls of one function that look alike."""

    function: str
    operation: str
    target: str
    """Purpose of the table or topic, or the folder in the bucket."""

    @classmethod
    def of(cls, request: Request) -> "Kind":
        """What a request calls."""
        app = _APP.search(request.headers.get("user-agent", ""))
        operation, target = _READERS[request.service](request)
        return cls(function=app[1] if app else "", operation=operation, target=target)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of an upload."""

    kind: Kind
    number: int
    """1 for the upload's first call of its kind."""

    @property
    def name(self) -> str:
        """Operation and target, and which one if it is not the first: `UpdateItem uploads (2)`."""
        kind = self.kind
        return f"{kind.operation} {kind.target}" + (f" ({self.number})" if self.number > 1 else "")


def _dynamodb(request: Request) -> tuple[str, str]:
    operation = request.headers["x-amz-target"].partition(".")[2]
    return operation, _purpose(_table(json.loads(request.body)))


def _table(body: Mapping[str, Any]) -> str:
    if statements := body.get("Statements"):
        found = _STATEMENT_TABLE.search(statements[0]["Statement"])
        return found[1] if found else ""
    return str(body.get("TableName") or next(iter(body.get("RequestItems", {})), ""))


def _s3(request: Request) -> tuple[str, str]:
    url = urlsplit(request.path)
    key = url.path.lstrip("/").partition("/")[2]  # after the bucket
    operation = "ListObjectsV2" if "list-type" in parse_qs(url.query) else _S3.get(request.method, request.method)
    return operation, key.partition("/")[0]


def _sns(request: Request) -> tuple[str, str]:
    form = parse_qs(request.body.decode())
    return form["Action"][0], _purpose(form.get("TopicArn", [""])[0])


def _purpose(name: str) -> str:
    return next((each for each in _PURPOSES if each in name), name)


_READERS: Final = {"dynamodb": _dynamodb, "s3": _s3, "sns": _sns}
