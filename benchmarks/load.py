"""The loader compared with other ways to write rows into DynamoDB, on one table of the local cloud.

It ends with lines `ratio NAME-FIGURE VALUE`: how many times as much as ours another way needs for each new row, of
requests, client CPU, seconds and write units, and of requests if the same rows are written again.
"""

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from benchmarks.parts.loading import OURS, WAYS, Run, Way, make_table, measure, rows_of_report, units_of_item
from benchmarks.parts.outcome import BenchmarkError
from benchmarks.parts.page import facts, publish, table
from local.cloud.clients import Cloud
from local.cloud.errors import LocalError
from local.cloud.ministack import ministack
from local.cloud.paths import find_paths
from local.cloud.run_folder import run_folder

_MILLION: Final = 1_000_000
_HEAD: Final = (
    "",
    "requests",
    "rows a request",
    "client CPU for each row",
    "rows/s",
    "write units a million rows",
    "read units a million rows",
    "leaves out",
)


class Score(NamedTuple):
    """The best runs of one way: rows that are new, and the same rows again."""

    way: Way
    new: Run
    again: Run


def main(arguments: Sequence[str]) -> int:
    """Measure, and print the tables and ratios; the exit code."""
    options = _options(arguments)
    rows = rows_of_report(options.rows)
    unit = max(map(units_of_item, rows))
    try:
        scores = _scores(options.rows, options.rounds)
    except (BenchmarkError, LocalError) as error:
        print(f"benchmarks.load: {error}", file=sys.stderr)
        return 1
    publish("load", _body(scores, options.rows, options.rounds, unit), write=options.write)
    for name, value in _ratios(scores, options.rows, unit):
        print(f"ratio {name} {value:.2f}")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.load", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=5_000, help="of each run (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each way (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="write the results into docs/")
    return parser.parse_args(arguments)


def _scores(count: int, rounds: int) -> list[Score]:
    """Measure each way on a table of its own, round by round: a disturbance affects all of them alike."""
    paths = find_paths(os.environ)
    rows = rows_of_report(count)
    new: defaultdict[str, list[Run]] = defaultdict(list)
    again: defaultdict[str, list[Run]] = defaultdict(list)
    with run_folder(paths.runs) as run, ministack(python=paths.ministack_python, run=run) as server:
        cloud = Cloud(endpoint_url=server.endpoint_url)
        for number in range(rounds):
            for way in WAYS:
                print(f"round {number + 1} of {rounds}: {way.title}", file=sys.stderr)
                name = f"{way.name}-{number}"
                make_table(cloud, name)
                new[way.name].append(measure(way, cloud, name, rows))
                again[way.name].append(measure(way, cloud, name, rows))
                cloud.dynamodb.delete_table(TableName=name)
    return [Score(way, _best(new[way.name]), _best(again[way.name])) for way in WAYS]


def _best(runs: Sequence[Run]) -> Run:
    """The fewest requests are those of every run; time is that of the run that was disturbed least."""
    return Run(
        requests=max(run.requests for run in runs),
        cpu=min(run.cpu for run in runs),
        seconds=min(run.seconds for run in runs),
    )


def _body(scores: Sequence[Score], rows: int, rounds: int, unit: int) -> str:
    return f"""\
{rows:,} rows, best of {rounds} rounds, one thread. Measured {facts()}.

Rows that are new:

{table(_HEAD, (_line(score.way, score.new, rows, score.way.new(unit)) for score in scores))}

The same rows again, as when a run is repeated:

{table(_HEAD, (_line(score.way, score.again, rows, score.way.known(unit)) for score in scores))}
"""


def _line(way: Way, run: Run, rows: int, units: tuple[float, float]) -> list[str]:
    write, read = units
    return [
        way.title,
        f"{run.requests:,}",
        f"{rows / run.requests:.1f}",
        f"{run.cpu / rows * 1e6:.0f} µs",
        f"{rows / run.seconds:,.0f}",
        f"{write * _MILLION:,.0f}",
        f"{read * _MILLION:,.0f}",
        way.leaves_out,
    ]


def _ratios(scores: Sequence[Score], rows: int, unit: int) -> Iterator[tuple[str, float]]:
    figures = {score.way.name: _figures(score, rows, unit) for score in scores}
    ours = figures.pop(OURS)
    for name, those in figures.items():
        for figure, value in those.items():
            yield f"{name}-{figure}", value / ours[figure]


def _figures(score: Score, rows: int, unit: int) -> Mapping[str, float]:
    """What one new row takes."""
    return {
        "requests": score.new.requests / rows,
        "cpu": score.new.cpu / rows,
        "seconds": score.new.seconds / rows,
        "units": score.way.new(unit).write,
        "requests-again": score.again.requests / rows,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
