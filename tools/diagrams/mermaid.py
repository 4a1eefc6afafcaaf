"""Flowcharts in Mermaid, as GitHub draws them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

_STYLES: Final = {
    "work": "fill:#fff2df,stroke:#d9822b,color:#1a202c",
    "flow": "fill:#f3e8ff,stroke:#7c3aed,color:#1a202c",
    "store": "fill:#e8f1fb,stroke:#2b6cb0,color:#1a202c",
    "message": "fill:#e6f6ec,stroke:#2f855a,color:#1a202c",
    "trouble": "fill:#fdecec,stroke:#c53030,color:#1a202c",
    "rest": "fill:#f5f7fa,stroke:#8795a5,color:#1a202c",
}
"""Style of a node -> how it is drawn. All have a color of their text, for GitHub's dark pages, too."""
_FRAME: Final = "fill:#fbfcfe,stroke:#c5ced8,color:#1a202c"
_SHAPES: Final = {
    "box": ('["', '"]'),
    "round": ('("', '")'),
    "end": ('(["', '"])'),
    "choice": ('{"', '"}'),
    "store": ('[("', '")]'),
}


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node; `key` is unique in the chart."""

    key: str
    lines: Sequence[str]
    """Of its text."""
    style: str
    shape: str = "box"


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """An arrow between two nodes or groups."""

    source: str
    target: str
    label: str = ""
    dotted: bool = False


@dataclass(frozen=True, kw_only=True)
class Group:
    """Nodes in a frame, which has a key as nodes have."""

    key: str
    title: str
    nodes: Sequence[Node]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A flowchart."""

    direction: str
    """`LR` or `TB`."""
    groups: Sequence[Group] = ()
    nodes: Sequence[Node] = ()
    """Of no group."""
    arrows: Sequence[Arrow] = field(default_factory=tuple)


def block(chart: Chart) -> str:
    """The chart as a block of Markdown."""
    return "\n".join(["```mermaid", *_lines(chart), "```"])


def _lines(chart: Chart) -> Iterator[str]:
    yield f"flowchart {chart.direction}"
    for group in chart.groups:
        yield f'  subgraph {_id(group.key)}["{_text(group.title)}"]'
        yield from (f"    {_node(node)}" for node in group.nodes)
        yield "  end"
    yield from (f"  {_node(node)}" for node in chart.nodes)
    yield from (f"  {_arrow(arrow)}" for arrow in chart.arrows)
    yield from (f"  style {_id(group.key)} {_FRAME}" for group in chart.groups)
    used = {node.style for node in [*chart.nodes, *(node for group in chart.groups for node in group.nodes)]}
    yield from (f"  classDef {style} {look}" for style, look in _STYLES.items() if style in used)


def _node(node: Node) -> str:
    opening, closing = _SHAPES[node.shape]
    return f"{_id(node.key)}{opening}{'<br/>'.join(_text(line) for line in node.lines)}{closing}:::{node.style}"


def _arrow(arrow: Arrow) -> str:
    line = "-.->" if arrow.dotted else "-->"
    label = f'|"{_text(arrow.label)}"|' if arrow.label else ""
    return f"{_id(arrow.source)} {line}{label} {_id(arrow.target)}"


def _id(key: str) -> str:
    """An id that is no word of Mermaid, such as `end`."""
    return f"n_{re.sub(r'[^0-9A-Za-z]', '_', key)}"


def _text(text: str) -> str:
    """A text between quotation marks; Mermaid reads entities."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
