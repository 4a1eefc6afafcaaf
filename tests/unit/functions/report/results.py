"""Validation results of the tests' bank, and their comparison with the reference."""

from collections.abc import Iterable
from typing import Final

from functions.report.errors.validation_error import printable
from functions.report.result.validation_result import ValidationResult
from functions.report.validator import validate_report
from tests.unit.functions.report.reference import Place, reference_result
from tests.unit.functions.report.reports import BANK, NOW

ALL: Final = 100_000
"""More errors than any report of the tests has."""


def result_on(data: bytes | Iterable[bytes], **limits: int) -> ValidationResult:
    return validate_report(data, bank_id=BANK, now=NOW, **limits)


def places(result: ValidationResult) -> list[Place]:
    """Line, column and code of each error."""
    return [(error.line, error.column, error.code.value) for error in result.errors]


def agreed_result_on(data: bytes) -> ValidationResult:
    """The result, which has to be the reference's."""
    result = result_on(data, max_bytes=max(len(data), 1), max_errors=ALL)
    reference = reference_result(data, bank_id=BANK, now=NOW)
    # A header's unknown names are shown printable.
    assert places(result) == [(line, name and printable(name), code) for line, name, code in reference.errors]
    assert result.errors_by_code == reference.by_code
    assert result.rows == reference.rows
    assert result.totals == reference.totals
    assert sum(each["rows"] for each in result.ranges) == (reference.rows if reference.valid else 0)
    return result
