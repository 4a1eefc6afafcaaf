"""A deploy goes in order, and asks before it changes anything."""

import pytest

from tests.unit.tools.operations.fake_stacks import BELOW, FakeDriver, Paper, never, options
from tools.errors import ToolError
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
