"""The validator compared with its peers: the same bytes, one core, a process for each run, rounds in turn.

It ends with a line `ratio PEER-KIND VALUE` for each peer and kind of report: how many times as fast as the peer ours
is, by processor time, best run to best run. Contenders have to agree on a report, else there is no result.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.parts.child import Run, run
from benchmarks.parts.outcome import BenchmarkError, Outcome, check_agreement
from benchmarks.parts.page import DOCS, facts, publish
from benchmarks.parts.reports import KINDS, lines, scratch_folder, write
from benchmarks.parts.scores import CONTENDERS, FLOOR, OURS, Contender, Score, ratio_table, ratios, throughput_table

_KINDS: Final = tuple(KINDS[name] for name in ("numbered", "random", "invalid-currency", "invalid-anywhere"))
_CHART: Final = "performance-validator.svg"


def main(arguments: Sequence[str]) -> int:
    """Compare, and print the tables and ratios; the exit code."""
    options = _options(arguments)
    contenders = [contender for contender in CONTENDERS if contender.name in {*options.peers, OURS}]
    try:
        with scratch_folder() as folder:
            scores = _compare(folder, contenders, options.rows, options.rounds)
    except BenchmarkError as error:
        print(f"benchmarks.validator: {error}", file=sys.stderr)
        return 1
    publish("validator", _body(scores, options.rows, options.rounds), write=options.write)
    if options.write:
        _draw(scores)
    for name, value in ratios(scores).items():
        print(f"ratio {name} {value:.2f}")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.validator", description=(__doc__ or "").partition("\n")[0])
    peers = [contender.name for contender in CONTENDERS if contender.name != OURS]
    parser.add_argument("--rows", type=int, default=1_000_000, help="of each report (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each contender (default: %(default)s)")
    parser.add_argument("--peers", nargs="+", choices=peers, default=peers, help="default: all of them")
    parser.add_argument("--write", action="store_true", help="write the results and the chart into docs/")
    return parser.parse_args(arguments)


def _compare(folder: Path, contenders: Sequence[Contender], rows: int, rounds: int) -> list[Score]:
    """Run each contender on each kind of report, round by round: a disturbance affects all of them alike."""
    for kind in _KINDS:
        write(folder / kind.name, lines(kind, rows))
    # What is found in an invalid report depends on what a contender leaves out: only the floor is compared there.
    pairs = [(kind, each) for kind in _KINDS for each in contenders if kind.valid or each.name in {FLOOR, OURS}]
    runs: defaultdict[tuple[str, str], list[Run]] = defaultdict(list)
    for number in range(rounds):
        for kind, contender in pairs:
            print(f"round {number + 1} of {rounds}: {contender.title}, {kind.title}", file=sys.stderr)
            runs[kind.name, contender.name].append(run(contender.name, folder / kind.name))
    for kind in _KINDS:
        expected = Outcome(rows=rows, invalid=0 if kind.valid else rows)
        found = [(name, each.outcome) for (of, name), own in runs.items() if of == kind.name for each in own]
        check_agreement([("the report as made", expected), *found])
    return [Score(kind, each, runs[kind.name, each.name]) for kind, each in pairs]


def _body(scores: Sequence[Score], rows: int, rounds: int) -> str:
    return f"""\
{rows:,} rows, {rounds} rounds, one core. Measured {facts()}.

Rows in a second of processor time, best run (median run):

{throughput_table(scores)}

![Rows in a second of one core, for each contender]({_CHART})

How many times as fast as its peer ours is, best run to best run:

{ratio_table(scores)}
"""


def _draw(scores: Sequence[Score]) -> None:
    from benchmarks.parts.charts import draw_bars  # noqa: PLC0415  # pylint: disable=import-outside-toplevel

    panels: dict[str, dict[str, dict[str, float]]] = {"Valid reports": {}, "Every row invalid": {}}
    for score in scores:
        panel = panels["Valid reports" if score.kind.valid else "Every row invalid"]
        panel.setdefault(score.kind.title, {})[score.contender.title] = score.best / 1e6
    draw_bars(panels, "million rows in a second of processor time, best run: longer is faster", DOCS / _CHART)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
