"""Structure: header, quotes, line ends, bytes. An error of a line leaves its neighbors as they are."""

import pytest

from functions.report.format.definition import COLUMNS
from tests.unit.functions.report.defects import BYTE_ORDER_MARK, LINE_DEFECTS, Defect
from tests.unit.functions.report.reports import lines_of, numbered, report, row
from tests.unit.functions.report.results import agreed_result_on, places, result_on

HEADER = report([])
VALID_LINE = lines_of([row(transaction_id="valid")])
LEARNED = 60
LONG = lines_of(numbered(0, LEARNED))
"""Rows after which the validator has learned their shape."""


@pytest.mark.parametrize("defect", LINE_DEFECTS, ids=lambda defect: f"{defect.code} {defect.name}")
@pytest.mark.parametrize(("around", "quoted"), [(1, False), (LEARNED, True), (LEARNED, False)])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_an_invalid_line_has_one_error_and_the_next_one_has_its_own(
    defect: Defect, around: int, end: str, *, quoted: bool
) -> None:
    before = report(numbered(0, around), end=end, quoted=quoted)
    line = report([defect.applied_to(row(**defect.valid), COLUMNS)], end=end).split(end.encode(), 1)[1]
    after = lines_of([row(transaction_id="M-1", currency="eur"), *numbered(500, around)], end=end)

    result = agreed_result_on(before + line + after)

    assert places(result) == [(around + 2, None, defect.code), (around + 3, "currency", "currency.unknown")]
    assert defect.message in result.errors[0].message
    assert result.rows == 2 * around + 2


@pytest.mark.parametrize("before", [b"", LONG], ids=["short", "long"])
@pytest.mark.parametrize("mark", [b"", BYTE_ORDER_MARK])
@pytest.mark.parametrize("invalid", [b"\x80", b"\xbf", b"\xc3", b"\xe2\x82", b"\xff", b"\xf8\x88\x80\x80\x80"])
def test_bytes_that_are_not_utf_8_are_reported_with_their_offset_in_the_file(
    mark: bytes, before: bytes, invalid: bytes
) -> None:
    head = mark + HEADER + before + b"A\xc3\xa9"

    error = result_on(head + invalid + b",1.00,EUR,2026-11-20T00:00:00Z,nordbank\n").errors[0]

    assert error.code == "file.encoding"
    assert error.message.startswith(f"byte {len(head)} of the file (0x{invalid[0]:02x}) is not valid UTF-8")


@pytest.mark.parametrize("before", [b"", LONG], ids=["short", "long"])
def test_an_open_quote_is_reported_where_it_opens_and_hides_no_row(before: bytes) -> None:
    start = HEADER + before
    line = start.count(b"\n") + 1

    result = agreed_result_on(
        start
        + b'M-1,1.00,"EUR,2026-11-20T00:00:00Z,nordbank\n'
        + lines_of([row(transaction_id="M-2", amount="1e5"), *numbered(500, LEARNED)])
    )

    assert places(result) == [(line, None, "row.malformed"), (line + 1, "amount", "amount.format")]
    assert result.errors[0].message.startswith("the quote at character 10 is not closed")


def test_a_line_break_inside_quotes_is_an_error_of_both_lines() -> None:
    data = HEADER + b'A-1,1.00,EUR,2026-11-20T00:00:00Z,"nord\nbank"\n' + VALID_LINE

    assert places(result_on(data)) == [(2, None, "row.malformed"), (3, None, "row.malformed")]


@pytest.mark.parametrize(
    "columns", [COLUMNS, COLUMNS[::-1], ("currency", "bank_id", "amount", "timestamp", "transaction_id")]
)
@pytest.mark.parametrize("end", [b"\n", b"", b"\r"])
def test_the_last_line_end_is_optional_and_a_carriage_return_is_none(columns: tuple[str, ...], end: bytes) -> None:
    data = report(numbered(0, LEARNED + 1), columns=columns).removesuffix(b"\n")

    expected = [(LEARNED + 2, None, "row.malformed")] if end == b"\r" else []
    assert places(agreed_result_on(data + end)) == expected


@pytest.mark.parametrize("end", ["\n\n", "\r\n\r\n", "\n\r\n\n", "\r\n\n\n"])
def test_empty_lines_are_ignored_but_counted(end: str) -> None:
    rows = [
        *numbered(0, LEARNED),
        row(transaction_id="M-1", amount="0"),
        *numbered(500, LEARNED),
        row(transaction_id="N-0000"),
    ]
    step = end.count("\n")

    result = agreed_result_on(report(rows, end=end))

    assert result.rows == len(rows)
    assert places(result) == [
        (1 + step * (LEARNED + 1), "amount", "amount.zero"),
        (1 + step * (2 * LEARNED + 2), "transaction_id", "transaction_id.duplicate"),
    ]
    assert f"line {1 + step}:" in result.errors[1].message


def test_quoted_and_plain_fields_mix() -> None:
    assert result_on(HEADER + b'A-1,"1.00",EUR,"2026-11-20T00:00:00Z",nordbank').valid


def test_doubled_quotes_and_commas_in_a_quoted_field_are_its_text() -> None:
    result = result_on(HEADER + b'"A""1","1,000.50",EUR,2026-11-20T00:00:00Z,nordbank')

    assert [(error.code, error.value) for error in result.errors] == [
        ("transaction_id.format", 'A"1'),
        ("amount.format", "1,000.50"),
    ]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("transaction_id,amount,currency,timestamp", [("bank_id", "missing_column")]),
        ("transaction_id,amount,currency,timestamp,bank_id,", [("", "unknown_column")]),
        ("transaction_id,amount,currency,timestamp,bank_id,amount", [("amount", "duplicate_column")]),
        (
            "transaction_id,amount ,currency,timestamp,bank_id",
            [("amount ", "unknown_column"), ("amount", "missing_column")],
        ),
        (
            "a,b",
            [("a", "unknown_column"), ("b", "unknown_column"), *((column, "missing_column") for column in COLUMNS)],
        ),
    ],
)
def test_all_errors_of_a_header_are_reported(header: str, expected: list[tuple[str, str]]) -> None:
    result = result_on(header.encode() + b"\n" + VALID_LINE)

    assert places(result) == [(1, column, f"header.{code}") for column, code in expected]


@pytest.mark.parametrize("header", [b'"transaction_id,amount\n', b"transaction_id\x00\n", b"transaction\xff_id\n"])
def test_an_invalid_header_line_is_the_only_error(header: bytes) -> None:
    result = result_on(header + VALID_LINE)

    assert [error.line for error in result.errors] == [1]
    assert result.rows == 0
