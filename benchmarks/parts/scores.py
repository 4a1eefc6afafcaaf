"""What a comparison found: throughputs, ratios, and how far they are from the goals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.parts.contest import CONTENDERS, OURS, Contender
from benchmarks.parts.machine import version_of
from benchmarks.parts.outcome import Run
from benchmarks.parts.page import table
from benchmarks.parts.reports import KINDS, Kind

_MILLION: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Score:
    """All runs of one contender over one kind of report."""

    kind: Kind
    contender: Contender
    runs: tuple[Run, ...]

    @property
    def rows(self) -> int:
        """How many rows each run validated."""
        return self.runs[0].outcome.rows

    @property
    def best(self) -> float:
        """RowsValidator in a second of processor time, in the run that was disturbed least."""
        return self.rows / min(run.cpu for run in self.runs)

    @property
    def median(self) -> float:
        """RowsValidator in a second of processor time, in the middle run."""
        return self.rows / median(run.cpu for run in self.runs)

    @property
    def memory(self) -> int:
        """Bytes that the largest run's process held at its peak."""
        return max(run.memory for run in self.runs)


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """How many times as fast as `peer` ours is."""

    kind: Kind
    peer: Contender
    value: float

    @property
    def name(self) -> str:
        """As the last lines of the benchmark have it."""
        return f"{OURS}/{self.peer.name}@{self.kind.name}"


def ratios(scores: Sequence[Score]) -> list[Ratio]:
    """Ours to each other, best to best."""
    ours = {score.kind.name: score for score in scores if score.contender.name == OURS}
    return [
        Ratio(kind=score.kind, peer=score.contender, value=ours[score.kind.name].best / score.best)
        for score in scores
        if score.contender.name != OURS and score.kind.name in ours
    ]


def throughput_table(scores: Sequence[Score]) -> str:
    """RowsValidator in a second of one core, best (median), for each kind; memory; what is left out."""
    kinds = [kind for kind in KINDS.values() if any(score.kind == kind for score in scores)]
    head = ["", *(kind.title for kind in kinds), "peak memory", "leaves out"]
    return table(head, (_line(contender, kinds, scores) for contender in _present(scores)))


def _present(scores: Sequence[Score]) -> Iterator[Contender]:
    names = {score.contender.name for score in scores}
    return (contender for contender in CONTENDERS if contender.name in names)


def _line(contender: Contender, kinds: Sequence[Kind], scores: Sequence[Score]) -> list[str]:
    own = {score.kind.name: score for score in scores if score.contender == contender}
    speeds = [_speed(own.get(kind.name)) for kind in kinds]
    memory = max(score.memory for score in own.values()) / _MILLION
    rows = max(score.rows for score in own.values())
    fewer = f" (first {rows:,} rows)" if rows == contender.most_rows else ""
    version = version_of(contender.package) if contender.package else ""
    return [f"{contender.title} {version}".strip() + fewer, *speeds, f"{memory:.0f} MB", contender.leaves_out]


def _speed(score: Score | None) -> str:
    return f"{_short(score.best)} ({_short(score.median)})" if score else ""


def _short(speed: float) -> str:
    """As `1.24 M` or `17 k`."""
    return f"{speed / _MILLION:.2f} M" if speed >= _MILLION / 10 else f"{speed / 1000:.0f} k"


def ratio_table(scores: Sequence[Score]) -> str:
    """How many times as fast as each peer ours is."""
    found = ratios(scores)
    kinds = [kind for kind in KINDS.values() if any(ratio.kind == kind for ratio in found)]
    values = {(ratio.peer.name, ratio.kind.name): f"{ratio.value:.2f}" for ratio in found}
    rows = [
        [f"ours / {peer.title}", *(values.get((peer.name, kind.name), "") for kind in kinds)]
        for peer in _present(scores)
        if peer.name != OURS
    ]
    return table(["", *(kind.title for kind in kinds)], rows)


_GOALS: Final = (
    ("csv_reader", True, 1.0, "as fast as csv.reader alone"),
    ("frictionless_table", True, 50.0, "50 times as fast as frictionless"),
    ("csv_reader", False, 1 / 3, "every row wrong: a third of csv.reader alone"),
)


def goal_table(scores: Sequence[Score]) -> str:
    """Each goal with what was measured, whether it is reached or not."""
    rows = [
        [words, ratio.kind.title, f"{goal:.2f}", f"{ratio.value:.2f}", "yes" if ratio.value >= goal else "**no**"]
        for peer, good, goal, words in _GOALS
        for ratio in ratios(scores)
        if ratio.peer.name == peer and ratio.kind.good == good
    ]
    return table(["goal", "report", "ratio wanted", "measured", "reached"], rows)
