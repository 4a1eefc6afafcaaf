"""Response of POST /validate: 200, whether the report is valid or not."""

from http import HTTPStatus

from functions.common.http import Response
from functions.report.format.definition import MAX_ERRORS
from functions.report.result.validation_result import ValidationResult


def render(result: ValidationResult) -> Response:
    """The validation result, with the first `MAX_ERRORS` errors."""
    body = {
        "valid": result.valid,
        "rows": result.rows,
        "totals": {currency: str(total) for currency, total in result.totals.items()},
        "error_count": result.error_count,
        "errors_by_code": dict(result.errors_by_code),
        "errors": [each.as_dict() for each in result.errors[:MAX_ERRORS]],
    }
    return Response(status=HTTPStatus.OK.value, body=body)
