"""Rules of single fields. Each takes the text as it stands and gives the first thing wrong with it, or None.

The patterns spell out ASCII digits: `int`, `Decimal` and `fromisoformat` take more than the format does
(`1_000`, `١٢`, `NaN`, `2026-W47-1`), and that leniency would be a money bug.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from functions.report.format.currencies import MINOR_UNITS
from functions.report.format.rules import MAX_INTEGER_DIGITS, MIN_YEAR, Code

_TRANSACTION_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}+")
_AMOUNT: Final = re.compile(r"-?+(0|[1-9][0-9]*+)(?:\.([0-9]++))?")
_TIMESTAMP: Final = re.compile(
    r"[0-9]{4}+-[0-9]{2}+-[0-9]{2}+T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}+)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_WHOLE: Final = rf"-?+(?:[1-9][0-9]{{0,{MAX_INTEGER_DIGITS - 1}}}+|0(?=\.0*+[1-9]))"
_GOOD_AMOUNT: Final = re.compile(_WHOLE + r"(?:\.[0-9]++)?").fullmatch
_GOOD_AMOUNTS: Final = {
    digits: re.compile(_WHOLE + (rf"(?:\.[0-9]{{1,{digits}}}+)?" if digits else "")).fullmatch
    for digits in set(MINOR_UNITS.values())
}
_GOOD_AMOUNT_IN: Final = {currency: _GOOD_AMOUNTS[digits] for currency, digits in MINOR_UNITS.items()}


class Fields(NamedTuple):
    """A row's fields as they stand, in the format's order."""

    transaction_id: str
    amount: str
    currency: str
    timestamp: str
    bank_id: str


def transaction_id_code(value: str) -> Code | None:
    """1 to 64 ASCII letters, digits, `.`, `_`, `-`, the first a letter or digit: safe in keys, logs, spreadsheets."""
    return None if _TRANSACTION_ID.fullmatch(value) else Code.TRANSACTION_ID_FORMAT


def amount_code(value: str, currency: str) -> Code | None:
    """Plain decimal number, not zero, with no more decimals than its currency has (not validated if that is unknown)."""
    if _GOOD_AMOUNT_IN.get(currency, _GOOD_AMOUNT)(value):
        return None
    match = _AMOUNT.fullmatch(value)
    if not match:
        return Code.AMOUNT_FORMAT
    whole, fraction = match[1], match[2] or ""
    if not (whole + fraction).strip("0"):
        return Code.AMOUNT_ZERO
    if len(whole) > MAX_INTEGER_DIGITS:
        return Code.AMOUNT_RANGE
    return Code.AMOUNT_MINOR_UNITS if len(fraction) > MINOR_UNITS.get(currency, len(fraction)) else None


def currency_code(value: str) -> Code | None:
    """Upper-case ISO 4217 code of a currency in use."""
    return None if value in MINOR_UNITS else Code.CURRENCY_UNKNOWN


def timestamp_code(value: str, latest: datetime) -> Code | None:
    """RFC 3339 with zone (T and Z upper case), a real time from 1970 on, not after `latest`."""
    if not _TIMESTAMP.fullmatch(value) or int(value[:4]) < MIN_YEAR:
        return Code.TIMESTAMP_FORMAT
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:  # 30 February
        return Code.TIMESTAMP_FORMAT
    return Code.TIMESTAMP_FUTURE if moment > latest else None


def bank_id_code(value: str, bank_id: str) -> Code | None:
    """The bank that hands the report in, in every row."""
    return None if value == bank_id else Code.BANK_ID_MISMATCH


def expectation(code: Code, fields: Fields, *, bank_id: str, latest: datetime) -> str:
    """What would have been right, of a row's field that has been found wrong."""
    match code:
        case Code.AMOUNT_RANGE:
            digits = len(fields.amount.lstrip("-").partition(".")[0])
            return f"expected at most {MAX_INTEGER_DIGITS} digits before the point, found {digits}"
        case Code.AMOUNT_MINOR_UNITS:
            return _expected_decimals(fields.amount, fields.currency)
        case Code.TIMESTAMP_FUTURE:
            return f"expected at most 24 hours from now, {latest.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        case Code.BANK_ID_MISMATCH:
            return f"expected {bank_id}, the bank that hands this report in"
        case _:
            return _EXPECTED[code]


def _expected_decimals(amount: str, currency: str) -> str:
    fraction, allowed = amount.partition(".")[2], MINOR_UNITS[currency]
    expected = f"expected at most {allowed} decimals in {currency} (ISO 4217), found {len(fraction)}"
    return expected if fraction[allowed:].strip("0") else f"{expected}: leave out the zeros beyond"


_EXPECTED: Final = {
    Code.TRANSACTION_ID_FORMAT: (
        "expected 1 to 64 letters A-Z a-z, digits, '.', '_' or '-', the first a letter or digit"
    ),
    Code.AMOUNT_FORMAT: "expected digits with an optional minus and decimal point, like 1234.50 or -0.5",
    Code.AMOUNT_ZERO: "expected an amount other than zero: leave the row out, or write its true amount",
    Code.CURRENCY_UNKNOWN: "expected the ISO 4217 code of a currency in use, three upper-case letters, like EUR",
    Code.TIMESTAMP_FORMAT: "expected a real date and time with zone by RFC 3339, like 2026-11-20T14:10:50.25+01:00",
}


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
