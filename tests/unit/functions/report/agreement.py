"""Holds the judge to the reference."""

from typing import Final

from functions.report.validator import judge
from functions.report.errors.validation_error import printable
from functions.report.result.validation_result import Verdict
from tests.unit.functions.report.reference import Reference, reference_verdict
from tests.unit.functions.report.reports import BANK, NOW

KEPT: Final = 100_000
"""More problems than any of the tests' reports has."""


def assert_agreement(data: bytes) -> tuple[Verdict, Reference]:
    """The judge says of a report what the reference says."""
    verdict = judge(data, bank_id=BANK, now=NOW, max_bytes=max(len(data), 1), max_problems=KEPT)
    reference = reference_verdict(data, bank_id=BANK, now=NOW)
    found = [(problem.line, problem.column, problem.code.value) for problem in verdict.problems]
    # A header's unknown names are shown printable.
    expected = [(line, name and printable(name), code) for line, name, code in reference.problems]
    assert found == expected
    assert verdict.problems_by_code == reference.by_code
    assert verdict.rows == reference.rows
    assert verdict.totals == reference.totals
    assert sum(each["rows"] for each in verdict.ranges) == (reference.rows if reference.good else 0)
    return verdict, reference
