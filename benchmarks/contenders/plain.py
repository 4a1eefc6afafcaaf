"""What one writes first: `csv`, `Decimal` and `fromisoformat`, row by row."""

import csv
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from benchmarks.parts.outcome import Outcome
from benchmarks.parts.reports import HEADER
from benchmarks.parts.submission import BANK, NOW
from functions.report.format.currencies import MINOR_UNITS
from functions.report.format.rules import MAX_FUTURE

_LATEST: Final = NOW + MAX_FUTURE
_TRANSACTION_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LARGEST: Final = Decimal(10) ** 15


def validate_file(path: Path) -> Outcome:
    """Validate row by row; a row is counted as wrong once."""
    rows = wrong = 0
    seen: set[str] = set()
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        if next(reader) != HEADER.split(","):
            raise ValueError(f"{path.name}: another header than {HEADER}")
        for row in reader:
            rows += 1
            amount = _amount(row)
            if amount is None or row[0] in seen:
                wrong += 1
            else:
                seen.add(row[0])
                totals[row[2]] += amount
    return Outcome(rows=rows, wrong=wrong, totals={currency: str(total) for currency, total in totals.items()})


def _amount(row: Sequence[str]) -> Decimal | None:
    """The amount of a good row."""
    try:
        transaction_id, text, currency, timestamp, bank_id = row
        amount = Decimal(text)
        moment = datetime.fromisoformat(timestamp)
        exponent = amount.as_tuple().exponent
        good = (
            amount
            and -_LARGEST < amount < _LARGEST
            and isinstance(exponent, int)
            and -exponent <= MINOR_UNITS[currency]
            and moment <= _LATEST
            and bank_id == BANK
            and _TRANSACTION_ID.fullmatch(transaction_id)
        )
    except (ValueError, InvalidOperation, KeyError, TypeError):
        return None
    return amount if good else None
