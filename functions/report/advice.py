"""What a bank most probably meant by a faulty value, and how to write that: common habits of spreadsheets and programs.

Only words: whether a value is accepted is decided in `fields`. Every pattern is linear in time.
"""

import re
from typing import Final

from functions.report.currencies import MINOR_UNITS
from functions.report.format import Code

_SPACE: Final = (re.compile(r"\s|.*\s\Z", re.DOTALL), "leave out the space around it")

_HABITS: Final[dict[Code, tuple[tuple[re.Pattern[str], str], ...]]] = {
    Code.TRANSACTION_ID_FORMAT: (_SPACE,),
    Code.AMOUNT_FORMAT: (
        _SPACE,
        (re.compile(r"\+"), "leave out the plus sign"),
        (re.compile(r"-?[0-9.]++[eE]"), "write it out, without an exponent"),
        (re.compile(r"-?[0-9]++,[0-9]{1,2}\Z"), "decimals follow a point, not a comma"),
        (re.compile(r"-?[0-9]++[,_' \u00a0\u202f\u2019]"), "leave out whatever separates thousands"),
        (re.compile(r"-?0[0-9]"), "leave out leading zeros"),
        (re.compile(r"-?\."), "put a 0 before the point"),
        (re.compile(r"-?[0-9]++\.\Z"), "leave out a point without decimals"),
        (re.compile(r"\u2212"), "the minus is the ASCII hyphen"),
        (re.compile(r"-?(?![0-9.]*+\Z)[\d.]++\Z"), "use the digits 0 to 9"),
    ),
    Code.TIMESTAMP_FORMAT: (
        _SPACE,
        (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"), "add the time and its zone"),
        (re.compile(r"[0-9-]{10}[Tt ][0-9:]{8}(?:[.,][0-9]++)?\Z"), "add the zone, Z for UTC or like +01:00"),
        (re.compile(r"[0-9-]{10} [0-9]"), "put a T between date and time"),
        (re.compile(r"[0-9-]{10}T24:00:00"), "midnight is 00:00:00 of the next day"),
        (re.compile(r"[0-9-]{10}T[0-9:]{6}60"), "write a leap second as 59"),
        (re.compile(r"[0-9-]{10}T[0-9:]{8},"), "a fraction follows a point, not a comma"),
        (re.compile(r"[0-9-]{10}T[0-9:]{8}\.[0-9]{7}"), "at most 6 digits of a fraction"),
        (re.compile(r"[0-9-]{10}T[0-9:.]++[+-][0-9]{1,4}\Z"), "write the zone with a colon, like +01:00"),
        (re.compile(r"[0-9-]{10}[Tt][0-9:.]++[Zz]"), "T and Z are upper case, and the day and time must exist"),
    ),
}


def advice(code: Code, value: str | None) -> str | None:
    """How to mend a faulty value, where its fault is a well-known one."""
    if value is None:
        return None
    if code is Code.CURRENCY_UNKNOWN:
        meant = value.strip().upper()
        return f"write {meant}" if meant in MINOR_UNITS else None
    return next((hint for pattern, hint in _HABITS.get(code, ()) if pattern.match(value)), None)
