"""Defects of rows, each made of a good row, and the fixer who knows nothing but what the problem's message says."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

Row = Mapping[str, str]


class Defect(NamedTuple):
    """What is wrong with a row. `spoil` makes a field's invalid text of its good one, or the invalid lines of the row's.

    `of` are the good values that the defect needs. A `lost` value cannot be found out from the invalid one.
    """

    code: str
    name: str
    spoil: Callable[[str], str]
    of: Row
    lost: bool = False
    of_row: bool = False

    def spoilt(self, good: Row, columns: Sequence[str]) -> str:
        """The invalid line, or lines, instead of a good row."""
        if self.of_row:
            return self.spoil(",".join(good[column] for column in columns))
        column = self.code.partition(".")[0]
        value = self.spoil(good[column]).replace('"', '""')
        cells = {**good, column: f'"{value}"'}
        return ",".join(cells[column] for column in columns)


def _amount(spoilt: str, good: str, currency: str = "EUR", *, code: str = "format", lost: bool = False) -> Defect:
    return Defect(f"amount.{code}", spoilt, lambda _: spoilt, {"amount": good, "currency": currency}, lost)


def _currency(spoilt: str, good: str, *, lost: bool = False) -> Defect:
    return Defect("currency.unknown", spoilt, lambda _: spoilt, {"amount": "5", "currency": good}, lost)


def _time(spoilt: str, good: str, *, code: str = "format", lost: bool = False) -> Defect:
    return Defect(f"timestamp.{code}", spoilt, lambda _: spoilt, {"timestamp": good}, lost)


def _id(spoilt: str, good: str, *, lost: bool = False) -> Defect:
    return Defect("transaction_id.format", spoilt, lambda _: spoilt, {"transaction_id": good}, lost)


def _bank(spoilt: str) -> Defect:
    return Defect("bank_id.mismatch", spoilt, lambda _: spoilt, {})


def _line(code: str, name: str, spoil: Callable[[str], str], *, lost: bool = False) -> Defect:
    of = {"transaction_id": "spoilt.row", "amount": "1234.50", "currency": "EUR"}
    return Defect(code, name, spoil, of, lost, of_row=True)


DEFECTS: Final = (
    _id(" spoilt-1", "spoilt-1"),
    _id("spoilt-1\u00a0", "spoilt-1"),
    _id("spoilt-1\t", "spoilt-1"),
    _id("x" * 70, "x" * 64),
    *(_id(each, "spoilt-1", lost=True) for each in ("", "-1", "a/b", "Z\u00fcrich", "=1+1", "a b", "\uff11", '""')),
    _amount(" 12.50", "12.50"),
    _amount("12.50\u00a0", "12.50"),
    _amount("+12.50", "12.50"),
    _amount("(12.50)", "-12.50"),
    _amount("12.50-", "-12.50"),
    _amount("EUR 12.50", "12.50"),
    _amount("-12.50 EUR", "-12.50"),
    _amount("\u20ac12.50", "12.50"),
    _amount("1e5", "100000"),
    _amount("1.25E+3", "1250"),
    _amount("12,50", "12.50"),
    _amount("-0,5", "-0.5"),
    _amount("1,234.50", "1234.50"),
    _amount("1_000", "1000"),
    _amount("1'234'567.50", "1234567.50"),
    _amount("1\u202f234.50", "1234.50"),
    _amount("-1.234.567", "-1234567"),
    _amount("1.234,50", "1234.50"),
    _amount("-1 234 567,50", "-1234567.50"),
    _amount("1\u2019234,5", "1234.5"),
    _amount("0012.50", "12.50"),
    _amount(".5", "0.5"),
    _amount("-.5", "-0.5"),
    _amount("12.", "12"),
    _amount("\u221212.50", "-12.50"),
    _amount("\u0661\u0662", "12"),
    _amount("\uff11\uff12", "12"),
    *(_amount(each, "12.50", lost=True) for each in ("", "NaN", "Infinity", "twelve", "--1", "0x10", "1.2.3", "-")),
    _amount("12.5000", "12.50", code="minor_units"),
    _amount("5.0", "5", "JPY", code="minor_units"),
    _amount("12.505", "12.50", code="minor_units", lost=True),
    _amount("1234567890123456", "12.50", code="range", lost=True),
    _amount("0.00", "12.50", code="zero", lost=True),
    _currency("eur", "EUR"),
    _currency(" Jpy ", "JPY"),
    *(_currency(each, "EUR", lost=True) for each in ("", "EURO", "978", "XXX", "XAU", "\u0415UR", "DEM")),
    _time(" 2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
    _time("2026-11-20T10:00:00", "2026-11-20T10:00:00Z"),
    _time("2026-11-20T10:00:00.123", "2026-11-20T10:00:00.123Z"),
    _time("2026-11-20 10:00:00", "2026-11-20T10:00:00Z"),
    _time("2026-11-20 10:00:00Z", "2026-11-20T10:00:00Z"),
    _time("2026-11-20 10:00:00+01:00", "2026-11-20T10:00:00+01:00"),
    _time("2026-11-20 10:00:00.5+01", "2026-11-20T10:00:00.5+01:00"),
    _time("2026-11-20T10:00:00+0100", "2026-11-20T10:00:00+01:00"),
    _time("2026-11-20T10:00:00-03", "2026-11-20T10:00:00-03:00"),
    _time("2026-11-20T10:00Z", "2026-11-20T10:00:00Z"),
    _time("2026-11-20T10:00+01:00", "2026-11-20T10:00:00+01:00"),
    _time("2026-11-20T24:00:00Z", "2026-11-21T00:00:00Z"),
    _time("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
    _time("2026-11-20T10:00:00,5Z", "2026-11-20T10:00:00.5Z"),
    _time("2026-11-20T10:00:00.1234567Z", "2026-11-20T10:00:00.123456Z"),
    _time("2026-11-20t10:00:00z", "2026-11-20T10:00:00Z"),
    _time("2026-11-20T10:00:00z", "2026-11-20T10:00:00Z"),
    _time("20261120T100000Z", "2026-11-20T10:00:00Z"),
    _time("1763632800", "2025-11-20T10:00:00Z"),
    _time("1763632800000", "2025-11-20T10:00:00Z"),
    *(
        _time(each, "2026-11-20T10:00:00Z", lost=True)
        for each in (
            *("", "yesterday", "2026-11-20", "2026-W47-1", "20.11.2026 10:00", "11/20/2026", "2026-02-30T10:00:00Z"),
            *("0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2026-11-20T10:00:00+24:00", "2026-11-20T10:61:00Z"),
        )
    ),
    _time("2027-01-01T00:00:00Z", "2026-11-20T10:00:00Z", code="future", lost=True),
    *(_bank(each) for each in ("", "NORDBANK", "alpenbank", "n\u043erdbank", '"')),
    _line("row.column_count", "semicolons", lambda line: line.replace(",", ";")),
    _line("row.column_count", "tabs", lambda line: line.replace(",", "\t")),
    _line("row.column_count", "comma at the end", lambda line: line + ","),
    _line("row.column_count", "thousands", lambda line: line.replace("1234.50", "1,234.50")),
    _line("row.column_count", "decimal comma", lambda line: line.replace("1234.50", "1234,50")),
    _line("row.column_count", "a column too few", lambda line: line.partition(",")[2], lost=True),
    _line("row.malformed", "quote inside", lambda line: line.replace("spoilt.row", 'spo"ilt.row')),
    _line("row.malformed", "text after quote", lambda line: line.replace("spoilt.row", '"spoilt.row"x')),
    _line("row.malformed", "space after quote", lambda line: line.replace("spoilt.row", '"spoilt.row" ')),
    _line("row.malformed", "unclosed quote", lambda line: line.replace("spoilt.row", '"spoilt.row')),
    _line("row.malformed", "NUL", lambda line: line.replace("spoilt.row", "spoilt.row\0")),
    _line("row.malformed", "bare carriage return", lambda line: line.replace("spoilt.row", "spoilt.\rrow")),
    _line("row.malformed", "overlong", lambda line: line + "," + "x" * 70_000, lost=True),
    _line("file.encoding", "Latin-1", lambda line: line.replace("spoilt.row", "spoilt.row\udca0")),
    _line("transaction_id.duplicate", "row twice", lambda line: f"{line}\n{line}"),
    _line(
        "amount.zero",
        "row without an amount",
        lambda line: f"{line}\n{line}".replace("1234.50", "0", 1).replace("spoilt.row", "zero.row", 1),
    ),
)
"""All of them; a byte that is no UTF-8 is written as Python's surrogate escape."""


