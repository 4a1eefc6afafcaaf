"""The interpreter of the workflow does what Amazon States Language says, and rejects what it does not know."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests.simulation.scheduler import KilledError, NotModeledError, Scheduler
from tests.simulation.workflow.errors import StateError
from tests.simulation.workflow.machine import Ended, Execution, Machine
from tests.simulation.workflow.templates import PathError, reader, resolve

Handler = Callable[[Any], Any]
CONTEXT = {"Execution": {"Name": "e1", "Input": {"key": "reports/b/u"}}}


class Platform:
    """Performs each resource by a function; `calls` are the parameters it was called with."""

    def __init__(self, scheduler: Scheduler, **handlers: Handler) -> None:
        self._scheduler = scheduler
        self._handlers = handlers
        self.calls: list[tuple[float, Any]] = []
        self.child_runs: list[list[float]] = []
        self.restarted_at: list[float] = []
        self.failed_children: list[str] = []

    def perform(self, execution: Execution, state: str, resource: str, parameters: Any) -> Any:
        del execution, state
        self.calls.append((self._scheduler.now, parameters))
        result = self._handlers[resource.rpartition(":")[2]](parameters)
        self._scheduler.sleep(result.pop("seconds", 0) if isinstance(result, dict) else 0)
        return result

    def runs_of_child(self) -> list[float]:
        return self.child_runs.pop() if self.child_runs else [0.0]

    def child_failed(self, execution: Execution, error: StateError) -> None:
        self.failed_children.append(f"{execution.name}: {error.name}")

    def gave_up(self, execution: Execution, state: str, error: StateError) -> None:
        del execution, state, error

    def time(self) -> str:
        return f"at {self._scheduler.now:.0f}"

    def entered(self, execution: Execution, state: str) -> None:
        del state
        if self.restarted_at and execution.again and self._scheduler.now >= self.restarted_at[0]:
            execution.again(self.restarted_at.pop(0))
            raise KilledError("restarted")


def run(
    states: dict[str, Any],
    given: Any,
    *,
    seconds: float = 300,
    arrange: Callable[[Platform], None] = lambda _platform: None,
    **handlers: Handler,
) -> tuple[Any, Platform]:
    """Run a machine from its first state; how it ended, or the error that ended its task."""
    scheduler = Scheduler()
    platform = Platform(scheduler, **handlers)
    arrange(platform)
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


EACH: dict[str, Any] = {
    "Type": "Map",
    "Label": "load",
    "ItemReader": {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "JSONL"},
        "Parameters": {"Bucket.$": "$.bucket", "Key": "manifest"},
    },
    "ItemSelector": {"range.$": "$$.Map.Item.Value", "id.$": "$.id", "parent.$": "$$.Execution.Id"},
    "MaxConcurrency": 2,
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
        "StartAt": "One",
        "States": {"One": task("t", Parameters={"given.$": "$", "started.$": "$$.Execution.StartTime"})},
    },
    "ResultWriter": {
        "Resource": "arn:aws:states:::s3:putObject",
        "Parameters": {"Bucket.$": "$.bucket", "Prefix.$": "States.Format('results/{}', $.id)"},
    },
    "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Last"}],
    "Next": "Last",
}
LAST = task("last")
GIVEN = {"bucket": "b", "id": "u"}


def each_of(items: int, of_item: Handler, **fields: Any) -> tuple[Any, Platform]:
    """Run a Distributed Map over the items 0, 1, ... in S3, with other fields; its output is the input of `last`."""
    arrange = fields.pop("arrange", lambda _platform: None)
    lines = "".join(f"{each}\n" for each in range(items))
    return run(
        {"Each": {**EACH, **fields}, "Last": LAST},
        GIVEN,
        seconds=3000,
        arrange=arrange,
        getObject=lambda _: {"Body": lines},
        putObject=lambda given: given,
        t=of_item,
        last=lambda given: given,
    )


def of_items(platform: Platform) -> list[tuple[float, Any]]:
    """When the state of an item was called, and with which item."""
    return [(at, given["given"]["range"]) for at, given in platform.calls if "given" in given]


def test_a_distributed_map_runs_an_execution_for_each_line_of_an_object() -> None:
    _, platform = each_of(3, lambda given: {"seconds": 10, "range": given["given"]["range"]})

    first = next(given for _, given in platform.calls if "given" in given)
    output = platform.calls[-1][1]
    assert of_items(platform) == [(0, 0), (0, 1), (10, 2)]
    assert first == {"given": {"range": 0, "id": "u", "parent": "arn:m:load:e1"}, "started": "at 0"}
    assert output["ResultWriterDetails"]["Bucket"] == "b"
    assert output["ResultWriterDetails"]["Key"].startswith("results/u/")
    assert set(output) == {"MapRunArn", "ResultWriterDetails"}


def test_an_item_s_execution_has_its_own_start() -> None:
    _, platform = each_of(3, lambda _given: {"seconds": 10})

    assert [given["started"] for _, given in platform.calls if "given" in given] == ["at 0", "at 0", "at 10"]


def test_a_distributed_map_without_a_writer_returns_the_results_in_order() -> None:
    each = {name: value for name, value in EACH.items() if name != "ResultWriter"}
    _, platform = run(
        {"Each": each, "Last": LAST},
        GIVEN,
        getObject=lambda _: {"Body": "3\n1\n2\n"},
        t=lambda given: {"seconds": given["given"]["range"], "n": given["given"]["range"]},
        last=lambda given: given,
    )

    assert platform.calls[-1][1] == [{"n": 3}, {"n": 1}, {"n": 2}]


def test_a_failed_item_fails_its_distributed_map_and_stops_the_others() -> None:
    retry = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 40, "BackoffRate": 1, "MaxAttempts": 9}]
    processor = EACH["ItemProcessor"]
    patient = {**processor, "States": {"One": {**processor["States"]["One"], "Retry": retry}}}

    def of_item(given: Any) -> Any:
        raise StateError("Broken" if given["given"]["range"] == 0 else "Busy", "why")

    _, platform = each_of(5, of_item, ItemProcessor=patient)

    assert of_items(platform) == [(0, 0), (0, 1)]
    assert platform.failed_children == ["e1 Each/0: Broken"]
    assert platform.calls[-1][1]["failure"]["Error"] == "States.ExceedToleratedFailureThreshold"


def test_a_distributed_map_tolerates_as_many_failures_as_it_says() -> None:
    _, platform = each_of(4, fails(1), ToleratedFailurePercentage=25)

    assert "failure" not in platform.calls[-1][1]


def test_an_item_s_execution_ends_after_five_minutes_and_counts_as_failed() -> None:
    _, platform = each_of(1, lambda _given: {"seconds": 301})

    at, output = platform.calls[-1]
    assert at == 300
    assert "States.Timeout" in output["failure"]["Cause"]


def test_a_restarted_item_runs_from_its_beginning_and_is_no_failure() -> None:
    def arrange(platform: Platform) -> None:
        platform.restarted_at.append(0.0)

    _, platform = each_of(2, lambda _given: {"seconds": 1}, arrange=arrange)

    assert sorted(item for _, item in of_items(platform)) == [0, 1]
    assert "failure" not in platform.calls[-1][1]


def test_of_two_runs_of_an_item_the_first_end_counts_and_the_other_goes_on() -> None:
    def arrange(platform: Platform) -> None:
        platform.child_runs.append([0.0, 5.0])

    _, platform = each_of(1, lambda _given: {"seconds": 10}, arrange=arrange)

    assert of_items(platform) == [(0, 0), (5, 0)]
    assert platform.calls[-1][0] == 10


def test_a_manifest_that_is_missing_can_be_caught() -> None:
    _, platform = run({"Each": EACH, "Last": LAST}, GIVEN, getObject=fails(1, "S3.NoSuchKey"), last=lambda given: given)

    assert platform.calls[-1][1]["failure"]["Error"] == "States.ItemReaderFailed"


def test_the_children_of_a_distributed_map_end_with_its_execution() -> None:
    _, platform = each_of(9, lambda _given: {"seconds": 250})
    ended, timed = run(
        {"Each": EACH, "Last": LAST},
        GIVEN,
        seconds=100,
        getObject=lambda _: {"Body": "1\n2\n3\n"},
        t=lambda _given: {"seconds": 250},
    )

    assert len(of_items(platform)) == 9
    assert isinstance(ended, KilledError)
    assert of_items(timed) == [(0, 1), (0, 2)]


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
        {"Map": {**EACH, "ItemBatcher": {"MaxItemsPerBatch": 2}}},
        {"Map": {**EACH, "ItemReader": {**EACH["ItemReader"], "ReaderConfig": {"InputType": "CSV"}}}},
        {"Map": {**EACH, "ItemProcessor": {**EACH["ItemProcessor"], "ProcessorConfig": {"Mode": "INLINE"}}}},
    ],
)
def test_what_is_not_modeled_is_an_error(states: dict[str, Any]) -> None:
    with pytest.raises(NotModeledError):
        run(states, {})


@pytest.mark.parametrize("expression", ["$..a", "States.Hash($.a, 'SHA-1')", "$.a[*]", "States.Format('{}')("])
def test_an_expression_that_is_not_modeled_is_an_error(expression: str) -> None:
    with pytest.raises(NotModeledError):
        reader(expression)
