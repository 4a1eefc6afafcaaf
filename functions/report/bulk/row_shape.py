"""How the rows of a report are written."""

from typing import NamedTuple

from functions.report.format.rules import Column


class RowShape(NamedTuple):
    """How rows are written, as far as a pattern needs to know it.

    `decimals` are pairs of a number of decimals and a currency, to be tried in this order. Columns that are `unchecked`
    may hold anything, so that their values still have to be validated.
    """

    columns: tuple[Column, ...]
    bank_id: str
    quoted: frozenset[Column]
    line_end: str
    points_in_ids: bool
    fractions: frozenset[int]
    dates: tuple[str, ...]
    zones: tuple[str, ...]
    decimals: tuple[tuple[int, str], ...]
    unchecked: frozenset[Column]