def _unwritten(value: str) -> str:
    return f"{Decimal(value):f}"


def _moment(value: str) -> str:
    seconds = int(value) // (1000 if len(value) > len("1763632800") else 1)
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _next_day(value: str) -> str:
    return f"{datetime.fromisoformat(value[:10]) + timedelta(days=1):%Y-%m-%dT00:00:00}{value[19:]}"


def _zone(value: str) -> str:
    return re.sub(r" ?([+-]\d\d):?(\d\d)?$", lambda match: f"{match[1]}:{match[2] or '00'}", value)


def _basic(value: str) -> str:
    return re.sub(r"(....)(..)(..)T(..)(..)(..)", r"\1-\2-\3T\4:\5:\6", value)


def _together(value: str) -> str:
    return re.sub(r"[,_' \u00a0\u202f\u2019]|\.(?=.*\.)|(?<=\.\d{3})\.|(?<=\d)\.(?=\d{3}$)", "", value)


def _t(value: str) -> str:
    return value.replace(" ", "T", 1)


FIELD: Final[Mapping[str, Callable[[str], str]]] = {
    "leave out the space around it": str.strip,
    "shorten it to 64": lambda value: value[:64],
    "leave out the plus sign": lambda value: value.replace("+", ""),
    "write a minus before it, not brackets around it": lambda value: "-" + value.strip("()"),
    "the minus stands before the digits": lambda value: "-" + value.strip("-"),
    "leave out the currency": lambda value: re.sub(r"[A-Z]{3}|[$\u20ac]| ", "", value),
    "write it out, without an exponent": _unwritten,
    "decimals follow a point, not a comma": lambda value: value.replace(",", "."),
    "leave out whatever separates thousands": _together,
    "leave out whatever separates thousands, and put a point before the decimals": (
        lambda value: re.sub(r"[.' \u2019]", "", value).replace(",", ".")
    ),
    "leave out leading zeros": lambda value: value.lstrip("0"),
    "put a 0 before the point": lambda value: value.replace(".", "0."),
    "leave out a point without decimals": lambda value: value.strip("."),
    "write the minus as the hyphen of ASCII": lambda value: value.replace("\u2212", "-"),
    "use the digits 0 to 9": lambda value: "".join(str(unicodedata.digit(char)) for char in value),
    "leave out the zeros beyond": lambda value: value.rstrip("0").rstrip("."),
    "write date and time, not the seconds or milliseconds since 1970": _moment,
    "put hyphens in the date and colons in the time": _basic,
    "add the seconds": lambda value: value[:16] + ":00" + value[16:],
    "midnight is 00:00:00 of the next day": _next_day,
    "write a leap second as 59": lambda value: value.replace(":60", ":59"),
    "a fraction follows a point, not a comma": lambda value: value.replace(",", "."),
    "leave out all after the 6th digit of the fraction": lambda value: value[:26] + value[27:],
    "T and Z are upper case": str.upper,
    "add the zone, Z for UTC or like +01:00": lambda value: value + "Z",
    "put a T between date and time": _t,
    "put a T between date and time, and add the zone, Z for UTC or like +01:00": lambda value: _t(value) + "Z",
    "put a T between date and time, and write the zone like +01:00": lambda value: _zone(_t(value)),
    "write the zone with a colon, like +01:00": _zone,
}
"""What a message says at its end -> how the value is fixed, whatever it is."""

