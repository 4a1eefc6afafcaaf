"""The validation result of a report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from functions.report.errors.validation_error import ValidationError
from functions.report.format.definition import Code
from shared.contracts.workflow import ByteRange


@dataclass(frozen=True, kw_only=True)
class ValidationResult:
    """The validation result of a report.

    Attributes:
        columns: the header's names in its order; empty if the header or file is invalid, then no row was validated.
        rows: the number of all rows, invalid ones too.
        totals: exact sums by currency; only of a valid report.
        ranges: the byte ranges of its rows, to be loaded in parallel; only of a valid report.
        errors: the first validation errors, in order of line.
        errors_by_code: the number of all validation errors by code.
    """

    columns: tuple[str, ...] = ()
    rows: int = 0
    totals: Mapping[str, Decimal] = field(default_factory=dict)
    ranges: tuple[ByteRange, ...] = ()
    errors: tuple[ValidationError, ...] = ()
    errors_by_code: Mapping[str, int] = field(default_factory=dict)

    @property
    def error_count(self) -> int:
        """The number of all validation errors, in `errors` or not."""
        return sum(self.errors_by_code.values())

    @property
    def foreign_rows(self) -> int:
        """The number of rows with the id of another bank than that of the key."""
        return self.errors_by_code.get(Code.BANK_ID_MISMATCH, 0)

    @property
    def valid(self) -> bool:
        """Whether the report has no validation error."""
        return not self.errors_by_code
