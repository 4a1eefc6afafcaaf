"""One pattern for good rows that are written alike, to recognise and to split many of them at a time.

Each alternative in it is a rule of the format or a text that has been judged good: it matches good rows only, though
not all of them. Quantifiers are possessive, so that it looks at each character a few times at most.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from functions.report.format import MAX_INTEGER_DIGITS, Column

_TRANSACTION_ID: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}+"
_TIME: Final = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_ANY_FRACTION: Final = r"(?:\.[0-9]{1,6}+)?+"
_WHOLE: Final = rf"[1-9][0-9]{{0,{MAX_INTEGER_DIGITS - 1}}}+"


class Look(NamedTuple):
    """What rows look like: `decimals` are pairs of a number of decimals and a currency, the most frequent first."""

    columns: tuple[Column, ...]
    bank_id: str
    quoted: frozenset[Column]
    line_end: str
    points_in_ids: bool
    fractions: frozenset[int]
    dates: tuple[str, ...]
    zones: tuple[str, ...]
    decimals: tuple[tuple[int, str], ...]


class Bulk(NamedTuple):
    """Columns of many good rows. Amounts lack their decimal points if `decimals` has those of each currency."""

    transaction_ids: list[str]
    amounts: list[str]
    currencies: list[str]
    decimals: Mapping[str, int] | None


class RowPattern:
    """Recognises rows of one look. Texts are lines with their ends."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._match = re.compile(f"(?:{_row(look)})*+").match
        self._decimals = _whole_amounts(look)

    def end_of_rows(self, text: str, start: int) -> int:
        """Where the rows from `start` on that are surely good end; `start` if there is none."""
        match = self._match(text, start)
        return match.end() if match else start

    def split(self, rows: str) -> Bulk:
        """Take the columns out of rows that the pattern has recognised: no value in them holds a quote or a comma."""
        if self._look.quoted:
            rows = rows.replace('"', "")
        if self._decimals:
            rows = rows.replace(".", "")
        cells = rows.replace(self._look.line_end, ",").split(",")
        cells.pop()
        columns = self._look.columns
        ids, amounts, currencies = (
            cells[columns.index(column) :: len(columns)]
            for column in (Column.TRANSACTION_ID, Column.AMOUNT, Column.CURRENCY)
        )
        return Bulk(ids, amounts, currencies, self._decimals)


def _whole_amounts(look: Look) -> Mapping[str, int] | None:
    """Decimals by currency, if amounts can do without their points: each currency has one number, no other point."""
    decimals = {currency: number for number, currency in look.decimals}
    other_points = look.points_in_ids or look.fractions != {0}
    return None if other_points or len(decimals) < len(look.decimals) else decimals


def _row(look: Look) -> str:
    """Amount and currency depend on each other: everything from the one to the other is an alternative for each pair."""
    first, last = sorted(look.columns.index(column) for column in (Column.AMOUNT, Column.CURRENCY))
    cells = {
        Column.TRANSACTION_ID: _TRANSACTION_ID if look.points_in_ids else _TRANSACTION_ID.replace(".", ""),
        Column.TIMESTAMP: _timestamp(look),
        Column.BANK_ID: re.escape(look.bank_id),
    }
    pairs = "|".join(
        _joined(look, look.columns[first : last + 1], cells | _pair(number, currencies))
        for number, currencies in _currencies_by_decimals(look).items()
    )
    before = _joined(look, look.columns[:first], cells)
    after = _joined(look, look.columns[last + 1 :], cells)
    return ",".join(part for part in (before, f"(?:{pairs})", after) if part) + look.line_end


def _joined(look: Look, columns: Sequence[Column], cells: Mapping[Column, str]) -> str:
    return ",".join(f'"{cells[column]}"' if column in look.quoted else cells[column] for column in columns)


def _currencies_by_decimals(look: Look) -> dict[int, list[str]]:
    currencies: dict[int, list[str]] = {}
    for number, currency in look.decimals:
        currencies.setdefault(number, []).append(currency)
    return currencies


def _pair(decimals: int, currencies: Sequence[str]) -> dict[Column, str]:
    if decimals:
        amount = rf"-?+(?:{_WHOLE}|0(?=\.0*+[1-9]))\.{'[0-9]' * decimals}"
    else:
        amount = f"-?+{_WHOLE}"
    return {Column.AMOUNT: amount, Column.CURRENCY: _one_of(currencies)}


def _timestamp(look: Look) -> str:
    fractions = sorted(look.fractions)
    if fractions == [0]:
        fraction = ""
    elif len(fractions) == 1:
        fraction = r"\." + "[0-9]" * fractions[0]
    else:
        fraction = _ANY_FRACTION
    return _one_of(look.dates) + _TIME + fraction + _one_of(look.zones)


def _one_of(texts: Sequence[str]) -> str:
    alternatives = "|".join(map(re.escape, texts))
    return alternatives if len(texts) == 1 else f"(?:{alternatives})"
