"""What API Gateway itself answers when a request does not reach a function: problem documents (RFC 9457)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cdktf_cdktf_provider_aws.api_gateway_gateway_response import ApiGatewayGatewayResponse
from constructs import Construct

from shared.contracts.api import (
    FILE_NAME_FIELD,
    MAX_FILE_NAME,
    MAX_REPORT_BYTES,
    SHA256_FIELD,
    SIZE_FIELD,
    UPLOADS_PATH,
)

_DETAIL: Final = "@detail@"
"""Placeholder of API Gateway's own sentence, which comes with its quotation marks."""


@dataclass(frozen=True, kw_only=True)
class GatewayResponse:
    """A response of API Gateway's own, by its type."""

    response_type: str
    title: str
    status: int | None = None
    """None for the two defaults: each has several statuses, of which API Gateway fills in one."""
    detail: str = _DETAIL
    code: str | None = None
    """An error code of the report format, where one applies."""


GATEWAY_RESPONSES: Final = (
    GatewayResponse(response_type="DEFAULT_4XX", title="Bad request"),
    GatewayResponse(response_type="DEFAULT_5XX", title="Internal server error"),
    GatewayResponse(
        response_type="BAD_REQUEST_PARAMETERS", status=400, title="Bad request: a header or parameter is missing"
    ),
    GatewayResponse(
        response_type="BAD_REQUEST_BODY",
        status=400,
        title="Bad request: invalid body",
        detail=(
            f"Send a JSON object with exactly these fields: {FILE_NAME_FIELD}, a text of 1 to {MAX_FILE_NAME}"
            f" characters; {SIZE_FIELD}, a whole number of bytes; {SHA256_FIELD}, 64 lower-case hexadecimal digits."
        ),
    ),
    GatewayResponse(
        response_type="INVALID_API_KEY",
        status=403,
        title="Forbidden: missing or unknown API key",
        detail="Send your bank's key in the header x-api-key.",
    ),
    GatewayResponse(
        response_type="MISSING_AUTHENTICATION_TOKEN",
        status=403,
        title="Not found",
        detail="No such path or method. See the API's documentation for its paths.",
    ),
    GatewayResponse(response_type="RESOURCE_NOT_FOUND", status=404, title="Not found"),
    GatewayResponse(
        response_type="REQUEST_TOO_LARGE",
        status=413,
        title="Request Entity Too Large",
        detail=f"At most {MAX_REPORT_BYTES:,} bytes fit in one request. Declare a larger report: POST /{UPLOADS_PATH}.",
        code="file.too_large",
    ),
    GatewayResponse(response_type="UNSUPPORTED_MEDIA_TYPE", status=415, title="Unsupported media type"),
    GatewayResponse(
        response_type="THROTTLED",
        status=429,
        title="Too many requests",
        detail="Wait a second, then try again.",
    ),
    GatewayResponse(
        response_type="QUOTA_EXCEEDED",
        status=429,
        title="Daily quota exceeded",
        detail="Try again tomorrow, or ask for a larger quota.",
    ),
    GatewayResponse(
        response_type="INTEGRATION_TIMEOUT", status=504, title="Gateway timeout", detail="Try again later."
    ),
)


class GatewayResponses(Construct):
    """Every response of API Gateway's own that can occur, as a problem document.

    Attributes:
        resources: all of them; part of the API's definition.
    """

    def __init__(self, scope: Construct, id_: str, *, rest_api_id: str, allowed_origins: Sequence[str]) -> None:
        super().__init__(scope, id_)
        self._headers = {"gatewayresponse.header.Content-Type": "'application/problem+json'", **_cors(allowed_origins)}
        self.resources = [self._respond(each, rest_api_id) for each in GATEWAY_RESPONSES]

    def _respond(self, response: GatewayResponse, rest_api_id: str) -> ApiGatewayGatewayResponse:
        return ApiGatewayGatewayResponse(
            self,
            response.response_type.lower().replace("_", "-"),
            rest_api_id=rest_api_id,
            response_type=response.response_type,
            status_code=str(response.status) if response.status else None,
            # API Gateway chooses the template by the request's Accept header, application/json where none matches.
            response_templates={"application/json": template(response)},
            response_parameters=self._headers,
        )


def _cors(allowed_origins: Sequence[str]) -> dict[str, str]:
    """Headers that let pages of the origins read a response, as API Gateway's mappings.

    A mapping cannot choose one of several origins. What the responses say is no secret, so any page may read them then.
    """
    if not allowed_origins:
        return {}
    origin = allowed_origins[0] if len(allowed_origins) == 1 else "*"
    return {
        "gatewayresponse.header.Access-Control-Allow-Origin": f"'{origin}'",
        "gatewayresponse.header.Access-Control-Expose-Headers": "'Retry-After, x-amz-apigw-id'",
    }


def template(response: GatewayResponse) -> str:
    """Body of the response, with API Gateway's variables in it."""
    status = {"status": response.status} if response.status else {}
    code = {"code": response.code} if response.code else {}
    body = {"type": "about:blank", "title": response.title, **status, "detail": response.detail, **code}
    return json.dumps(body).replace(f'"{_DETAIL}"', "$context.error.messageString")
