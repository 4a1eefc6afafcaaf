"""pydantic: a row as a dataclass with constraints, read by `csv`."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, TypeAdapter, model_validator

from benchmarks.parts.outcome import Outcome
from benchmarks.parts.submission import NOW
from functions.report.format.currencies import MINOR_UNITS
from functions.report.format.definition import MAX_FUTURE

_LATEST: Final = NOW + MAX_FUTURE
_BATCH: Final = 1_000


def _in_use(currency: str) -> str:
    if currency not in MINOR_UNITS:
        raise ValueError("expected the ISO 4217 code of a currency in use")
    return currency


@dataclass(frozen=True, slots=True)
class Row:
    """A transaction."""

    transaction_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    amount: Annotated[Decimal, Field(gt=-(10**15), lt=10**15)]
    currency: Annotated[str, AfterValidator(_in_use)]
    timestamp: Annotated[AwareDatetime, Field(le=_LATEST)]
    bank_id: Literal["nordbank"]

    @model_validator(mode="after")
    def has_no_more_decimals_than_its_currency(self) -> Self:
        """Amount and currency depend on each other.

        Raises:
            ValueError: the amount is zero or has too many decimals.
        """
        exponent = self.amount.as_tuple().exponent
        if not self.amount or not isinstance(exponent, int) or -exponent > MINOR_UNITS[self.currency]:
            raise ValueError("expected an amount in the currency's minor units, not zero")
        return self


_ROWS: Final = TypeAdapter(list[Row])


def validate_file(path: Path) -> Outcome:
    """Validate batches of rows; repeated ids count as invalid.

    Raises:
        ValidationError: a row breaks a rule; only valid reports are measured here.
    """
    rows = 0
    seen: set[str] = set()
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for batch in _batches(path):
        validated = _ROWS.validate_python(batch)
        rows += len(validated)
        for row in validated:
            seen.add(row.transaction_id)
            totals[row.currency] += row.amount
    sums = {currency: str(total) for currency, total in totals.items()}
    return Outcome(rows=rows, invalid=rows - len(seen), totals=sums)


def _batches(path: Path) -> Iterator[list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        while batch := list(islice(reader, _BATCH)):
            yield batch
