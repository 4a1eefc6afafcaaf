"""Rules of single fields. Each takes the text as it stands and gives the first fault, or None.

The patterns spell out ASCII digits: `int`, `Decimal` and `fromisoformat` take more than the format does
(`1_000`, `١٢`, `NaN`, `2026-W47-1`), and that leniency would be a money bug.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from functions.report.currencies import MINOR_UNITS
from functions.report.format import MAX_INTEGER_DIGITS, MIN_YEAR, Code, Column
from functions.report.problems import Fault

_TRANSACTION_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_AMOUNT: Final = re.compile(r"-?(0|[1-9][0-9]*+)(?:\.([0-9]++))?")
_TIMESTAMP: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


def transaction_id_fault(value: str) -> Fault | None:
    """1 to 64 ASCII letters, digits, `.`, `_`, `-`, the first a letter or digit: safe in keys, logs, spreadsheets."""
    if _TRANSACTION_ID.fullmatch(value):
        return None
    message = "expected 1 to 64 letters A-Z a-z, digits, '.', '_' or '-', the first a letter or digit"
    return _fault(Code.TRANSACTION_ID_FORMAT, Column.TRANSACTION_ID, value, message)


def amount_fault(value: str, currency: str) -> Fault | None:
    """Plain decimal number, not zero, with no more decimals than its currency has (not judged if that is unknown)."""
    match = _AMOUNT.fullmatch(value)
    if not match:
        message = "expected digits with an optional minus and decimal point, like 1234.50 or -0.5"
        return _fault(Code.AMOUNT_FORMAT, Column.AMOUNT, value, message)
    whole, fraction = match[1], match[2] or ""
    if not (whole + fraction).strip("0"):
        return _fault(Code.AMOUNT_ZERO, Column.AMOUNT, value, "expected an amount other than zero")
    if len(whole) > MAX_INTEGER_DIGITS:
        message = f"expected at most {MAX_INTEGER_DIGITS} digits before the point, found {len(whole)}"
        return _fault(Code.AMOUNT_RANGE, Column.AMOUNT, value, message)
    return _minor_units_fault(value, len(fraction), currency)


def _minor_units_fault(value: str, decimals: int, currency: str) -> Fault | None:
    allowed = MINOR_UNITS.get(currency, decimals)
    if decimals <= allowed:
        return None
    message = f"expected at most {allowed} decimals in {currency} (ISO 4217), found {decimals}"
    return _fault(Code.AMOUNT_MINOR_UNITS, Column.AMOUNT, value, message)


def currency_fault(value: str) -> Fault | None:
    """Upper-case ISO 4217 code of a currency in use."""
    if value in MINOR_UNITS:
        return None
    message = "expected the ISO 4217 code of a currency in use, three upper-case letters, like EUR"
    return _fault(Code.CURRENCY_UNKNOWN, Column.CURRENCY, value, message)


def timestamp_fault(value: str, latest: datetime) -> Fault | None:
    """RFC 3339 with zone (T and Z upper case), a real time from 1970 on, not after `latest` (24 hours from now)."""
    moment = _moment(value)
    if moment is None:
        message = "expected a real date and time with zone by RFC 3339, like 2026-11-20T14:10:50.25+01:00"
        return _fault(Code.TIMESTAMP_FORMAT, Column.TIMESTAMP, value, message)
    if moment > latest:
        message = f"expected at most 24 hours from now, {latest.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return _fault(Code.TIMESTAMP_FUTURE, Column.TIMESTAMP, value, message)
    return None


def bank_id_fault(value: str, bank_id: str) -> Fault | None:
    """The bank that hands the report in, in every row."""
    if value == bank_id:
        return None
    return _fault(
        Code.BANK_ID_MISMATCH, Column.BANK_ID, value, f"expected {bank_id}, the bank that hands this report in"
    )


def minor_units(amount: str, currency: str) -> int:
    """A good amount in the currency's smallest unit: `("12.3", "EUR")` is 1230."""
    whole, _, fraction = amount.partition(".")
    return int(whole + fraction.ljust(MINOR_UNITS[currency], "0"))


def from_minor_units(units: int, currency: str) -> Decimal:
    """Exact amount of so many smallest units; built from digits, because arithmetic would round at 28 of them."""
    return Decimal(f"{units}E-{MINOR_UNITS[currency]}")


def utc_timestamp(value: str) -> str:
    """A good timestamp in UTC, `YYYY-MM-DDTHH:MM:SS.ffffffZ`: strings of one length that sort by time."""
    return datetime.fromisoformat(value).astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _moment(value: str) -> datetime | None:
    if not _TIMESTAMP.fullmatch(value) or int(value[:4]) < MIN_YEAR:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:  # 30 February
        return None


def _fault(code: Code, column: Column, value: str, message: str) -> Fault:
    return Fault(code=code, column=column.value, value=value, message=message)
