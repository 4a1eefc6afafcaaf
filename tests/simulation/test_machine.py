"""The interpreter of the workflow does what Amazon States Language says, and rejects what it does not know."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests.simulation.scheduler import KilledError, NotModeledError, Scheduler
from tests.simulation.workflow.machine import Ended, Execution, Machine, StateError
from tests.simulation.workflow.templates import PathError, reader, resolve

Handler = Callable[[Any], Any]
CONTEXT = {"Execution": {"Name": "e1", "Input": {"key": "reports/b/u"}}}


class Platform:
    """Performs each resource by a function; `calls` are the parameters it was called with."""

    def __init__(self, scheduler: Scheduler, **handlers: Handler) -> None:
        self._scheduler = scheduler
        self._handlers = handlers
        self.calls: list[tuple[float, Any]] = []

    def perform(self, execution: Execution, state: str, resource: str, parameters: Any) -> Any:
        del execution, state
        self.calls.append((self._scheduler.now, parameters))
        return self._handlers[resource](parameters)

    def gave_up(self, execution: Execution, state: str, error: StateError) -> None:
        del execution, state, error

    def time(self) -> str:
        return "now"

    def entered(self, execution: Execution, state: str) -> None:
        del execution, state


def run(states: dict[str, Any], given: Any, *, seconds: float = 300, **handlers: Handler) -> tuple[Any, Platform]:
    """Run a machine from its first state; how it ended, or the error that ended its task."""
    scheduler = Scheduler()
    platform = Platform(scheduler, **handlers)
    definition = json.dumps({"StartAt": next(iter(states)), "States": states})
    machine = Machine(definition, platform, scheduler, Random(1))
    execution = Execution(arn="arn:m:load:e1", name="e1", input=given, started="then")
    task = scheduler.spawn("e1", lambda: machine.run(execution), seconds=seconds)
    scheduler.run(1000)
    return task.error or task.value, platform


def task(resource: str, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, "End": True, **fields}


def fails(times: int, name: str = "Busy") -> Handler:
    """Fails some times, then returns its parameters."""
    left = [name] * times

    def perform(parameters: Any) -> Any:
        if left:
            raise StateError(left.pop(), "why")
        return parameters

    return perform


def test_a_result_is_selected_put_and_reduced() -> None:
    states = {
        "First": {
            **task("a", Parameters={"x.$": "$.in.x", "fixed": 1}, ResultSelector={"got.$": "$.x"}),
            "ResultPath": "$.out.a",
            "OutputPath": "$.out",
            "Next": "Last",
        },
        "Last": task("b"),
    }

    _, platform = run(states, {"in": {"x": [1, 2]}}, a=lambda given: given, b=lambda given: given)

    assert [parameters for _, parameters in platform.calls] == [{"x": [1, 2], "fixed": 1}, {"a": {"got": [1, 2]}}]


def test_a_result_path_adds_to_the_raw_input_whatever_input_path_selects() -> None:
    states = {
        "Pass": {"Type": "Pass", "InputPath": "$.a", "ResultPath": "$.b", "Next": "Last"},
        "Last": task("t"),
    }

    _, platform = run(states, {"a": 1, "c": 2}, t=lambda given: given)

    assert platform.calls[0][1] == {"a": 1, "c": 2, "b": 1}


def test_retries_wait_longer_up_to_a_limit_and_end_at_catch() -> None:
    retry = {
        "ErrorEquals": ["Busy"],
        "IntervalSeconds": 1,
        "BackoffRate": 2,
        "MaxAttempts": 3,
        "MaxDelaySeconds": 3,
    }
    catch = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Caught"}
    states = {
        "Call": task("t", Retry=[retry], Catch=[catch]),
        "Caught": {"Type": "Fail", "ErrorPath": "$.failure.Error", "CausePath": "$.failure.Cause"},
    }

    ended, platform = run(states, {}, t=fails(9))

    assert [round(at) for at, _ in platform.calls] == [0, 1, 3, 6]
    assert ended == Ended(state="-", error="Busy", cause="why")


@pytest.mark.parametrize(("name", "retried"), [("Busy", True), ("States.Timeout", False)])
def test_task_failed_matches_every_error_but_a_timeout(name: str, retried: bool) -> None:  # noqa: FBT001
    retry = {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 1}

    ended, _ = run({"Call": task("t", Retry=[retry])}, {}, t=fails(1, name))

    assert (ended == Ended(state="Call")) is retried


def test_an_error_without_retry_and_catch_ends_the_execution() -> None:
    ended, _ = run({"Call": task("t")}, {}, t=fails(1))

    assert ended == Ended(state="-", error="Busy", cause="why")


def test_a_path_that_does_not_exist_is_not_caught() -> None:
    catch = {"ErrorEquals": ["States.ALL"], "Next": "Caught"}
    states = {"Call": task("t", Parameters={"x.$": "$.none"}, Catch=[catch]), "Caught": {"Type": "Succeed"}}

    ended, _ = run(states, {}, t=lambda given: given)

    assert ended.error == "States.Runtime"


def test_a_map_runs_some_items_at_a_time_and_keeps_their_order() -> None:
    states = {
        "Load": {
            "Type": "Map",
            "ItemsPath": "$.ranges",
            "ItemSelector": {"range.$": "$$.Map.Item.Value", "id.$": "$.id"},
            "MaxConcurrency": 2,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "One",
                "States": {"One": task("t", TimeoutSeconds=99)},
            },
            "ResultPath": "$.loads",
            "Next": "Last",
        },
        "Last": task("last"),
    }

    _, platform = run(
        states, {"ranges": [3, 2, 1], "id": "u"}, t=lambda given: given["range"], last=lambda given: given
    )

    assert [item for _, item in platform.calls[:3]] == [{"range": each, "id": "u"} for each in (3, 2, 1)]
    assert platform.calls[3][1]["loads"] == [3, 2, 1]


def test_a_failed_item_fails_its_map() -> None:
    states = {
        "Load": {
            "Type": "Map",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "One",
                "States": {"One": task("t")},
            },
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
            "End": True,
        },
        "Caught": {"Type": "Succeed"},
    }

    ended, _ = run(states, [1, 2], t=fails(1))

    assert ended == Ended(state="Caught")


def test_an_execution_ends_when_its_time_is_over_without_reaching_catch() -> None:
    catch = {"ErrorEquals": ["States.ALL"], "Next": "Caught"}
    retry = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60, "MaxAttempts": 99, "BackoffRate": 1}
    states = {"Call": task("t", Retry=[retry], Catch=[catch]), "Caught": {"Type": "Succeed"}}

    ended, platform = run(states, {}, t=fails(999))

    assert isinstance(ended, KilledError)
    assert len(platform.calls) == 5


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ({"Variable": "$.a", "StringEquals": "x"}, True),
        ({"Variable": "$.b", "IsPresent": True}, False),
        ({"Not": {"Variable": "$.b", "IsPresent": True}}, True),
        ({"And": [{"Variable": "$.a", "IsPresent": True}, {"Variable": "$.a", "StringEquals": "y"}]}, False),
        ({"Or": [{"Variable": "$.a", "StringEquals": "y"}, {"Variable": "$.n", "NumericEquals": 1}]}, True),
    ],
)
def test_a_choice_follows_the_first_rule_that_holds(rule: dict[str, Any], holds: bool) -> None:  # noqa: FBT001
    states = {
        "Choose": {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No"},
        "Yes": {"Type": "Succeed"},
        "No": {"Type": "Succeed"},
    }

    ended, _ = run(states, {"a": "x", "n": 1})

    assert ended == Ended(state="Yes" if holds else "No")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$.list[1]", 2),
        ("$$.Execution.Name", "e1"),
        ("States.Format('{}/-', $$.Execution.Input.key)", "reports/b/u/-"),
        ("States.ArrayGetItem(States.StringSplit($$.Execution.Input.key, '/'), 2)", "u"),
        ("States.JsonToString($.map)", '{"a":1}'),
        ("States.StringToJson(States.JsonToString($.map))", {"a": 1}),
    ],
)
def test_paths_and_intrinsic_functions_read(expression: str, value: object) -> None:
    assert reader(expression)({"list": [1, 2], "map": {"a": 1}}, CONTEXT) == value


def test_a_missing_path_is_an_error_and_a_literal_is_not_read() -> None:
    with pytest.raises(PathError):
        resolve({"x.$": "$.none"}, {}, CONTEXT)
    assert resolve({"x": "$.none"}, {}, CONTEXT) == {"x": "$.none"}


@pytest.mark.parametrize(
    "states",
    [
        {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}},
        {"Call": task("t", HeartbeatSeconds=1)},
        {"Call": task("t", Retry=[{"ErrorEquals": ["x"], "Unknown": 1}])},
        {"Map": {"Type": "Map", "ItemProcessor": {"StartAt": "a", "States": {}}, "End": True}},
    ],
)
def test_what_is_not_modeled_is_an_error(states: dict[str, Any]) -> None:
    with pytest.raises(NotModeledError):
        run(states, {})


@pytest.mark.parametrize("expression", ["$..a", "States.Hash($.a, 'SHA-1')", "$.a[*]", "States.Format('{}')("])
def test_an_expression_that_is_not_modeled_is_an_error(expression: str) -> None:
    with pytest.raises(NotModeledError):
        reader(expression)
