import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

import pytest

from local.dashboard.picture import NO_DATA, Curve, Drawn, picture
from local.dashboard.widgets import Widget, read_widgets

SVG = "{http://www.w3.org/2000/svg}"


def graph(metrics: list[list[Any]], **changes: Any) -> dict[str, Any]:
    properties = {
        "title": "Rows",
        "stacked": False,
        "yAxis": {"left": {"label": "rows"}},
        "metrics": metrics,
        **changes,
    }
    return {"type": "metric", "x": 0, "y": 1, "width": 8, "height": 6, "properties": properties}


TEXT = {"type": "text", "x": 0, "y": 0, "width": 24, "height": 1, "properties": {"markdown": "# Rows & more"}}
METRIC = ["AWS/Lambda", "Duration", "FunctionName", "f"]


def read(*widgets: dict[str, Any]) -> list[Widget]:
    return read_widgets(json.dumps({"widgets": widgets}))


def drawing(*curves: tuple[str, Curve], missing: Sequence[str] = (), stacked: bool = False) -> ET.Element:
    heading, rows = read(TEXT, graph([[*METRIC, {"label": "f", "stat": "Sum"}]], stacked=stacked))
    drawn = Drawn(curves=curves, missing=missing, source="from the logs")
    return ET.fromstring(picture([(heading, None), (rows, drawn)], seconds=60, note="A note"))  # noqa: S314  ours


def texts(svg: ET.Element) -> list[str]:
    return [each.text or "" for each in svg.iter(f"{SVG}text")]


def test_a_line_is_a_metric_with_its_statistic() -> None:
    (widget,) = read(graph([[*METRIC, {"label": "f", "stat": "p95"}]]))
    (query,) = widget.queries
    assert (query.label, query.statistic, query.factor) == ("f", "p95", 1.0)
    assert (query.metric.namespace, query.metric.name) == ("AWS/Lambda", "Duration")
    assert query.metric.dimensions == frozenset({("FunctionName", "f")})


def test_an_expression_is_its_hidden_metric_times_a_factor() -> None:
    hidden = [*METRIC, {"id": "m0", "stat": "Sum", "visible": False}]
    (widget,) = read(graph([hidden, [{"expression": "m0 * 512 / 1024 / 1000", "id": "e0", "label": "f"}]]))
    (query,) = widget.queries
    assert (query.label, query.statistic, query.factor) == ("f", "Sum", 0.0005)


def test_what_cannot_be_drawn_is_an_error() -> None:
    with pytest.raises(ValueError, match="'m0 \\+ 1' cannot be drawn"):
        read(graph([[{"expression": "m0 + 1", "id": "e0", "label": "f"}]]))
    with pytest.raises(ValueError, match="the type 'log' cannot be drawn"):
        read({**TEXT, "type": "log"})


def test_the_picture_has_titles_notes_labels_and_sources() -> None:
    svg = drawing(("loaded", [(0.0, 1.0), (5.0, 3.0)]), missing=["repeated"])
    assert {"Rows & more", "A note", "Rows", "rows; from the logs", "loaded", "no data: repeated"} <= set(texts(svg))
    assert NO_DATA not in texts(svg)


def test_a_graph_without_any_data_says_so_and_has_no_axes() -> None:
    svg = drawing(missing=["loaded", "repeated"])
    assert NO_DATA in texts(svg)
    assert not list(svg.iter(f"{SVG}polyline"))
    assert not [each for each in texts(svg) if each.endswith(" s")]


def test_the_highest_value_is_below_the_top_of_the_axis_and_zero_is_at_its_bottom() -> None:
    svg = drawing(("loaded", [(0.0, 0.0), (60.0, 300.0)]))
    (line,) = svg.iter(f"{SVG}polyline")
    (_, low), (_, high) = (tuple(map(float, each.split(","))) for each in line.get("points", "").split())
    axes = [float(each.get("d", "").split(" ")[1].split("H")[0]) for each in svg.iter(f"{SVG}path")]
    assert low == max(axes)
    assert min(axes) <= high < low
    assert {"0", "200", "400"} <= set(texts(svg))


def test_stacked_lines_are_on_top_of_each_other_also_where_one_has_no_point() -> None:
    svg = drawing(("one", [(0.0, 10.0), (30.0, 10.0)]), ("two", [(30.0, 10.0)]), stacked=True)
    two, one = (each.get("points", "").split() for each in svg.iter(f"{SVG}polyline"))
    assert len(two) == len(one) == 2
    assert two[0] == one[0]
    assert float(two[1].split(",")[1]) < float(one[1].split(",")[1])


def test_a_single_point_is_a_dot_also_where_lines_are_stacked() -> None:
    assert len(list(drawing(("one", [(0.0, 0.0)]), stacked=True).iter(f"{SVG}circle"))) == 1


def test_many_lines_without_data_are_counted() -> None:
    names = [f"function-{number}" for number in range(40)]
    assert "no data: 40 others" in texts(drawing(("f", [(0.0, 1.0)]), missing=names))


def test_the_same_figures_give_the_same_bytes() -> None:
    assert ET.tostring(drawing(("a", [(1.0, 1 / 3)]))) == ET.tostring(drawing(("a", [(1.0, 1 / 3)])))
