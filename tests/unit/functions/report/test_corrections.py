"""A rejected report is returned with marks; fixed as its messages say, and without the marks, it is valid."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.report.format.definition import COLUMNS, Code
from functions.report.result.corrections import MARKS, MAX_CELL, corrections
from functions.report.result.validation_result import ValidationResult
from tests.unit.functions.report.defects import DEFECTS, FILE_DEFECTS, Defect, FileDefect
from tests.unit.functions.report.fixer import Fixer, read_csv, without_apostrophes
from tests.unit.functions.report.reports import (
    BANK,
    Row,
    Style,
    numbered,
    report,
    row,
    styles,
    valid_reports,
    valid_rows,
)
from tests.unit.functions.report.results import result_on

if TYPE_CHECKING:
    from functions.report.errors.validation_error import ValidationError


def written(data: bytes, result: ValidationResult) -> bytes:
    return b"".join(corrections(data, result))


def fixed(data: bytes, ledger: Mapping[int, Row]) -> ValidationResult:
    return result_on(Fixer(written(data, result_on(data)), ledger).report())


def check(defects: Mapping[int, Defect], rows: Sequence[Row], columns: Sequence[str]) -> None:
    rows = [each | dict(defects[place].valid) if place in defects else each for place, each in enumerate(rows)]
    spoiled: list[Row | bytes] = [*rows]
    ledger = {}
    for place, defect in sorted(defects.items()):
        if not defect.fixable:
            ledger[report(spoiled[:place], columns=columns).count(b"\n") + 1] = rows[place]
        spoiled[place] = defect.applied_to(rows[place], columns)
    data = report(spoiled, columns=columns)

    assert sorted(error.code for error in result_on(data).errors) == sorted(each.code for each in defects.values())
    result = fixed(data, ledger)
    assert result.valid, result.errors
    assert result.totals == result_on(report(rows, columns=columns)).totals


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.code} {defect.name[:20]!a}")
def test_a_report_with_any_defect_fixed_as_the_message_says_is_valid(defect: Defect) -> None:
    check({1: defect}, numbered(0, 3), COLUMNS)


@given(styles(max_rows=8), st.lists(st.sampled_from(DEFECTS), min_size=1, max_size=3), st.data())
def test_a_report_with_defects_in_any_rows_fixed_as_the_messages_say_is_valid(
    style: Style, defects: list[Defect], data: st.DataObject
) -> None:
    rows = valid_rows(style)
    # Two rows that need the same id would be duplicates of each other.
    by_id = {each.valid.get("transaction_id", str(number)): each for number, each in enumerate(defects)}
    places = data.draw(st.permutations(range(len(rows))))

    check(dict(zip(places, by_id.values(), strict=False)), rows, style.columns)


@given(valid_reports(), st.data())
def test_an_id_that_two_transactions_share_is_fixed_by_a_new_one(
    made: tuple[bytes, list[Row]], data: st.DataObject
) -> None:
    rows = [row(transaction_id="first", amount="5"), *made[1]]
    place = data.draw(st.integers(1, len(rows) - 1))

    result = fixed(report([*rows[:place], rows[place] | {"transaction_id": "first"}, *rows[place + 1 :]]), {})

    assert result.valid
    assert result.totals == result_on(report(rows)).totals


def test_a_header_that_is_repeated_between_rows_is_named_as_such_and_fixed_by_removing_it() -> None:
    rows = numbered(0, 4)
    data = report([*rows[:2], ",".join(COLUMNS).encode(), *rows[2:]])

    errors = result_on(data).errors
    assert {error.line for error in errors} == {4}
    assert all(error.message.endswith(": the header is repeated here; remove the line") for error in errors)
    assert fixed(data, {}).totals == result_on(report(rows)).totals


def test_every_code_of_rows_has_a_defect_and_every_other_one_a_defect_of_the_file() -> None:
    of_rows = {defect.code for defect in DEFECTS}

    not_of_the_content = {code for code in Code if code.startswith("control.")}
    of_size = {Code.FILE_TOO_LARGE, Code.FILE_UNREADABLE}
    assert of_rows | {defect.code for defect in FILE_DEFECTS} == set(Code) - of_size - not_of_the_content
    assert not {code for code in of_rows if code.startswith("header.")}


def test_a_row_with_several_errors_appears_once_with_all_of_them() -> None:
    data = report([row(), row(transaction_id="b", amount="1e2", currency="eur"), row(transaction_id="c")])

    header, first, second, third = read_csv(written(data, result_on(data)))

    assert header == [*COLUMNS, "line", "code", "message"]
    assert first == [*row().values(), "", "", ""]
    assert second[:5] == ["b", "1e2", "eur", "2026-11-20T10:00:00Z", BANK]
    assert second[5:7] == ["3", "amount.format; currency.unknown"]
    assert second[7].endswith("without an exponent | " + result_on(data).errors[1].message)
    assert third[5:] == ["", "", ""]


@given(valid_reports(), st.binary(max_size=60), st.text(alphabet='",\r\na1.\x00é', max_size=300), st.data())
@example((report([row()]), []), b"", '""",,,,"a\r', None)
@example((report([row()], end="\r\n"), []), b"", '\r\n\n"a""b","","é",,\r\r\n\n', None)
def test_whatever_the_rows_each_is_on_its_line_with_its_values_and_its_errors(
    made: tuple[bytes, object], junk: bytes, text: str, data: st.DataObject | None
) -> None:
    submitted = made[0] + b"\n" + text.encode() + junk
    result = result_on(submitted)

    csv_file = written(submitted, result)

    assert csv_file.count(b"\r\n") == csv_file.count(b"\n")
    by_line: dict[int, list[ValidationError]] = {}
    for error in result.errors:
        by_line.setdefault(error.line, []).append(error)
    lines = submitted.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for number, (original, found) in enumerate(
        zip(lines, map(without_apostrophes, read_csv(csv_file)), strict=False), 1
    ):
        errors = by_line.get(number, [])
        if not found:
            assert original in (b"", b"\r")
        elif found[5:] != list(MARKS):
            assert len(found) == 8
            assert found[6] == "; ".join(error.code for error in errors)
            assert found[7] == " | ".join(error.message for error in errors)
            assert found[5] == (str(number) if errors else "")
            if not {error.code for error in errors} & {"row.malformed", "row.column_count", "file.encoding"}:
                assert found[:5] == read_csv(original.removesuffix(b"\r"))[0]
    assert len(read_csv(csv_file)) + (lines[-1] == b"") == len(lines) or result.valid
    if data:
        cut = data.draw(st.integers(0, len(submitted)))
        assert b"".join(corrections([submitted[:cut], submitted[cut:]], result)) == csv_file


