"""What a bank most probably meant by a invalid value, and how to write that: common habits of spreadsheets and programs.

Only words: whether a value is accepted is decided in `fields`. Every pattern is linear in time.
"""

import re
from typing import Final

from functions.report.format.currencies import MINOR_UNITS
from functions.report.format.rules import Code

_EMPTY: Final = (re.compile(r"\Z"), "it is empty, fill it in")
_SPACE: Final = (re.compile(r"\s|.*\s\Z", re.DOTALL), "leave out the space around it")
_CURRENCY: Final = r"(?:[A-Z]{3}|[$\u20ac\u00a3\u00a5])"
_GROUP: Final = r"[.,_' \u00a0\u202f\u2019]"
_DAY_TIME: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]++)?"

_HINTS: Final[dict[Code, tuple[tuple[re.Pattern[str], str], ...]]] = {
    Code.ROW_COLUMN_COUNT: (
        (re.compile(r"[^,;]*+(?:;[^,;]*+){4}\Z"), "put commas between the columns, not semicolons"),
        (re.compile(r"[^,\t]*+(?:\t[^,\t]*+){4}\Z"), "put commas between the columns, not tabs"),
        (re.compile(r"(?:[^,]*+,){5}\Z"), "leave out the comma at its end"),
    ),
    Code.TRANSACTION_ID_FORMAT: (_EMPTY, _SPACE, (re.compile(r".{65}", re.DOTALL), "shorten it to 64")),
    Code.AMOUNT_FORMAT: (
        _EMPTY,
        _SPACE,
        (re.compile(r"\+"), "leave out the plus sign"),
        (re.compile(r"\(.*\)\Z"), "write a minus before it, not brackets around it"),
        (re.compile(r"[0-9.,]++-\Z"), "the minus stands before the digits"),
        (re.compile(rf"-?{_CURRENCY} ?-?[0-9]|-?[0-9][0-9., ]*+{_CURRENCY}\Z"), "leave out the currency"),
        (re.compile(r"-?[0-9.]++[eE]"), "write it out, without an exponent"),
        (re.compile(r"-?[0-9]++,[0-9]{1,2}\Z"), "decimals follow a point, not a comma"),
        (
            re.compile(rf"-?[0-9]{{1,3}}(?:(?!,){_GROUP}[0-9]{{3}})+,[0-9]++\Z"),
            "leave out whatever separates thousands, and put a point before the decimals",
        ),
        (re.compile(rf"-?[0-9]++(?!\.){_GROUP}|-?[0-9]++\.[0-9]++\.[0-9]"), "leave out whatever separates thousands"),
        (re.compile(r"-?0[0-9]"), "leave out leading zeros"),
        (re.compile(r"-?\."), "put a 0 before the point"),
        (re.compile(r"-?[0-9]++\.\Z"), "leave out a point without decimals"),
        (re.compile(r"\u2212"), "write the minus as the hyphen of ASCII"),
        (re.compile(r"-?(?![0-9.]*+\Z)[\d.]++\Z"), "use the digits 0 to 9"),
    ),
    Code.TIMESTAMP_FORMAT: (
        _EMPTY,
        _SPACE,
        (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"), "add the time and its zone"),
        (re.compile(r"[0-9]{10}(?:[0-9]{3})?\Z"), "write date and time, not the seconds or milliseconds since 1970"),
        (
            re.compile(r"[0-9]{8}T[0-9]{6}(?:Z|[+-][0-9]{2}:?[0-9]{2})\Z"),
            "put hyphens in the date and colons in the time",
        ),
        (re.compile(r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}"), "write the date as year-month-day"),
        (re.compile(r"(?:0[0-9]|1[0-8]|19[0-6])[0-9]++-"), "it is before 1970, look up the true time"),
        (re.compile(r"[0-9-]{10}T[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9:]++)?\Z"), "add the seconds"),
        (re.compile(r"[0-9-]{10}T24:00:00"), "midnight is 00:00:00 of the next day"),
        (re.compile(r"[0-9-]{10}T[0-9:]{6}60"), "write a leap second as 59"),
        (re.compile(r"[0-9-]{10}T[0-9:]{8},"), "a fraction follows a point, not a comma"),
        (re.compile(r"[0-9-]{10}T[0-9:]{8}\.[0-9]{7}"), "leave out all after the 6th digit of the fraction"),
        (re.compile(r"[0-9-]{10}[Tt][0-9:.]++[Zz]\Z(?<!Z)|[0-9-]{10}t"), "T and Z are upper case"),
        (
            re.compile(rf"(?=.{{10}} ){_DAY_TIME}\Z"),
            "put a T between date and time, and add the zone, Z for UTC or like +01:00",
        ),
        (re.compile(rf"{_DAY_TIME}\Z"), "add the zone, Z for UTC or like +01:00"),
        (
            re.compile(rf"(?=.{{10}} ){_DAY_TIME} ?[+-][0-9]{{1,4}}\Z"),
            "put a T between date and time, and write the zone like +01:00",
        ),
        (re.compile(r"[0-9-]{10} [0-9]"), "put a T between date and time"),
        (re.compile(rf"{_DAY_TIME} ?[+-][0-9]{{1,4}}\Z"), "write the zone with a colon, like +01:00"),
        (re.compile(rf"{_DAY_TIME}(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})\Z"), "there is no such day, time or zone"),
    ),
}


def hint(code: Code, value: str | None) -> str | None:
    """How to fix a invalid value, where its violation is a well-known one."""
    if value is None:
        return None
    if code is Code.CURRENCY_UNKNOWN:
        meant = value.strip().upper()
        return f"write {meant}" if meant in MINOR_UNITS else None
    return next((hint for pattern, hint in _HINTS.get(code, ()) if pattern.match(value)), None)
