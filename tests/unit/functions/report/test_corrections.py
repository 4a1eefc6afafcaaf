"""A refused report comes back marked; fixed as its messages say, and stripped of the marks, it is accepted."""

import csv
import gzip
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.report.format.rules import COLUMNS, Code
from functions.report.result.corrections import BETWEEN_CODES, BETWEEN_MESSAGES, MARKS, MAX_CELL, corrections
from functions.report.result.validation_result import ValidationResult
from functions.report.validator import validate_report
from tests.unit.functions.report.fixable import DEFECTS, FIELD, LOOK_UP, RAW, Defect
from tests.unit.functions.report.reports import BANK, NOW, good_rows, report, row, valid_reports

if TYPE_CHECKING:
    from functions.report.errors.validation_error import ValidationError

OF_HEADER_OR_FILE = {code for code in Code if code.startswith("header.")} | {
    Code.FILE_EMPTY,
    Code.FILE_NO_ROWS,
    Code.FILE_TOO_LARGE,
}
Record = dict[str, str]


def result_on(data: bytes, **limits: int) -> ValidationResult:
    return validate_report(data, bank_id=BANK, now=NOW, **limits)


def written(data: bytes, result: ValidationResult) -> bytes:
    return b"".join(corrections(data, result))


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


class Fixer:
    """Does to each marked row what its message says, and nothing else. `books` are the right rows by line."""

    def __init__(self, marked: bytes, books: Mapping[int, Mapping[str, str]]) -> None:
        header, *rows = read(marked)
        assert header[-len(MARKS) :] == list(MARKS)
        self.columns = header[: -len(MARKS)]
        self.rows = rows
        self.books = books
        self.fresh = iter(f"fresh.id.{number}" for number in range(1000))

    def report(self) -> bytes:
        file = io.StringIO()
        csv.writer(file).writerows([self.columns, *(cells for row in self.rows for cells in self.fixed(row))])
        return file.getvalue().encode()

    def fixed(self, cells: list[str]) -> Iterator[list[str]]:
        *cells, line, codes, messages = cells
        if not line:
            yield cells
            return
        record: Record | None = dict(zip(self.columns, cells, strict=True))
        for code, message in zip(codes.split(BETWEEN_CODES), messages.split(BETWEEN_MESSAGES), strict=True):
            if record:
                record = self.fix(record, int(line), code, message)
        if record:
            yield [record[column] for column in self.columns]

    def fix(self, record: Record, line: int, code: str, message: str) -> Record | None:
        column = code.partition(".")[0]
        if line in self.books:
            assert message.endswith(LOOK_UP), message
            right = self.books[line]
            return record | {column: right[column]} if column in record else dict(right)
        if message.endswith("leave the row out, or write its true amount") or self.stands_twice(record, message):
            return None
        return self.anew(record, message) or self.by_table(record, column, message)

    def stands_twice(self, record: Record, message: str) -> bool:
        same = re.search(r"on line (\d+): .*, and leave out a row that stands twice$", message)
        return same is not None and self.rows[int(same[1]) - 2][: len(self.columns)] == list(record.values())

    def anew(self, record: Record, message: str) -> Record | None:
        if "give each transaction an id of its own" in message:
            return record | {"transaction_id": next(self.fresh)}
        if bank := re.search(r"expected (\w+), the bank that hands this report in", message):
            return record | {"bank_id": bank[1]}
        if currency := re.search(r": write ([A-Z]{3})$", message):
            return record | {"currency": currency[1]}
        return None

    def by_table(self, record: Record, column: str, message: str) -> Record:
        if column in record:
            return record | {column: FIELD[longest(message, FIELD)](record[column])}
        raw = record[self.columns[0]]
        assert not any(record[each] for each in self.columns[1:])
        return dict(zip(self.columns, read(RAW[longest(message, RAW)](raw).encode())[0], strict=True))


def longest(message: str, words: Mapping[str, object]) -> str:
    found = [each for each in words if message.endswith(each)]
    assert found, f"the message does not tell how to fix: {message}"
    return max(found, key=len)


def check(defects: Mapping[int, Defect], rows: list[Record], columns: Sequence[str]) -> None:
    rows = [each | dict(defects[place].of) if place in defects else each for place, each in enumerate(rows)]
    right = result_on(report(rows, columns=columns))
    assert right.valid
    lines, books = [",".join(columns)], {}
    for place, each in enumerate(rows):
        defect = defects.get(place)
        if defect and defect.lost:
            books["\n".join(lines).count("\n") + 2] = each
        lines.append(defect.spoilt(each, columns) if defect else ",".join(each[column] for column in columns))
    data = "\n".join(lines).encode(errors="surrogateescape")

    result = result_on(data)

    assert sorted(problem.code for problem in result.errors) == sorted(each.code for each in defects.values())
    fixed = result_on(Fixer(written(data, result), books).report())
    assert fixed.valid, fixed.errors
    assert fixed.totals == right.totals


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.code} {defect.name[:20]!a}")
def test_every_named_defect_fixed_as_its_message_says_is_accepted(defect: Defect) -> None:
    check({1: defect}, [row(transaction_id=f"N-{n}") for n in range(3)], COLUMNS)


