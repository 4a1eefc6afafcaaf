"""Every rule of a field: what is refused gets its code at its line, its neighbours do not suffer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.report.validator import validate_report
from tests.unit.functions.report.defects import WRONG_VALUES
from tests.unit.functions.report.reports import BANK, NOW, good_rows, report, row


@pytest.mark.parametrize(("code", "column", "value"), WRONG_VALUES)
def test_a_wrong_value_has_its_own_code(code: str, column: str, value: str) -> None:
    good = [row(transaction_id="before"), row(transaction_id="after")]

    result = validate_report(report([good[0], row(**{column: value}), good[1]], quoted=True), bank_id=BANK, now=NOW)

    assert [(problem.line, problem.column, problem.code) for problem in result.errors] == [(3, column, code)]
    assert result.rows == 3


@given(good_rows(max_rows=6), st.sampled_from(WRONG_VALUES), st.data())
def test_any_row_of_any_report_is_validated_so(
    rows: list[dict[str, str]], case: tuple[str, str, str], data: st.DataObject
) -> None:
    code, column, value = case
    place = data.draw(st.integers(0, len(rows) - 1))
    rows[place] |= {"currency": "EUR", "amount": "1"} | {column: value}

    result = validate_report(report(rows, quoted=True), bank_id=BANK, now=NOW)

    assert [(problem.line, problem.column, problem.code) for problem in result.errors] == [(place + 2, column, code)]


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("0.01", "EUR"), ("-0.5", "EUR"), ("999999999999999.99", "EUR"), ("1", "JPY"), ("0.0001", "CLF"), ("1.0", "KWD")],
)
def test_amounts_at_the_limits_are_accepted(amount: str, currency: str) -> None:
    assert validate_report(report([row(amount=amount, currency=currency)]), bank_id=BANK, now=NOW).valid


@pytest.mark.parametrize(("amount", "currency"), [("1.0", "JPY"), ("1.0000", "KWD"), ("0.00001", "CLF")])
def test_decimals_beyond_the_minor_unit_are_refused_even_if_they_are_zeros(amount: str, currency: str) -> None:
    result = validate_report(report([row(amount=amount, currency=currency)]), bank_id=BANK, now=NOW)

    assert [problem.code for problem in result.errors] == ["amount.minor_units"]


@pytest.mark.parametrize(
    "timestamp",
    ["2026-11-24T12:00:00Z", "2026-11-24T12:59:59+01:00", "1970-01-01T00:00:00+14:00", "2024-02-29T00:00:00-00:00"],
)
def test_timestamps_at_the_limits_are_accepted(timestamp: str) -> None:
    assert validate_report(report([row(timestamp=timestamp)]), bank_id=BANK, now=NOW).valid


def test_decimals_are_not_validated_in_an_unknown_currency() -> None:
    result = validate_report(report([row(amount="1.23456789", currency="???")]), bank_id=BANK, now=NOW)

    assert [problem.code for problem in result.errors] == ["currency.unknown"]


def test_the_later_row_is_at_fault_for_a_duplicate_and_ids_differ_by_case() -> None:
    rows = [row(transaction_id=each) for each in ("a", "A", "b", "a", "a")]

    result = validate_report(report(rows), bank_id=BANK, now=NOW)

    assert [(problem.line, problem.code) for problem in result.errors] == [
        (5, "transaction_id.duplicate"),
        (6, "transaction_id.duplicate"),
    ]
    assert all("line 2" in problem.message for problem in result.errors)


def test_values_are_cut_and_made_printable() -> None:
    rows = [row(transaction_id="a\u202eb\tc"), row(transaction_id="x" * 500), row(transaction_id="Ünïcode")]

    values = [problem.value for problem in validate_report(report(rows), bank_id=BANK, now=NOW).errors]

    assert values == ["a\\u202eb\\tc", "x" * 79 + "…", "Ünïcode"]
