"""The shape of a report's rows, and one pattern for rows of a shape, to recognize and to split many of them at a time.

Each alternative in it is a rule of the format or a text that has been validated: it matches valid fields only, though
not all of them. Fields of `unchecked` columns are the exception: they have to be validated value by value. Quantifiers
are possessive, so that the pattern looks at each character a few times at most.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from functions.report.format.definition import MAX_INTEGER_DIGITS, Column
from functions.report.rules.fields import Columns

_TRANSACTION_ID: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}+"
_TIME: Final = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_ANY_FRACTION: Final = r"(?:\.[0-9]{1,6}+)?"
_PLAIN_TEXT: Final = r"[ !#-+\--~]*+"
"""Printable ASCII except quote and comma: a field that can be split off as it is."""
_NOTHING: Final = r"(?!)"
"""Matches no text, not even an empty one."""
_SUMMED: Final = (Column.TRANSACTION_ID, Column.AMOUNT, Column.CURRENCY)
_AT_ONCE: Final = 49_152
"""Characters of rows that are recognized at once: what is made of them fits a processor's cache."""
_WHOLE: Final = rf"[1-9][0-9]{{0,{MAX_INTEGER_DIGITS - 1}}}+"


class RowShape(NamedTuple):
    """How rows are written, as far as a pattern needs to know it.

    `decimals` are pairs of a number of decimals and a currency, to be tried in this order. Columns that are `unchecked`
    may have any value, so that their values still have to be validated.
    """

    columns: tuple[Column, ...]
    bank_id: str
    quoted: frozenset[Column] = frozenset()
    line_end: str = "\n"
    points_in_ids: bool = False
    fractions: frozenset[int] = frozenset()
    dates: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    decimals: tuple[tuple[int, str], ...] = ()
    unchecked: frozenset[Column] = frozenset()


class RowPattern:
    """Recognizes rows of one shape. Texts are lines with their ends.

    Attributes:
        unchecked: columns whose values are still to be validated, in the format's order.
        decimals: decimals by currency, if `split` returns amounts without their decimal points, otherwise None.
        valid_timestamp: matches timestamps that are known to be valid.
    """

    def __init__(self, shape: RowShape) -> None:
        self.unchecked = sorted(shape.unchecked, key=list(Column).index)
        self.decimals = _common_decimals(shape)
        self.valid_timestamp = re.compile(_timestamp(shape)).fullmatch
        self._shape = shape
        self._match = re.compile(f"(?:{_row(shape)})*+").match

    def end_of_rows(self, text: str, start: int) -> int:
        """Where rows of this shape that begin at `start` end; `start` if there are none. More of them may follow."""
        match = self._match(text, start, start + _AT_ONCE)
        end = match.end() if match else start
        # Python before 3.11.5 ends somewhere inside the first row that did not match (CPython gh-100061).
        return max(text.rfind("\n", start, end) + 1, start)

    def split(self, rows: str) -> Columns:
        """Split rows that the pattern has recognized into columns: no value in them has a quote or a comma.

        Without unchecked columns, nothing asks for timestamps and banks any more: their columns are empty.
        """
        if self._shape.quoted:
            rows = rows.replace('"', "")
        if self.decimals:
            rows = rows.replace(".", "")
        cells = rows.replace(self._shape.line_end, ",").split(",")
        cells.pop()
        columns = self._shape.columns
        used = Column if self.unchecked else _SUMMED
        return Columns(*(cells[columns.index(each) :: len(columns)] if each in used else [] for each in Column))


def _common_decimals(shape: RowShape) -> Mapping[str, int] | None:
    """Decimals by currency, if amounts can do without their points: each currency has one number, no other point."""
    decimals = {currency: number for number, currency in shape.decimals}
    other_points = shape.points_in_ids or shape.fractions != {0}
    return None if shape.unchecked or other_points or len(decimals) < len(shape.decimals) else decimals


def _row(shape: RowShape) -> str:
    """Amount and currency depend on each other: from the one to the other there is an alternative for each pair."""
    first, last = sorted(shape.columns.index(column) for column in (Column.AMOUNT, Column.CURRENCY))
    cells = {
        Column.TRANSACTION_ID: _TRANSACTION_ID if shape.points_in_ids else _TRANSACTION_ID.replace(".", ""),
        Column.TIMESTAMP: _timestamp(shape),
        Column.BANK_ID: re.escape(shape.bank_id),
    }
    cells |= dict.fromkeys(shape.unchecked, _PLAIN_TEXT)
    pairs = "|".join(_joined(shape, shape.columns[first : last + 1], cells | pair) for pair in _pairs(shape))
    before = _joined(shape, shape.columns[:first], cells)
    after = _joined(shape, shape.columns[last + 1 :], cells)
    return ",".join(part for part in (before, f"(?:{pairs})", after) if part) + shape.line_end


def _joined(shape: RowShape, columns: Sequence[Column], cells: Mapping[Column, str]) -> str:
    return ",".join(f'"{cells[column]}"' if column in shape.quoted else cells[column] for column in columns)


def _pairs(shape: RowShape) -> Iterator[dict[Column, str]]:
    if Column.AMOUNT in shape.unchecked:
        yield {Column.AMOUNT: _PLAIN_TEXT, Column.CURRENCY: _PLAIN_TEXT}
        return
    currencies: dict[int, list[str]] = {}
    for number, currency in shape.decimals:
        currencies.setdefault(number, []).append(currency)
    for number, each in currencies.items():
        whole = rf"(?:{_WHOLE}|0(?=\.0*+[1-9]))\." if number else _WHOLE
        yield {Column.AMOUNT: "-?+" + whole + "[0-9]" * number, Column.CURRENCY: _one_of(each)}


def _timestamp(shape: RowShape) -> str:
    fractions = sorted(shape.fractions)
    if fractions == [0]:
        fraction = ""
    elif len(fractions) == 1:
        fraction = r"\." + "[0-9]" * fractions[0]
    else:
        fraction = _ANY_FRACTION
    return _one_of(shape.dates) + _TIME + fraction + _one_of(shape.zones)


def _one_of(texts: Sequence[str]) -> str:
    if not texts:
        return _NOTHING
    return f"(?:{'|'.join(map(re.escape, texts))})"
