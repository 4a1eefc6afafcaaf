"""How time and memory grow with a report, and one of 1 GB in 256 MB whose duplicates are far apart."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.parts.child import Run, run
from benchmarks.parts.outcome import BenchmarkError, Outcome, check_agreement
from benchmarks.parts.page import DOCS, facts, publish, table
from benchmarks.parts.reports import KINDS, REPEATED_LINE, Kind, lines, scratch_folder, write
from benchmarks.parts.scores import OURS

_MOST_MEMORY: Final = 256_000_000
"""Bytes of address space, of all that the process maps: memory in use is less."""
_KINDS: Final = (KINDS["numbered"], KINDS["random"])
_SIZES: Final = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
_RUNS: Final = 3
"""Of each size: a single one may have been disturbed."""
_SAMPLE: Final = 1_000
_CHART: Final = "performance-growth.svg"


class Point(NamedTuple):
    """One size of one kind of report, in bytes, and its fastest run."""

    kind: Kind
    size: int
    run: Run


def main(arguments: Sequence[str]) -> int:
    """Measure, and print the tables; the exit code."""
    options = _options(arguments)
    try:
        with scratch_folder() as folder:
            path = folder / "report.csv"
            points = [_point(path, kind, rows) for kind in _KINDS for rows in options.rows]
            large = _large(path, options.bytes)
    except BenchmarkError as error:
        print(f"benchmarks.growth: {error}", file=sys.stderr)
        return 1
    publish("growth", _body(points, large), write=options.write)
    if options.write:
        _draw(points)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.growth", description=__doc__)
    parser.add_argument("--rows", nargs="+", type=int, default=_SIZES, help="sizes (default: %(default)s)")
    parser.add_argument("--bytes", type=int, default=1_000_000_000, help="of the large one (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write the results and the chart into docs/")
    return parser.parse_args(arguments)


def _point(path: Path, kind: Kind, rows: int) -> Point:
    print(f"{rows:,} rows, {kind.title}", file=sys.stderr)
    size = write(path, lines(kind, rows))
    runs = [run(OURS, path) for _ in range(_RUNS)]
    expected = Outcome(rows=rows, invalid=0)
    check_agreement([("the report as made", expected), *((OURS, each.outcome) for each in runs)])
    return Point(kind, size, max(runs, key=attrgetter("speed")))


def _large(path: Path, size: int) -> Point:
    """A report of at least so many bytes whose last row repeats an early id: this must be the only error found."""
    print(f"{size:,} bytes, random ids, within {_MOST_MEMORY:,} bytes of memory", file=sys.stderr)
    kind = KINDS["random"]
    sample = sum(map(len, islice(lines(kind, _SAMPLE), 1, None)))
    rows = size * _SAMPLE // sample * 101 // 100
    size = write(path, lines(kind, rows, duplicate=True))
    validated = run(OURS, path, most_memory=_MOST_MEMORY)
    check_agreement([("the report as made", Outcome(rows=rows, invalid=1)), (OURS, validated.outcome)])
    if not (validated.outcome.first_error or "").startswith(_planted_error(rows)):
        raise BenchmarkError(f"expected {_planted_error(rows)!r}, found {validated.outcome}")
    return Point(kind, size, validated)


def _planted_error(rows: int) -> str:
    return f"line {rows + 1}: transaction_id.duplicate: the id is already used on line {REPEATED_LINE}"


def _body(points: Sequence[Point], large: Point) -> str:
    rows = large.run.outcome.rows
    return f"""\
Measured {facts()}. A process for each run, one core, the report read from a file in chunks.

The fastest of {_RUNS} runs for each size:

{_table(points)}

![Time for each row, and peak memory, from a thousand to ten million rows]({_CHART})

A report of {large.size / 1e9:.2f} GB with random ids, whose last row repeats an id from the beginning, in a process
that may have no more than {_MOST_MEMORY / 1e6:.0f} MB of address space (one run):

{_table([large])}

The only validation error found among {rows:,} rows is the planted one: `{_planted_error(rows)}`.
"""


def _table(points: Iterable[Point]) -> str:
    head = ["report", "rows", "MB", "processor time", "rows/s", "time for each row", "peak memory"]
    return table(head, (_line(point) for point in points))


def _line(point: Point) -> list[str]:
    rows, speed = point.run.outcome.rows, point.run.speed
    return [
        point.kind.title,
        f"{rows:,}",
        f"{point.size / 1e6:,.1f}",
        f"{rows / speed:.3f} s",
        f"{speed / 1e6:.2f} M",
        f"{1e9 / speed:,.0f} ns",
        f"{point.run.memory / 1e6:.0f} MB",
    ]


def _draw(points: Sequence[Point]) -> None:
    from benchmarks.parts.charts import draw_curves  # noqa: PLC0415  # pylint: disable=import-outside-toplevel

    times: dict[str, list[tuple[float, float]]] = {kind.title: [] for kind in _KINDS}
    memory: dict[str, list[tuple[float, float]]] = {kind.title: [] for kind in _KINDS}
    for kind, _, measured in points:
        times[kind.title].append((measured.outcome.rows, 1e9 / measured.speed))
        memory[kind.title].append((measured.outcome.rows, measured.memory / 1e6))
    panels = {"Processor time for each row, ns": times, "Peak memory, MB": memory}
    draw_curves(panels, "rows", DOCS / _CHART)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
