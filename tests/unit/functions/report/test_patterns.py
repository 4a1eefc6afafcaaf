"""Every pattern of the validator takes time linear in its text, on every supported version of Python."""

import re
import subprocess
import sys

import pytest

from functions.report.bulk.row_pattern import RowPattern
from shared.repository import ROOT
from tests.unit.functions.report.linear_time import SHAPE, module_patterns
from tests.unit.functions.report.reports import BANK, lines_of, numbered, report, row
from tests.unit.functions.report.results import agreed_result_on, result_on


def test_no_pattern_backtracks_on_long_texts_that_nearly_match() -> None:
    program = [sys.executable, "-m", "tests.unit.functions.report.linear_time"]

    run = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr or "a pattern took more processor time than any linear one"


def test_no_group_of_a_pattern_has_a_possessive_quantifier() -> None:
    # Python before 3.11.5 (Debian 12 has 3.11.2) goes on after what did not match: `(?:ab?c)*+` takes 3 of "aca".
    patterns = [pattern.pattern for pattern in module_patterns()]
    texts = [each.decode() if isinstance(each, bytes) else each for each in patterns]

    assert len(texts) > 20
    assert not [each for each in texts if re.search(r"(?<!\\)\)(?:[*+?]|\{[^}]*\})\+", each)]


@pytest.mark.parametrize(
    "near_miss",
    [
        {"transaction_id": "x" * 65},
        {"transaction_id": "N" + "." * 64},
        {"amount": "0." + "0" * 400},
        {"amount": "9" * 400},
        {"timestamp": "2026-11-20T10:00:00.1234567Z"},
        {"bank_id": BANK[:-1]},
        {"bank_id": BANK + " " * 400},
    ],
)
def test_many_rows_that_nearly_match_are_validated_as_by_the_reference(near_miss: dict[str, str]) -> None:
    lines = lines_of([row(transaction_id="H-000"), row() | near_miss])

    assert not agreed_result_on(report(numbered(0, 20)) + lines * (300_000 // len(lines))).valid


@pytest.mark.parametrize("piece", ['"', '"a', 'a"', ',"', '""', ","])
def test_a_line_of_quotes_and_commas_is_invalid(piece: str) -> None:
    assert not result_on(report([]) + piece.encode() * 1_000_000).valid


def test_rows_end_before_a_line_that_is_not_a_row() -> None:
    pattern = RowPattern(SHAPE)
    rows = lines_of([row(transaction_id="a"), row(transaction_id="b")]).decode()

    assert pattern.end_of_rows(rows + "c,12.50,EUR,2026-11-20T10", 0) == len(rows)
    assert pattern.end_of_rows("c,12.50,EUR,2026-11-20T10", 0) == 0
