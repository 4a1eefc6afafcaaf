"""Counts and sums a range's rows by what became of them."""

from enum import StrEnum

from functions.report.result.totals import Totals
from functions.transformation.stored_transactions import StoredTransaction
from shared.contracts.workflow import MAX_CONFLICT_SAMPLES, Conflict, RangeLoaded


class Kind(StrEnum):
    """What became of a row."""

    LOADED = "loaded"
    REPEATED = "repeated"
    CONFLICTS = "conflicts"


class Tally:
    """The result of a range, row by row."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(Kind, 0)
        self._totals = {kind: Totals() for kind in Kind}
        self._replaced = 0
        self._conflicts: list[Conflict] = []

    def add(self, row: StoredTransaction, kind: Kind) -> None:
        """Count a row that was loaded or repeated."""
        self._counts[kind] += 1
        self._totals[kind].add(f"{row.amount:f}", row.currency)

    def add_replaced(self, row: StoredTransaction) -> None:
        """Count a row that was loaded in place of a FAILED upload's row."""
        self.add(row, Kind.LOADED)
        self._replaced += 1

    def add_conflict(self, row: StoredTransaction, first: StoredTransaction) -> None:
        """Count a row whose transaction exists with different content."""
        self.add(row, Kind.CONFLICTS)
        conflict = Conflict(line=row.line, transaction_id=row.transaction_id, first_upload_id=first.upload_id)
        self._conflicts.append(conflict)

    def result(self) -> RangeLoaded:
        """All that was counted; the samples are the first conflicts in order of line."""
        return RangeLoaded(
            loaded=self._counts[Kind.LOADED],
            repeated=self._counts[Kind.REPEATED],
            conflicts=self._counts[Kind.CONFLICTS],
            replaced=self._replaced,
            loaded_totals=self._sums(Kind.LOADED),
            repeated_totals=self._sums(Kind.REPEATED),
            conflict_totals=self._sums(Kind.CONFLICTS),
            conflict_samples=sorted(self._conflicts, key=_line)[:MAX_CONFLICT_SAMPLES],
        )

    def _sums(self, kind: Kind) -> dict[str, str]:
        return {currency: str(total) for currency, total in self._totals[kind].by_currency().items()}


def _line(conflict: Conflict) -> int:
    return conflict["line"]
