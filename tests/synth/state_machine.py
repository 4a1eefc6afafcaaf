"""The workflows' definitions as graphs: the states, what follows each of them, and what each puts into its output.

Without more words, the definition is that of small reports.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_type_hints

from shared.contracts.workflow import RangeStored, Validated
from shared.infra.refs import FunctionRef, QueueRef, TableRef, TopicRef
from stacks.compute.workflow.definition import WorkflowParts, definition, large_definition

State = Mapping[str, Any]
States = Mapping[str, dict[str, Any]]
Paths = frozenset[str]
"""Paths that exist in a state's input or output: with `$.a`, everything below it exists, too."""

PARTS: Final = WorkflowParts(
    validation=FunctionRef(name="validation", arn="arn:validation", invoke_arn="arn:invoke"),
    transformation=FunctionRef(name="transformation", arn="arn:transformation", invoke_arn="arn:invoke"),
    notification=FunctionRef(name="notification", arn="arn:notification", invoke_arn="arn:invoke"),
    uploads=TableRef(name="uploads", arn="arn:uploads"),
    outcomes=TopicRef(name="outcomes", arn="arn:outcomes"),
    dead_letters=QueueRef(name="dead-letters", arn="arn:dead-letters", url="https://dead-letters"),
)
MACHINE: Final[dict[str, Any]] = json.loads(definition(PARTS))
STATES: Final[dict[str, dict[str, Any]]] = MACHINE["States"]
START: Final[str] = MACHINE["StartAt"]
TRANSFORMATION: Final[dict[str, Any]] = STATES["Load"]["ItemProcessor"]["States"]["Transformation"]
FUNCTIONS: Final = {
    "Validation": STATES["Validation"],
    "Transformation": TRANSFORMATION,
    "Notification": STATES["Notification"],
}
LARGE: Final[dict[str, Any]] = json.loads(large_definition(PARTS, concurrency=7))
LARGE_STATES: Final[dict[str, dict[str, Any]]] = LARGE["States"]
LARGE_FUNCTIONS: Final = {
    "Validation": LARGE_STATES["Validation"],
    "Transformation": LARGE_STATES["Load"]["ItemProcessor"]["States"]["Transformation"],
    "Notification": LARGE_STATES["Notification"],
}
TASKS: Final = {name: state for name, state in STATES.items() if state["Type"] in {"Task", "Map"}} | FUNCTIONS

RESULTS: Final[dict[str, Paths]] = {
    # Of calls: what is in every response.
    "arn:aws:states:::dynamodb:getItem": frozenset({"$.SdkHttpMetadata"}),
    "arn:aws:states:::dynamodb:updateItem": frozenset({"$.Attributes"}),
    "arn:aws:states:::sns:publish": frozenset({"$.MessageId"}),
    "arn:aws:states:::sqs:sendMessage": frozenset({"$.MessageId"}),
}
PAYLOADS: Final[dict[str, Paths]] = {
    name: frozenset(f"$.Payload.{key}" for key in get_type_hints(payload))
    for name, payload in (("Validation", Validated), ("Transformation", RangeStored))
} | {"Notification": frozenset({"$.Payload"})}
_PATH: Final = re.compile(r"(?<!\$)\$(?:\.\w+)*")


@dataclass(frozen=True, kw_only=True)
class Step:
    """A way from a state to the next one."""

    to: str
    output: Paths


def next_states(state: State) -> Iterator[str]:
    """Every state that may follow."""
    for branch in (state, *state.get("Choices", ()), *state.get("Catch", ())):
        if "Next" in branch:
            yield branch["Next"]
    if "Default" in state:
        yield state["Default"]


def reached_from(start: str, states: States = STATES) -> set[str]:
    """Every state that an execution may reach from one of them, that one included."""
    reached, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(next_states(states[name]))
    return reached


def has(paths: Paths, path: str) -> bool:
    """Whether a path exists."""
    return path == "$" or any(f"{path}.".startswith(f"{each}.") or each.startswith(f"{path}.") for each in paths)


def reads(state: State) -> set[str]:
    """Every path into its input that a state needs; a Choice only asks whether it is there."""
    templates = [state, state.get("ItemReader", {}), state.get("ResultWriter", {})]
    values = [value for each in templates for value in _strings(each.get("Parameters", {}))]
    values += _strings(state.get("ItemSelector", {}))
    values += [state[name] for name in ("InputPath", "ItemsPath", "ErrorPath", "CausePath") if name in state]
    values += [each["Variable"] for each in state.get("Choices", ()) if "StringEquals" in each]
    return {path for value in values for path in _PATH.findall(value)}


def steps(name: str, known: Paths, states: States = STATES) -> Iterator[Step]:
    """The ways from a state, with what exists on each."""
    state = states[name]
    if state["Type"] == "Choice":
        for choice in state["Choices"]:
            rules = choice.get("And", [choice])
            present = {rule["Variable"] for rule in rules if "IsPresent" in rule}
            yield Step(to=choice["Next"], output=known | present)
        yield Step(to=state["Default"], output=known)
        return
    if "Next" in state:
        yield Step(to=state["Next"], output=_output(name, state, known))
    for catch in state.get("Catch", ()):
        # Not every error has a Cause.
        yield Step(to=catch["Next"], output=_placed(known, frozenset({"$.Error"}), catch.get("ResultPath", "$")))


def _output(name: str, state: State, known: Paths) -> Paths:
    result = _result(name, state, known)
    if "ResultSelector" in state:
        missing = {path for path in _used(state["ResultSelector"]) if not has(result, path)}
        assert not missing, f"{name}: its result has no {missing}"
        result = _keys(state["ResultSelector"])
    placed = _placed(known, result, state.get("ResultPath", "$"))
    prefix = state.get("OutputPath", "$")
    return frozenset(f"${path.removeprefix(prefix)}" for path in placed if prefix == "$" or path.startswith(prefix))


def _result(name: str, state: State, known: Paths) -> Paths:
    if state["Type"] == "Map":
        return frozenset()
    if state["Type"] == "Task":
        return PAYLOADS[name] if name in PAYLOADS else RESULTS[state["Resource"]]
    if "Result" in state:
        return frozenset(f"$.{key}" for key in state["Result"]) if isinstance(state["Result"], dict) else frozenset()
    if "Parameters" in state:
        return _keys(state["Parameters"])
    assert has(known, state["InputPath"]) or state["InputPath"].startswith("$$."), name
    return frozenset({"$.Error", "$.Cause"}) if state["ResultPath"] == "$.failure" else frozenset()


def _placed(known: Paths, result: Paths, where: str | None) -> Paths:
    if where is None:
        return known
    if where == "$":
        return result
    kept = {path for path in known if not path.startswith(f"{where}.")}
    below = {path.replace("$", where, 1) for path in result}
    return frozenset(kept | (below or {where}))


def _keys(template: State) -> Paths:
    return frozenset(f"$.{key.removesuffix('.$')}" for key in template)


def _used(template: State) -> set[str]:
    return {path for value in _strings(template) for path in _PATH.findall(value)}


def _strings(template: Any) -> Iterator[str]:
    """Every value that is a path or an intrinsic."""
    for key, value in template.items():
        if isinstance(value, dict):
            yield from _strings(value)
        elif key.endswith(".$"):
            yield value
