"""Ours: the judge as the functions use it, over chunks of the file."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.parts.submission import BANK, NOW
from benchmarks.parts.outcome import Outcome
from functions.report.validator import judge

CHUNK_BYTES = 1_048_576


def judge_file(path: Path) -> Outcome:
    """Judge the file, in bounded memory."""
    verdict = judge(_chunks(path), bank_id=BANK, now=NOW, max_bytes=path.stat().st_size)
    totals = {currency: str(total) for currency, total in verdict.totals.items()}
    told = [f"line {each.line}: {each.code.value}: {each.message}" for each in verdict.problems[:1]]
    return Outcome(rows=verdict.rows, wrong=verdict.problem_count, totals=totals, told=told)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
