"""Response of POST /validate: 200, whether the report is valid or not."""

from typing import Any

from functions.report.result.validation_result import ValidationResult


def render(result: ValidationResult) -> dict[str, Any]:
    """The validation result as JSON."""
    return {
        "valid": result.valid,
        "rows": result.rows,
        "totals": {currency: str(total) for currency, total in result.totals.items()},
        "error_count": result.error_count,
        "errors_by_code": dict(result.errors_by_code),
        "errors": [each.as_dict() for each in result.errors],
    }
