"""The contenders, and how they compare: throughputs and ratios."""

from collections.abc import Sequence
from importlib.metadata import version
from statistics import median
from typing import Final, NamedTuple

from benchmarks.parts.child import Run
from benchmarks.parts.page import table
from benchmarks.parts.reports import KINDS, Kind

OURS: Final = "ours"
FLOOR: Final = "csv_reader"
_MILLION: Final = 1_000_000


class Contender(NamedTuple):
    """One way to validate a report, `benchmarks/contenders/<name>.py`, with the distribution that it measures."""

    name: str
    title: str
    leaves_out: str
    package: str | None = None


_NATIVE: Final = "what is wrong with a row and on which line, byte ranges, bounded memory"
_PYDANTIC: Final = "strict spelling of amounts and timestamps (accepts 1e2, 1700000000), byte ranges, bounded memory"
CONTENDERS: Final = (
    Contender(FLOOR, "csv.reader alone", "everything: it splits rows and nothing more"),
    Contender("pydantic", "pydantic", _PYDANTIC, package="pydantic"),
    Contender("polars", "polars", _NATIVE, package="polars"),
    Contender("duckdb", "duckdb", _NATIVE, package="duckdb"),
    Contender(OURS, "ours", "nothing"),
)


class Score(NamedTuple):
    """All runs of one contender over one kind of report; speeds are rows in a second of processor time."""

    kind: Kind
    contender: Contender
    runs: Sequence[Run]

    @property
    def best(self) -> float:
        """The speed of the run that was disturbed least."""
        return max(run.speed for run in self.runs)

    @property
    def median(self) -> float:
        """The speed of the middle run."""
        return median(run.speed for run in self.runs)


def ratios(scores: Sequence[Score]) -> dict[str, float]:
    """How many times as fast as each peer ours is, best run to best run, by `PEER-KIND`."""
    ours = {score.kind.name: score.best for score in scores if score.contender.name == OURS}
    return {
        f"{score.contender.name}-{score.kind.name}": ours[score.kind.name] / score.best
        for score in scores
        if score.contender.name != OURS
    }


def throughput_table(scores: Sequence[Score]) -> str:
    """For each contender: rows in a second of one core for each kind, memory, and what it leaves out."""
    kinds = _kinds(scores)
    head = ["", *(kind.title for kind in kinds), "peak memory", "leaves out"]
    return table(head, (_line(contender, kinds, scores) for contender in _contenders(scores)))


def _line(contender: Contender, kinds: Sequence[Kind], scores: Sequence[Score]) -> list[str]:
    own = {score.kind.name: score for score in scores if score.contender == contender}
    chosen = [own.get(kind.name) for kind in kinds]
    speeds = [f"{each.best / _MILLION:.2f} M ({each.median / _MILLION:.2f} M)" if each else "" for each in chosen]
    memory = max(run.memory for score in own.values() for run in score.runs) / _MILLION
    title = f"{contender.title} {version(contender.package)}" if contender.package else contender.title
    return [title, *speeds, f"{memory:.0f} MB", contender.leaves_out]


def ratio_table(scores: Sequence[Score]) -> str:
    """How many times as fast as each peer ours is."""
    kinds = _kinds(scores)
    shown = {name: f"{value:.2f}" for name, value in ratios(scores).items()}
    rows = [
        [f"ours / {peer.title}", *(shown.get(f"{peer.name}-{kind.name}", "") for kind in kinds)]
        for peer in _contenders(scores)
        if peer.name != OURS
    ]
    return table(["", *(kind.title for kind in kinds)], rows)


def _kinds(scores: Sequence[Score]) -> list[Kind]:
    return [kind for kind in KINDS.values() if any(score.kind == kind for score in scores)]


def _contenders(scores: Sequence[Score]) -> list[Contender]:
    return [contender for contender in CONTENDERS if any(score.contender == contender for score in scores)]
