"""HTTP at API Gateway's Lambda proxy integration: requests, JSON responses and RFC 9457 problem documents."""

import base64
import binascii
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from functions.common.banks import Bank, Banks, identify
from functions.common.cors import cors_headers
from functions.common.errors import TemporaryError
from functions.common.logs import LambdaContext, invocation
from shared.contracts.api import API_KEY_HEADER
from shared.contracts.problems import PROBLEMS, ProblemType

JSON: Final = "application/json"
PROBLEM_JSON: Final = "application/problem+json"
_PRIVATE: Final = {"cache-control": "no-store"}
"""On every response: it is for one bank only, and may contain a signed link, which works for anyone who has it."""

_log = logging.getLogger(__name__)

ProxyEvent = Mapping[str, Any]
ProxyResponse = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request, with header names in lower case and the body as bytes."""

    method: str = "GET"
    resource: str = ""
    """The path as the API declares it, like `/uploads/{upload_id}`."""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    api_key: str | None = None
    """The key that API Gateway has checked. Not the header, which a client can send twice."""
    source_ip: str = ""
    """The address from which the connection to API Gateway came. Not a header, which a client can invent."""
    is_text: bool = False
    """Whether API Gateway took the body for text: then bytes that are not UTF-8 have been replaced."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """A response: `body` is sent as JSON, or if it is a text, as that."""

    status: int
    body: Mapping[str, Any] | str
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": JSON})


class ProblemError(Exception):
    """The request cannot be served; it is answered with a problem document. `detail`: what is wrong and what to do."""

    def __init__(self, kind: ProblemType, detail: str, **extras: Any) -> None:
        super().__init__(detail)
        self.response = problem(kind, detail, **extras)


def problem(kind: ProblemType, detail: str, **extras: Any) -> Response:
    """A problem document (RFC 9457). `serve` adds the request's id to it."""
    known = PROBLEMS[kind]
    body = {"type": kind.uri, "title": known.title, "status": known.status.value, "detail": detail, **extras}
    headers = {"content-type": PROBLEM_JSON}
    if known.retry_after is not None:
        headers["retry-after"] = str(known.retry_after)
    return Response(status=known.status.value, body=body, headers=headers)


def serve(event: ProxyEvent, context: LambdaContext, route: Callable[[Request], Response]) -> ProxyResponse:
    """Answer one proxy event by `route`.

    A `ProblemError` and throttling become problem documents; any other error is raised, for Lambda to count it.
    """
    with invocation(context):
        response = _with_request_id(_answer(event, route), event)
        _log.info("answered", extra={"fields": {"status": response.status}})
    return {
        "statusCode": response.status,
        "headers": {**response.headers, **cors_headers(event.get("headers") or {}), **_PRIVATE},
        "body": response.body if isinstance(response.body, str) else json.dumps(response.body),
        "isBase64Encoded": False,
    }


def calling_bank(request: Request, banks: Banks) -> Bank:
    """Identify the bank that sent a request.

    Raises:
        ProblemError: 403 without an API key, with one that belongs to no bank, or with one that is not accepted from
            the caller's address.
    """
    if not request.api_key:
        raise ProblemError(
            ProblemType.INVALID_API_KEY, f"The API key is missing. Send it in the header {API_KEY_HEADER}."
        )
    bank = identify(request.api_key, banks)
    if bank is None:
        raise ProblemError(
            ProblemType.INVALID_API_KEY, "The API key belongs to no bank. Ask the operators for a new one."
        )
    if not bank.allows(request.source_ip):
        _log.warning("a bank's key from a foreign address", extra={"fields": {"bank_id": bank.bank_id}})
        detail = f"The API key is not accepted from {request.source_ip}. Ask the operators to allow this address."
        raise ProblemError(ProblemType.ADDRESS_NOT_ALLOWED, detail)
    return bank


def _answer(event: ProxyEvent, route: Callable[[Request], Response]) -> Response:
    try:
        return route(_request(event))
    except ProblemError as error:
        return error.response
    except TemporaryError:
        _log.warning("AWS could not serve the request", exc_info=True)
        return problem(ProblemType.BUSY, "The pipeline is busy. Send the same request again in a second.")
    except Exception:
        # Raised again: Lambda counts it, the alarm sees it, and API Gateway answers 5xx.
        _log.exception("the request failed")
        raise


def _with_request_id(response: Response, event: ProxyEvent) -> Response:
    """Add to a problem document the id under which API Gateway's access log has the request.

    That is the extended one: a client can choose the other (`stacks/api/stage.py`).
    """
    request_id = (event.get("requestContext") or {}).get("extendedRequestId")
    if response.headers.get("content-type") != PROBLEM_JSON or isinstance(response.body, str) or not request_id:
        return response
    return replace(response, body={**response.body, "request_id": request_id})


def _request(event: ProxyEvent) -> Request:
    identity = (event.get("requestContext") or {}).get("identity") or {}
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    # Of a header that is sent twice, `headers` has the last value only. Joined, they are one list (RFC 9110, 5.3).
    several = (event.get("multiValueHeaders") or {}).items()
    headers |= {name.lower(): ", ".join(values) for name, values in several if len(values) > 1}
    return Request(
        method=event.get("httpMethod") or "GET",
        resource=event.get("resource") or "",
        headers=headers,
        query=event.get("queryStringParameters") or {},
        path=event.get("pathParameters") or {},
        body=_body(event.get("body") or "", encoded=bool(event.get("isBase64Encoded"))),
        api_key=identity.get("apiKey"),
        source_ip=identity.get("sourceIp") or "",
        is_text=not event.get("isBase64Encoded"),
    )


def _body(body: str, *, encoded: bool) -> bytes:
    if not encoded:
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise ProblemError(ProblemType.INVALID_REQUEST, "The body is marked as base64 but is not base64.") from error
