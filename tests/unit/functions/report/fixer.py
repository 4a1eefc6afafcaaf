"""Fixes a rejected report by its corrections CSV, knowing nothing but what the messages say."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from functions.report.result.corrections import APOSTROPHE, BETWEEN_CODES, BETWEEN_MESSAGES, MARKS

Record = dict[str, str]
_Fixes = Mapping[str, Callable[[str], str]]


def _time_since_1970(value: str) -> str:
    seconds = int(value) // (1000 if len(value) > len("1763632800") else 1)
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _next_day(value: str) -> str:
    return f"{datetime.fromisoformat(value[:10]) + timedelta(days=1):%Y-%m-%dT00:00:00}{value[19:]}"


def _colon_in_zone(value: str) -> str:
    return re.sub(r" ?([+-]\d\d):?(\d\d)?$", lambda match: f"{match[1]}:{match[2] or '00'}", value)


def _separators(value: str) -> str:
    return re.sub(r"(....)(..)(..)T(..)(..)(..)", r"\1-\2-\3T\4:\5:\6", value)


def _without_thousands(value: str) -> str:
    return re.sub(r"[,_' \u00a0\u202f\u2019]|\.(?=.*\.)|(?<=\.\d{3})\.|(?<=\d)\.(?=\d{3}$)", "", value)


def _with_t(value: str) -> str:
    return value.replace(" ", "T", 1)


VALUE_FIXES: Final[_Fixes] = {
    "remove the space around the value": str.strip,
    "shorten it to 64 characters": lambda value: value[:64],
    "remove the plus sign": lambda value: value.replace("+", ""),
    "write a minus sign before the amount, not parentheses around it": lambda value: "-" + value.strip("()"),
    "put the minus sign before the digits": lambda value: "-" + value.strip("-"),
    "remove the currency": lambda value: re.sub(r"[A-Z]{3}|[$\u20ac]| ", "", value),
    "write the number in full, without an exponent": lambda value: f"{Decimal(value):f}",
    "use a decimal point, not a comma": lambda value: value.replace(",", "."),
    "remove the thousands separators": _without_thousands,
    "use a decimal point and no thousands separators": (
        lambda value: re.sub(r"[.' \u2019]", "", value).replace(",", ".")
    ),
    "remove the leading zeros": lambda value: value.lstrip("0"),
    "write a 0 before the decimal point": lambda value: value.replace(".", "0."),
    "remove the decimal point at the end": lambda value: value.strip("."),
    "write the minus sign as an ASCII hyphen": lambda value: value.replace("\u2212", "-"),
    "use the digits 0 to 9": lambda value: "".join(str(unicodedata.digit(char)) for char in value),
    "remove the zeros at the end": lambda value: value.rstrip("0").rstrip("."),
    "write date and time, not the seconds or milliseconds since 1970": _time_since_1970,
    "put hyphens in the date and colons in the time": _separators,
    "add the seconds": lambda value: value[:16] + ":00" + value[16:],
    "write midnight as 00:00:00 of the next day": _next_day,
    "write a leap second as second 59": lambda value: value.replace(":60", ":59"),
    "shorten the fraction to 6 digits": lambda value: value[:26] + value[27:],
    "write T and Z in upper case": str.upper,
    "add the time zone, such as Z or +01:00": lambda value: value + "Z",
    "put a T between date and time": _with_t,
    "put a T between date and time, and add the time zone, such as Z or +01:00": lambda value: _with_t(value) + "Z",
    "put a T between date and time, and write the time zone with a colon, such as +01:00": (
        lambda value: _colon_in_zone(_with_t(value))
    ),
    "write the time zone with a colon, such as +01:00": _colon_in_zone,
}
"""End of a message -> how it is followed, for any value."""

LINE_FIXES: Final[_Fixes] = {
    "separate the columns with commas, not semicolons": lambda line: line.replace(";", ","),
    "separate the columns with commas, not tabs": lambda line: line.replace("\\t", ","),
    "remove the comma at the end of the line": lambda line: line[:-1],
    "(an amount has no comma: it is written like 1234.50)": lambda line: re.sub(r"1,234\.50|1234,50", "1234.50", line),
    "does not begin with one: remove the quote": lambda line: line.replace('"', ""),
    "follows a closing quote: remove the text": lambda line: re.sub(r'"([^",]*)"[^,]*', r"\1", line),
    "is not closed on its line: add the closing quote": lambda line: re.sub(r'"([^,]*)', r'"\1"', line),
    "is the control character 0x00: remove it": lambda line: line.replace("\\x00", ""),
    "is the control character 0x1a: remove it": lambda line: line.replace("\\x1a", ""),
    "end each line with LF or CRLF, remove any other one": lambda line: line.replace("\\r", ""),
    "is not valid UTF-8: remove it, valid values are ASCII": lambda line: line.replace("\\xa0", ""),
}
"""The same for a line that could not be split into columns, as the corrections show it."""

TO_LOOK_UP: Final = (
    *("the field is empty, fill it in", "expected 1 to 64 characters", "such as 1234.50 or -0.5"),
    *("remove the thousands separators", "remove the leading zeros"),  # 1.2.3 and 00 have lost more than that
    *("digits before the decimal point, found", "decimals for EUR (ISO 4217), found", "the amount that was booked"),
    *("three upper-case letters such as EUR", "add the time and its time zone", "write the date as year-month-day"),
    *("such as 2026-11-20T14:10:50.25+01:00", "look up the actual time", "this day, time or time zone does not exist"),
    *("check the date and the time zone", "expected 5 columns, found", "one transaction on each line"),
    *("remove the quote", "add the closing quote", "is not valid UTF-8"),
)
"""Words of the messages of values that cannot be known from the invalid ones: the bank looks them up in its ledger."""


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


def without_apostrophes(cells: list[str]) -> list[str]:
    """A row without the apostrophes that its message says to remove."""
    if not cells or not cells[-1].endswith(APOSTROPHE):
        return cells
    *own, message = cells
    return [re.sub(r"\A'(?=[=+\-@\t\r])", "", cell) for cell in own] + [message.removesuffix(APOSTROPHE)]


class Fixer:
    """Does to each marked row what its messages say, no more. `ledger` has the valid rows to look up, by line."""

    def __init__(self, corrections: bytes, ledger: Mapping[int, Mapping[str, str]]) -> None:
        header, *rows = read_csv(corrections)
        assert header[-len(MARKS) :] == list(MARKS)
        self._columns = header[: -len(MARKS)]
        self._rows = [without_apostrophes(cells) for cells in rows]
        self._ledger = ledger
        self._new_ids = iter(f"new.id.{number}" for number in range(1000))

    def report(self) -> bytes:
        file = io.StringIO()
        csv.writer(file).writerows([self._columns, *(cells for row in self._rows for cells in self._fixed(row))])
        return file.getvalue().encode()

    def _fixed(self, cells: list[str]) -> Iterator[list[str]]:
        *cells, line, codes, messages = cells
        record: Record | None = dict(zip(self._columns, cells, strict=True))
        if not line:
            yield cells
            return
        for code, message in zip(codes.split(BETWEEN_CODES), messages.split(BETWEEN_MESSAGES), strict=True):
            if record:
                record = self._fix(record, int(line), code, message)
        if record:
            yield [record[column] for column in self._columns]

    def _fix(self, record: Record, line: int, code: str, message: str) -> Record | None:
        column = code.partition(".")[0]
        if line in self._ledger:
            assert any(words in message for words in TO_LOOK_UP), message
            valid = self._ledger[line]
            return record | {column: valid[column]} if column in record else dict(valid)
        if re.search(r"remove the (?:row, or write the amount that was booked|line)$", message):
            return None
        if original := re.search(r"already used on line (\d+): use another id, or remove the duplicate row$", message):
            if self._rows[int(original[1]) - 2][: len(self._columns)] == list(record.values()):
                return None
            return record | {"transaction_id": next(self._new_ids)}
        if named := re.search(r"expected (?P<bank_id>\w+), the bank that|: write (?P<currency>[A-Z]{3})$", message):
            return record | {name: value for name, value in named.groupdict().items() if value}
        return self._by_table(record, column, message)

    def _by_table(self, record: Record, column: str, message: str) -> Record:
        if column in record:
            return record | {column: _fix_in(VALUE_FIXES, message)(record[column])}
        line = record[self._columns[0]]
        assert not any(record[each] for each in self._columns[1:])
        return dict(zip(self._columns, read_csv(_fix_in(LINE_FIXES, message)(line).encode())[0], strict=True))


def _fix_in(fixes: _Fixes, message: str) -> Callable[[str], str]:
    found = [words for words in fixes if message.endswith(words)]
    assert found, f"the message does not say how to fix the error: {message}"
    return fixes[max(found, key=len)]
