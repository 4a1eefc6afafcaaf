"""Valid reports are accepted with exact totals, all others rejected; no bytes make the validator raise."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.report.format.definition import COLUMNS, MAX_ERRORS, MAX_UNREADABLE
from functions.report.result.corrections import corrections
from functions.report.validator import validate_report
from shared.contracts.api import MAX_REPORT_BYTES
from tests.unit.functions.report.reference import reference_result
from tests.unit.functions.report.reports import BANK, NOW, SAMPLES, Row, lines_of, report, row, valid_reports
from tests.unit.functions.report.results import places, result_on

EXPECTED: dict[str, dict[str, Any]] = json.loads((SAMPLES / "expected.json").read_text())


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_reports_have_their_results(name: str) -> None:
    expected = EXPECTED[name]

    result = validate_report((SAMPLES / name).read_bytes(), bank_id=expected["bank_id"], now=NOW)

    assert places(result) == [(error["line"], error["column"], error["code"]) for error in expected["errors"]]
    assert result.valid is expected["valid"]
    assert {currency: str(total) for currency, total in result.totals.items()} == expected.get("totals", {})
    if "rows" in expected:
        assert result.rows == expected["rows"]


@given(valid_reports())
def test_valid_reports_are_accepted_with_exact_totals(made: tuple[bytes, list[Row]]) -> None:
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
    amounts = [("-5", "EUR"), ("4.5", "EUR"), ("-7", "JPY"), ("1", "KWD"), ("-1.000", "KWD")]
    rows = [row(transaction_id=f"N-{n}", amount=each, currency=code) for n, (each, code) in enumerate(amounts)]

    totals = {currency: str(total) for currency, total in result_on(report(rows)).totals.items()}

    assert totals == {"EUR": "-0.50", "JPY": "-7", "KWD": "0.000"}


@given(st.text(alphabet='",\r\na1.\x00é', max_size=100))
def test_whatever_follows_a_valid_row_errors_are_in_order_of_lines(text: str) -> None:
    result = result_on(report([row()]) + text.encode())

    assert [error.line for error in result.errors] == sorted(error.line for error in result.errors)
    assert result.error_count == len(result.errors)


def test_a_report_larger_than_one_request_is_rejected_by_default() -> None:
    result = result_on(b"x" * (MAX_REPORT_BYTES + 1))

    assert places(result) == [(1, None, "file.too_large")]
    assert str(MAX_REPORT_BYTES) in result.errors[0].message


def test_a_header_alone_is_reported_at_its_line() -> None:
    assert places(result_on(b"\n" + report([]) + b"\n\n")) == [(2, None, "file.no_rows")]


def test_the_first_1000_errors_are_listed_and_all_are_counted() -> None:
    rows = [row(transaction_id=f"N-{n}", amount="x", currency="eur") for n in range(MAX_ERRORS)]

    result = result_on(report(rows))

    assert len(result.errors) == MAX_ERRORS
    assert result.errors[-1].line == 501
    assert result.errors_by_code == {"amount.format": MAX_ERRORS, "currency.unknown": MAX_ERRORS}
    assert result.error_count == 2 * MAX_ERRORS
    assert result.totals == {}


def test_all_errors_of_a_row_are_reported_in_the_formats_order() -> None:
    result = result_on(report([dict.fromkeys(COLUMNS, "")], columns=COLUMNS[::-1]))

    assert [code for _, _, code in places(result)] == [
        "transaction_id.format",
        "amount.format",
        "currency.unknown",
        "timestamp.format",
        "bank_id.mismatch",
    ]


UNREADABLE = {
    "not UTF-8": b"\xff\n",
    "open quotes": b'"\n',
    "carriage returns": b"\r\r\n",
    "NUL": b"\0\n",
    "one column": b"x\n",
    "six columns": b",,,,,\n",
}


@pytest.mark.parametrize("line", UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_of_tiny_unreadable_lines_is_invalid_as_a_whole(line: bytes) -> None:
    header = report([])
    data = b"\n" + header + line * ((MAX_REPORT_BYTES - len(header)) // len(line) - 1)

    result = result_on(data)

    assert places(result) == [(1, None, "file.unreadable")]
    assert "more than 100,000 rows cannot be split into 5 columns, the first on line 3" in result.errors[0].message
    assert (result.rows, result.columns, result.error_count) == (0, (), 1)
    assert not list(corrections(data, result))


@pytest.mark.parametrize(("more", "unreadable"), [(0, False), (1, True)])
@pytest.mark.parametrize("size", [1_000, 10**6])
def test_unreadable_rows_are_counted_up_to_the_limit_as_by_the_reference(
    more: int, size: int, *, unreadable: bool
) -> None:
    kinds = [b"\xff\n", b'"\n', b"x\n", b"\r\r\n"]
    data = report([row()]) + b"".join(kinds) * (MAX_UNREADABLE // 4) + b"x\n" * more + lines_of([row(amount="x")])

    result = result_on(data[at : at + size] for at in range(0, len(data), size))
    expected = reference_result(data, bank_id=BANK, now=NOW)

    assert dict(result.errors_by_code) == expected.by_code
    assert result.rows == expected.rows
    assert (places(result) == [(1, None, "file.unreadable")]) is unreadable
    assert places(result) == expected.errors[:MAX_ERRORS]
