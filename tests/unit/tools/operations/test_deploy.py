"""A deploy goes in order, and asks before it changes anything."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.unit.tools.operations.fake_stacks import BELOW, FakeDriver, Paper, never, options
from tools.errors import ToolError
from tools.operations.approval import Approval
from tools.operations.cdktf.assembly import Stack
from tools.operations.deploy import deploy
from tools.operations.state.states import NOTHING, NoBucketError, State


def test_an_approved_deploy_goes_in_order_and_ends_with_the_outputs() -> None:
    driver, paper = FakeDriver(), Paper()
    outputs = State(outputs={"api_url": "https://api", "cross-stack-output": None})
    deploy(options(), driver, paper.screen, never, read=lambda stack: outputs if stack.id == "api-stack" else NOTHING)
    assert driver.calls == [f"{verb} {each}" for each in BELOW for verb in ("plan", "apply")]
    assert paper.text.endswith("\napi_url = https://api\n")


def test_each_plan_is_shown_and_the_first_no_ends_the_deploy() -> None:
    driver, paper, asked = FakeDriver(unchanged=("state-stack",)), Paper(), list[str]()

    def confirm(question: str) -> bool:
        asked.append(question)
        return "data-stack" in question

    deploy(options(approved=False), driver, paper.screen, confirm, read=lambda _: NOTHING)
    assert driver.calls == ["plan state-stack", "plan data-stack", "apply data-stack", "plan compute-stack"]
    assert asked == ["Deploy data-stack as planned?", "Deploy compute-stack as planned?"]
    assert "state-stack: no changes." in paper.text
    assert "Plan of compute-stack: 1 to add, 0 to change, 0 to destroy." in paper.text
    assert "compute-stack was not deployed, nor were the stacks after it." in paper.text


def test_without_credentials_nothing_is_planned() -> None:
    def read(stack: Stack) -> State:
        if stack.id == "state-stack":
            return NOTHING
        raise ToolError("Log in to AWS, then try again.")

    driver = FakeDriver()
    with pytest.raises(ToolError, match="Log in to AWS"):
        deploy(options("state-stack"), driver, Paper().screen, never, read=read)
    assert not driver.calls


def test_before_the_bootstrap_there_is_no_bucket_and_the_deploy_makes_it() -> None:
    driver = FakeDriver()

    def read(stack: Stack) -> State:
        if stack.id != "state-stack" and "apply state-stack" not in driver.calls:
            raise NoBucketError("no bucket")
        return NOTHING

    deploy(options(), driver, Paper().screen, never, read=read)
    assert driver.calls[-1] == "apply api-stack"


THREE = ("data-stack", "compute-stack", "api-stack")


def deploy_approved(
    folder: Path, driver: FakeDriver, *, waiting: Mapping[str, str] | None = None, environment: str = "dev"
) -> str:
    """Deploy with an approval of the plans whose digest is the stack's id; what was printed."""
    paper, file = Paper(), folder / "approval.json"
    digests = {id_: id_ for id_ in THREE if id_ not in (waiting or {})}
    Approval(environment=environment, digests=digests, waiting=dict(waiting or {})).write(file)
    deploy(options(*THREE, approved=False, approval=file), driver, paper.screen, never, read=lambda _: NOTHING)
    return paper.text


def test_approved_plans_are_all_made_before_the_first_is_applied_and_nothing_is_asked(tmp_path: Path) -> None:
    driver = FakeDriver()
    deploy_approved(tmp_path, driver)
    assert driver.calls == [f"{verb} {each}" for verb in ("plan", "apply") for each in THREE]


def test_a_plan_that_was_not_approved_stops_the_deploy_before_anything_is_changed(tmp_path: Path) -> None:
    driver = FakeDriver(digests={"api-stack": "other"})
    with pytest.raises(ToolError, match=r"^The plan of api-stack is not the one that was approved: .* Nothing was dep"):
        deploy_approved(tmp_path, driver)
    assert driver.calls == [f"plan {each}" for each in THREE]


def test_a_stack_without_changes_needs_no_approval_so_that_a_failed_deploy_can_be_run_again(tmp_path: Path) -> None:
    driver = FakeDriver(digests={"data-stack": "nothing"}, unchanged=("data-stack",))
    assert "data-stack: no changes." in deploy_approved(tmp_path, driver)
    assert driver.calls[3:] == ["apply compute-stack", "apply api-stack"]


def test_a_stack_that_could_not_be_planned_is_planned_when_those_before_it_are_deployed(tmp_path: Path) -> None:
    driver = FakeDriver(digests={"api-stack": "other"})
    text = deploy_approved(tmp_path, driver, waiting={"api-stack": "it reads outputs of compute-stack"})
    assert driver.calls[2:] == ["apply data-stack", "apply compute-stack", "plan api-stack", "apply api-stack"]
    assert "api-stack: approved without its plan: it reads outputs of compute-stack." in text


def test_an_approval_is_for_one_environment(tmp_path: Path) -> None:
    driver = FakeDriver()
    with pytest.raises(ToolError, match="approves plans of prod, not of dev"):
        deploy_approved(tmp_path, driver, environment="prod")
    assert not driver.calls


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"environment": "dev", "digests": {"data-stack": null}}'])
def test_a_file_that_diff_has_not_written_approves_nothing(tmp_path: Path, content: str | None) -> None:
    driver, file = FakeDriver(), tmp_path / "approval.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ToolError, match=r"contains no approved plans.*Write it: \./dev diff --digests"):
        deploy(options(*THREE, approval=file), driver, Paper().screen, never, read=lambda _: NOTHING)
    assert not driver.calls
