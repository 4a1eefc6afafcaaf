"""Control totals: what differs, with both figures, and what is most probably wrong."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.report.control_totals import NO_CONTROL_TOTALS, ControlTotals, differences, with_differences
from functions.report.format.definition import Code
from functions.report.result.validation_result import ValidationResult
from tests.unit.functions.report.reports import report, row
from tests.unit.functions.report.results import result_on

VALID = result_on(report([row(transaction_id="a", amount="1.5"), row(transaction_id="b", amount="-0.25")]))
AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


def found(expected: str, actual: str, currency: str = "EUR") -> list[str]:
    totals = ControlTotals(totals={currency: Decimal(expected)})
    return [each.message for each in differences(totals, rows=1, totals={currency: Decimal(actual)})]


def test_a_report_that_is_as_expected_is_unchanged() -> None:
    assert with_differences(VALID, NO_CONTROL_TOTALS) is VALID
    assert with_differences(VALID, ControlTotals(rows=2, totals={"EUR": Decimal("1.250")})) is VALID
    assert with_differences(VALID, ControlTotals(totals={"EUR": Decimal("1.25"), "JPY": Decimal(0)})) is VALID


def test_a_difference_makes_a_valid_report_invalid() -> None:
    result = with_differences(VALID, ControlTotals(rows=3, totals={"EUR": Decimal("1.26")}))

    assert not result.valid
    assert (result.rows, result.totals, result.ranges) == (2, {}, ())
    assert result.errors_by_code == {"control.rows": 1, "control.total": 1}
    assert [tuple(each) for each in result.errors] == [
        (1, None, Code.CONTROL_ROWS, "the report has 2 rows, but 3 were expected: the header is not a row", "3"),
        (1, None, Code.CONTROL_TOTAL, "the rows add up to 1.25 EUR, but 1.26 EUR were expected", "1.26"),
    ]


def test_of_an_invalid_report_only_the_rows_are_compared_before_its_other_errors() -> None:
    invalid = result_on(report([row(amount="x")]))
    result = with_differences(invalid, ControlTotals(rows=5, totals={"EUR": Decimal(7)}))

    assert [each.code for each in result.errors] == [Code.CONTROL_ROWS, Code.AMOUNT_FORMAT]
    assert (result.error_count, result.rows) == (2, 1)


def test_without_validated_rows_nothing_is_compared() -> None:
    invalid = result_on(b"amount\n1\n")

    assert with_differences(invalid, ControlTotals(rows=5)) is invalid


def test_every_currency_of_the_report_needs_a_total_if_there_is_any() -> None:
    two = replace(VALID, totals={"EUR": Decimal("1.25"), "JPY": Decimal(7)})

    assert not with_differences(two, ControlTotals(totals={"EUR": Decimal("1.25")})).valid
    assert with_differences(two, ControlTotals(rows=2)).valid
    (error,) = with_differences(two, ControlTotals(totals={"EUR": Decimal("1.25")})).errors
    assert error.message == "the report has 7 JPY, but no total was expected of this currency"


def test_a_currency_that_the_report_does_not_have_is_named() -> None:
    (error,) = with_differences(VALID, ControlTotals(totals={"EUR": Decimal("1.25"), "JPY": Decimal(7)})).errors

    assert error.message == "the report has no JPY, but 7 JPY were expected"


@pytest.mark.parametrize(
    ("expected", "actual", "swapped"),
    [
        ("1234.50", "1243.50", True),
        ("1234.50", "4231.50", True),
        ("1234.5", "1234.05", True),
        ("-12", "-21", True),
        ("12", "12.21", False),
        ("12", "21", True),
        ("12", "-21", False),
        ("123", "132.1", False),
        ("1234", "2143", False),  # two pairs
        ("1200", "1209", False),  # nine divides the difference, but no digits are swapped
        ("19", "110", False),
    ],
)
def test_swapped_digits_are_pointed_out(expected: str, actual: str, *, swapped: bool) -> None:
    shown = actual if "." in actual else f"{actual}.00"

    assert found(expected, shown)[0].endswith(": two digits seem to be swapped") == swapped


@given(expected=AMOUNTS, actual=AMOUNTS)
def test_a_total_is_as_expected_exactly_if_the_numbers_are_equal(expected: Decimal, actual: Decimal) -> None:
    messages = found(str(expected), str(actual))

    assert bool(messages) == (expected != actual)
    for message in messages:
        assert f"{expected:f} EUR" in message
        assert f"{actual:f} EUR" in message
        assert "swapped" not in message or int((expected - actual) * 100) % 9 == 0


@given(digits=st.text("0123456789", min_size=3, max_size=12), data=st.data())
def test_any_two_swapped_digits_are_pointed_out(digits: str, data: st.DataObject) -> None:
    places = st.integers(0, len(digits) - 1)
    a, b = data.draw(st.tuples(places, places))
    chars = list(digits)
    chars[a], chars[b] = chars[b], chars[a]
    written, booked = f"1{digits}", f"1{''.join(chars)}"

    messages = found(written, booked, "JPY")

    assert not messages if written == booked else messages[0].endswith("swapped")


def test_swapped_digits_of_the_rows_are_pointed_out() -> None:
    result = ValidationResult(columns=VALID.columns, rows=21)

    (error,) = with_differences(result, ControlTotals(rows=12)).errors
    assert error.message == "the report has 21 rows, but 12 were expected: two digits seem to be swapped"
