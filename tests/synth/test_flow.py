"""docs/flow.svg shows what the stacks are made of: every box and arrow names what it stands for."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from shared.repository import ROOT
from tests.synth.synthesis import Synthesis
from tools.diagrams.parts import Model, read_model

SVG = "{http://www.w3.org/2000/svg}"
PICTURE = ET.parse(ROOT / "docs" / "flow.svg").getroot()  # noqa: S314  our own file
# Classes of what stands for nothing: frames, and the background, which has none.
FRAMES = {"stack", "group"}
# Kinds of which every part is in the picture.
DRAWN_KINDS = {"API", "bucket", "function", "queue", "rule", "table", "topic", "workflow"}
OUTSIDE = {"bank", "banks", "on call", "operators"}


@pytest.fixture(scope="session")
def model(notified: Synthesis) -> Model:
    """Of an environment in which banks and operators are subscribed to the topics."""
    return read_model(notified.stacks)


def named(elements: Iterator[ET.Element], attribute: str) -> list[str]:
    return [name for each in elements for name in each.get(f"data-{attribute}", "").split("; ") if name]


def boxes() -> list[ET.Element]:
    return [each for each in PICTURE.iter(f"{SVG}rect") if each.get("class") and each.get("class") not in FRAMES]


def arrows() -> list[ET.Element]:
    return [each for each in PICTURE.iter(f"{SVG}path") if each.get("class") in {"line", "fail"}]


def test_every_box_names_parts_of_the_stacks_or_what_is_outside(model: Model) -> None:
    parts = {str(each) for each in model.parts}
    for box in boxes():
        assert ("data-part" in box.attrib) != ("data-outside" in box.attrib), box.attrib
        assert box.get("data-outside", "bank") in OUTSIDE
        assert set(named(iter([box]), "part")) <= parts, box.attrib


def test_every_arrow_names_what_a_part_does_to_another_or_what_is_outside(model: Model) -> None:
    edges = {str(each) for each in model.edges}
    for arrow in arrows():
        assert ("data-edge" in arrow.attrib) != ("data-outside" in arrow.attrib), arrow.attrib
        assert set(named(iter([arrow]), "edge")) <= edges, set(named(iter([arrow]), "edge")) - edges


def test_every_part_of_an_environment_is_in_the_picture(model: Model) -> None:
    # The state-stack belongs to the account.
    parts = {str(each) for each in model.parts if each.stack != "state-stack" and each.kind in DRAWN_KINDS}
    assert parts - set(named(iter(boxes()), "part")) == set()


def test_every_arrow_leads_between_boxes_that_are_in_the_picture(model: Model) -> None:
    drawn = set(named(iter(boxes()), "part"))
    ends = {str(each): {str(each.source), str(each.target)} for each in model.edges}
    assert [each for each in named(iter(arrows()), "edge") if not ends[each] <= drawn] == []


def test_the_picture_has_a_frame_for_each_stack_of_an_environment(dev: Synthesis) -> None:
    texts = {each.text for each in PICTURE.iter(f"{SVG}text")}
    assert set(dev.stacks) - {"state-stack"} <= texts
    frames = [each for each in PICTURE.iter(f"{SVG}rect") if each.get("class") == "stack"]
    assert len(frames) == len(dev.stacks) - 1
