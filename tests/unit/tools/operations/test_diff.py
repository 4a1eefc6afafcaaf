"""A plan before the first deploy tells what cannot be planned yet, and a deploy asks before it changes anything."""

from tests.unit.tools.operations.stacks import FakeCdktf, Paper, never, options
from tools.operations.cdktf.assembly import Stack
from tools.operations.deploy import deploy
from tools.operations.diff import diff
from tools.operations.state.states import NOTHING, NoBucketError, State


def planned(states: dict[str, State], *stacks: str) -> tuple[list[str], str]:
    cdktf, paper = FakeCdktf(), Paper()
    diff(options(*stacks), cdktf, paper.screen, never, read=lambda stack: states.get(stack.id, NOTHING))
    return cdktf.calls, paper.text


def test_before_the_first_deploy_what_reads_from_others_is_told_not_failed() -> None:
    calls, text = planned({})
    assert calls == ["diff state-stack", "diff data-stack"]
    assert "compute-stack: cannot be planned yet: it reads what data-stack will give out" in text
    assert "api-stack: cannot be planned yet: it reads what compute-stack and data-stack will give out" in text


def test_a_stack_is_planned_once_the_others_give_out_what_it_reads() -> None:
    calls, _ = planned({"data-stack": State(outputs={"data-stack-name": None})})
    assert calls == ["diff state-stack", "diff data-stack", "diff compute-stack"]


def test_a_stack_that_reads_something_new_has_to_wait_for_it() -> None:
    calls, text = planned({"data-stack": State(outputs={"old-name": None})}, "compute-stack")
    assert (calls, "cannot be planned yet" in text) == ([], True)


def test_before_the_bootstrap_only_the_state_stack_is_planned() -> None:
    def read(stack: Stack) -> State:
        if stack.id == "state-stack":
            return NOTHING
        raise NoBucketError("deploy state-stack first")

    cdktf, paper = FakeCdktf(), Paper()
    diff(options(), cdktf, paper.screen, never, read=read)
    assert cdktf.calls == ["diff state-stack"]
    assert "data-stack: cannot be planned yet: deploy state-stack first." in paper.text


def test_a_deploy_that_nobody_watches_goes_in_order_and_ends_with_the_outputs() -> None:
    cdktf, paper = FakeCdktf(), Paper()
    outputs = State(outputs={"api_url": "https://api", "cross-stack-output": None})
    deploy(options(), cdktf, paper.screen, never, read=lambda stack: outputs if stack.id == "api-stack" else NOTHING)
    assert cdktf.calls == [f"deploy {each}" for each in ("state-stack", "data-stack", "compute-stack", "api-stack")]
    assert paper.text.endswith("\napi_url = https://api\n")


def test_a_deploy_shows_each_plan_and_stops_at_the_first_no() -> None:
    cdktf, paper, asked = FakeCdktf(), Paper(), list[str]()

    def ask(question: str) -> bool:
        asked.append(question)
        return "state-stack" in question

    deploy(options(approved=False), cdktf, paper.screen, ask, read=lambda _: NOTHING)
    assert cdktf.calls == ["diff state-stack", "deploy state-stack", "diff data-stack"]
    assert asked == ["Deploy state-stack as planned?", "Deploy data-stack as planned?"]
    assert "data-stack: not deployed, nor what comes after it." in paper.text
