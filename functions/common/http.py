"""HTTP at API Gateway's Lambda proxy: requests in, JSON and RFC 9457 problem documents out."""

import base64
import binascii
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Final

from functions.common.aws.errors import TemporaryError
from functions.common.logs import LambdaContext, invocation

JSON: Final = "application/json"
PROBLEM_JSON: Final = "application/problem+json"

_log = logging.getLogger(__name__)

ProxyEvent = Mapping[str, Any]
ProxyResponse = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request, with header names in lower case and the body as bytes."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Response:
    """An answer in JSON."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": JSON})


class ProblemError(Exception):
    """The request cannot be served: becomes a problem document. `detail` says what is wrong and what to do."""

    def __init__(self, status: HTTPStatus, detail: str, **extras: Any) -> None:
        super().__init__(detail)
        self.response = problem(status, detail, **extras)


def problem(status: HTTPStatus, detail: str, **extras: Any) -> Response:
    """A problem document (RFC 9457); with type about:blank its title is the status's phrase."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, **extras}
    return Response(status=status.value, body=body, headers={"content-type": PROBLEM_JSON})


def serve(event: ProxyEvent, context: LambdaContext, route: Callable[[Request], Response]) -> ProxyResponse:
    """Answer one proxy event by `route`: refusals and throttling become problem documents, our violations are raised."""
    with invocation(context):
        response = _answer(event, route)
        _log.info("answered", extra={"fields": {"status": response.status}})
    return {
        "statusCode": response.status,
        "headers": dict(response.headers),
        "body": json.dumps(response.body),
        "isBase64Encoded": False,
    }


def _answer(event: ProxyEvent, route: Callable[[Request], Response]) -> Response:
    try:
        return route(_request(event))
    except ProblemError as refusal:
        return refusal.response
    except TemporaryError:
        _log.warning("AWS was not able to serve the request", exc_info=True)
        busy = problem(HTTPStatus.SERVICE_UNAVAILABLE, "the pipeline is busy: send the same request again in a moment")
        return replace(busy, headers={**busy.headers, "retry-after": "1"})
    except Exception:
        # Raised on, so that Lambda counts an error and the alarm sees it; API Gateway answers 5xx.
        _log.exception("the request failed")
        raise


def _request(event: ProxyEvent) -> Request:
    return Request(
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        query=event.get("queryStringParameters") or {},
        path=event.get("pathParameters") or {},
        body=_body(event.get("body") or "", encoded=bool(event.get("isBase64Encoded"))),
    )


def _body(body: str, *, encoded: bool) -> bytes:
    if not encoded:
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, "the body is marked as base64 but is none") from error
