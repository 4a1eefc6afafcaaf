"""Draws a comparison as bars; needs matplotlib."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from matplotlib.axes import Axes

from benchmarks.parts.canvas import ACCENTS, new_figure, save
from benchmarks.parts.contest import CONTENDERS
from benchmarks.parts.scores import Score

_THICKNESS: Final = 0.38
_MILLION: Final = 1_000_000


def draw(scores: Sequence[Score], path: Path) -> None:
    """Good reports above, reports in which every row is wrong below."""
    figure = new_figure(height=6.4)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1.2])
    _panel(upper, [score for score in scores if score.kind.good], "Good reports")
    _panel(lower, [score for score in scores if not score.kind.good], "Every row wrong")
    lower.set_xlabel("million rows in a second of processor time, best run: longer is faster")
    save(figure, path)


def _panel(axes: Axes, scores: Sequence[Score], title: str) -> None:
    names = [each.name for each in CONTENDERS if any(score.contender == each for score in scores)][::-1]
    kinds = list(dict.fromkeys(score.kind.name for score in scores))
    for number, kind in enumerate(kinds):
        chosen = [score for score in scores if score.kind.name == kind]
        places = [names.index(score.contender.name) + (0.5 - number) * _THICKNESS for score in chosen]
        speeds = [score.best / _MILLION for score in chosen]
        bars = axes.barh(places, speeds, _THICKNESS, color=ACCENTS[number], label=chosen[0].kind.title)
        axes.bar_label(bars, [f"{speed:.2f}" for speed in speeds], padding=3, fontsize=8)
    titles = {score.contender.name: score.contender.title for score in scores}
    axes.set_yticks(range(len(names)), [titles[name] for name in names])
    axes.set_title(title, loc="left", fontsize=10, fontweight="bold")
    axes.legend(loc="lower right", frameon=False, fontsize=8)
    axes.margins(x=0.12)
