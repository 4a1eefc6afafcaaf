"""Exact sums of a report's amounts by currency, in whole minor units."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from decimal import Context, Decimal, Inexact, localcontext
from operator import itemgetter
from typing import Final

from functions.report.format.currencies import MINOR_UNITS
from functions.report.rules.fields import Columns, from_minor_units, minor_units

_EXACT: Final = Context(prec=64, traps=[Inexact])
"""A block's sum has at most 25 digits; should it ever be rounded, an exception is better than a wrong sum."""


class Totals:
    """Sums by currency."""

    def __init__(self) -> None:
        self._units: dict[str, int] = {}

    def add(self, amount: str, currency: str) -> None:
        """Add one valid amount."""
        self._units[currency] = self._units.get(currency, 0) + minor_units(amount, currency)

    def extend(self, rows: Columns, decimals: Mapping[str, int] | None) -> None:
        """Add the amounts of many valid rows; they lack their points if `decimals` has those of each currency."""
        with localcontext(_EXACT):
            for currency, amounts in _by_currency(rows, decimals or set(rows.currencies)).items():
                self._units[currency] = self._units.get(currency, 0) + _units(amounts, currency, decimals)

    def by_currency(self) -> dict[str, Decimal]:
        """The sums, with the decimals of their currency, in order of its code."""
        return {currency: from_minor_units(self._units[currency], currency) for currency in sorted(self._units)}


def _units(amounts: Sequence[str], currency: str, decimals: Mapping[str, int] | None) -> int:
    if decimals is None:
        return int(sum(map(Decimal, amounts), Decimal(0)).scaleb(MINOR_UNITS[currency]))
    missing = MINOR_UNITS[currency] - decimals[currency]
    return int(sum(map(int, amounts)) * 10**missing)


def _by_currency(rows: Columns, currencies: Collection[str]) -> dict[str, Sequence[str]]:
    if len(currencies) == 1:
        return dict.fromkeys(currencies, rows.amounts)
    groups: dict[str, list[str]] = {currency: [] for currency in currencies}
    # An itemgetter of one key returns no tuple: it has one more, which no amount is left for. A deque of length 0 runs
    # an iterator to its end without executing bytecode for each element.
    group_of_each = itemgetter(*rows.currencies, rows.currencies[0])(groups)
    deque(map(list.append, group_of_each, rows.amounts), maxlen=0)
    return dict(groups)
