"""The largest report that a bank can submit, validated on the share of a core that a small Lambda function has."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.parts.child import ChildError, run_child
from benchmarks.parts.machine import facts
from benchmarks.parts.page import table, write_section
from benchmarks.parts.paths import PAGE, SCRATCH
from benchmarks.parts.progress import progress
from benchmarks.parts.reports import KINDS, Kind, as_bytes, lines
from benchmarks.parts.share import group_with
from shared.contracts.api import MAX_REPORT_BYTES

SHARE: Final = 512 / 1769
"""Of a core, at 512 MB: Lambda gives a whole one at 1,769 MB, and less in proportion."""
_GOAL: Final = 1.0
_KINDS: Final = ("numbered", "random", "quoted")
_SHORTEST_ROW: Final = 48


@dataclass(frozen=True, kw_only=True)
class Times:
    """Seconds of many validations of one report: of processor time, and by the clock on the share (where possible)."""

    kind: Kind
    size: int
    cpu: tuple[float, ...]
    throttled: tuple[float, ...]


def main(arguments: Sequence[str]) -> int:
    """Measure, and print the tables; the exit code."""
    options = _options(arguments)
    SCRATCH.mkdir(exist_ok=True)
    try:
        with TemporaryDirectory(dir=SCRATCH, prefix="bench-") as folder:
            files = [(KINDS[name], _report(Path(folder), KINDS[name], options.bytes)) for name in _KINDS]
            warm = [_warm(kind, path, options.times) for kind, path in files]
            cold = [_cold(kind, path, options.starts) for kind, path in files]
    except ChildError as error:
        print(f"benchmarks.latency: {error}", file=sys.stderr)
        return 1
    body = _body(warm, cold)
    print(body)
    if options.write:
        write_section(PAGE, "latency", body)
        print(f"written: docs/{PAGE.name}")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.latency", description=__doc__)
    parser.add_argument("--bytes", type=int, default=MAX_REPORT_BYTES, help="of a report (default: %(default)s)")
    parser.add_argument("--times", type=int, default=200, help="validations of each (default: %(default)s)")
    parser.add_argument("--starts", type=int, default=20, help="cold starts of each (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write the results into docs/")
    return parser.parse_args(arguments)


def _report(folder: Path, kind: Kind, size: int) -> Path:
    path = folder / f"{kind.name}.csv"
    path.write_bytes(as_bytes(lines(kind, size // _SHORTEST_ROW), at_most=size))
    return path


def _warm(kind: Kind, path: Path, times: int) -> Times:
    """One process for all; what its first validation cost belongs to the cold start."""
    progress(f"warm: {kind.title}")
    free, throttled = (measured[1:] for measured in _both(path, times + 1))
    return _times(kind, path, free, throttled)


def _cold(kind: Kind, path: Path, starts: int) -> Times:
    """A process for each."""
    progress(f"cold: {kind.title}")
    free, throttled = zip(*(_both(path, 1) for _ in range(starts)), strict=True)
    return _times(kind, path, list(chain.from_iterable(free)), list(chain.from_iterable(throttled)))


_Measured = list[tuple[float, float]]


def _both(path: Path, times: int) -> tuple[_Measured, _Measured]:
    """With a whole core, and with the share."""
    module = "benchmarks.parts.validate_repeatedly"
    free: _Measured = json.loads(run_child(module, str(path), str(times)))
    with group_with(SHARE) as group:
        throttled: _Measured = json.loads(run_child(module, str(path), str(times), str(group))) if group else []
    return free, throttled


def _times(kind: Kind, path: Path, free: _Measured, throttled: _Measured) -> Times:
    cpu = tuple(cpu for cpu, _ in free)
    return Times(kind=kind, size=path.stat().st_size, cpu=cpu, throttled=tuple(wall for _, wall in throttled))


def _body(warm: Sequence[Times], cold: Sequence[Times]) -> str:
    return f"""\
{facts()}.

Warm, {len(warm[0].cpu)} validations of each report. Seconds:

{_table(warm)}

Cold start apart, {len(cold[0].cpu)} fresh processes for each report: import and first validation. Seconds:

{_table(cold)}

Goal: warm, p95 within {_GOAL:.0f} s on {SHARE:.2f} of a core: {_reached(warm)}.
"""


def _table(measured: Sequence[Times]) -> str:
    head = [
        "report",
        "bytes",
        "processor time p50",
        "p95",
        f"p95 divided by {SHARE:.2f}",
        f"by the clock, held to {SHARE:.2f} of a core: p50",
        "p95",
    ]
    return table(head, (_line(each) for each in measured))


def _line(each: Times) -> list[str]:
    clock = [f"{_at(each.throttled, percent):.3f}" if each.throttled else "not possible here" for percent in (50, 95)]
    half, most = _at(each.cpu, 50), _at(each.cpu, 95)
    return [each.kind.title, f"{each.size:,}", f"{half:.3f}", f"{most:.3f}", f"**{most / SHARE:.3f}**", *clock]


def _at(seconds: Sequence[float], percent: int) -> float:
    return quantiles(seconds, n=100, method="inclusive")[percent - 1]


def _reached(warm: Sequence[Times]) -> str:
    worst = max(_at(each.cpu, 95) / SHARE for each in warm)
    clock = [_at(each.throttled, 95) for each in warm if each.throttled]
    measured = f"; by the clock {max(clock):.3f} s" if clock else ""
    reached = "reached" if max([worst, *clock]) <= _GOAL else "**not reached**"
    return f"{reached}, the worst is {worst:.3f} s by processor time{measured}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
