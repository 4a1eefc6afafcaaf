"""Reads the prices and quotas of `prices.toml`, and the prices that a caller gives."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from tools.errors import ToolError

TABLE: Final = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True, kw_only=True)
class Price:
    """Dollars for one unit, and where and when that was looked up; without a page, the caller gave it."""

    dollars: Decimal
    unit: str
    region: str = ""
    page: str = ""
    looked_up: date | None = None


@dataclass(frozen=True, kw_only=True)
class Quota:
    """A limit of AWS, in the unit that it names."""

    value: int
    unit: str
    page: str
    looked_up: date


@dataclass(frozen=True, kw_only=True)
class Costs:
    """Prices and quotas by name."""

    prices: Mapping[str, Price]
    quotas: Mapping[str, Quota]

    def dollars(self, name: str, units: float) -> Decimal:
        """What so many units cost.

        Raises:
            ToolError: there is no such price; it is never guessed.
        """
        if name not in self.prices:
            raise ToolError(f"no page was found for the price {name}: give it yourself, as --price {name}=DOLLARS")
        return self.prices[name].dollars * Decimal(units)

    def quota(self, name: str) -> int:
        """The value of a quota."""
        return self.quotas[name].value


def read_costs(table: Path = TABLE, given: Iterable[str] = ()) -> Costs:
    """Read the table.

    Args:
        table: the TOML file.
        given: prices that count instead of the table's, as `NAME=DOLLARS`, for one unit each.

    Raises:
        ToolError: one of those is malformed.
    """
    content = tomllib.loads(table.read_text(encoding="utf-8"))
    prices = {name: _price(fields) for name, fields in content["prices"].items()}
    quotas = {name: Quota(**fields) for name, fields in content["quotas"].items()}
    return Costs(prices=prices | dict(map(_given, given)), quotas=quotas)


def _price(fields: dict[str, str | int | date]) -> Price:
    dollars = Decimal(str(fields["value"])) / Decimal(str(fields["per"]))
    described = {name: value for name, value in fields.items() if name not in {"value", "per"}}
    return Price(dollars=dollars, **described)  # type: ignore[arg-type]  # the tests check the table


def _given(argument: str) -> tuple[str, Price]:
    name, _, dollars = argument.partition("=")
    try:
        price = Decimal(dollars)
    except InvalidOperation:
        price = Decimal(-1)
    if not name or not price.is_finite() or price < 0:
        raise ToolError(f"{argument!r} is not a price: expected NAME=DOLLARS, such as s3-put=0.000005")
    return name, Price(dollars=price, unit="as given")
