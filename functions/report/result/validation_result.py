"""What the validator says of a report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from functions.report.errors.validation_error import ValidationError
from shared.contracts.workflow import ByteRange


@dataclass(frozen=True, kw_only=True)
class ValidationResult:
    """What the validator says of a report.

    `columns` is the header's order (empty if the header is at violation, then no row was validated), `rows` counts all rows,
    invalid ones too, `totals` are exact sums by currency and `ranges` the bytes of its rows to be loaded side by side
    (both only of a good report), `errors` are the first in order of line, `errors_by_code` counts all of them.
    """

    columns: tuple[str, ...] = ()
    rows: int = 0
    totals: Mapping[str, Decimal] = field(default_factory=dict)
    ranges: tuple[ByteRange, ...] = ()
    errors: tuple[ValidationError, ...] = ()
    errors_by_code: Mapping[str, int] = field(default_factory=dict)

    @property
    def error_count(self) -> int:
        """How many errors the report has, kept or not."""
        return sum(self.errors_by_code.values())

    @property
    def valid(self) -> bool:
        """Whether the report is accepted."""
        return not self.errors_by_code
