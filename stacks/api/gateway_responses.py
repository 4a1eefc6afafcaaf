"""What API Gateway itself answers when a request does not reach a function: problem documents (RFC 9457)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from cdktf_cdktf_provider_aws.api_gateway_gateway_response import ApiGatewayGatewayResponse
from constructs import Construct

from shared.contracts.api import (
    FILE_NAME_FIELD,
    MAX_FILE_NAME,
    MAX_REPORT_BYTES,
    READABLE_HEADERS,
    SHA256_FIELD,
    SIZE_FIELD,
    UPLOADS_PATH,
)
from shared.contracts.problems import PROBLEMS, ProblemType

_DETAIL: Final = "@detail@"
"""Placeholder of API Gateway's own sentence, which comes with its quotation marks."""


@dataclass(frozen=True, kw_only=True)
class GatewayResponse:
    """A response of API Gateway's own, by its type."""

    response_type: str
    kind: ProblemType
    status: HTTPStatus | None
    """None for the two defaults: each has several statuses, of which API Gateway fills in one."""
    detail: str = _DETAIL
    code: str | None = None
    """An error code of the report format, where one applies."""


def _response(
    response_type: str, kind: ProblemType, detail: str = _DETAIL, *, code: str | None = None
) -> GatewayResponse:
    status = PROBLEMS[kind].status
    return GatewayResponse(response_type=response_type, kind=kind, status=status, detail=detail, code=code)


GATEWAY_RESPONSES: Final = (
    GatewayResponse(response_type="DEFAULT_4XX", kind=ProblemType.INVALID_REQUEST, status=None),
    GatewayResponse(response_type="DEFAULT_5XX", kind=ProblemType.INTERNAL_ERROR, status=None),
    _response("BAD_REQUEST_PARAMETERS", ProblemType.INVALID_REQUEST),
    _response(
        "BAD_REQUEST_BODY",
        ProblemType.INVALID_DECLARATION,
        f"Send a JSON object with exactly these fields: {FILE_NAME_FIELD}, a text of 1 to {MAX_FILE_NAME}"
        f" characters; {SIZE_FIELD}, a whole number of bytes; {SHA256_FIELD}, 64 lower-case hexadecimal digits.",
    ),
    _response("INVALID_API_KEY", ProblemType.INVALID_API_KEY, "Send your bank's key in the header x-api-key."),
    _response(
        "MISSING_AUTHENTICATION_TOKEN",
        ProblemType.NO_SUCH_PATH,
        "No such path or method. See the API's documentation for its paths.",
    ),
    _response(
        "ACCESS_DENIED",
        ProblemType.ADDRESS_NOT_ALLOWED,
        "No key is accepted from this address. Ask the operators to allow it.",
    ),
    # The firewall has one rule, of the rate.
    _response("WAF_FILTERED", ProblemType.THROTTLED, "Too many requests from this address. Wait, then try again."),
    _response("RESOURCE_NOT_FOUND", ProblemType.NOT_FOUND),
    _response(
        "REQUEST_TOO_LARGE",
        ProblemType.REPORT_TOO_LARGE,
        f"At most {MAX_REPORT_BYTES:,} bytes fit in one request. Declare a larger report: POST /{UPLOADS_PATH}.",
        code="file.too_large",
    ),
    _response("UNSUPPORTED_MEDIA_TYPE", ProblemType.UNSUPPORTED_MEDIA_TYPE),
    _response("THROTTLED", ProblemType.THROTTLED, "Wait a second, then try again."),
    _response("QUOTA_EXCEEDED", ProblemType.QUOTA_EXCEEDED, "Try again tomorrow, or ask for a larger quota."),
    _response("INTEGRATION_TIMEOUT", ProblemType.GATEWAY_TIMEOUT, "Send the same request again."),
)


class GatewayResponses(Construct):
    """Every response of API Gateway's own that can occur, as a problem document.

    Attributes:
        resources: all of them; part of the API's definition.
    """

    def __init__(self, scope: Construct, id_: str, *, rest_api_id: str, allowed_origins: Sequence[str]) -> None:
        super().__init__(scope, id_)
        self._allowed_origins = allowed_origins
        self.resources = [self._respond(each, rest_api_id) for each in GATEWAY_RESPONSES]

    def _respond(self, response: GatewayResponse, rest_api_id: str) -> ApiGatewayGatewayResponse:
        return ApiGatewayGatewayResponse(
            self,
            response.response_type.lower().replace("_", "-"),
            rest_api_id=rest_api_id,
            response_type=response.response_type,
            status_code=str(response.status.value) if response.status else None,
            # API Gateway chooses the template by the request's Accept header, application/json where none matches.
            response_templates={"application/json": template(response)},
            response_parameters=_headers(response, self._allowed_origins),
        )


def template(response: GatewayResponse) -> str:
    """Body of the response, with API Gateway's variables in it."""
    body = {
        "type": response.kind.uri,
        "title": PROBLEMS[response.kind].title,
        **({"status": response.status.value} if response.status else {}),
        "detail": response.detail,
        **({"code": response.code} if response.code else {}),
        # API Gateway's own, which the access log has: a client can choose `$context.requestId`.
        "request_id": "$context.extendedRequestId",
    }
    return json.dumps(body).replace(f'"{_DETAIL}"', "$context.error.messageString")


def _headers(response: GatewayResponse, allowed_origins: Sequence[str]) -> dict[str, str]:
    """API Gateway's mappings of the response's headers.

    A mapping cannot choose one of several allowed origins. What these responses say is no secret, so any page may read
    them then.
    """
    headers = {"Content-Type": "application/problem+json"}
    retry_after = PROBLEMS[response.kind].retry_after
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    if allowed_origins:
        headers["Access-Control-Allow-Origin"] = allowed_origins[0] if len(allowed_origins) == 1 else "*"
        headers["Access-Control-Expose-Headers"] = ", ".join(READABLE_HEADERS)
    return {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()}
