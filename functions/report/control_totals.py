"""Control totals: how many rows a report should have and what they should add up to, by the bank's own books.

A bank that sends them learns at once that a file was cut off, sent twice as long, or made from another day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from functions.report.errors.error_log import ErrorLog
from functions.report.errors.validation_error import Violation
from functions.report.format.definition import Code
from functions.report.result.validation_result import ValidationResult

_SWAPPED: Final = ": two digits seem to be swapped"
_HEADER_COUNTED: Final = ": the header is not a row"

CONTROL_CODES: Final[frozenset[str]] = frozenset({Code.CONTROL_ROWS, Code.CONTROL_TOTAL})
"""Errors that mark no row: the report, or what the bank says of it, is wrong."""


@dataclass(frozen=True, kw_only=True)
class ControlTotals:
    """What a bank expects of a report.

    If there is any total, every currency of the report has to have one.
    """

    rows: int | None = None
    totals: Mapping[str, Decimal] = field(default_factory=dict)
    """By currency, exact, in the currency's main unit."""

    def __bool__(self) -> bool:
        """Whether there is anything to compare."""
        return self.rows is not None or bool(self.totals)


NO_CONTROL_TOTALS: Final = ControlTotals()


def differences(expected: ControlTotals, *, rows: int, totals: Mapping[str, Decimal] | None) -> list[Violation]:
    """What a report has otherwise than expected, with both figures.

    Args:
        expected: the bank's figures.
        rows: how many rows the report has.
        totals: its exact sums by currency; None if they are not known, then only the rows are compared.
    """
    found = []
    if expected.rows is not None and expected.rows != rows:
        message = f"the report has {rows} rows, but {expected.rows} were expected{_hint_of_rows(expected.rows, rows)}"
        found.append(Violation(Code.CONTROL_ROWS, message, value=str(expected.rows)))
    if expected.totals and totals is not None:
        for currency in sorted(expected.totals.keys() | totals.keys()):
            found.extend(_difference(currency, expected.totals.get(currency), totals.get(currency)))
    return found


def with_differences(result: ValidationResult, expected: ControlTotals) -> ValidationResult:
    """A validation result with the differences as its first errors.

    Of an invalid report, only the rows are compared: it has no totals. If its header or file is invalid, no row was
    validated, and nothing is compared.
    """
    if not result.columns:
        return result
    found = differences(expected, rows=result.rows, totals=result.totals if result.valid else None)
    if not found:
        return result
    log = ErrorLog(len(found))
    for violation in found:
        log.add(1, violation)
    by_code = {code.value: count for code, count in log.by_code.items()}
    return replace(
        result,
        totals={},
        ranges=(),
        errors=(*log.kept(), *result.errors),
        errors_by_code={**by_code, **result.errors_by_code},
    )


def _difference(currency: str, expected: Decimal | None, actual: Decimal | None) -> Sequence[Violation]:
    if expected is None:
        message = f"the report has {actual:f} {currency}, but no total was expected of this currency"
        return [Violation(Code.CONTROL_TOTAL, message)]
    if expected == (actual or 0):
        return []
    has = f"the report has no {currency}" if actual is None else f"the rows add up to {actual:f} {currency}"
    swapped = _SWAPPED if actual is not None and _are_swapped(f"{expected:f}", f"{actual:f}") else ""
    message = f"{has}, but {expected:f} {currency} were expected{swapped}"
    return [Violation(Code.CONTROL_TOTAL, message, value=f"{expected:f}")]


def _hint_of_rows(expected: int, actual: int) -> str:
    if _are_swapped(str(expected), str(actual)):
        return _SWAPPED
    return _HEADER_COUNTED if expected == actual + 1 else ""


def _are_swapped(first: str, second: str) -> bool:
    """Whether two numbers differ in the order of two digits only; then nine divides their difference.

    `first` may have fewer decimals than `second`, which has all of its currency's.
    """
    decimals = len(second.partition(".")[2])
    whole, _, fraction = first.partition(".")
    first = f"{whole}.{fraction.ljust(decimals, '0')}" if decimals else first
    if len(first) != len(second):
        return False
    match [(a, b) for a, b in zip(first, second, strict=True) if a != b]:
        case [(a, b), (c, d)]:
            return (a, b) == (d, c)
    return False
