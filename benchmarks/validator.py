"""The validator beside its peers: the same bytes, one core, a process for each run, rounds in turn.

At the end there is a line `ratio NAME VALUE` for each peer and kind of report: how many times as fast as it ours is,
by processor time, best run to best run. Contenders that validate_report have to agree on a good report, else there is no result.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from benchmarks.parts.child import ChildError
from benchmarks.parts.contest import CONTENDERS, OURS, Contender, DisagreementError, check_agreement, run
from benchmarks.parts.machine import facts
from benchmarks.parts.page import write_section
from benchmarks.parts.paths import DOCS, PAGE, SCRATCH
from benchmarks.parts.progress import progress
from benchmarks.parts.reports import KINDS, Kind, lines, write
from benchmarks.parts.scores import Score, goal_table, ratio_table, ratios, throughput_table

if TYPE_CHECKING:
    from benchmarks.parts.outcome import Outcome, Run

_FLOOR: Final = "csv_reader"
_KINDS: Final = ("numbered", "random", "wrong-currency", "wrong-anywhere")
_PICTURE: Final = "performance-validator_report.svg"


def main(arguments: Sequence[str]) -> int:
    """Compare, and print the tables; the exit code."""
    options = _options(arguments)
    chosen = [contender for contender in CONTENDERS if contender.name in options.contenders]
    SCRATCH.mkdir(exist_ok=True)
    try:
        with TemporaryDirectory(dir=SCRATCH, prefix="bench-") as folder:
            scores = _Contest(Path(folder), options.rows, chosen).scores(options.rounds)
    except (ChildError, DisagreementError) as error:
        print(f"benchmarks.validator: {error}", file=sys.stderr)
        return 1
    body = _body(scores, options.rows, options.rounds)
    print(body)
    if options.write:
        _write(scores, body)
    for ratio in ratios(scores):
        print(f"ratio {ratio.name} {ratio.value:.2f}")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.validator", description=(__doc__ or "").partition("\n")[0])
    names = [contender.name for contender in CONTENDERS]
    parser.add_argument("--rows", type=int, default=1_000_000, help="of each report (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each contender (default: %(default)s)")
    parser.add_argument("--contenders", nargs="+", choices=names, default=names, help="all of them, else")
    parser.add_argument("--write", action="store_true", help="write the results and the picture into docs/")
    return parser.parse_args(arguments)


class _Contest:
    """Reports in a folder, each made when it is first needed, and who validates them."""

    def __init__(self, folder: Path, rows: int, contenders: Sequence[Contender]) -> None:
        self._folder = folder
        self._rows = rows
        self._contenders = contenders

    def scores(self, rounds: int) -> list[Score]:
        """Let everybody validate_report everything so many times, in turn: what disturbs, disturbs all."""
        pairs = [(KINDS[name], contender) for name in _KINDS for contender in self._validates_of(KINDS[name])]
        runs: defaultdict[tuple[str, str], list[Run]] = defaultdict(list)
        for number in range(rounds):
            for kind, contender in pairs:
                progress(f"round {number + 1} of {rounds}: {contender.title}, {kind.title}")
                runs[kind.name, contender.name].append(run(contender.name, self._report(kind, contender.most_rows)))
        progress("")
        scores = [Score(kind=kind, contender=each, runs=tuple(runs[kind.name, each.name])) for kind, each in pairs]
        self._check(scores)
        return scores

    def _validates_of(self, kind: Kind) -> Iterator[Contender]:
        """A bad report's result depends on what a contender leaves out, so there only the floor is compared."""
        return (each for each in self._contenders if kind.good or each.name in {_FLOOR, OURS})

    def _report(self, kind: Kind, most_rows: int | None = None) -> Path:
        rows = min(self._rows, most_rows or self._rows)
        path = self._folder / f"{kind.name}-{rows}.csv"
        if not path.exists():
            progress(f"writing {rows:,} rows, {kind.title}")
            write(path, lines(kind, rows))
        return path

    def _check(self, scores: Sequence[Score]) -> None:
        """Hold everybody's result against ours; that has to be right about good and wrong, too."""
        validated: dict[Path, Outcome] = {}
        for score in scores:
            path = self._report(score.kind, score.contender.most_rows)
            ours = validated[path] = validated.get(path) or run(OURS, path).outcome
            if ours.wrong != (0 if score.kind.good else ours.rows):
                raise DisagreementError(f"{OURS} found {ours.wrong} violations in {score.kind.title}, {ours.rows} rows")
            names = [score.contender.name] * len(score.runs)
            outcomes = [each.outcome for each in score.runs]
            check_agreement([(OURS, ours), *zip(names, outcomes, strict=True)])


def _body(scores: Sequence[Score], rows: int, rounds: int) -> str:
    return f"""\
{rows:,} rows, {rounds} rounds, one core. {facts()}.

RowsValidator in a second of processor time, best run (median run):

{throughput_table(scores)}

![RowsValidator in a second of one core, for each contender]({_PICTURE})

How many times as fast as its peer ours is, best run to best run:

{ratio_table(scores)}

{goal_table(scores)}
"""


def _write(scores: Sequence[Score], body: str) -> None:
    from benchmarks.parts.bars import draw  # noqa: PLC0415  # pylint: disable=import-outside-toplevel

    draw(scores, DOCS / _PICTURE)
    write_section(PAGE, "validator", body)
    print(f"written: docs/{PAGE.name}, docs/{_PICTURE}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
