"""The corrections CSV: a whole rejected report in which each invalid row is marked with its validation errors.

No row of a rejected report is loaded, and its totals must match the ledger, so valid rows are included. A bank fixes
the marked rows in a spreadsheet, deletes the columns of `MARKS` and resubmits the file.

A spreadsheet runs what begins like a formula, and a report may quote the bank's customers. So an invalid value that
begins so gets an apostrophe; of the valid ones only negative amounts do, which are numbers.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from functions.report.errors.validation_error import ValidationError, printable
from functions.report.format.definition import COLUMNS, Column
from functions.report.parsing.blocks import MAX_LINE_BYTES, read_blocks
from functions.report.parsing.header import take_header
from functions.report.parsing.records import Line, read_record
from functions.report.result.validation_result import ValidationResult
from functions.report.rules.fields import amount_code

MARKS: Final = ("line", "code", "message")
"""Columns after the report's own: empty on valid rows."""
BETWEEN_CODES: Final = "; "
BETWEEN_MESSAGES: Final = " | "
"""A row with several errors appears once, with its codes and its messages in the same order."""
MAX_CELL: Final = 32_767
"""Characters shown of a row that cannot be split into columns: a spreadsheet's cell has room for no more."""

APOSTROPHE: Final = " (remove the apostrophe as well: it keeps a spreadsheet from running the value as a formula)"
"""At the end of the messages of a row with such a value."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings of a formula (OWASP: CSV Injection)."""
_MAY_BE_FORMULA: Final = re.compile(r'(?:^|[,"])[=+\-@\t\r]').search
"""Finds a row with a value that begins so; it may find others, too."""
_END: Final = "\r\n"
_UNMARKED: Final = "," * len(MARKS)
_EMPTY_REST: Final = "," * (len(COLUMNS) - 1)
_PLAIN_CELL: Final = r'(?:"[^"]*+"|[^",]*+)'
_PLAIN_ROW: Final = re.compile(",".join([_PLAIN_CELL] * len(COLUMNS))).fullmatch


def corrections(report: bytes | Iterable[bytes], result: ValidationResult) -> Iterator[bytes]:
    """Write a rejected report with marks. Never raises, on any bytes.

    The CSV is UTF-8 by RFC 4180, without byte-order mark. Its line N is the report's line N, empty ones too. Rows are
    copied byte for byte, except their line end. A row that cannot be split into the columns is written as a whole in
    the first column, made printable and cut to `MAX_CELL`. An invalid value that begins like a formula gets an
    apostrophe before it; its row's other values are unchanged. If the result does not have all errors, the last marked
    row says so, and rows after it are unmarked, valid or not.

    Args:
        report: the bytes that were validated, whole or in chunks of any size. Memory stays bounded.
        result: their validation result.

    Returns:
        Chunks of the CSV. None if no row was validated, because the header or the file is invalid.
    """
    blocks = read_blocks([report] if isinstance(report, bytes) else report)
    found = take_header(blocks) if result.columns else None
    if not found:
        return
    header, rest = found
    yield (_END * (header.number - 1)).encode() + header.content + f",{','.join(MARKS)}{_END}".encode()
    marked = {line: list(errors) for line, errors in groupby(result.errors, key=attrgetter("line"))}
    unmarked = _unmarked_errors(result)
    last = result.errors[-1].line if unmarked else 0
    number = header.number + 1
    for block in rest:
        lines = _lines(block.text)
        rows = [_row(line, result.columns, marked.get(number + n), number + n) for n, line in enumerate(lines)]
        if number <= last < number + len(lines):
            rows[last - number] = rows[last - number].removesuffix('"') + f'{BETWEEN_MESSAGES}{unmarked}"'
        number += len(lines)
        yield "".join(row + _END for row in rows).encode("latin-1")


def _unmarked_errors(result: ValidationResult) -> str:
    count = result.error_count - len(result.errors)
    return f"{count} more errors are not marked: fix the marked ones first and resubmit the report" if count else ""


def _lines(text: str) -> list[str]:
    """A block's lines without their ends, as the validator counts and reads them."""
    *lines, rest = text.split("\n")
    if "\r" in text:
        lines = [line.removesuffix("\r") for line in lines]
    return [*lines, rest] if rest else lines


def _row(line: str, columns: Sequence[str], errors: Sequence[ValidationError] | None, number: int) -> str:
    """The row's own columns and its marks, with one Latin-1 character for each byte."""
    if not line:
        return ""
    text, apostrophe = _own_columns(line, columns)
    return text + (_marks(errors, number, apostrophe) if errors else _UNMARKED)


def _own_columns(line: str, columns: Sequence[str]) -> tuple[str, str]:
    """The row's own columns, and `APOSTROPHE` if there is one."""
    if line.isascii() and line.isprintable() and len(line) <= MAX_LINE_BYTES:
        if _PLAIN_ROW(line):
            if not _MAY_BE_FORMULA(line):
                return line, ""
        elif '"' not in line:
            return _in_first_column(line)
    content = line.encode("latin-1")
    record = read_record(Line(0, 0, content))
    if isinstance(record, list) and len(record) == len(columns):
        return _without_formulas(line, dict(zip(columns, record, strict=True)))
    return _in_first_column(content.decode(errors="backslashreplace"))


def _without_formulas(line: str, fields: Mapping[str, str]) -> tuple[str, str]:
    """The row as it is, if no field is a formula. What begins like one is invalid, except for a negative amount."""
    formulas = {
        column
        for column, value in fields.items()
        if value.startswith(_FORMULA) and (column != Column.AMOUNT or amount_code(value, fields[Column.CURRENCY]))
    }
    if not formulas:
        return line, ""
    return ",".join(_quoted("'" * (column in formulas) + value) for column, value in fields.items()), APOSTROPHE


def _in_first_column(content: str) -> tuple[str, str]:
    """A row that cannot be split into the columns."""
    before = "'" if content.startswith(_FORMULA) else ""
    shown = before + printable(content, MAX_CELL - len(before))
    return _quoted(shown) + _EMPTY_REST, APOSTROPHE if before else ""


def _marks(errors: Sequence[ValidationError], number: int, apostrophe: str) -> str:
    codes = BETWEEN_CODES.join([error.code.value for error in errors])
    messages = BETWEEN_MESSAGES.join([error.message for error in errors])
    return f",{number},{codes},{_quoted(messages + apostrophe)}"


def _quoted(text: str) -> str:
    escaped = text.replace('"', '""')
    return f'"{escaped}"' if text.isascii() else f'"{escaped.encode().decode("latin-1")}"'
