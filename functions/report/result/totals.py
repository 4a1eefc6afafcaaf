"""Exact sums of a report's amounts by currency, in whole minor units."""

from collections import deque
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, Inexact, localcontext
from operator import call
from typing import Final

from functions.report.bulk.row_pattern import Bulk
from functions.report.format.currencies import MINOR_UNITS
from functions.report.rules.fields import from_minor_units, minor_units

_EXACT: Final = Context(prec=64, traps=[Inexact])
"""A block's sum has 25 digits at most; should it ever be rounded, that is an error, not a wrong sum."""


class Totals:
    """Sums by currency."""

    def __init__(self) -> None:
        self._units: dict[str, int] = {}

    def add(self, amount: str, currency: str) -> None:
        """Add one good amount."""
        self._units[currency] = self._units.get(currency, 0) + minor_units(amount, currency)

    def extend(self, rows: Bulk) -> None:
        """Add the amounts of many good rows."""
        with localcontext(_EXACT):
            for currency, amounts in _by_currency(rows).items():
                self._units[currency] = self._units.get(currency, 0) + _units(amounts, currency, rows.decimals)

    def by_currency(self) -> dict[str, Decimal]:
        """The sums, with the decimals of their currency, in order of its code."""
        return {currency: from_minor_units(self._units[currency], currency) for currency in sorted(self._units)}


def _units(amounts: Sequence[str], currency: str, decimals: Mapping[str, int] | None) -> int:
    if decimals is None:
        return int(sum(map(Decimal, amounts), Decimal(0)).scaleb(MINOR_UNITS[currency]))
    missing = MINOR_UNITS[currency] - decimals[currency]
    return int(sum(map(int, amounts)) * 10**missing)


def _by_currency(rows: Bulk) -> dict[str, Sequence[str]]:
    currencies = rows.decimals or set(rows.columns.currencies)
    if len(currencies) == 1:
        return dict.fromkeys(currencies, rows.columns.amounts)
    groups: dict[str, list[str]] = {currency: [] for currency in currencies}
    take = {currency: group.append for currency, group in groups.items()}
    # A deque of no length runs an iterator to its end without a line of bytecode for each element.
    deque(map(call, map(take.__getitem__, rows.columns.currencies), rows.columns.amounts), maxlen=0)
    return dict(groups)
