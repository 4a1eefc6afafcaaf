"""What the judge says of a report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from functions.report.errors.validation_error import Problem
from shared.contracts.workflow import ByteRange


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the judge says of a report.

    `columns` is the header's order (empty if the header is at fault, then no row was judged), `rows` counts all rows,
    faulty ones too, `totals` are exact sums by currency and `ranges` the bytes of its rows to be loaded side by side
    (both only of a good report), `problems` are the first in order of line, `problems_by_code` counts all of them.
    """

    columns: tuple[str, ...] = ()
    rows: int = 0
    totals: Mapping[str, Decimal] = field(default_factory=dict)
    ranges: tuple[ByteRange, ...] = ()
    problems: tuple[Problem, ...] = ()
    problems_by_code: Mapping[str, int] = field(default_factory=dict)

    @property
    def problem_count(self) -> int:
        """How many problems the report has, kept or not."""
        return sum(self.problems_by_code.values())

    @property
    def good(self) -> bool:
        """Whether the report is accepted."""
        return not self.problems_by_code