@given(good_rows(max_rows=8), st.permutations(COLUMNS), st.data())
def test_so_are_defects_at_any_place_of_any_report(rows: list[Record], columns: list[str], data: st.DataObject) -> None:
    one_each = st.lists(st.sampled_from(DEFECTS), min_size=1, max_size=3, unique_by=lambda each: str(each.of))
    defects = data.draw(one_each)
    places = data.draw(st.permutations(range(len(rows))))
    by_place = dict(zip(places, defects, strict=False))
    if len({each.of.get("transaction_id", str(place)) for place, each in by_place.items()}) < len(by_place):
        by_place = {places[0]: defects[0]}

    check(by_place, rows, columns)


@given(good_rows(), st.data())
def test_an_id_that_two_transactions_share_is_fixed_by_a_new_one(rows: list[Record], data: st.DataObject) -> None:
    rows = [row(transaction_id="first", amount="5"), *rows]
    right = result_on(report(rows))
    place = data.draw(st.integers(1, len(rows) - 1))
    shared = [*rows[:place], rows[place] | {"transaction_id": "first"}, *rows[place + 1 :]]
    invalid = report(shared)

    result = result_on(invalid)
    fixed = result_on(Fixer(written(invalid, result), {}).report())

    assert fixed.valid or rows[place]["transaction_id"] == "first"
    assert fixed.totals == right.totals or shared[place] == rows[0]


def test_every_code_of_rows_has_a_defect() -> None:
    assert {defect.code for defect in DEFECTS} == set(Code) - OF_HEADER_OR_FILE


def test_a_row_with_several_problems_stands_once_with_all_of_them() -> None:
    data = report([row(), row(transaction_id="b", amount="1e2", currency="eur"), row(transaction_id="c")])

    header, first, second, third = read(written(data, result_on(data)))

    assert header == [*COLUMNS, "line", "code", "message"]
    assert first == [*row().values(), "", "", ""]
    assert second[:5] == ["b", "1e2", "eur", "2026-11-20T10:00:00Z", BANK]
    assert second[5:7] == ["3", "amount.format; currency.unknown"]
    assert second[7].endswith("without an exponent | " + result_on(data).errors[1].message)
    assert third[5:] == ["", "", ""]


@given(valid_reports(), st.binary(max_size=60), st.text(alphabet='",\r\na1.\x00é', max_size=300), st.data())
@example((report([row()]), []), b"", '""",,,,"a\r', None)
@example((report([row()], end="\r\n"), []), b"", '\r\n\n"a""b","","é",,\r\r\n\n', None)
def test_whatever_the_rows_each_stands_on_its_line_with_its_values_and_its_problems(
    made: tuple[bytes, object], junk: bytes, text: str, data: st.DataObject | None
) -> None:
    submitted = made[0] + b"\n" + text.encode() + junk
    result = result_on(submitted)

    csv_file = written(submitted, result)

    assert csv_file.count(b"\r\n") == csv_file.count(b"\n")
    by_line: dict[int, list[ValidationError]] = {}
    for problem in result.errors:
        by_line.setdefault(problem.line, []).append(problem)
    lines = submitted.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for number, (original, found) in enumerate(zip(lines, read(csv_file), strict=False), 1):
        errors = by_line.get(number, [])
        if not found:
            assert original in (b"", b"\r")
        elif found[5:] != list(MARKS):
            assert len(found) == 8
            assert found[6] == "; ".join(problem.code for problem in errors)
            assert found[7] == " | ".join(problem.message for problem in errors)
            assert found[5] == (str(number) if errors else "")
            if not {problem.code for problem in errors} & {"row.malformed", "row.column_count", "file.encoding"}:
                assert found[:5] == read(original.removesuffix(b"\r"))[0]
    assert len(read(csv_file)) + (lines[-1] == b"") == len(lines) or result.valid
    if data:
        cut = data.draw(st.integers(0, len(submitted)))
        assert b"".join(corrections([submitted[:cut], submitted[cut:]], result)) == csv_file


@given(st.one_of(st.binary(max_size=200), st.text(alphabet='",\r\na1.\x00é', max_size=200).map(str.encode)))
def test_where_no_row_was_validated_there_is_nothing_to_mark(data: bytes) -> None:
    result = result_on(data)

    assert not result.columns
    assert written(data, result) == b""