RAW: Final[Mapping[str, Callable[[str], str]]] = {
    "put commas between the columns, not semicolons": lambda raw: raw.replace(";", ","),
    "put commas between the columns, not tabs": lambda raw: raw.replace("\\t", ","),
    "leave out the comma at its end": lambda raw: raw[:-1],
    "(no comma in an amount: a point before its decimals, nothing between thousands)": (
        lambda raw: re.sub(r"1,234\.50|1234,50", "1234.50", raw)
    ),
    "a quote stands inside a field that does not start with one: leave it out, no value needs one": (
        lambda raw: raw.replace('"', "")
    ),
    "text follows a closing quote: leave it out, a comma or the end of the line belongs there": (
        lambda raw: re.sub(r'"([^",]*)"[^,]*', r"\1", raw)
    ),
    "close it with a quote (no value may hold a line break)": lambda raw: re.sub(r'"([^,]*)', r'"\1"', raw),
    "is control byte 0x00: leave it out (lines end with LF or CRLF)": lambda raw: raw.replace("\\x00", ""),
    "is a carriage return without line feed: leave it out (lines end with LF or CRLF)": (
        lambda raw: raw.replace("\\r", "")
    ),
    "is not UTF-8: leave it out, no value needs more than ASCII": lambda raw: raw.replace("\\xa0", ""),
}
"""The same for rows that could not be split into columns: their raw text is fixed."""

LOOK_UP: Final = (
    "it is empty, fill it in",
    "expected 1 to 64 letters A-Z a-z, digits, '.', '_' or '-', the first a letter or digit",
    "expected digits with an optional minus and decimal point, like 1234.50 or -0.5",
    "leave out whatever separates thousands",  # 1.2.3 has lost more than that
    "expected at most 15 digits before the point, found 16",
    "decimals in EUR (ISO 4217), found 3",
    "or write its true amount",
    "expected the ISO 4217 code of a currency in use, three upper-case letters, like EUR",
    "add the time and its zone",
    "expected a real date and time with zone by RFC 3339, like 2026-11-20T14:10:50.25+01:00",
    "write the date as year-month-day",
    "it is before 1970, look up the true time",
    "there is no such day, time or zone",
    "expected at most 24 hours from now, 2026-11-24T12:00:00Z",
    "expected 5 columns, found 4",
    "the line has more than 65536 bytes: expected one transaction a line",
)
"""Where what was meant is lost, the message says what is right, and the bank's own books have it."""
