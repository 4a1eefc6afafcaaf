"""One pattern for rows that are written alike, to recognise and to split many of them at a time.

Each alternative in it is a rule of the format or a text that has been validated good: it matches good fields only, though
not all of them; but for the columns that are `unsure`, which then have to be validated value by value. Quantifiers are
possessive, so that it looks at each character a few times at most.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from functions.report.format.rules import MAX_INTEGER_DIGITS, Column
from functions.report.rules.fields import Fields

_TRANSACTION_ID: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}+"
_TIME: Final = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_ANY_FRACTION: Final = r"(?:\.[0-9]{1,6}+)?"
_PLAIN_TEXT: Final = r"[ !#-+\--~]*+"
"""Printable ASCII but quote and comma: a field that can be split off without a further look."""
_NOTHING: Final = r"(?!)"
"""Matches no text, not even an empty one."""
_WHOLE: Final = rf"[1-9][0-9]{{0,{MAX_INTEGER_DIGITS - 1}}}+"


class RowShape(NamedTuple):
    """What rows look like: `decimals` are pairs of a number of decimals and a currency, to be tried in this order."""

    columns: tuple[Column, ...]
    bank_id: str
    quoted: frozenset[Column]
    line_end: str
    points_in_ids: bool
    fractions: frozenset[int]
    dates: tuple[str, ...]
    zones: tuple[str, ...]
    decimals: tuple[tuple[int, str], ...]
    unsure: frozenset[Column]


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


class Bulk(NamedTuple):
    """Many rows. Their amounts lack the decimal points if `decimals` has those of each currency."""

    columns: Columns
    decimals: Mapping[str, int] | None


class RowPattern:
    """Recognises rows of one look. Texts are lines with their ends."""

    def __init__(self, look: RowShape) -> None:
        self.unsure = sorted(look.unsure, key=list(Column).index)
        self._look = look
        self._match = re.compile(f"(?:{_row(look)})*+").match
        self._decimals = _whole_amounts(look)
        self.good_timestamp = re.compile(_timestamp(look)).fullmatch

    def end_of_rows(self, text: str, start: int) -> int:
        """Where the rows of this look from `start` on end; `start` if there is none."""
        match = self._match(text, start)
        end = match.end() if match else start
        # Python before 3.11.5 stands somewhere inside the first row that did not match (CPython gh-100061).
        return max(text.rfind("\n", start, end) + 1, start)

    def split(self, rows: str) -> Bulk:
        """Take the columns out of rows that the pattern has recognised: no value in them holds a quote or a comma."""
        if self._look.quoted:
            rows = rows.replace('"', "")
        if self._decimals:
            rows = rows.replace(".", "")
        cells = rows.replace(self._look.line_end, ",").split(",")
        cells.pop()
        columns = self._look.columns
        # Slices of a list are cheap: a column that nobody asks for costs no more than a word for each row.
        by_column = [cells[columns.index(column) :: len(columns)] for column in Column]
        return Bulk(Columns(*by_column), self._decimals)


def _whole_amounts(look: RowShape) -> Mapping[str, int] | None:
    """Decimals by currency, if amounts can do without their points: each currency has one number, no other point."""
    decimals = {currency: number for number, currency in look.decimals}
    other_points = look.points_in_ids or look.fractions != {0}
    return None if look.unsure or other_points or len(decimals) < len(look.decimals) else decimals


def _row(look: RowShape) -> str:
    """Amount and currency depend on each other: from the one to the other there is an alternative for each pair."""
    first, last = sorted(look.columns.index(column) for column in (Column.AMOUNT, Column.CURRENCY))
    cells = {
        Column.TRANSACTION_ID: _TRANSACTION_ID if look.points_in_ids else _TRANSACTION_ID.replace(".", ""),
        Column.TIMESTAMP: _timestamp(look),
        Column.BANK_ID: re.escape(look.bank_id),
    }
    cells |= dict.fromkeys(look.unsure, _PLAIN_TEXT)
    pairs = "|".join(_joined(look, look.columns[first : last + 1], cells | pair) for pair in _pairs(look))
    before = _joined(look, look.columns[:first], cells)
    after = _joined(look, look.columns[last + 1 :], cells)
    return ",".join(part for part in (before, f"(?:{pairs})", after) if part) + look.line_end


def _joined(look: RowShape, columns: Sequence[Column], cells: Mapping[Column, str]) -> str:
    return ",".join(f'"{cells[column]}"' if column in look.quoted else cells[column] for column in columns)


def _pairs(look: RowShape) -> Iterator[dict[Column, str]]:
    if Column.AMOUNT in look.unsure:
        yield {Column.AMOUNT: _PLAIN_TEXT, Column.CURRENCY: _PLAIN_TEXT}
        return
    currencies: dict[int, list[str]] = {}
    for number, currency in look.decimals:
        currencies.setdefault(number, []).append(currency)
    for number, each in currencies.items():
        whole = rf"(?:{_WHOLE}|0(?=\.0*+[1-9]))\." if number else _WHOLE
        yield {Column.AMOUNT: "-?+" + whole + "[0-9]" * number, Column.CURRENCY: _one_of(each)}


def _timestamp(look: RowShape) -> str:
    fractions = sorted(look.fractions)
    if fractions == [0]:
        fraction = ""
    elif len(fractions) == 1:
        fraction = r"\." + "[0-9]" * fractions[0]
    else:
        fraction = _ANY_FRACTION
    return _one_of(look.dates) + _TIME + fraction + _one_of(look.zones)


def _one_of(texts: Sequence[str]) -> str:
    if not texts:
        return _NOTHING
    return f"(?:{'|'.join(map(re.escape, texts))})"