def test_a_row_that_cannot_be_split_stands_in_the_first_column_printable_and_cut() -> None:
    data = (
        report([row()])
        + b'a,"b\x00\xfc\r\t,\xc3\xa9\n'
        + b"x" * 200_000
        + b"\n"
        + report([row(amount="x")]).split(b"\n")[1]
    )

    rows = read(written(data, result_on(data)))

    assert rows[2][:5] == ['a,"b\\x00\\xfc\\r\\t,é', "", "", "", ""]
    assert rows[3][:5] == ["x" * (MAX_CELL - 1) + "…", "", "", "", ""]
    assert [found[5] for found in rows] == ["line", "", "3", "4", "5"]


def test_beyond_the_problems_that_are_kept_rows_are_unmarked_and_the_last_mark_says_so() -> None:
    data = report([row(transaction_id=f"N-{n}", amount="x") for n in range(4)]) + b'a,"b\xfc\n'

    marked = read(written(data, result_on(data, max_errors=2)))

    assert [found[5] for found in marked] == ["line", "2", "3", "", "", ""]
    assert marked[2][7].endswith(" | 3 further errors are not marked: fix these first and resubmit the report")
    assert "further" not in marked[1][7]
    assert marked[5] == ['a,"b\\xfc', "", "", "", "", "", "", ""]


MANY = report([row(transaction_id=f"N-{n}") for n in range(9)])


def cells_of(data: bytes) -> list[list[bytes]]:
    return [line.split(b",") for line in data.splitlines()]


def without(column: int) -> bytes:
    return b"\n".join(b",".join(cells[:column] + cells[column + 1 :]) for cells in cells_of(MANY))


def with_column(name: bytes, data: bytes = MANY) -> bytes:
    header, *rows = data.splitlines()
    return b"\n".join([header + b"," + name, *(each + b",EUR" for each in rows)])


def left_out(data: bytes) -> bytes:
    return b"\n".join(b",".join(cells[:-1]) for cells in cells_of(data))


def by(old: bytes, new: bytes, count: int = -1) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(old, new, count)


@pytest.mark.parametrize(
    ("data", "words", "fix"),
    [
        (MANY.replace(b"amount", b"Amount"), "write it exactly as 'amount'", by(b"Amount", b"amount")),
        (MANY.replace(b"amount", b" amount"), "write it exactly as 'amount'", by(b" amount", b"amount")),
        (MANY.replace(b",", b";"), "put commas between the columns, not semicolons", by(b";", b",")),
        (MANY.replace(b",", b"\t"), "put commas between the columns, not tabs", by(b"\t", b",")),
        (with_column(b"memo"), "column 'memo' is not known: leave it out", left_out),
        (with_column(b"currency"), "column currency stands twice: leave one", left_out),
        (without(2), "column currency is missing: add it", lambda data: with_column(b"currency", data)),
        (b"\x01" + MANY, "control byte 0x01: leave it out", by(b"\x01", b"")),
        (MANY.replace(b"amount", b"amount\xa0"), "(0xa0) is not UTF-8: leave it out", by(b"\xa0", b"")),
        (MANY.replace(b"amount", b'am"ount'), "leave it out, no value needs one", by(b'"', b"")),
        (b'"' + MANY, "close it with a quote", by(b"_id,", b'_id",', 1)),
        (MANY.decode().encode("utf-16"), "UTF-16 text: export", lambda data: data.decode("utf-16").encode()),
        (gzip.compress(MANY), "a gzip archive: export the report as CSV", gzip.decompress),
        (b"\n", "expected a header and rows", lambda _: MANY),
        (report([]), "expected at least one", lambda data: data + MANY.partition(b"\n")[2]),
    ],
)
def test_a_header_or_file_fixed_as_the_message_says_is_accepted(
    data: bytes, words: str, fix: Callable[[bytes], bytes]
) -> None:
    result = result_on(data)

    assert any(words in problem.message for problem in result.errors)
    assert written(data, result) == b""
    assert result_on(fix(data)).totals == result_on(MANY).totals


def test_a_report_that_is_too_large_is_accepted_as_several() -> None:
    (problem,) = result_on(MANY, max_bytes=len(MANY) - 1).errors
    header, *rows = MANY.splitlines(keepends=True)
    parts = [result_on(header + b"".join(part), max_bytes=len(MANY) - 1) for part in (rows[:5], rows[5:])]

    assert problem.message.endswith("submit it as several reports")
    assert sum(part.totals["EUR"] for part in parts) == result_on(MANY).totals["EUR"]
