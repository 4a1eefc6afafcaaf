"""A drawing of a workflow: its states, what follows each, and what is caught."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tools.diagrams.mermaid import Arrow, Chart, Group, Node
from tools.synthesis import Stacks

_START: Final = "(start)"
_FUNCTION: Final = re.compile(r"\baws_lambda_function\.([\w-]+)_function_\w+\.")
State = Mapping[str, Any]


def definitions(stacks: Stacks) -> dict[str, State]:
    """The workflows' definitions, by what the name of the state machine begins with: `load` and `large-load`."""
    machines = stacks["compute-stack"]["resource"]["aws_sfn_state_machine"]
    return {id_.partition("_")[0]: json.loads(machines[id_]["definition"]) for id_ in sorted(machines, reverse=True)}


def chart(definition: State) -> Chart:
    """The drawing of a workflow.

    Args:
        definition: in Amazon States Language.
    """
    states = definition["States"]
    maps = {name: state for name, state in states.items() if state["Type"] == "Map"}
    inner = {name: state for each in maps.values() for name, state in each["ItemProcessor"]["States"].items()}
    return Chart(
        direction="TB",
        groups=[
            Group(
                key=name,
                title=_map_title(name, state),
                nodes=[_node(each, inside) for each, inside in state["ItemProcessor"]["States"].items()],
            )
            for name, state in maps.items()
        ],
        nodes=[
            Node(key=_START, lines=["start"], style="rest", shape="end"),
            *(_node(name, state) for name, state in states.items() if name not in maps),
        ],
        arrows=[
            Arrow(source=_START, target=definition["StartAt"]),
            *(arrow for name, state in {**states, **inner}.items() for arrow in _arrows(name, state)),
        ],
    )


def _node(name: str, state: State) -> Node:
    kind = state["Type"]
    if kind == "Choice":
        return Node(key=name, lines=[name], style="flow", shape="choice")
    if kind == "Succeed":
        return Node(key=name, lines=[name], style="message", shape="end")
    if kind == "Fail":
        return Node(key=name, lines=[name], style="trouble", shape="end")
    if kind == "Pass":
        return Node(key=name, lines=[name], style="rest", shape="round")
    retried = ["retried"] if state.get("Retry") else []
    return Node(key=name, lines=[name, _called(state), *retried], style="work")


def _called(state: State) -> str:
    """What a Task calls: a function, or an operation of a service."""
    function = _FUNCTION.search(json.dumps(state.get("Parameters", {})))
    operation = str(state["Resource"]).rpartition(":::")[2]
    return f"function {function[1]}" if function else operation


def _map_title(name: str, state: State) -> str:
    mode = state["ItemProcessor"]["ProcessorConfig"]["Mode"].lower()
    return f"{name}: {mode} Map, {state['MaxConcurrency']} ranges at once"


def _arrows(name: str, state: State) -> Iterator[Arrow]:
    if "Next" in state:
        yield Arrow(source=name, target=state["Next"])
    for choice in state.get("Choices", ()):
        yield Arrow(source=name, target=choice["Next"], label=_condition(choice))
    if "Default" in state:
        yield Arrow(source=name, target=state["Default"], label="otherwise")
    for catch in state.get("Catch", ()):
        yield Arrow(source=name, target=catch["Next"], label=", ".join(catch["ErrorEquals"]), dotted=True)


def _condition(rule: State) -> str:
    """A choice's rule in words; a rule of a kind that no workflow has yet is an error."""
    if "And" in rule:
        return " and ".join(_condition(each) for each in rule["And"])
    variable = rule["Variable"].removeprefix("$.").removeprefix("$$.")
    if "IsPresent" in rule:
        return f"has {variable}" if rule["IsPresent"] else f"has no {variable}"
    if "StringEquals" in rule:
        return f"{variable} is {rule['StringEquals'] or 'empty'}"
    raise ValueError(f"a rule that the drawing does not know: {json.dumps(rule)}")
