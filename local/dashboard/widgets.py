"""Reads the body of a dashboard in CloudWatch."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_PRODUCT: Final = re.compile(r"(\w+) \* ([\d./* ]+)")


@dataclass(frozen=True)
class Metric:
    """A metric in CloudWatch."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Query:
    """A line of a graph: a metric's statistic, times a factor."""

    label: str
    metric: Metric
    statistic: str
    factor: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Widget:
    """A widget, in units of the grid."""

    x: int
    y: int
    width: int
    height: int
    title: str
    """Of a graph; of a text, its Markdown."""
    unit: str = ""
    stacked: bool = False
    queries: Sequence[Query] = ()
    """Empty for a text."""


def read_widgets(body: str) -> list[Widget]:
    """The widgets of a dashboard, as this project's stacks write it.

    Raises:
        ValueError: the body has something that cannot be drawn.
    """
    return [_widget(each) for each in json.loads(body)["widgets"]]


def _widget(widget: Mapping[str, Any]) -> Widget:
    place = {key: widget[key] for key in ("x", "y", "width", "height")}
    properties = widget["properties"]
    if widget["type"] == "text":
        return Widget(**place, title=properties["markdown"])
    if widget["type"] != "metric":
        raise ValueError(f"a widget of the type {widget['type']!r} cannot be drawn")
    return Widget(
        **place,
        title=properties["title"],
        unit=properties["yAxis"]["left"]["label"],
        stacked=properties["stacked"],
        queries=list(_queries(properties["metrics"])),
    )


def _queries(rows: Sequence[Sequence[Any]]) -> Iterator[Query]:
    hidden: dict[str, tuple[Metric, str]] = {}
    for *texts, options in rows:
        if texts:
            namespace, name, *pairs = texts
            metric = Metric(namespace, name, frozenset(zip(pairs[::2], pairs[1::2], strict=True)))
            if options.get("visible", True):
                yield Query(label=options["label"], metric=metric, statistic=options["stat"])
            else:
                hidden[options["id"]] = (metric, options["stat"])
        else:
            product = _PRODUCT.fullmatch(options["expression"])
            if product is None:
                raise ValueError(f"the expression {options['expression']!r} cannot be drawn")
            metric, statistic = hidden[product[1]]
            yield Query(label=options["label"], metric=metric, statistic=statistic, factor=_value(product[2]))


def _value(expression: str) -> float:
    """The value of numbers that are multiplied and divided, from left to right."""
    first, *rest = expression.split()
    value = float(first)
    for operator, number in zip(rest[::2], rest[1::2], strict=True):
        value = value * float(number) if operator == "*" else value / float(number)
    return value