@given(st.one_of(st.binary(max_size=200), st.text(alphabet='",\r\na1.\x00é', max_size=200).map(str.encode)))
def test_where_no_row_was_validated_there_is_nothing_to_mark(data: bytes) -> None:
    result = result_on(data)

    assert not result.columns
    assert written(data, result) == b""


def test_a_row_that_cannot_be_split_is_in_the_first_column_printable_and_cut() -> None:
    data = report([row(), b'a,"b\x00\xfc\r\t,\xc3\xa9', b"x" * 200_000, row(amount="x")])

    rows = read_csv(written(data, result_on(data)))

    assert rows[2][:5] == ['a,"b\\x00\\xfc\\r\\t,é', "", "", "", ""]
    assert rows[3][:5] == ["x" * (MAX_CELL - 1) + "…", "", "", "", ""]
    assert [found[5] for found in rows] == ["line", "", "3", "4", "5"]


FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://x.example","a,b")')


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("column", COLUMNS)
def test_a_value_that_a_spreadsheet_would_run_gets_an_apostrophe_and_the_message_says_so(
    column: str, formula: str
) -> None:
    spoiled = row(transaction_id="b", amount="-5") | {column: formula}
    data = report([row(), spoiled])

    _, valid, invalid = read_csv(written(data, result_on(data)))

    assert valid[:5] == list(row().values())
    assert invalid[:5] == list((spoiled | {column: f"'{formula}"}).values())
    assert invalid[7].endswith(
        " (remove the apostrophe as well: it keeps a spreadsheet from running the value as a formula)"
    )


