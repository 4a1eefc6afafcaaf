"""The problems that the API answers with: RFC 9457 documents, each of a type that is documented in `docs/problems.md`.

Programs may rely on a type and its status; titles and details are for people, and may change.
"""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

_NAMESPACE: Final = "urn:transaction-pipeline:problem:"
"""Of the `type` URIs: they are the same in every deployment, whatever its URL."""


class ProblemType(StrEnum):
    """The last part of a problem's `type`."""

    INVALID_REQUEST = "invalid-request"
    INVALID_PARAMETER = "invalid-parameter"
    INVALID_CURSOR = "invalid-cursor"
    INVALID_FORM = "invalid-form"
    INVALID_DECLARATION = "invalid-declaration"
    DIGEST_MISMATCH = "digest-mismatch"
    INVALID_API_KEY = "invalid-api-key"
    ADDRESS_NOT_ALLOWED = "address-not-allowed"
    NO_SUCH_PATH = "no-such-path"
    NOT_FOUND = "not-found"
    CONCURRENT_CHANGE = "concurrent-change"
    CONTROL_TOTALS_DIFFER = "control-totals-differ"
    REPORT_TOO_LARGE = "report-too-large"
    FORM_TOO_LARGE = "form-too-large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    REPORT_REJECTED = "report-rejected"
    THROTTLED = "throttled"
    QUOTA_EXCEEDED = "quota-exceeded"
    INTERNAL_ERROR = "internal-error"
    BUSY = "busy"
    GATEWAY_TIMEOUT = "gateway-timeout"

    @property
    def uri(self) -> str:
        """The `type` in a problem document."""
        return f"{_NAMESPACE}{self.value}"


@dataclass(frozen=True, kw_only=True)
class ProblemKind:
    """What is the same in all problems of a type."""

    status: HTTPStatus
    title: str
    meaning: str
    fix: str
    """What the caller has to do."""
    retry_after: int | None = None
    """Seconds after which the same request may be sent again, for the header Retry-After (RFC 9110, 10.2.3)."""


