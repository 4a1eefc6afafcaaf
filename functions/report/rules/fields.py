"""Rules of single fields. Each takes a field's text and returns the code of the first rule that it breaks, or None.

The patterns spell out ASCII digits: `int`, `Decimal` and `fromisoformat` accept more than the format does
(`1_000`, `١٢`, `NaN`, `2026-W47-1`), and that leniency would be a money bug.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from functions.report.format.currencies import MINOR_UNITS
from functions.report.format.definition import MAX_INTEGER_DIGITS, MIN_YEAR, Code

_TRANSACTION_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}+")
_AMOUNT: Final = re.compile(r"-?+(0|[1-9][0-9]*+)(?:\.([0-9]++))?")
_TIMESTAMP: Final = re.compile(
    r"[0-9]{4}+-[0-9]{2}+-[0-9]{2}+T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}+)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_WHOLE: Final = rf"-?+(?:[1-9][0-9]{{0,{MAX_INTEGER_DIGITS - 1}}}+|0(?=\.0*+[1-9]))"
_VALID_AMOUNT: Final = re.compile(_WHOLE + r"(?:\.[0-9]++)?").fullmatch
_VALID_AMOUNTS: Final = {
    digits: re.compile(_WHOLE + (rf"(?:\.[0-9]{{1,{digits}}}+)?" if digits else "")).fullmatch
    for digits in set(MINOR_UNITS.values())
}
_VALID_AMOUNT_IN: Final = {currency: _VALID_AMOUNTS[digits] for currency, digits in MINOR_UNITS.items()}


class Fields(NamedTuple):
    """A row's fields, unchanged, in the format's order."""

    transaction_id: str
    amount: str
    currency: str
    timestamp: str
    bank_id: str


class Columns(NamedTuple):
    """The fields of many rows by column, in the format's order."""

    transaction_ids: list[str]
    amounts: list[str]
    currencies: list[str]
    timestamps: list[str]
    bank_ids: list[str]

    def row(self, number: int) -> Fields:
        """The fields of one row, counted from 0."""
        return Fields(
            self.transaction_ids[number],
            self.amounts[number],
            self.currencies[number],
            self.timestamps[number],
            self.bank_ids[number],
        )


def transaction_id_code(value: str) -> Code | None:
    """1 to 64 ASCII letters, digits, `.`, `_`, `-`, the first a letter or digit: safe in keys, logs, spreadsheets."""
    return None if _TRANSACTION_ID.fullmatch(value) else Code.TRANSACTION_ID_FORMAT


def amount_code(value: str, currency: str) -> Code | None:
    """Plain decimal number, not zero, with no more decimals than its currency has (not checked if that is unknown)."""
    if _VALID_AMOUNT_IN.get(currency, _VALID_AMOUNT)(value):
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
    """RFC 3339 with zone (T and Z upper case), an existing time, year 1970 or later as written, not after `latest`."""
    if not _TIMESTAMP.fullmatch(value) or int(value[:4]) < MIN_YEAR:
        return Code.TIMESTAMP_FORMAT
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:  # 30 February
        return Code.TIMESTAMP_FORMAT
    return Code.TIMESTAMP_FUTURE if moment > latest else None


def bank_id_code(value: str, bank_id: str) -> Code | None:
    """The bank that submits the report, in every row."""
    return None if value == bank_id else Code.BANK_ID_MISMATCH


def expectation(code: Code, fields: Fields, *, bank_id: str, latest: datetime) -> str:
    """The message of a row's invalid field: what was expected."""
    match code:
        case Code.AMOUNT_RANGE:
            digits = len(fields.amount.lstrip("-").partition(".")[0])
            return f"expected at most {MAX_INTEGER_DIGITS} digits before the decimal point, found {digits}"
        case Code.AMOUNT_MINOR_UNITS:
            return _expected_decimals(fields.amount, fields.currency)
        case Code.TIMESTAMP_FUTURE:
            limit = f"{latest.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
            return f"expected a time at most 24 hours from now ({limit}): check the date and the time zone"
        case Code.BANK_ID_MISMATCH:
            return f"expected {bank_id}, the bank that submits this report"
        case _:
            return _EXPECTED[code]


def _expected_decimals(amount: str, currency: str) -> str:
    fraction, allowed = amount.partition(".")[2], MINOR_UNITS[currency]
    most = f"at most {allowed} decimals" if allowed else "no decimals"
    expected = f"expected {most} for {currency} (ISO 4217), found {len(fraction)}"
    return expected if fraction[allowed:].strip("0") else f"{expected}: remove the zeros at the end"


_EXPECTED: Final = {
    Code.TRANSACTION_ID_FORMAT: (
        "expected 1 to 64 characters (letters A-Z a-z, digits, '.', '_' and '-'), the first a letter or digit"
    ),
    Code.AMOUNT_FORMAT: "expected digits with an optional minus sign and decimal point, such as 1234.50 or -0.5",
    Code.AMOUNT_ZERO: "the amount is zero: remove the row, or write the amount that was booked",
    Code.CURRENCY_UNKNOWN: "expected the ISO 4217 code of a currency in use, three upper-case letters such as EUR",
    Code.TIMESTAMP_FORMAT: "expected an RFC 3339 date and time with time zone, such as 2026-11-20T14:10:50.25+01:00",
}


def minor_units(amount: str, currency: str) -> int:
    """A valid amount in the currency's smallest unit: `("12.3", "EUR")` is 1230."""
    whole, _, fraction = amount.partition(".")
    return int(whole + fraction.ljust(MINOR_UNITS[currency], "0"))


def from_minor_units(units: int, currency: str) -> Decimal:
    """The exact amount of a number of smallest units. Built from digits: arithmetic would round at 28 of them."""
    return Decimal(f"{units}E-{MINOR_UNITS[currency]}")


def utc_timestamp(value: str) -> str:
    """A valid timestamp in UTC, `YYYY-MM-DDTHH:MM:SS.ffffffZ`: strings of one length that sort by time."""
    return datetime.fromisoformat(value).astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
