"""Responses of POST /upload: 202 accepted, 200 already known, 409 known with other control totals, 422 rejected."""

from http import HTTPStatus

from functions.common.http import Response, problem
from functions.common.rendering import upload_body
from functions.intake.intake import Accepted, AlreadyKnown, ControlTotalsDiffer, Rejected
from functions.report.control_totals import CONTROL_CODES
from functions.report.format.definition import MAX_ERRORS
from shared.contracts.api import UPLOADS_PATH
from shared.contracts.problems import ProblemType


def render(decision: Accepted | AlreadyKnown | ControlTotalsDiffer | Rejected) -> Response:
    """The response to a submitted report."""
    match decision:
        case Accepted(upload=upload):
            body = upload_body(upload)
            del body["updated_at"]  # it repeats received_at
            return Response(status=HTTPStatus.ACCEPTED.value, body=body)
        case AlreadyKnown(upload=upload):
            return Response(status=HTTPStatus.OK.value, body=upload_body(upload))
        case ControlTotalsDiffer(upload=upload, differences=differences):
            return problem(
                ProblemType.CONTROL_TOTALS_DIFFER,
                f"This report was submitted before and is {upload.status.value}, but {'; '.join(differences)}. The"
                " upload is left as it is. Correct the control totals, or submit the file that they belong to.",
                upload_id=upload.upload_id,
            )
        case Rejected():
            return _rejected(decision)


def _rejected(rejected: Rejected) -> Response:
    result, upload_id = rejected.result, rejected.upload.upload_id
    count = f"{result.error_count:,} validation error" + ("s" if result.error_count > 1 else "")
    rows_marked = result.rows and result.errors_by_code.keys() - CONTROL_CODES
    marked = f" (GET /{UPLOADS_PATH}/{upload_id} links a copy with the invalid rows marked)" if rows_marked else ""
    return problem(
        ProblemType.REPORT_REJECTED,
        f"{count}; no rows were loaded. Correct the report{marked} and resubmit it.",
        upload_id=upload_id,
        rows=result.rows,
        error_count=result.error_count,
        errors_by_code=dict(result.errors_by_code),
        errors=[each.as_dict() for each in result.errors[:MAX_ERRORS]],
    )
