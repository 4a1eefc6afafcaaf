"""The reports of a day: which bank submits what, in which order; the same arguments make the same bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import cycle, islice
from random import Random
from typing import Final, NamedTuple

from benchmarks.parts.reports import KINDS, lines
from functions.report.format.definition import COLUMNS

_SEED: Final = 15
_POOL: Final = 4_096
"""Rows whose amount, currency and time are drawn from."""
_OVERLAP: Final = 2
"""An overlapping report has one of so many of its rows from an earlier one."""


class ReportKind(StrEnum):
    """What is special about a report."""

    NEW = "new"
    INVALID = "invalid"
    """One of its rows breaks a rule, so it is rejected by the answer."""
    REPEATED = "repeated"
    """The bytes of an earlier report of the bank."""
    OVERLAPPING = "overlapping"
    """Half of its rows are in an earlier report of the bank; one of these has another amount: a conflict."""


SHARES: Final = {ReportKind.INVALID: 5, ReportKind.REPEATED: 5, ReportKind.OVERLAPPING: 10}
"""Of a hundred reports; the others are new."""


class DayRow(NamedTuple):
    """One row, as the report spells it."""

    transaction_id: str
    amount: str
    currency: str
    timestamp: str

    @property
    def content(self) -> tuple[Decimal, str]:
        """What makes two rows with one id the same: amount and currency; all of them have one time for one id."""
        return Decimal(self.amount), self.currency


@dataclass(frozen=True, kw_only=True)
class DayReport:
    """One report to submit."""

    bank_id: str
    number: int
    """Its place in the day, from 0."""
    kind: ReportKind
    rows: Sequence[DayRow]

    @property
    def file_name(self) -> str:
        """Of the file that is submitted."""
        return f"{self.bank_id}-{self.number:06}.csv"

    @property
    def body(self) -> bytes:
        """Its bytes."""
        texts = [f"{each.transaction_id},{each.amount},{each.currency},{each.timestamp}" for each in self.rows]
        return "\n".join([",".join(COLUMNS), *(f"{text},{self.bank_id}" for text in texts), ""]).encode()


def day_reports(banks: Sequence[str], *, uploads: int, rows: int) -> Iterator[DayReport]:
    """The reports of a day, the banks taking turns.

    Args:
        banks: their ids.
        uploads: how many reports.
        rows: of each report, at least 2.

    Raises:
        ValueError: a report has too few rows to overlap with another.
    """
    if rows < _OVERLAP:
        raise ValueError(f"a report needs {_OVERLAP} rows to overlap with another")
    random = Random(_SEED)  # noqa: S311  it has to be the same each time
    pool = [line.rstrip("\n").split(",")[1:4] for line in islice(lines(KINDS["numbered"], _POOL), 1, None)]
    earlier: dict[str, list[DayReport]] = {bank_id: [] for bank_id in banks}
    for number, bank_id in zip(range(uploads), cycle(banks), strict=False):
        kinds, shares = [*SHARES, ReportKind.NEW], [*SHARES.values(), 100 - sum(SHARES.values())]
        (kind,) = random.choices(kinds, shares)
        candidates = earlier[bank_id]
        if not candidates and kind in {ReportKind.REPEATED, ReportKind.OVERLAPPING}:
            kind = ReportKind.NEW
        own = [
            DayRow(transaction_id=f"D{number:07}-{row:06}", amount=amount, currency=currency, timestamp=timestamp)
            for row, (amount, currency, timestamp) in enumerate(random.choices(pool, k=rows))
        ]
        match kind:
            case ReportKind.INVALID:
                own[-1] = own[-1]._replace(currency=own[-1].currency.lower())
            case ReportKind.REPEATED:
                own = list(random.choice(candidates).rows)
            case ReportKind.OVERLAPPING:
                shared = list(random.choice(candidates).rows[: rows // _OVERLAP])
                # A number of its own, so that no other report has this amount.
                shared[-1] = shared[-1]._replace(amount=str(1_000_000 + number), currency="EUR")
                own = [*shared, *own[len(shared) :]]
            case ReportKind.NEW:
                pass
        report = DayReport(bank_id=bank_id, number=number, kind=kind, rows=own)
        if kind is ReportKind.NEW:
            candidates.append(report)
        yield report
