"""The ranges of a valid report cover its rows without gap or overlap, and are read as its transactions."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given

from functions.report.format.definition import COLUMNS
from functions.report.result.ranges import MAX_RANGE_ROWS
from functions.report.result.validation_result import ValidationResult
from functions.report.transactions import Transaction, read_rows
from functions.report.validator import validate_report
from shared.contracts.api import MAX_REPORT_BYTES
from tests.unit.functions.report.reports import NOW, Row, lines_of, report, row, valid_reports
from tests.unit.functions.report.results import result_on


@given(valid_reports())
def test_the_transactions_of_all_ranges_are_the_rows_of_the_report(made: tuple[bytes, list[Row]]) -> None:
    data, rows = made
    read = transactions_in(data, result_on(data))

    assert [(one.transaction_id, one.amount, one.currency) for one in read] == [
        (one["transaction_id"], Decimal(one["amount"]), one["currency"]) for one in rows
    ]
    content_lines = data.split(b"\n")
    assert all(one.transaction_id.encode() in content_lines[one.line - 1] for one in read)


def transactions_in(data: bytes, result: ValidationResult) -> list[Transaction]:
    """The transactions of all ranges. Outside of them are only the header and empty lines."""
    header, *_ = data.removeprefix(b"\xef\xbb\xbf").split()
    assert data[: result.ranges[0]["start"]].removeprefix(b"\xef\xbb\xbf").strip() == header
    assert not data[result.ranges[-1]["end"] :].strip()
    assert all(not data[one["end"] : following["start"]].strip() for one, following in pairwise(result.ranges))
    read: list[Transaction] = []
    for each in result.ranges:
        assert data[: each["start"]].endswith(b"\n")
        assert each["first_line"] == data.count(b"\n", 0, each["start"]) + 1
        content = data[each["start"] : each["end"]]
        found = list(read_rows(content, columns=result.columns, first_line=each["first_line"]))
        assert 1 <= len(found) == each["rows"] <= MAX_RANGE_ROWS
        read.extend(found)
    return read


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", "\n" + "\r\n" * 40_000])
def test_a_long_report_has_several_ranges(end: str) -> None:
    numbers = range(20_000 if len(end) < 3 else 20)
    data = report((row(transaction_id=f"N-{number:06d}") for number in numbers), end=end)

    result = result_on(data)

    assert len(result.ranges) > 1
    assert [one.transaction_id for one in transactions_in(data, result)] == [f"N-{number:06d}" for number in numbers]


def test_the_largest_report_in_one_request_has_few_ranges_even_if_its_rows_are_short() -> None:
    shortest = b"%06d,1,JPY,2026-11-20T00:00:00Z,b\n"
    data = report([]) + b"".join(shortest % n for n in range((MAX_REPORT_BYTES - 100) // len(shortest % 0)))

    result = validate_report(data, bank_id="b", now=NOW)

    assert result.valid
    assert len(result.ranges) <= 35


@pytest.mark.parametrize(
    ("timestamp", "utc"),
    [
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00.000000Z"),
        ("2026-11-20T00:30:00.5+01:00", "2026-11-19T23:30:00.500000Z"),
        ("2026-11-20T23:59:59.123456-05:00", "2026-11-21T04:59:59.123456Z"),
    ],
)
def test_timestamps_are_read_in_utc_and_one_length(timestamp: str, utc: str) -> None:
    (read,) = read_rows(lines_of([row(timestamp=timestamp)]), columns=COLUMNS, first_line=7)

    assert read.timestamp == utc
    assert read.line == 7


@pytest.mark.parametrize("content", [b"a,b\n", b'"a\n', b"a,1,EUR,2026-11-20T10:00:00Z,b,c\n"])
def test_bytes_that_were_not_validated_raise_an_error(content: bytes) -> None:
    with pytest.raises(ValueError, match="line 3 is not a record"):
        list(read_rows(content, columns=COLUMNS, first_line=3))
