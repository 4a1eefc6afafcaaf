"""Draws a dashboard as SVG: the same figures give the same bytes.

It has no library: lines, steps and a legend are all that a dashboard needs, and it runs where the stacks are deployed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Final

from local.dashboard.widgets import Widget

NO_DATA: Final = "no data in a local run"
Curve = Sequence[tuple[float, float]]
"""Seconds since the start, and the value."""
_COLUMN: Final = 44
"""Pixels of a unit of the grid."""
_ROW: Final = 34
_GAP: Final = 6
_LEFT: Final = 46
_TOP: Final = 40
_BOTTOM: Final = 54
_CHARACTER: Final = 5.6
"""Width of a character of a legend, about."""
_TICKS: Final = 4
_COLORS: Final = (
    *("#2b6cb0", "#d9822b", "#2f855a", "#c53030", "#7c3aed", "#0f7a8a"),
    *("#b7791f", "#d53f8c", "#4a5568", "#68a357", "#5a67d8", "#9c5221", "#319795", "#a0aec0"),
)
_FONT: Final = 'font-family="-apple-system, Helvetica, Arial, sans-serif" font-size="11"'
_STYLE: Final = (
    ".p{fill:#fff;stroke:#d5dbe3}.g{stroke:#e6eaf0}.t{fill:#1a202c;font-size:13px;font-weight:600}"
    ".n{fill:#718096;font-size:10px}.e{fill:#718096;font-size:13px;text-anchor:middle}"
    ".h{fill:#1a202c;font-size:16px;font-weight:700}.y{text-anchor:end}.m{text-anchor:middle}"
)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What a graph shows."""

    curves: Sequence[tuple[str, Curve]]
    """Label of each line that has data, and its values."""
    missing: Sequence[str]
    """Labels of the lines without data."""
    source: str
    """Where the data is from."""


def picture(widgets: Sequence[tuple[Widget, Drawn | None]], *, seconds: float, note: str) -> str:
    """The dashboard as SVG.

    Args:
        widgets: with what each graph shows; None for a text.
        seconds: length of the horizontal axes.
        note: below the first widget's text.
    """
    width = max(each.x + each.width for each, _ in widgets) * _COLUMN
    height = max(each.y + each.height for each, _ in widgets) * _ROW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {_FONT}>',
        f"<title>Dashboard</title><style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#f5f7fa"/>',
    ]
    for number, (widget, drawn) in enumerate(widgets):
        x, y = widget.x * _COLUMN, widget.y * _ROW
        size = (widget.width * _COLUMN, widget.height * _ROW)
        parts.append(f'<g transform="translate({x} {y})">')
        parts += _text(widget, note if number == 0 else "") if drawn is None else _graph(widget, drawn, size, seconds)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def _text(widget: Widget, note: str) -> Iterator[str]:
    title, *rest = widget.title.splitlines()
    yield f'<text class="h" x="{2 * _GAP}" y="24">{escape(title.lstrip("# "))}</text>'
    for number, line in enumerate(filter(None, [*rest, note])):
        yield f'<text class="n" x="{2 * _GAP}" y="{42 + 14 * number}">{escape(line)}</text>'


def _graph(widget: Widget, drawn: Drawn, size: tuple[int, int], seconds: float) -> Iterator[str]:
    width, height = size
    yield f'<rect class="p" x="{_GAP}" y="{_GAP}" width="{width - 2 * _GAP}" height="{height - 2 * _GAP}" rx="4"/>'
    yield f'<text class="t" x="{2 * _GAP + 2}" y="23">{escape(widget.title)}</text>'
    if not drawn.curves:
        yield f'<text class="e" x="{width // 2}" y="{height // 2 + 4}">{NO_DATA}</text>'
        return
    yield f'<text class="n" x="{2 * _GAP + 2}" y="36">{escape(f"{widget.unit}; {drawn.source}")}</text>'
    curves = _stacked(drawn.curves) if widget.stacked else list(drawn.curves)
    top = _round_up(max(value for _, curve in curves for _, value in curve))
    plot = _Plot(left=_LEFT, top=_TOP + 4, right=width - 3 * _GAP, bottom=height - _BOTTOM, seconds=seconds, most=top)
    yield from plot.axes()
    yield from plot.curves(curves, filled=widget.stacked)
    yield from _legend(drawn, width, height)


