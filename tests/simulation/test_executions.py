"""A Standard execution runs once, however often it is started; an Express one as often as it is started."""

import json
from random import Random
from typing import Any

import pytest

from tests.simulation.aws.messaging import ExecutionRefusedError
from tests.simulation.executions import StateMachine
from tests.simulation.scheduler import Scheduler
from tests.simulation.test_machine import Platform, task
from tests.simulation.workflow.machine import Ended, Execution, Machine


class Observer:
    def __init__(self) -> None:
        self.began: list[str] = []
        self.ended: list[Ended] = []

    def time(self) -> str:
        return "now"

    def execution_began(self, execution: Execution) -> None:
        self.began.append(execution.arn)

    def execution_ended(self, execution: Execution, ended: Ended) -> None:
        del execution
        self.ended.append(ended)


def deployed(*, express: bool, seconds: float = 10, **fields: Any) -> tuple[StateMachine, Scheduler, Observer]:
    """A state machine whose executions take some seconds."""
    scheduler, observer = Scheduler(), Observer()
    platform = Platform(scheduler, t=lambda _given: {"seconds": seconds})
    machine = Machine(
        json.dumps({"StartAt": "T", "States": {"T": task("t")}, **fields}), platform, scheduler, Random(1)
    )
    arn = "arn:aws:states:r:1:stateMachine:load"
    return StateMachine(arn, machine, scheduler, observer, express=express), scheduler, observer


def test_a_standard_execution_that_runs_is_not_started_again() -> None:
    machine, scheduler, observer = deployed(express=False)

    first = machine.start("e1", {"a": 1})
    scheduler.run(5)
    assert machine.start("e1", {"a": 1}) == first == "arn:aws:states:r:1:execution:load:e1"
    with pytest.raises(ExecutionRefusedError):
        machine.start("e1", {"a": 2})
    assert [each.name for each in machine.running] == ["e1"]

    scheduler.run(20)
    assert observer.began == [first]
    with pytest.raises(ExecutionRefusedError):
        machine.start("e1", {"a": 1})


def test_an_express_execution_is_started_as_often_as_one_likes() -> None:
    machine, scheduler, observer = deployed(express=True)

    for _ in range(2):
        machine.start("e1", {"a": 1})
    scheduler.run(20)

    assert observer.began == ["arn:aws:states:r:1:express:load:e1"] * 2
    assert observer.ended == [Ended(state="T")] * 2


@pytest.mark.parametrize(
    ("express", "fields", "ends"),
    [(True, {}, False), (False, {}, True), (False, {"TimeoutSeconds": 350}, False)],
)
def test_an_execution_takes_as_long_as_its_kind_and_definition_allow(
    express: bool,  # noqa: FBT001
    fields: dict[str, Any],
    ends: bool,  # noqa: FBT001
) -> None:
    machine, scheduler, observer = deployed(express=express, seconds=400, **fields)

    machine.start("e1", {})
    scheduler.run(1000)

    assert bool(observer.ended) is ends
    assert not machine.running
