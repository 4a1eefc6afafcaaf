"""What other benchmarks have measured, as docs/performance.md has it: figures are computed with, and never typed."""

import re
from dataclasses import dataclass
from typing import Final

from benchmarks.parts.outcome import BenchmarkError

_DAY: Final = re.compile(r"Measured (\d{4}-\d\d-\d\d)")
_LOADER: Final = re.compile(r"^\| ours \|[^|]*\|[^|]*\| (\d+) µs \|", flags=re.MULTILINE)
_REQUEST: Final = re.compile(r"^\| `put_item`[^|]*\|[^|]*\|[^|]*\| (\d+) µs \|", flags=re.MULTILINE)
_GROWTH: Final = re.compile(r"^\| random ids \| ([\d,]+) \|(?:[^|]*\|){3} ([\d,]+) ns \|", flags=re.MULTILINE)

_REPEATED: Final = "The same rows again"
"""Begins the part about rows that exist already."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Processor time on one whole core, in seconds, and the days on which it was measured."""

    validator: float
    """For each row with a random id, of the longest report that was measured."""
    validator_rows: int
    """Rows of that report."""
    validator_day: str
    loader: float
    """For each new row, of the client alone."""
    request: float
    """For one request with one row, of the client alone: most of it is boto3's."""
    loader_day: str


def read_measured(page: str) -> Measured:
    """Read the figures from the page's text.

    Raises:
        BenchmarkError: a section or a figure is missing.
    """
    growth = _section(page, "growth")
    load, _, _ = _section(page, "load").partition(_REPEATED)
    sizes = [(int(rows.replace(",", "")), ns) for rows, ns in _GROWTH.findall(growth)]
    if not sizes:
        raise BenchmarkError("docs/performance.md has no figures of the validator: run ./dev bench growth --write")
    rows, ns = max(sizes[:-1] or sizes)  # the last one is the report of 1 GB in little memory: a single run
    return Measured(
        validator=float(ns.replace(",", "")) / 1e9,
        validator_rows=rows,
        validator_day=_first(_DAY, growth),
        loader=float(_first(_LOADER, load)) / 1e6,
        request=float(_first(_REQUEST, load)) / 1e6,
        loader_day=_first(_DAY, load),
    )


def _section(page: str, name: str) -> str:
    _, begin, rest = page.partition(f"<!-- {name}: ")
    text, end, _ = rest.partition(f"<!-- /{name} -->")
    if not begin or not end:
        raise BenchmarkError(f"docs/performance.md has no section {name}")
    return text


def _first(pattern: re.Pattern[str], section: str) -> str:
    found = pattern.search(section)
    if found is None:
        raise BenchmarkError(f"docs/performance.md lacks a figure: no match for {pattern.pattern!r}")
    return found[1]
