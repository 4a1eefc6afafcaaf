"""Responses of POST /upload: 202 accepted, 200 already known, 422 rejected."""

from http import HTTPStatus

from functions.common.http import Response, problem
from functions.common.rendering import upload_body
from functions.intake.intake import Accepted, AlreadyKnown, Rejected
from functions.report.format.definition import MAX_ERRORS
from shared.contracts.api import UPLOADS_PATH
from shared.contracts.problems import ProblemType


def render(decision: Accepted | AlreadyKnown | Rejected) -> Response:
    """The response to a submitted report."""
    match decision:
        case Accepted(upload=upload):
            body = upload_body(upload)
            del body["updated_at"]  # it repeats received_at
            return Response(status=HTTPStatus.ACCEPTED.value, body=body)
        case AlreadyKnown(upload=upload):
            return Response(status=HTTPStatus.OK.value, body=upload_body(upload))
        case Rejected():
            return _rejected(decision)


def _rejected(rejected: Rejected) -> Response:
    result, upload_id = rejected.result, rejected.upload.upload_id
    count = f"{result.error_count:,} validation error" + ("s" if result.error_count > 1 else "")
    marked = f" (GET /{UPLOADS_PATH}/{upload_id} links a copy with the invalid rows marked)" if result.rows else ""
    return problem(
        ProblemType.REPORT_REJECTED,
        f"{count}; no rows were loaded. Correct the report{marked} and resubmit it.",
        upload_id=upload_id,
        rows=result.rows,
        error_count=result.error_count,
        errors_by_code=dict(result.errors_by_code),
        errors=[each.as_dict() for each in result.errors[:MAX_ERRORS]],
    )
