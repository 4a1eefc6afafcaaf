"""What the API itself answers when a request does not reach a function: problem documents, as RFC 9457 has them."""

import json
from dataclasses import dataclass
from typing import Final

from cdktf_cdktf_provider_aws.api_gateway_gateway_response import ApiGatewayGatewayResponse
from constructs import Construct

_DETAIL: Final = "@detail@"
"""Stands in the template for API Gateway's own sentence, which comes with its quotation marks."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """An answer of API Gateway's own, by its response type."""

    response_type: str
    title: str
    status: int | None = None
    """None for the two defaults: they stand for several statuses, and API Gateway fills in the right one."""
    detail: str = _DETAIL


PROBLEMS: Final = (
    Problem(response_type="DEFAULT_4XX", title="The request cannot be answered"),
    Problem(response_type="DEFAULT_5XX", title="The service is out of order; try again later"),
    Problem(
        response_type="BAD_REQUEST_PARAMETERS", status=400, title="A header or parameter of the request is missing"
    ),
    Problem(response_type="BAD_REQUEST_BODY", status=400, title="The request's body is not as expected"),
    Problem(
        response_type="INVALID_API_KEY",
        status=403,
        title="The API key is missing or unknown",
        detail="Send your bank's key in the header x-api-key.",
    ),
    Problem(
        response_type="MISSING_AUTHENTICATION_TOKEN",
        status=403,
        title="There is no such path or method",
        detail="See the documentation of the API for the paths that there are.",
    ),
    Problem(response_type="RESOURCE_NOT_FOUND", status=404, title="There is no such path"),
    Problem(
        response_type="REQUEST_TOO_LARGE",
        status=413,
        title="The request is too large",
        detail="API Gateway takes 10 MB, a report may have 4.5 MB.",
    ),
    Problem(response_type="UNSUPPORTED_MEDIA_TYPE", status=415, title="The body's media type is not supported"),
    Problem(
        response_type="THROTTLED",
        status=429,
        title="Too many requests at once",
        detail="Wait a second and try again.",
    ),
    Problem(
        response_type="QUOTA_EXCEEDED",
        status=429,
        title="The quota of requests of this day is used up",
        detail="Try again tomorrow, or ask for a larger quota.",
    ),
    Problem(
        response_type="INTEGRATION_TIMEOUT", status=504, title="The answer took too long", detail="Try again later."
    ),
)


class ProblemAnswers(Construct):
    """Every answer of API Gateway's own that can occur, as a problem document.

    Attributes:
        resources: all of them; part of the API's definition.
    """

    def __init__(self, scope: Construct, id_: str, *, rest_api_id: str) -> None:
        super().__init__(scope, id_)
        self.resources = [self._answer(each, rest_api_id) for each in PROBLEMS]

    def _answer(self, problem: Problem, rest_api_id: str) -> ApiGatewayGatewayResponse:
        return ApiGatewayGatewayResponse(
            self,
            problem.response_type.lower().replace("_", "-"),
            rest_api_id=rest_api_id,
            response_type=problem.response_type,
            status_code=str(problem.status) if problem.status else None,
            # API Gateway takes the template by the request's Accept header, and application/json where none fits.
            response_templates={"application/json": template(problem)},
            response_parameters={"gatewayresponse.header.Content-Type": "'application/problem+json'"},
        )


def template(problem: Problem) -> str:
    """Body of the answer, with API Gateway's variables in it."""
    status = {"status": problem.status} if problem.status else {}
    body = {"type": "about:blank", "title": problem.title, **status, "detail": problem.detail}
    return json.dumps(body).replace(f'"{_DETAIL}"', "$context.error.messageString")
