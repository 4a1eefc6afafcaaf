"""Draws growth as curves; needs matplotlib."""

from collections.abc import Callable, Sequence
from pathlib import Path

from matplotlib.axes import Axes

from benchmarks.parts.canvas import ACCENTS, new_figure, save
from benchmarks.parts.outcome import Run

Measured = tuple[str, int, Run]
"""Kind of report, rows, and the run."""


def draw(points: Sequence[Measured], path: Path) -> None:
    """Time for each row on the left, peak memory on the right."""
    figure = new_figure(height=3.6)
    left, right = figure.subplots(1, 2)
    _panel(left, points, "Processor time for each row, ns", lambda rows, run: run.cpu / rows * 1e9)
    _panel(right, points, "Peak memory, MB", lambda _, run: run.memory / 1e6)
    save(figure, path)


def _panel(axes: Axes, points: Sequence[Measured], title: str, value: Callable[[int, Run], float]) -> None:
    for accent, kind in zip(ACCENTS, dict.fromkeys(kind for kind, _, _ in points), strict=True):
        own = [(rows, value(rows, run)) for each, rows, run in points if each == kind]
        axes.plot(*zip(*own, strict=True), marker="o", color=accent, label=kind)
    axes.set_title(title, loc="left", fontsize=10, fontweight="bold")
    axes.set_xscale("log")
    axes.set_xlabel("rows")
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", alpha=0.3)
    axes.legend(frameon=False, fontsize=8)
