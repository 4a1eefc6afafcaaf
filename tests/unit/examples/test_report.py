"""The example report."""

from datetime import UTC, datetime

from functions.report.validator import validate_report
from shared.repository import ROOT


def test_the_example_report_is_valid() -> None:
    content = (ROOT / "examples" / "report.csv").read_bytes()
    result = validate_report(content, bank_id="nordbank", now=datetime(2026, 11, 21, tzinfo=UTC))
    assert (result.errors, result.rows) == ((), 3)
