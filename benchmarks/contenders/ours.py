"""Ours: the validator as the functions use it, over chunks of the file."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.parts.outcome import Outcome
from benchmarks.parts.submission import BANK, NOW
from functions.report.validator import validate_report

CHUNK_BYTES = 1_048_576


def validate_file(path: Path) -> Outcome:
    """Validate the file, in bounded memory."""
    result = validate_report(_chunks(path), bank_id=BANK, now=NOW, max_bytes=path.stat().st_size)
    totals = {currency: str(total) for currency, total in result.totals.items()}
    told = [f"line {each.line}: {each.code.value}: {each.message}" for each in result.errors[:1]]
    return Outcome(rows=result.rows, wrong=result.error_count, totals=totals, told=told)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
