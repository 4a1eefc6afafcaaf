"""How time and memory grow with a report, and one of 1 GB in 256 MB with a duplicate that stands far apart."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.parts.child import ChildError
from benchmarks.parts.contest import OURS, DisagreementError, run
from benchmarks.parts.machine import facts
from benchmarks.parts.outcome import Run
from benchmarks.parts.page import table, write_section
from benchmarks.parts.paths import DOCS, PAGE, SCRATCH
from benchmarks.parts.progress import progress
from benchmarks.parts.reports import KINDS, REPEATED_LINE, Kind, lines, write

MOST_MEMORY: Final = 256_000_000
"""Bytes of address space, of all that the process maps: memory in use is less."""
_KINDS: Final = ("numbered", "random")
_SIZES: Final = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
_RUNS: Final = 3
"""Of each size: a single one may have been disturbed."""
_SAMPLE: Final = 1_000
_PICTURE: Final = "performance-growth.svg"


@dataclass(frozen=True, kw_only=True)
class Point:
    """One size of one kind of report."""

    kind: Kind
    rows: int
    size: int
    run: Run

    @property
    def speed(self) -> float:
        """RowsValidator in a second of processor time."""
        return self.rows / self.run.cpu


def main(arguments: Sequence[str]) -> int:
    """Measure, and print the tables; the exit code."""
    options = _options(arguments)
    SCRATCH.mkdir(exist_ok=True)
    try:
        with TemporaryDirectory(dir=SCRATCH, prefix="bench-") as folder:
            path = Path(folder) / "report.csv"
            points = [_point(path, KINDS[name], rows) for name in _KINDS for rows in options.rows]
            large = _large(path, options.bytes)
    except (ChildError, DisagreementError) as error:
        print(f"benchmarks.growth: {error}", file=sys.stderr)
        return 1
    progress("")
    body = _body(points, large)
    print(body)
    if options.write:
        _write(points, body)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.growth", description=__doc__)
    parser.add_argument("--rows", nargs="+", type=int, default=_SIZES, help="sizes (default: %(default)s)")
    parser.add_argument("--bytes", type=int, default=1_000_000_000, help="of the large one (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write the results and the picture into docs/")
    return parser.parse_args(arguments)


def _point(path: Path, kind: Kind, rows: int) -> Point:
    progress(f"{rows:,} rows, {kind.title}")
    size = write(path, lines(kind, rows))
    runs = [run(OURS, path) for _ in range(_RUNS)]
    for outcome in (each.outcome for each in runs):
        if (outcome.rows, outcome.wrong) != (rows, 0):
            raise DisagreementError(f"expected {rows} good rows, found {outcome}")
    return Point(kind=kind, rows=rows, size=size, run=min(runs, key=attrgetter("cpu")))


def _large(path: Path, size: int) -> Point:
    """A report of so many bytes at least, whose last row repeats an id of the first ones: found, and nothing else."""
    progress(f"{size:,} bytes, random ids, within {MOST_MEMORY:,} bytes of memory")
    kind = KINDS["random"]
    sample = sum(map(len, islice(lines(kind, _SAMPLE), 1, None)))
    rows = size * _SAMPLE // sample * 101 // 100
    size = write(path, lines(kind, rows, duplicate=True))
    validated = run(OURS, path, most_memory=MOST_MEMORY)
    expected = f"line {rows + 1}: transaction_id.duplicate: already used on line {REPEATED_LINE}:"
    outcome = validated.outcome
    if (outcome.rows, outcome.wrong) != (rows, 1) or not outcome.told[0].startswith(expected):
        raise DisagreementError(f"expected one problem among {rows} rows, {expected!r}; found {outcome}")
    return Point(kind=kind, rows=rows, size=size, run=validated)


def _body(points: Sequence[Point], large: Point) -> str:
    told = large.run.outcome.told[0].partition(": expected")[0]
    return f"""\
{facts()}. A process for each run, one core, the report read from a file in chunks.

The fastest of {_RUNS} runs for each size:

{_table(points)}

![Time for each row, and peak memory, from a thousand to ten million rows]({_PICTURE})

A report of {large.size / 1e9:.2f} GB with random ids, whose last row repeats an id of the beginning, in a process that
may have no more than {MOST_MEMORY / 1e6:.0f} MB of address space (one run):

{_table([large])}

Its one problem, found among {large.rows:,} rows without a false one: `{told}`.
"""


def _table(points: Sequence[Point]) -> str:
    head = ["report", "rows", "MB", "processor time", "rows/s", "time for each row", "peak memory"]
    return table(head, (_line(point) for point in points))


def _line(point: Point) -> list[str]:
    cpu = point.run.cpu
    return [
        point.kind.title,
        f"{point.rows:,}",
        f"{point.size / 1e6:,.1f}",
        f"{cpu:.3f} s",
        f"{point.speed / 1e6:.2f} M",
        f"{cpu / point.rows * 1e9:,.0f} ns",
        f"{point.run.memory / 1e6:.0f} MB",
    ]


def _write(points: Sequence[Point], body: str) -> None:
    from benchmarks.parts.curves import draw  # noqa: PLC0415  # pylint: disable=import-outside-toplevel

    draw([(each.kind.title, each.rows, each.run) for each in points], DOCS / _PICTURE)
    write_section(PAGE, "growth", body)
    print(f"written: docs/{PAGE.name}, docs/{_PICTURE}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
