"""The largest report of one request, validated on the share of a core that a small Lambda function has."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from typing import Final

from benchmarks.parts.child import Run, run
from benchmarks.parts.outcome import BenchmarkError
from benchmarks.parts.page import facts, publish, table
from benchmarks.parts.reports import KINDS, Kind, fitting, lines, scratch_folder, write
from benchmarks.parts.scores import OURS
from shared.contracts.api import MAX_REPORT_BYTES

_SHARE: Final = 512 / 1769
"""Of a core, at 512 MB: Lambda assigns a whole one at 1,769 MB, and a proportional share to less."""
_KINDS: Final = (KINDS["numbered"], KINDS["random"], KINDS["quoted"])
_SHORTEST_ROW: Final = 48
_HEAD: Final = ("report", "bytes", "processor time p50", "p95", f"p95 divided by {_SHARE:.2f}")


def main(arguments: Sequence[str]) -> int:
    """Measure, and print the tables; the exit code."""
    options = _options(arguments)
    warm, cold = [], []
    try:
        with scratch_folder() as folder:
            for kind in _KINDS:
                print(kind.title, file=sys.stderr)
                path = folder / kind.name
                size = write(path, fitting(lines(kind, options.bytes // _SHORTEST_ROW), options.bytes))
                warm.append(_line(kind, size, _warm(path, options.times)))
                cold.append(_line(kind, size, [_cold(path) for _ in range(options.starts)]))
    except BenchmarkError as error:
        print(f"benchmarks.latency: {error}", file=sys.stderr)
        return 1
    body = f"""\
Measured {facts()}.

Warm, {options.times} validations of each report. Seconds:

{table(_HEAD, warm)}

Cold start, {options.starts} fresh processes for each report: import and first validation. Seconds:

{table(_HEAD, cold)}
"""
    publish("latency", body, write=options.write)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.latency", description=__doc__)
    parser.add_argument("--bytes", type=int, default=MAX_REPORT_BYTES, help="of a report (default: %(default)s)")
    parser.add_argument("--times", type=int, default=200, help="validations of each (default: %(default)s)")
    parser.add_argument("--starts", type=int, default=20, help="cold starts of each (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write the results into docs/")
    return parser.parse_args(arguments)


def _warm(path: Path, times: int) -> list[float]:
    """One process for all; its first validation belongs to the cold start."""
    return _run(path, times + 1).cpu[1:]


def _cold(path: Path) -> float:
    started = _run(path, 1)
    return started.import_cpu + started.cpu[0]


def _run(path: Path, times: int) -> Run:
    validated = run(OURS, path, times=times)
    if validated.outcome.invalid:
        raise BenchmarkError(f"the report should be valid: {validated.outcome}")
    return validated


def _line(kind: Kind, size: int, seconds: Sequence[float]) -> list[str]:
    percentiles = quantiles(seconds, n=100, method="inclusive")
    half, most = percentiles[49], percentiles[94]
    return [kind.title, f"{size:,}", f"{half:.3f}", f"{most:.3f}", f"**{most / _SHARE:.3f}**"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
