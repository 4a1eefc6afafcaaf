"""docs/diagrams.md is what is synthesized, and its drawings are well-formed Mermaid."""

import re
from collections.abc import Iterator

import pytest

from tests.synth.synthesis import Synthesis
from tools.diagrams.names import NAMES, counted
from tools.diagrams.parts import KINDS, Edge, Model, Part, read_model
from tools.diagrams.workflow_charts import definitions
from tools.generators.diagrams import PAGE, SUFFIX, page

# What this project writes of Mermaid's flowcharts, no more: whatever else stands in a block is an error.
ID = r"n_\w+"
TEXT = r'"[^"<>]*(?:<br/>[^"<>]*)*"'
NODE = re.compile(rf"({ID})(?:\[{TEXT}\]|\({TEXT}\)|\(\[{TEXT}\]\)|\{{{TEXT}\}}|\[\({TEXT}\)\]):::([a-z]+)")
ARROW = re.compile(rf"({ID}) (?:-->|-\.->)(?:\|{TEXT}\|)? ({ID})")
SUBGRAPH = re.compile(rf"subgraph ({ID})\[{TEXT}\]")
STYLE = re.compile(rf"style ({ID}) [\w:#,]+")
CLASS = re.compile(r"classDef ([a-z]+) [\w:#,]+")


@pytest.fixture(scope="session")
def model(dev: Synthesis) -> Model:
    return read_model(dev.stacks)


def blocks(text: str) -> Iterator[list[str]]:
    for block in re.findall(r"```mermaid\n(.*?)\n```", text, re.DOTALL):
        yield block.splitlines()


def edge(source: tuple[str, str, str], verb: str, target: tuple[str, str, str]) -> Edge:
    one, other = (Part(stack=stack, kind=kind, name=name) for stack, kind, name in (source, target))
    return Edge(source=one, target=other, verb=verb)


def test_the_committed_page_is_what_is_synthesized(dev: Synthesis) -> None:
    assert dev.suffix == SUFFIX
    assert PAGE.read_text(encoding="utf-8") == page(dev.stacks), "run `./dev docs` and commit docs/diagrams.md"


def test_there_is_a_drawing_of_every_stack_of_all_stacks_and_of_every_workflow(dev: Synthesis) -> None:
    text = page(dev.stacks)
    assert [*re.findall(r"^## (.*)", text, re.MULTILINE)] == [
        "The stacks",
        *sorted(dev.stacks),
        *(f"Workflow {each}" for each in definitions(dev.stacks)),
    ]
    assert len(list(blocks(text))) == 1 + len(dev.stacks) + len(dev.of("aws_sfn_state_machine"))


def test_every_drawing_is_well_formed(dev: Synthesis) -> None:
    for first, *lines in blocks(page(dev.stacks)):
        assert re.fullmatch(r"flowchart (LR|TB)", first)
        defined, used, classes, styled = set[str](), set[str](), set[str](), set[str]()
        depth = 0
        for line in map(str.strip, lines):
            if line == "end":
                depth -= 1
                assert depth == 0
            elif match := SUBGRAPH.fullmatch(line):
                depth += 1
                assert depth == 1
                assert match[1] not in defined
                defined.add(match[1])
            elif match := NODE.fullmatch(line):
                assert match[1] not in defined
                defined.add(match[1])
                styled.add(match[2])
            elif match := ARROW.fullmatch(line):
                used |= {match[1], match[2]}
            elif match := CLASS.fullmatch(line):
                classes.add(match[1])
            else:
                styling = STYLE.fullmatch(line)
                assert styling, line
                used.add(styling[1])
        assert depth == 0
        assert used <= defined
        assert styled == classes


def test_every_resource_is_a_part_or_counted(dev: Synthesis, model: Model) -> None:
    counted = sum(sum(each.values()) for each in model.counts.values())
    assert len(model.parts) + counted == len(list(dev.all()))
    assert len(model.parts) == sum(each.type in KINDS for each in dev.all())


def test_what_is_counted_has_a_name_for_people_and_only_that(dev: Synthesis, model: Model) -> None:
    assert {type_ for each in model.counts.values() for type_ in each} == NAMES.keys()
    assert len(set(NAMES.values())) == len(NAMES)
    text = page(dev.stacks)
    readable = re.sub(ID, "", text)
    assert not [each for each in NAMES if each.removeprefix("aws_") in readable]
    alarms = sum(each.type == "aws_cloudwatch_metric_alarm" for each in dev.all() if each.stack == "compute-stack")
    assert f'["{alarms} alarms"]' in text


@pytest.mark.parametrize(
    ("count", "name", "said"),
    [(1, "queue policy", "1 queue policy"), (2, "queue policy", "2 queue policies"), (3, "API key", "3 API keys")],
)
def test_a_count_has_the_number_of_its_noun(count: int, name: str, said: str) -> None:
    assert counted(count, name) == said


def test_what_parts_do_is_what_rules_roles_and_methods_say(model: Model) -> None:
    intake = ("compute-stack", "function", "intake")
    uploads = ("data-stack", "table", "uploads")
    rule = ("compute-stack", "rule", "report-stored")
    load = ("compute-stack", "workflow", "load")
    assert model.edges >= {
        edge(("api-stack", "API", "api"), "calls", intake),
        edge(intake, "writes", uploads),
        edge(("data-stack", "bucket", "reports"), "notifies", rule),
        edge(rule, "starts", load),
        edge(rule, "sends", ("data-stack", "queue", "event-dead-letters")),
        edge(load, "publishes", ("data-stack", "topic", "outcomes")),
        edge(("compute-stack", "rule", "sweep"), "calls", ("compute-stack", "function", "sweeper")),
    }
    assert not [each for each in model.edges if each.source.name == "web"]
    assert edge(("compute-stack", "function", "status"), "writes", uploads) not in model.edges


def test_a_workflow_is_drawn_with_all_its_states_and_what_follows_them(dev: Synthesis) -> None:
    drawn = list(blocks(page(dev.stacks)))[-2:]
    for definition, (_, *lines) in zip(definitions(dev.stacks).values(), drawn, strict=True):
        states = dict(definition["States"])
        for state in definition["States"].values():
            states |= state.get("ItemProcessor", {}).get("States", {})
        arrows = 1 + sum(
            len(state.get("Catch", ())) + len(state.get("Choices", ())) + ("Next" in state) + ("Default" in state)
            for state in states.values()
        )
        assert sum(bool(ARROW.fullmatch(each.strip())) for each in lines) == arrows
        assert {f"n_{name}" for name in states} <= set(re.findall(ID, "\n".join(lines)))
