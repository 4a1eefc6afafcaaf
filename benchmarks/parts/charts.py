"""Draws charts as SVG, dark on a white card to be readable on light and dark pages; needs matplotlib."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

Series = Mapping[str, float]
"""Bars: a value for each label."""
Curve = Sequence[tuple[float, float]]
_COLORS: Final = ("#2b6cb0", "#d9822b")
_WIDTH: Final = 9.0
_THICKNESS: Final = 0.38
_STYLE: Final = {
    "svg.fonttype": "none",  # text stays text: small, searchable, readable aloud
    "svg.hashsalt": "performance",  # the same ids each time
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica", "Arial", "DejaVu Sans"],
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw_bars(panels: Mapping[str, Mapping[str, Series]], axis: str, path: Path) -> None:
    """A panel below another, each with its title and one set of bars for each series."""
    labels = [list(next(iter(panel.values()))) for panel in panels.values()]
    figure = _new_figure(height=1.2 + 0.6 * sum(map(len, labels)))
    rows = figure.subplots(len(panels), 1, sharex=True, height_ratios=[len(each) + 0.5 for each in labels])
    for axes, (title, panel), names in zip(rows, panels.items(), labels, strict=True):
        for number, (label, series) in enumerate(panel.items()):
            places = [row + (number - 0.5) * _THICKNESS for row in range(len(names))]
            bars = axes.barh(places, list(series.values()), _THICKNESS, color=_COLORS[number], label=label)
            axes.bar_label(bars, fmt="%.2f", padding=3, fontsize=8)
        axes.set_yticks(range(len(names)), names)
        axes.invert_yaxis()
        axes.margins(x=0.12)
        _finish(axes, title)
    rows[-1].set_xlabel(axis)
    _save(figure, path)


def draw_curves(panels: Mapping[str, Mapping[str, Curve]], axis: str, path: Path) -> None:
    """A panel beside another, each with its title and one curve for each series; the axis is logarithmic."""
    figure = _new_figure(height=3.6)
    for axes, (title, panel) in zip(figure.subplots(1, len(panels)), panels.items(), strict=True):
        for color, (label, curve) in zip(_COLORS, panel.items(), strict=True):
            axes.plot(*zip(*curve, strict=True), marker="o", color=color, label=label)
        axes.set_xscale("log")
        axes.set_xlabel(axis)
        axes.set_ylim(bottom=0)
        axes.grid(axis="y", alpha=0.3)
        _finish(axes, title)
    _save(figure, path)


def _new_figure(*, height: float) -> Figure:
    mpl.rcParams.update(_STYLE)
    return Figure(figsize=(_WIDTH, height), layout="constrained", facecolor="white")


def _finish(axes: Axes, title: str) -> None:
    axes.set_title(title, loc="left", fontsize=10, fontweight="bold")
    axes.legend(frameon=False, fontsize=8)


def _save(figure: Figure, path: Path) -> None:
    """Write it without the date: the same figures give the same bytes."""
    figure.savefig(path, format="svg", metadata={"Date": None})
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")
    print(f"written: docs/{path.name}")