PROBLEMS: Final = {
    ProblemType.INVALID_REQUEST: ProblemKind(
        status=HTTPStatus.BAD_REQUEST,
        title="Invalid request",
        meaning="A header or parameter is missing, a header is malformed, or API Gateway cannot read the request.",
        fix="Send what the API's description requires; `detail` says what is missing or malformed.",
    ),
    ProblemType.INVALID_PARAMETER: ProblemKind(
        status=HTTPStatus.BAD_REQUEST,
        title="Invalid parameter",
        meaning="A parameter in the URL has a value that is not allowed.",
        fix="Correct the parameter that `detail` names.",
    ),
    ProblemType.INVALID_CURSOR: ProblemKind(
        status=HTTPStatus.BAD_REQUEST,
        title="Invalid cursor",
        meaning="The cursor is damaged, or belongs to another bank or another list.",
        fix="Send the `next_cursor` of the last response with the same parameters, or begin without a cursor.",
    ),
    ProblemType.INVALID_FORM: ProblemKind(
        status=HTTPStatus.BAD_REQUEST,
        title="Invalid form",
        meaning="The body is not a well-formed multipart/form-data form (RFC 7578) with the fields that the API knows.",
        fix="Let your HTTP client build the form, with the report as a file in the field `report`.",
    ),
    ProblemType.INVALID_DECLARATION: ProblemKind(
        status=HTTPStatus.BAD_REQUEST,
        title="Invalid declaration",
        meaning="The body is not a JSON object with exactly the fields of a declaration, or a value is invalid.",
        fix="Correct the fields that `detail` names.",
    ),
    ProblemType.DIGEST_MISMATCH: ProblemKind(
        status=HTTPStatus.BAD_REQUEST,
        title="Digest does not match",
        meaning="The bytes that arrived are not those whose digest was sent with them. Nothing was stored.",
        fix="Send the report again. If that does not help, something between your program and the API changes it.",
    ),
    ProblemType.INVALID_API_KEY: ProblemKind(
        status=HTTPStatus.FORBIDDEN,
        title="Missing or unknown API key",
        meaning="The header `x-api-key` is missing, or its key is not known or belongs to no bank.",
        fix="Send your bank's key. Ask the operators for a new one if it was replaced.",
    ),
    ProblemType.ADDRESS_NOT_ALLOWED: ProblemKind(
        status=HTTPStatus.FORBIDDEN,
        title="Address not allowed",
        meaning="The key is not accepted from the IP address that the request came from.",
        fix="Send the request from an address that is allowed, or ask the operators to allow this one.",
    ),
    ProblemType.NO_SUCH_PATH: ProblemKind(
        status=HTTPStatus.FORBIDDEN,
        title="No such path or method",
        meaning="The API does not have this path, or not with this method. API Gateway answers that with 403.",
        fix="Compare the URL, which begins with the stage, and the method with the API's description.",
    ),
    ProblemType.NOT_FOUND: ProblemKind(
        status=HTTPStatus.NOT_FOUND,
        title="Not found",
        meaning="Your bank has no such upload. Another bank's upload does not exist for you.",
        fix="`GET /uploads` lists your uploads.",
    ),
    ProblemType.CONCURRENT_CHANGE: ProblemKind(
        status=HTTPStatus.CONFLICT,
        title="Concurrent change",
        meaning="Another request is changing this upload.",
        fix="Send the same request again after `Retry-After` seconds.",
        retry_after=1,
    ),
    ProblemType.CONTROL_TOTALS_DIFFER: ProblemKind(
        status=HTTPStatus.CONFLICT,
        title="Control totals differ",
        meaning="The report was submitted before, and is not what the control totals say that came with it now.",
        fix="Find out which is wrong. The upload is unchanged; `detail` shows both figures.",
    ),
    ProblemType.REPORT_TOO_LARGE: ProblemKind(
        status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        title="Report too large",
        meaning="The report has more bytes than this method takes.",
        fix="Declare it with `POST /uploads`, and store it by the link that you get. Split one of more than 5 GB.",
    ),
    ProblemType.FORM_TOO_LARGE: ProblemKind(
        status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        title="Form too large",
        meaning="The form has too many bytes or fields, or the headers of a part are too large.",
        fix="Send only the fields that the API knows, and shorten the file name.",
    ),
    ProblemType.UNSUPPORTED_MEDIA_TYPE: ProblemKind(
        status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        title="Unsupported media type",
        meaning="The body is not of the content type that the method expects, or it is compressed.",
        fix="Send the content type that `detail` names, without a content encoding.",
    ),
    ProblemType.REPORT_REJECTED: ProblemKind(
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        title="Report rejected",
        meaning="The report is invalid. No rows were loaded.",
        fix="Correct the validation errors in `errors`, and submit the report again.",
    ),
    ProblemType.THROTTLED: ProblemKind(
        status=HTTPStatus.TOO_MANY_REQUESTS,
        title="Too many requests",
        meaning="There were more requests at once than your key allows.",
        fix="Send the same request again after `Retry-After` seconds.",
        retry_after=1,
    ),
    ProblemType.QUOTA_EXCEEDED: ProblemKind(
        status=HTTPStatus.TOO_MANY_REQUESTS,
        title="Daily quota exceeded",
        meaning="Your key's requests of this day are used up. Throttled requests do not count.",
        fix="Try again tomorrow (UTC), or ask the operators for a larger quota.",
        retry_after=3600,
    ),
    ProblemType.INTERNAL_ERROR: ProblemKind(
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        title="Internal server error",
        meaning="The pipeline failed. The status can be any of 500 to 599.",
        fix="Try again later; submitting the same report again is safe. Tell the operators `request_id`.",
    ),
    ProblemType.BUSY: ProblemKind(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        title="Busy",
        meaning="AWS could not serve the request in time.",
        fix="Send the same request again after `Retry-After` seconds.",
        retry_after=1,
    ),
    ProblemType.GATEWAY_TIMEOUT: ProblemKind(
        status=HTTPStatus.GATEWAY_TIMEOUT,
        title="Gateway timeout",
        meaning="The pipeline did not answer within 29 seconds. What it began may have been done all the same.",
        fix="Send the same request again; submitting the same report again is safe.",
    ),
}
"""In the order of `docs/problems.md`: by status."""
