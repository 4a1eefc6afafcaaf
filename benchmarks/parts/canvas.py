"""How the pictures look: dark on a white card, so that they can be read on light pages and on dark ones."""

from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.figure import Figure

ACCENTS: Final = ("#2b6cb0", "#d9822b")
_WIDTH: Final = 9.0
_STYLE: Final = {
    "svg.fonttype": "none",  # text stays text: small, to be searched and read aloud
    "svg.hashsalt": "performance",  # the same ids each time
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica", "Arial", "DejaVu Sans"],
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def new_figure(*, height: float) -> Figure:
    """An empty picture; inches."""
    mpl.rcParams.update(_STYLE)
    return Figure(figsize=(_WIDTH, height), layout="constrained", facecolor="white")


def save(figure: Figure, path: Path) -> None:
    """Write it as SVG, without the date: the same figures give the same bytes."""
    figure.savefig(path, format="svg", metadata={"Date": None})
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")
