"""A report as a bank submits it in one request, to be stored or only to be validated."""

from dataclasses import dataclass
from datetime import datetime

from functions.common.banks import Bank
from functions.report.control_totals import NO_CONTROL_TOTALS, ControlTotals, with_differences
from functions.report.result.validation_result import ValidationResult
from functions.report.validator import validate_report


@dataclass(frozen=True, kw_only=True)
class SubmittedReport:
    """A report as it was sent. `file_name` is the bank's name for it: to be shown, never to be used as a path."""

    file_name: str
    content: bytes
    control_totals: ControlTotals = NO_CONTROL_TOTALS

    def validated(self, bank: Bank, *, now: datetime, max_errors: int) -> ValidationResult:
        """Validate it and compare it with its control totals; the result has the first `max_errors` errors."""
        result = validate_report(self.content, bank_id=bank.bank_id, now=now, max_errors=max_errors)
        return with_differences(result, self.control_totals)
