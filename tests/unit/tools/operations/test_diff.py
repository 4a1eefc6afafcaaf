"""A plan before the first deploy shows what cannot be planned yet, and why."""

from pathlib import Path

from tests.unit.tools.operations.fake_stacks import FakeDriver, Paper, options
from tools.operations.approval import Approval, read_approval
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


DEPLOYED = {id_: State(outputs={f"{id_}-name": None}) for id_ in ("data-stack", "compute-stack")}


def test_a_stack_has_to_wait_if_what_it_reads_may_change_and_so_do_those_above_it() -> None:
    driver, paper = FakeDriver(changing={"data-stack": frozenset({"data-stack-name"})}), Paper()
    diff(options(), driver, paper.screen, read=lambda stack: DEPLOYED.get(stack.id, NOTHING))
    assert driver.calls == ["plan state-stack", "plan data-stack"]
    assert "compute-stack: cannot be planned yet: it reads outputs of data-stack that their deploy may ch" in paper.text
    assert "api-stack: cannot be planned yet: it reads outputs of compute-stack and data-stack that their" in paper.text


def test_an_output_that_no_stack_reads_keeps_none_waiting() -> None:
    driver, paper = FakeDriver(changing={"data-stack": frozenset({"data-stack-other"})}), Paper()
    diff(options(), driver, paper.screen, read=lambda stack: DEPLOYED.get(stack.id, NOTHING))
    assert driver.calls[-1] == "plan api-stack"


def test_plans_and_digests_are_written_with_what_could_not_be_planned(tmp_path: Path) -> None:
    driver, paper = FakeDriver(environ={"ENVIRONMENT_SUFFIX": "prod"}, digests={"data-stack": "d1"}), Paper()
    files = options("data-stack", "compute-stack", summary=tmp_path / "plan.txt", approval=tmp_path / "approval.json")
    diff(files, driver, paper.screen, read=lambda _: NOTHING)
    reason = "it reads outputs of data-stack that are not deployed yet"
    assert (tmp_path / "plan.txt").read_text() == (
        "data-stack:\nPlan of data-stack: 1 to add, 0 to change, 0 to destroy.\n\n"
        f"compute-stack: cannot be planned yet: {reason}.\n"
    )
    expected = Approval(environment="prod", digests={"data-stack": "d1"}, waiting={"compute-stack": reason})
    assert read_approval(tmp_path / "approval.json", "prod") == expected