@pytest.mark.parametrize("line", ["=cmd|' /C calc'!A0,1", '=1+1,"', "@x;1;2", "-5.00;EUR", "=" * 40_000])
def test_a_row_that_cannot_be_split_is_no_formula_either(line: str) -> None:
    data = report([row(), line.encode(), row(transaction_id="c", amount="x")])

    cells = read_csv(written(data, result_on(data)))[2]

    assert cells[0][:10] == f"'{line}"[:10]
    assert len(cells[0]) <= MAX_CELL
    assert "remove the apostrophe" in cells[7]


def test_a_formula_in_a_row_after_the_last_mark_gets_an_apostrophe_too() -> None:
    data = report([row(amount="x"), row(transaction_id="=1+1")])

    assert read_csv(written(data, result_on(data, max_errors=1)))[2][:5] == ["'=1+1", *list(row().values())[1:]]


@given(valid_reports(), st.lists(st.text(alphabet="=+-@\t\"',.5aE", max_size=6), min_size=5, max_size=5))
@example((report([row()]), [row()]), ["", "-5", "", "", ""])  # an amount that is valid, in a row that is not
def test_no_value_begins_like_a_formula_but_valid_negative_amounts_which_stay_as_they_are(
    made: tuple[bytes, list[Row]], values: list[str]
) -> None:
    rows = [*made[1], row(transaction_id="minus", amount="-1234.50"), dict(zip(COLUMNS, values, strict=True))]
    data = report(rows)

    shown = read_csv(written(data, result_on(data)))[1:]

    for valid, cells in zip(rows[:-1], shown, strict=False):
        assert cells[:5] == list(valid.values())
    last = dict(zip(COLUMNS, shown[-1], strict=False))
    formulas = {name: cell for name, cell in last.items() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))}
    assert not formulas.keys() - {"amount"}
    assert re.fullmatch(r"-[0-9]+(\.[0-9]+)?", formulas.get("amount", "-1"))


def test_rows_after_the_last_listed_error_are_unmarked_and_the_last_mark_says_so() -> None:
    data = report([*numbered(0, 4, amount="x"), b'a,"b\xfc'])

    marked = read_csv(written(data, result_on(data, max_errors=2)))

    assert [found[5] for found in marked] == ["line", "2", "3", "", "", ""]
    assert marked[2][7].endswith(" | 3 more errors are not marked: fix the marked ones first and resubmit the report")
    assert "not marked" not in marked[1][7]
    assert marked[5] == ['a,"b\\xfc', "", "", "", "", "", "", ""]


@pytest.mark.parametrize("defect", FILE_DEFECTS, ids=lambda defect: f"{defect.code} {defect.name}")
def test_a_report_with_any_defect_of_header_or_file_fixed_as_the_message_says_is_valid(defect: FileDefect) -> None:
    valid = report(numbered(0, 9))
    data = defect.spoil(valid)

    result = result_on(data)

    assert (result.errors[0].line, result.errors[0].code) == (1, defect.code)
    assert defect.message in result.errors[0].message
    assert result.rows == 0
    assert written(data, result) == b""
    assert not defect.fix or result_on(defect.fix(data)).totals == result_on(valid).totals


def test_a_report_that_is_too_large_is_valid_as_several() -> None:
    header, *rows = report(numbered(0, 9)).splitlines(keepends=True)
    whole = header + b"".join(rows)
    (error,) = result_on(whole, max_bytes=len(whole) - 1).errors

    parts = [result_on(header + b"".join(part), max_bytes=len(whole) - 1) for part in (rows[:5], rows[5:])]

    assert error.message == f"the file is larger than {len(whole) - 1} bytes: split it into several reports"
    assert sum(part.totals["EUR"] for part in parts) == result_on(whole).totals["EUR"]
