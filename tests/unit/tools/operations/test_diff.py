"""A plan before the first deploy shows what cannot be planned yet, and why."""

from tests.unit.tools.operations.fake_stacks import FakeDriver, Paper, options
from tools.operations.cdktf.assembly import Stack
from tools.operations.diff import diff
from tools.operations.state.states import NOTHING, NoBucketError, State


def planned(states: dict[str, State], *stacks: str) -> tuple[list[str], str]:
    driver, paper = FakeDriver(), Paper()
    diff(options(*stacks), driver, paper.screen, read=lambda stack: states.get(stack.id, NOTHING))
    return driver.calls, paper.text


def test_before_the_first_deploy_a_stack_that_reads_from_others_is_named_instead_of_failing() -> None:
    calls, text = planned({})
    assert calls == ["plan state-stack", "plan data-stack"]
    assert "data-stack:\nPlan of data-stack: 1 to add, 0 to change, 0 to destroy.\n" in text
    assert "compute-stack: cannot be planned yet: it reads outputs of data-stack that are not deployed yet." in text
    assert "api-stack: cannot be planned yet: it reads outputs of compute-stack and data-stack that are" in text


def test_a_stack_is_planned_once_the_others_have_the_outputs_that_it_reads() -> None:
    calls, _ = planned({"data-stack": State(outputs={"data-stack-name": None})})
    assert calls == ["plan state-stack", "plan data-stack", "plan compute-stack"]


def test_a_stack_that_reads_a_new_output_has_to_wait_for_it() -> None:
    calls, text = planned({"data-stack": State(outputs={"old-name": None})}, "compute-stack")
    assert (calls, "cannot be planned yet" in text) == ([], True)


def test_before_the_bootstrap_only_the_state_stack_is_planned() -> None:
    def read(stack: Stack) -> State:
        if stack.id == "state-stack":
            return NOTHING
        raise NoBucketError("deploy state-stack first")

    driver, paper = FakeDriver(), Paper()
    diff(options(), driver, paper.screen, read=read)
    assert driver.calls == ["plan state-stack"]
    assert "data-stack: cannot be planned yet: deploy state-stack first." in paper.text
