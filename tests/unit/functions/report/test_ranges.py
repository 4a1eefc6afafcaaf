"""Ranges cover a report without gap or overlap, and the rows of all of them are the rows of the report."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.report.format import COLUMNS
from functions.report.judge import judge
from functions.report.ranges import MAX_RANGE_ROWS, cut
from functions.report.rows import Transaction, read_rows
from shared.contracts.api import MAX_REPORT_BYTES
from tests.unit.functions.report.reports import BANK, NOW, SAMPLES, good_reports, report, row


@given(good_reports(), st.integers(1, 8), st.integers(1, 500))
def test_ranges_cover_every_record_exactly_once(
    made: tuple[bytes, list[dict[str, str]]], max_rows: int, max_bytes: int
) -> None:
    data, rows = made

    ranges = cut(data, max_rows=max_rows, max_bytes=max_bytes)

    assert ranges[-1]["end"] == len(data)
    assert all(one["end"] == next_one["start"] for one, next_one in pairwise(ranges))
    assert sum(each["rows"] for each in ranges) == len(rows)
    assert all(1 <= each["rows"] <= max_rows for each in ranges)
    assert data[: ranges[0]["start"]].strip(b"\xef\xbb\xbf\r\n").count(b"\n") == 0
    for each in ranges:
        assert data[: each["start"]].endswith(b"\n")
        assert each["first_line"] == data.count(b"\n", 0, each["start"]) + 1


@given(good_reports(), st.integers(1, 8))
def test_rows_of_all_ranges_are_the_rows_of_the_report(made: tuple[bytes, list[dict[str, str]]], max_rows: int) -> None:
    data, rows = made
    verdict = judge(data, bank_id=BANK, now=NOW)

    read: list[Transaction] = []
    for each in cut(data, max_rows=max_rows):
        content = data[each["start"] : each["end"]]
        found = list(read_rows(content, columns=verdict.columns, first_line=each["first_line"]))
        assert len(found) == each["rows"]
        read.extend(found)

    assert [(one.transaction_id, one.amount, one.currency) for one in read] == [
        (one["transaction_id"], Decimal(one["amount"]), one["currency"]) for one in rows
    ]
    content_lines = data.split(b"\n")
    assert all(one.transaction_id.encode() in content_lines[one.line - 1] for one in read)
    for currency, total in verdict.totals.items():
        units = sum(int(one.amount.scaleb(4)) for one in read if one.currency == currency)
        assert units == int(total.scaleb(4))


def test_a_range_ends_at_5000_rows() -> None:
    data = (SAMPLES / "nordbank-2026-11-20.csv").read_bytes()
    more = data + data.split(b"\n")[1] + b"\n"

    assert [each["rows"] for each in cut(data)] == [MAX_RANGE_ROWS]
    assert [each["rows"] for each in cut(more)] == [MAX_RANGE_ROWS, 1]


def test_the_largest_report_has_few_ranges() -> None:
    smallest = b"%06d,1,JPY,2026-11-20T00:00:00Z,b\n"
    data = report([]) + b"".join(smallest % n for n in range(MAX_REPORT_BYTES // len(smallest % 0)))

    assert len(cut(data)) <= 35


@pytest.mark.parametrize(
    ("timestamp", "utc"),
    [
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00.000000Z"),
        ("2026-11-20T00:30:00.5+01:00", "2026-11-19T23:30:00.500000Z"),
        ("2026-11-20T23:59:59.123456-05:00", "2026-11-21T04:59:59.123456Z"),
    ],
)
def test_timestamps_are_read_as_utc_of_one_length(timestamp: str, utc: str) -> None:
    line = report([row(timestamp=timestamp)]).splitlines()[1]

    (read,) = read_rows(line, columns=COLUMNS, first_line=7)

    assert read.timestamp == utc
    assert read.line == 7


@pytest.mark.parametrize("content", [b"a,b\n", b'"a\n', b"a,1,EUR,2026-11-20T10:00:00Z,b,c\n"])
def test_bytes_that_were_not_judged_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="line 3 is not a record"):
        list(read_rows(content, columns=COLUMNS, first_line=3))
