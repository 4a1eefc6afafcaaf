"""Hints: how to write what a bank most probably meant by an invalid value. Known mistakes of spreadsheets and programs.

Only words: whether a value is valid is decided in `rules`. Every pattern takes time linear in the value's length.
"""

import re
from typing import Final

from functions.report.format.currencies import MINOR_UNITS
from functions.report.format.definition import Code

_EMPTY: Final = (r"\s*+\Z", "the field is empty, fill it in")
_SPACE: Final = (r"(?s)\s|.*\s\Z", "remove the space around the value")
_REPEATED_HEADER: Final = "the header is repeated here; remove the line"
_CURRENCY: Final = r"(?:[A-Z]{3}|[$\u20ac\u00a3\u00a5])"
_GROUP: Final = r"[.,_' \u00a0\u202f\u2019]"
_DAY_TIME: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]++)?"

_WORDS: Final[dict[Code, tuple[tuple[str, str], ...]]] = {
    Code.ROW_COLUMN_COUNT: (
        (r"[^,;]*+(?:;[^,;]*+){4}\Z", "separate the columns with commas, not semicolons"),
        (r"[^,\t]*+(?:\t[^,\t]*+){4}\Z", "separate the columns with commas, not tabs"),
        (r"(?:[^,]*+,){5}\Z", "remove the comma at the end of the line"),
    ),
    Code.TRANSACTION_ID_FORMAT: (_EMPTY, _SPACE, (r"(?s).{65}", "shorten it to 64 characters")),
    Code.CURRENCY_UNKNOWN: (_EMPTY,),
    Code.AMOUNT_FORMAT: (
        _EMPTY,
        _SPACE,
        (r"\+", "remove the plus sign"),
        (r"\(.*\)\Z", "write a minus sign before the amount, not parentheses around it"),
        (r"[0-9.,]++-\Z", "put the minus sign before the digits"),
        (rf"-?{_CURRENCY} ?-?[0-9]|-?[0-9][0-9., ]*+{_CURRENCY}\Z", "remove the currency"),
        (r"-?[0-9.]++[eE]", "write the number in full, without an exponent"),
        (r"-?[0-9]++,[0-9]{1,2}\Z", "use a decimal point, not a comma"),
        (rf"-?[0-9]{{1,3}}(?:(?!,){_GROUP}[0-9]{{3}})+,[0-9]++\Z", "use a decimal point and no thousands separators"),
        (rf"-?[0-9]++(?!\.){_GROUP}|-?[0-9]++\.[0-9]++\.[0-9]", "remove the thousands separators"),
        (r"-?0[0-9]", "remove the leading zeros"),
        (r"-?\.", "write a 0 before the decimal point"),
        (r"-?[0-9]++\.\Z", "remove the decimal point at the end"),
        (r"\u2212", "write the minus sign as an ASCII hyphen"),
        (r"-?(?![0-9.]*+\Z)[\d.]++\Z", "use the digits 0 to 9"),
    ),
    Code.TIMESTAMP_FORMAT: (
        _EMPTY,
        _SPACE,
        (r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", "add the time and its time zone"),
        (r"[0-9]{10}(?:[0-9]{3})?\Z", "write date and time, not the seconds or milliseconds since 1970"),
        (r"[0-9]{8}T[0-9]{6}(?:Z|[+-][0-9]{2}:?[0-9]{2})\Z", "put hyphens in the date and colons in the time"),
        (r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}", "write the date as year-month-day"),
        (r"(?:0[0-9]|1[0-8]|19[0-6])[0-9]++-", "the year is before 1970, look up the actual time"),
        (r"[0-9-]{10}T[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9:]++)?\Z", "add the seconds"),
        (r"[0-9-]{10}T24:00:00", "write midnight as 00:00:00 of the next day"),
        (r"[0-9-]{10}T[0-9:]{6}60", "write a leap second as second 59"),
        (r"[0-9-]{10}T[0-9:]{8},", "use a decimal point, not a comma"),
        (r"[0-9-]{10}T[0-9:]{8}\.[0-9]{7}", "shorten the fraction to 6 digits"),
        (r"[0-9-]{10}[Tt][0-9:.]++[Zz]\Z(?<!Z)|[0-9-]{10}t", "write T and Z in upper case"),
        (rf"(?=.{{10}} ){_DAY_TIME}\Z", "put a T between date and time, and add the time zone, such as Z or +01:00"),
        (rf"{_DAY_TIME}\Z", "add the time zone, such as Z or +01:00"),
        (
            rf"(?=.{{10}} ){_DAY_TIME} ?[+-][0-9]{{1,4}}\Z",
            "put a T between date and time, and write the time zone with a colon, such as +01:00",
        ),
        (r"[0-9-]{10} [0-9]", "put a T between date and time"),
        (rf"{_DAY_TIME} ?[+-][0-9]{{1,4}}\Z", "write the time zone with a colon, such as +01:00"),
        (rf"{_DAY_TIME}(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})\Z", "this day, time or time zone does not exist"),
    ),
}

_HINTS: Final = {code: [(re.compile(pattern), words) for pattern, words in known] for code, known in _WORDS.items()}


def hint(code: Code, value: str | None) -> str | None:
    """How to fix an invalid value, if the mistake is a known one."""
    if value is None:
        return None
    column, _, rule = code.partition(".")
    if value == column and rule != "duplicate":
        return _REPEATED_HEADER
    if code is Code.CURRENCY_UNKNOWN and value.strip():
        meant = value.strip().upper()
        return f"write {meant}" if meant in MINOR_UNITS else None
    return next((words for pattern, words in _HINTS.get(code, ()) if pattern.match(value)), None)
