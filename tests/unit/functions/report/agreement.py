"""Holds the validator to the reference."""

from typing import Final

from functions.report.errors.validation_error import printable
from functions.report.result.validation_result import ValidationResult
from functions.report.validator import validate_report
from tests.unit.functions.report.reference import Reference, reference_result
from tests.unit.functions.report.reports import BANK, NOW

KEPT: Final = 100_000
"""More errors than any of the tests' reports has."""


def assert_agreement(data: bytes) -> tuple[ValidationResult, Reference]:
    """The validator says of a report what the reference says."""
    result = validate_report(data, bank_id=BANK, now=NOW, max_bytes=max(len(data), 1), max_errors=KEPT)
    reference = reference_result(data, bank_id=BANK, now=NOW)
    found = [(problem.line, problem.column, problem.code.value) for problem in result.errors]
    # A header's unknown names are shown printable.
    expected = [(line, name and printable(name), code) for line, name, code in reference.errors]
    assert found == expected
    assert result.errors_by_code == reference.by_code
    assert result.rows == reference.rows
    assert result.totals == reference.totals
    assert sum(each["rows"] for each in result.ranges) == (reference.rows if reference.valid else 0)
    return result, reference