@dataclass(frozen=True, kw_only=True)
class _Plot:
    left: float
    top: float
    right: float
    bottom: float
    seconds: float
    most: float

    def _x(self, second: float) -> str:
        return _number(self.left + (self.right - self.left) * min(second / self.seconds, 1))

    def _y(self, value: float) -> str:
        return _number(self.bottom - (self.bottom - self.top) * value / self.most)

    def axes(self) -> Iterator[str]:
        for tick in range(_TICKS + 1):
            value = self.most * tick / _TICKS
            y = self._y(value)
            yield f'<path class="g" d="M{self.left} {y}H{_number(self.right)}"/>'
            if tick % 2 == 0:
                yield f'<text class="n y" x="{self.left - 4}" y="{float(y) + 3.5:g}">{_short(value)}</text>'
        for second in (0.0, self.seconds / 2, self.seconds):
            anchor = "" if second == 0 else " y" if second == self.seconds else " m"
            yield f'<text class="n{anchor}" x="{self._x(second)}" y="{self.bottom + 12}">{second:.0f} s</text>'

    def curves(self, curves: Sequence[tuple[str, Curve]], *, filled: bool) -> Iterator[str]:
        # From the highest sum down, so that each covers what is above its own part.
        for number, (_, curve) in reversed(list(enumerate(curves))):
            color = _COLORS[number % len(_COLORS)]
            points = " ".join(f"{self._x(second)},{self._y(value)}" for second, value in curve)
            if filled:
                first, last = self._x(curve[0][0]), self._x(curve[-1][0])
                area = f"{first},{self._y(0)} {points} {last},{self._y(0)}"
                yield f'<polygon points="{area}" fill="{color}" fill-opacity="0.9"/>'
            yield f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1.5"/>'
            if not filled or len(curve) == 1:
                yield from (
                    f'<circle cx="{self._x(second)}" cy="{self._y(value)}" r="1.8" fill="{color}"/>'
                    for second, value in curve
                )


def _legend(drawn: Drawn, width: int, height: int) -> Iterator[str]:
    x, y, right = float(2 * _GAP + 2), height - _BOTTOM + 27, width - 2 * _GAP
    entries = [(label, _COLORS[number % len(_COLORS)]) for number, (label, _) in enumerate(drawn.curves)]
    if drawn.missing:
        named = f"no data: {', '.join(drawn.missing)}"
        fits = _CHARACTER * len(named) < right - x
        entries.append((named if fits else f"no data: {len(drawn.missing)} others", ""))
    for label, color in entries:
        room = 14 + _CHARACTER * len(label)
        if x + room > right and x > 2 * _GAP + 2:
            x, y = float(2 * _GAP + 2), y + 13
        if color:
            yield f'<rect x="{_number(x)}" y="{y - 8}" width="8" height="8" fill="{color}"/>'
        yield f'<text class="n" x="{_number(x + 11 if color else x)}" y="{y}">{escape(label)}</text>'
        x += room + 8


def _stacked(curves: Sequence[tuple[str, Curve]]) -> list[tuple[str, Curve]]:
    """Each curve on top of those before it, at the times of all of them."""
    times = sorted({second for _, curve in curves for second, _ in curve})
    below, stacked = dict.fromkeys(times, 0.0), list[tuple[str, Curve]]()
    for label, curve in curves:
        own = dict(curve)
        below = {second: below[second] + own.get(second, 0.0) for second in times}
        stacked.append((label, list(below.items())))
    return stacked


def _round_up(value: float) -> float:
    """The next number of the form 1, 2, 4 or 5 times a power of ten; 1 for zero."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(each * power for each in (1, 2, 4, 5, 10) if ceil(value / power * 1_000) / 1_000 <= each)


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _short(value: float) -> str:
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:.3g}"
