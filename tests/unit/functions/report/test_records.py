"""Structure: headers, quotes, line ends, bytes. Each violation stays within its line."""

import pytest

from functions.report.format.rules import COLUMNS
from functions.report.result.validation_result import ValidationResult
from functions.report.validator import validate_report
from tests.unit.functions.report.defects import BROKEN_LINES
from tests.unit.functions.report.reports import BANK, NOW, report, row

GOOD_LINE = report([row(transaction_id="before")]).splitlines(keepends=True)[1]
HEADER = ",".join(COLUMNS).encode() + b"\n"


def result_on(data: bytes) -> ValidationResult:
    return validate_report(data, bank_id=BANK, now=NOW)


def violations(data: bytes) -> list[tuple[int, str | None, str]]:
    return [(problem.line, problem.column, problem.code.value) for problem in result_on(data).errors]


@pytest.mark.parametrize(
    ("line", "code", "hint"),
    BROKEN_LINES,
)
def test_a_broken_line_has_one_problem_and_leaves_its_neighbours_alone(line: bytes, code: str, hint: str) -> None:
    after = GOOD_LINE.replace(b"before", b"after")
    wrong_after = GOOD_LINE.replace(b"EUR", b"eur").replace(b"before", b"wrong")

    result = result_on(HEADER + GOOD_LINE + line + b"\r\n" + after + wrong_after)

    assert [(problem.line, problem.column, problem.code) for problem in result.errors] == [
        (3, None, code),
        (5, "currency", "currency.unknown"),
    ]
    assert hint in result.errors[0].message
    assert result.rows == 4


def test_a_line_break_inside_quotes_is_a_fault_of_the_line_where_the_quote_opened() -> None:
    data = HEADER + b'A-1,1.00,EUR,2026-11-20T00:00:00Z,"nord\nbank"\n' + GOOD_LINE

    assert violations(data) == [(2, None, "row.malformed"), (3, None, "row.malformed")]


def test_a_carriage_return_at_the_very_end_is_no_line_end() -> None:
    assert violations(HEADER + GOOD_LINE.rstrip() + b"\r") == [(2, None, "row.malformed")]


def test_line_ends_of_old_macs_are_refused_on_line_1() -> None:
    assert violations((HEADER + GOOD_LINE).replace(b"\n", b"\r")) == [(1, None, "row.malformed")]


def test_quoted_and_plain_fields_mix() -> None:
    assert result_on(HEADER + b'A-1,"1.00",EUR,"2026-11-20T00:00:00Z",nordbank').valid


def test_doubled_quotes_and_commas_in_a_quoted_field_are_its_text() -> None:
    result = result_on(HEADER + b'"A""1","1,000.50",EUR,2026-11-20T00:00:00Z,nordbank')

    assert [(problem.code, problem.value) for problem in result.errors] == [
        ("transaction_id.format", 'A"1'),
        ("amount.format", "1,000.50"),
    ]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("transaction_id,amount,currency,timestamp", [("bank_id", "missing_column")]),
        ("transaction_id,amount,currency,timestamp,bank_id,memo", [("memo", "unknown_column")]),
        ("transaction_id,amount,currency,timestamp,bank_id,", [("", "unknown_column")]),
        ("transaction_id,amount,currency,timestamp,bank_id,amount", [("amount", "duplicate_column")]),
        (
            "Transaction_ID,amount,currency,timestamp,bank_id",
            [("Transaction_ID", "unknown_column"), ("transaction_id", "missing_column")],
        ),
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
def test_a_header_tells_all_its_faults(header: str, expected: list[tuple[str, str]]) -> None:
    data = header.encode() + b"\n" + GOOD_LINE

    assert violations(data) == [(1, column, f"header.{code}") for column, code in expected]


def test_a_homoglyph_in_the_header_is_shown_escaped() -> None:
    data = HEADER.decode().replace("amount", "\u0430mount").encode() + GOOD_LINE

    message = result_on(data).errors[0].message

    assert r"'\u0430mount'" in message


def test_a_space_or_another_case_in_the_header_is_answered_with_the_exact_name() -> None:
    data = HEADER.replace(b"amount", b" Amount ") + GOOD_LINE

    assert "column ' Amount ' is not known: write it exactly as 'amount'" in result_on(data).errors[0].message


@pytest.mark.parametrize("header", [b'"transaction_id,amount\n', b"transaction_id\x00\n", b"transaction\xff_id\n"])
def test_a_broken_header_is_the_only_problem(header: bytes) -> None:
    result = result_on(header + GOOD_LINE)

    assert len(result.errors) == 1
    assert result.errors[0].line == 1
    assert result.rows == 0


def test_time_is_linear_in_a_line_of_quotes() -> None:
    # A pattern that backtracks would not end within this test's life.
    for line in (
        b'"' * 1_000_001,
        b'"a' * 500_000,
        b'a"' * 500_000,
        b',"' * 500_000,
        b'""' * 500_000,
        b"," * 1_000_000,
    ):
        assert not result_on(HEADER + line).valid


def test_offsets_count_the_byte_order_mark() -> None:
    problem = result_on(b"\xef\xbb\xbf" + HEADER + b"A\x80,1.00").errors[0]

    assert problem.message.startswith(f"byte {3 + len(HEADER) + 1} of the file")
