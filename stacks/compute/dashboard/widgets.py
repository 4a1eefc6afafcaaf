"""Widgets of a dashboard in CloudWatch, and its body as JSON.

The structure is that of CloudWatch's API reference, "Dashboard Body Structure and Syntax".
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.infra.constructs.alarm import PERIOD_SECONDS

GRID_WIDTH: Final = 24
"""Of a dashboard, in CloudWatch's units."""
_LINE_HEIGHT: Final = 1
_GRAPH_HEIGHT: Final = 6
_GRAPHS_IN_A_ROW: Final = 3


@dataclass(frozen=True, kw_only=True)
class Line:
    """A metric in a graph."""

    label: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    """Name -> value, which may be a token."""
    statistic: str
    factor: str = ""
    """What each value is multiplied by, as CloudWatch's metric math writes it; empty: shown as it is."""


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Lines over time."""

    title: str
    unit: str
    """Label of the vertical axis."""
    lines: Sequence[Line]
    stacked: bool = False
    """Whether the lines are parts of a sum."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """Graphs below a heading."""

    heading: str
    """In Markdown, one or more lines."""
    graphs: Sequence[Graph] = ()


def body(sections: Sequence[Section], *, region: str) -> str:
    """Body of a dashboard: the sections below each other, each with up to three graphs in a row.

    Args:
        sections: from top to bottom.
        region: where the metrics are.
    """
    widgets: list[dict[str, Any]] = []
    top = 0
    for section in sections:
        height = _LINE_HEIGHT * len(section.heading.splitlines())
        widgets.append(_placed("text", {"markdown": section.heading}, at=(0, top), size=(GRID_WIDTH, height)))
        top += height
        for first in range(0, len(section.graphs), _GRAPHS_IN_A_ROW):
            row = section.graphs[first : first + _GRAPHS_IN_A_ROW]
            width = GRID_WIDTH // len(row)
            widgets += [
                _placed("metric", _properties(graph, region), at=(width * column, top), size=(width, _GRAPH_HEIGHT))
                for column, graph in enumerate(row)
            ]
            top += _GRAPH_HEIGHT
    return json.dumps({"widgets": widgets})


def _placed(type_: str, properties: dict[str, Any], *, at: tuple[int, int], size: tuple[int, int]) -> dict[str, Any]:
    (x, y), (width, height) = at, size
    return {"type": type_, "x": x, "y": y, "width": width, "height": height, "properties": properties}


def _properties(graph: Graph, region: str) -> dict[str, Any]:
    return {
        "title": graph.title,
        "view": "timeSeries",
        "stacked": graph.stacked,
        "region": region,
        "period": PERIOD_SECONDS,
        "yAxis": {"left": {"label": graph.unit, "min": 0, "showUnits": False}},
        "metrics": [row for number, line in enumerate(graph.lines) for row in _rows(line, number)],
    }


def _rows(line: Line, number: int) -> Iterator[list[Any]]:
    dimensions = [part for pair in line.dimensions.items() for part in pair]
    metric = [line.namespace, line.metric, *dimensions]
    if not line.factor:
        yield [*metric, {"label": line.label, "stat": line.statistic}]
        return
    yield [*metric, {"id": f"m{number}", "stat": line.statistic, "visible": False}]
    yield [{"expression": f"m{number} * {line.factor}", "id": f"e{number}", "label": line.label}]
