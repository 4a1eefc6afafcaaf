"""Ours: the validator as the functions use it, over chunks of the file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.parts.outcome import Outcome
from benchmarks.parts.submission import BANK, NOW
from functions.report.validator import validate_report

_CHUNK_BYTES: Final = 1_048_576


def validate_file(path: Path) -> Outcome:
    """Validate the file in bounded memory."""
    result = validate_report(_chunks(path), bank_id=BANK, now=NOW, max_bytes=path.stat().st_size)
    totals = {currency: str(total) for currency, total in result.totals.items()} if result.valid else None
    first = next((f"line {each.line}: {each.code.value}: {each.message}" for each in result.errors), None)
    return Outcome(rows=result.rows, invalid=result.error_count, totals=totals, first_error=first)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
