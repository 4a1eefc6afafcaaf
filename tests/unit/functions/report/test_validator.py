"""Good reports are accepted with exact totals, all others refused; nothing makes the validator raise."""

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.report.format.rules import COLUMNS, MAX_ERRORS
from functions.report.result.validation_result import ValidationResult
from functions.report.validator import validate_report
from shared.contracts.api import MAX_REPORT_BYTES
from tests.unit.functions.report.reports import BANK, NOW, SAMPLES, report, row, valid_reports

EXPECTED: dict[str, dict[str, Any]] = json.loads((SAMPLES / "expected.json").read_text())


def result_on(data: bytes) -> ValidationResult:
    return validate_report(data, bank_id=BANK, now=NOW)


def violations(result: ValidationResult) -> list[tuple[int, str | None, str]]:
    return [(problem.line, problem.column, problem.code.value) for problem in result.errors]


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_reports_get_their_results(name: str) -> None:
    expected = EXPECTED[name]

    result = validate_report((SAMPLES / name).read_bytes(), bank_id=expected["bank_id"], now=NOW)

    assert violations(result) == [(error["line"], error["column"], error["code"]) for error in expected["errors"]]
    assert result.valid is expected["valid"]
    assert {currency: str(total) for currency, total in result.totals.items()} == expected.get("totals", {})
    if "rows" in expected:
        assert result.rows == expected["rows"]


@given(valid_reports())
def test_good_reports_are_accepted_with_exact_totals(made: tuple[bytes, list[dict[str, str]]]) -> None:
    data, rows = made

    result = result_on(data)

    assert not result.errors
    assert result.valid
    assert result.rows == len(rows)
    assert sorted(result.columns) == sorted(COLUMNS)
    assert result.totals == {
        currency: sum(Decimal(each["amount"]) for each in rows if each["currency"] == currency)
        for currency in {each["currency"] for each in rows}
    }


def test_totals_are_exact_beyond_the_precision_of_decimal_arithmetic() -> None:
    rows = [row(transaction_id=f"N-{n}", amount="999999999999999.9999", currency="CLF") for n in range(11)]

    assert result_on(report(rows)).totals == {"CLF": Decimal("10999999999999999.9989")}


def test_totals_have_their_currencys_decimals_and_may_be_negative() -> None:
    rows = [
        row(transaction_id="a", amount="-5"),
        row(transaction_id="b", amount="4.5"),
        row(transaction_id="c", amount="-7", currency="JPY"),
        row(transaction_id="d", amount="1", currency="KWD"),
        row(transaction_id="e", amount="-1.000", currency="KWD"),
    ]

    totals = {currency: str(total) for currency, total in result_on(report(rows)).totals.items()}

    assert totals == {"EUR": "-0.50", "JPY": "-7", "KWD": "0.000"}


@given(st.text(alphabet='",\r\na1.\x00é', max_size=100))
def test_whatever_follows_a_good_header_there_is_a_result_in_order_of_lines(text: str) -> None:
    result = result_on(report([row()]) + text.encode())

    assert [problem.line for problem in result.errors] == sorted(problem.line for problem in result.errors)
    assert result.error_count == len(result.errors)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf\n\n"])
def test_a_file_without_any_text_is_empty(content: bytes) -> None:
    assert violations(result_on(content)) == [(1, None, "file.empty")]


def test_a_report_larger_than_one_request_can_hold_is_refused() -> None:
    result = result_on(b"x" * (MAX_REPORT_BYTES + 1))

    assert violations(result) == [(1, None, "file.too_large")]
    assert str(MAX_REPORT_BYTES) in result.errors[0].message


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PK\x03\x04....[Content_Types].xml", "Excel workbook (XLSX)"),
        (b"PK\x03\x04....report.csv", "ZIP archive"),
        (b"%PDF-1.7", "PDF document"),
        (b"\x1f\x8b\x08", "gzip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
        (report([row()]).decode().encode("utf-16"), "UTF-16"),
        (report([row()]).decode().encode("utf-16-le"), "UTF-16"),
        (report([row()]).decode().encode("utf-16-be"), "UTF-16"),
    ],
)
def test_files_of_other_kinds_are_named(content: bytes, name: str) -> None:
    result = result_on(content)

    assert violations(result) == [(1, None, "file.encoding")]
    assert name in result.errors[0].message


def test_a_header_alone_has_no_rows() -> None:
    assert violations(result_on(b"\n" + report([]) + b"\n\n")) == [(2, None, "file.no_rows")]


def test_the_first_1000_problems_are_kept_and_all_are_counted() -> None:
    rows = [row(transaction_id=f"N-{n}", amount="x", currency="eur") for n in range(MAX_ERRORS)]

    result = result_on(report(rows))

    assert len(result.errors) == MAX_ERRORS
    assert result.errors[-1].line == 501
    assert result.errors_by_code == {"amount.format": MAX_ERRORS, "currency.unknown": MAX_ERRORS}
    assert result.error_count == 2 * MAX_ERRORS
    assert result.totals == {}


def test_every_field_of_a_row_is_validated() -> None:
    bad = {"transaction_id": "", "amount": "", "currency": "", "timestamp": "", "bank_id": ""}

    result = result_on(report([bad], columns=COLUMNS[::-1]))

    assert [code for _, _, code in violations(result)] == [
        "transaction_id.format",
        "amount.format",
        "currency.unknown",
        "timestamp.format",
        "bank_id.mismatch",
    ]


@pytest.mark.parametrize("timestamp", ["T10:00:00", "2026-11-20T10:00:00", "T10:00:00Z"])
def test_what_all_rows_have_is_not_therefore_right(timestamp: str) -> None:
    rows = [row(transaction_id=f"N-{n}", timestamp=timestamp) for n in range(100)]

    assert result_on(report(rows)).errors_by_code == {"timestamp.format": 100}


def test_an_id_that_is_none_is_no_duplicate_however_often_it_stands() -> None:
    rows = [row(transaction_id="-x" if n % 2 else f"N-{n}") for n in range(200)]

    assert result_on(report(rows)).errors_by_code == {"transaction_id.format": 100}


def test_empty_lines_are_ignored_but_counted() -> None:
    data = report([row(transaction_id="a"), row(transaction_id="b"), row(transaction_id="b")], end="\r\n\n\n")

    result = result_on(data)

    assert result.rows == 3
    assert violations(result) == [(10, "transaction_id", "transaction_id.duplicate")]
    assert "line 7" in result.errors[0].message


def test_problems_by_line_are_those_of_each_row_alone() -> None:
    changes = [{"amount": "1e5"}, {}, {"currency": "EURO"}, {"bank_id": "other"}, {"timestamp": "yesterday"}]
    rows = [row(transaction_id=f"N-{n}") | change for n, change in enumerate(changes)]
    by_line: dict[int, list[str]] = defaultdict(list)

    for problem in result_on(report(rows)).errors:
        by_line[problem.line].append(problem.code.value)

    assert by_line == {2: ["amount.format"], 4: ["currency.unknown"], 5: ["bank_id.mismatch"], 6: ["timestamp.format"]}
