"""Shows what a month costs: as tables of a terminal, and as a page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from rich.table import Table

from tools.costs.assumptions import ASSUMPTIONS
from tools.costs.bill import Bill, bill
from tools.costs.prices import Costs
from tools.costs.savings import Saving, savings
from tools.costs.workload import Upload

_NOT_COUNTED: Final = (
    "Not counted: any free tier; reports that are rejected, repeated or large, and what is tried again; the stored "
    "results of ranges, and errors; messages about alarms; the keys of KMS that AWS manages; discounts of higher "
    "tiers; tax and support."
)
_AWS: Final = ("https://aws.amazon.com/", "https://docs.aws.amazon.com/")
"""Beginnings of AWS's own pages."""
_WHOLE_FROM: Final = 100
"""Smaller quantities are shown with two decimals."""
_STORED: Final = frozenset(
    {
        "storage",
        "archive",
        "storage of rows",
        "storage of by-time",
        "point-in-time recovery",
        "storage of uploads",
        "storage of by-bank",
        "point-in-time recovery of uploads",
        "stored logs",
    }
)
_COMPARED: Final = "dynamodb-write-capacity-hour"
"""A price that a saving is computed with, and no item."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A table: titles, rows, and how many columns at the end are numbers."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    """Columns to align on the right."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """One computation."""

    upload: Upload
    costs: Costs
    environment: str

    def tables(self) -> Iterator[Cell]:
        """All tables, in order."""
        found = bill(self.upload, self.costs)
        yield self._by_service(found)
        yield self._by_item(found)
        yield self._growth()
        yield _savings(savings(self.upload, self.costs))
        yield self._assumptions()
        yield self._prices(found)

    @property
    def summary(self) -> str:
        """What is computed, in a sentence."""
        load, found = self.upload.workload, bill(self.upload, self.costs)
        repeated = f", of which {load.repeated_share:.0%} exist already" if load.repeated_share else ""
        millions = Decimal(load.uploads_a_day * self.upload.assumed["days"] * load.rows) / 1_000_000
        return (
            f"{load.uploads_a_day:,} uploads a day of {load.rows:,} rows{repeated}, in the environment "
            f"{self.environment}: month {load.months} costs ${found.dollars:,.2f}, or "
            f"${found.dollars / millions:,.2f} a million rows."
        )

    @property
    def notes(self) -> Iterator[str]:
        """What is not counted, and how sure the rest is: a paragraph each."""
        yield _NOT_COUNTED
        https, email = (f"${self.costs.dollars(name, 100_000):.2f}" for name in ("sns-https", "sns-email"))
        counts = [f"{count} {protocol}" for protocol, count in sorted(self.upload.deployed.subscriptions.items())]
        yield (
            f"Deliveries of outcomes to the contacts that the settings name, with even shares of the uploads: "
            f"{', '.join(counts) or 'no bank has a contact'}. 100,000 deliveries cost {https} by HTTPS and {email} by "
            "e-mail, and nothing to a queue, whose owner pays for its requests."
        )
        named = [each for each in dict.fromkeys(self._used(bill(self.upload, self.costs))) if self._page(each)]
        own = [each for each in named if self._page(each).startswith(_AWS)]
        yield (
            f"Of the {len(named)} prices, {len(own)} were read on pages of AWS: {', '.join(own)}. The others are from "
            "other people's pages, because AWS's fill their figures in by script: compare them with your bill."
        )

    def _by_service(self, found: Bill) -> Cell:
        rows = [[service, _dollars(sum_), _share(sum_, found)] for service, sum_ in found.by_service.items()]
        rows.append(["all together", _dollars(found.dollars), _share(found.dollars, found)])
        return Cell(
            title="By service", head=["service", "dollars a month", "share"], rows=rows, numbers=frozenset({1, 2})
        )

    def _by_item(self, found: Bill) -> Cell:
        order = list(found.by_service)
        rows = [
            [
                each.service,
                each.item,
                f"{each.quantity:,.0f}" if each.quantity >= _WHOLE_FROM else f"{each.quantity:,.2f}",
                f"{self.costs.prices[each.price].dollars.normalize():f}",
                _dollars(each.dollars),
                _share(each.dollars, found),
                each.how,
            ]
            for each in sorted(found.lines, key=lambda line: (order.index(line.service), -line.dollars))
        ]
        head = [
            "service",
            "item",
            "quantity",
            "dollars each",
            "dollars a month",
            "share",
            "how the quantity comes about",
        ]
        return Cell(title="By item", head=head, rows=rows, numbers=frozenset({2, 3, 4, 5}))

    def _growth(self) -> Cell:
        months = sorted({1, 12, 36, self.upload.workload.months})
        rows = []
        for month in months:
            workload = replace(self.upload.workload, months=month)
            found = bill(replace(self.upload, workload=workload), self.costs)
            storage = sum((each.dollars for each in found.lines if each.item in _STORED), Decimal())
            rows.append([f"{month}", _dollars(found.dollars), _dollars(storage)])
        return Cell(
            title="As it grows",
            head=["month", "dollars a month", "of these for what is stored"],
            rows=rows,
            numbers=frozenset({0, 1, 2}),
        )

    def _assumptions(self) -> Cell:
        rows = [[each.name, f"{self.upload.assumed[each.name]:g}", each.why] for each in ASSUMPTIONS]
        return Cell(title="Assumptions", head=["name", "value", "what and why"], rows=rows, numbers=frozenset({1}))

    def _prices(self, found: Bill) -> Cell:
        rows = []
        for name in dict.fromkeys(self._used(found)):
            price = self.costs.prices[name]
            page = f"{price.page} ({price.looked_up}, {price.region})" if price.page else "given"
            rows.append([name, f"{price.dollars.normalize():f}", price.unit, page])
        return Cell(title="Prices", head=["price", "dollars", "for one", "page, day and region"], rows=rows)

    def _page(self, price: str) -> str:
        """Empty if the caller gave the price."""
        return self.costs.prices[price].page

    @staticmethod
    def _used(found: Bill) -> Iterator[str]:
        """Names of prices."""
        yield from (each.price for each in found.lines)
        yield _COMPARED


def markdown(cells: Iterable[Cell]) -> str:
    """The tables as Markdown, with headings of the second level."""
    parts = []
    for cell in cells:
        marks = ["---:" if number in cell.numbers else "---" for number in range(len(cell.head))]
        lines = [cell.head, marks, *cell.rows]
        parts.append("\n".join([f"## {cell.title}", "", *(f"| {' | '.join(line)} |" for line in lines)]))
    return "\n\n".join(parts)


def rich_table(cell: Cell) -> Table:
    """A table for a terminal."""
    table = Table(title=cell.title, title_justify="left")
    for number, title in enumerate(cell.head):
        table.add_column(title, justify="right" if number in cell.numbers else "left", overflow="fold")
    for row in cell.rows:
        table.add_row(*row)
    return table


def _savings(found: Iterable[Saving]) -> Cell:
    rows = [[each.name, _dollars(each.dollars), each.how, each.lost] for each in found]
    head = ["change", "saves a month", "how", "what is lost"]
    return Cell(title="What would be cheaper", head=head, rows=rows, numbers=frozenset({1}))


def _dollars(value: Decimal) -> str:
    return f"${value:,.2f}" if value >= 0 else f"-${-value:,.2f}"


def _share(value: Decimal, found: Bill) -> str:
    return f"{value / found.dollars:.1%}" if found.dollars else "0.0%"
