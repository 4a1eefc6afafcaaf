"""The query parameters of GET /transactions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from functions.common.banks import Bank
from functions.common.requests import invalid_parameter, read_cursor, read_limit
from functions.report.rules.fields import currency_code
from functions.transactions.cursor import decode_cursor
from functions.transactions.transactions import START, Marks
from shared.contracts.api import CURRENCY_PARAMETER, DATE_PARAMETER, DEFAULT_ROWS_LIMIT, MAX_ROWS_LIMIT

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_A_DATE: Final = "a date like 2026-11-20, of which the transactions are listed (UTC)"


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Which transactions a bank asks for: of a UTC date, of one currency or all, after some marks."""

    date: str
    currency: str | None
    limit: int
    after: Marks


def read_listing(query: Mapping[str, str], bank: Bank) -> Listing:
    """Read all parameters.

    Raises:
        ProblemError: 400 if one is invalid, or the date is missing.
    """
    day = _read_date(query)
    return Listing(
        date=day,
        currency=_read_currency(query),
        limit=read_limit(query, default=DEFAULT_ROWS_LIMIT, most=MAX_ROWS_LIMIT),
        after=read_cursor(query, partial(decode_cursor, bank_id=bank.bank_id, day=day)) or START,
    )


def _read_date(query: Mapping[str, str]) -> str:
    text = query.get(DATE_PARAMETER, "")
    try:
        # fromisoformat() alone accepts more, "20261120" too.
        if _DATE.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError as error:  # 30 February
        raise invalid_parameter(DATE_PARAMETER, _A_DATE) from error
    raise invalid_parameter(DATE_PARAMETER, _A_DATE)


def _read_currency(query: Mapping[str, str]) -> str | None:
    currency = query.get(CURRENCY_PARAMETER)
    if currency is not None and currency_code(currency):
        raise invalid_parameter(CURRENCY_PARAMETER, "the ISO 4217 code of a currency in use, such as EUR")
    return currency
