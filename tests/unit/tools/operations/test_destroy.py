"""A destroy takes what is there, in order, and nothing that must stay."""

from dataclasses import replace

import pytest

from tests.unit.tools.operations.stacks import FakeCdktf, Paper, never, no, options, yes
from tools.errors import ToolError
from tools.operations.cdktf.assembly import Stack
from tools.operations.command import Ask
from tools.operations.destroy import destroy
from tools.operations.state.states import NOTHING, NoBucketError, State

DEPLOYED = State(resources=frozenset({"aws_x.a", "aws_x.b", "aws_x.c"}), outputs={})


def deployed(*ids: str) -> dict[str, State]:
    return dict.fromkeys(ids, DEPLOYED)


def run(cdktf: FakeCdktf, states: dict[str, State], *stacks: str) -> str:
    paper = Paper()
    destroy(options(*stacks), cdktf, paper.screen, never, read=lambda stack: states.get(stack.id, NOTHING))
    return paper.text


def test_stacks_go_in_reverse_order_and_the_accounts_state_stays() -> None:
    cdktf = FakeCdktf()
    run(cdktf, deployed("state-stack", "data-stack", "compute-stack", "api-stack"))
    assert cdktf.calls == ["destroy api-stack", "destroy compute-stack", "destroy data-stack"]


def test_a_stack_that_was_never_deployed_is_left_out() -> None:
    cdktf = FakeCdktf()
    assert "api-stack: no resources are deployed" in run(cdktf, deployed("data-stack"))
    assert cdktf.calls == ["destroy data-stack"]


def test_where_nothing_was_ever_deployed_nothing_is_done() -> None:
    def read(_stack: Stack) -> State:
        raise NoBucketError("no bucket")

    cdktf, paper = FakeCdktf(), Paper()
    destroy(options(), cdktf, paper.screen, never, read=read)
    assert (cdktf.calls, "Nothing to destroy." in paper.text) == ([], True)


def test_the_state_stack_is_refused_by_name() -> None:
    with pytest.raises(ToolError, match=r"holds the state of every environment.*docs/bootstrap\.md"):
        run(FakeCdktf(), {}, "state-stack")


def test_an_unknown_stack_is_named_with_those_that_there_are() -> None:
    with pytest.raises(ToolError, match=r"no stack dada-stack\. There are: data-stack, compute-stack"):
        run(FakeCdktf(), {}, "dada-stack")


def test_a_stack_on_which_a_deployed_one_depends_stays() -> None:
    cdktf = FakeCdktf()
    with pytest.raises(ToolError, match=r"^compute-stack would be left without what it depends on"):
        run(cdktf, deployed("data-stack", "compute-stack"), "data-stack")
    assert not cdktf.calls


def test_a_stack_on_which_one_depends_that_no_state_knows_stays_too() -> None:
    cdktf = FakeCdktf(existing={"compute-stack": "aws_x.lost"})
    with pytest.raises(ToolError, match=r"^compute-stack would be left without what it depends on"):
        run(cdktf, deployed("data-stack"), "data-stack")


def test_protected_data_is_refused_before_anything_is_destroyed_with_the_way() -> None:
    cdktf = FakeCdktf(protected=("aws_s3_bucket.reports",))
    with pytest.raises(ToolError) as refused:
        run(cdktf, deployed("data-stack", "api-stack"))
    assert "  data-stack: aws_s3_bucket.reports\n" in str(refused.value)
    assert "set protect_data = false, deploy (./dev deploy), then destroy" in str(refused.value)
    assert not cdktf.calls


def test_data_stays_protected_until_the_change_was_deployed() -> None:
    states = {"data-stack": replace(DEPLOYED, protected=("aws_dynamodb_table.uploads",))}
    with pytest.raises(ToolError, match=r"aws_dynamodb_table\.uploads"):
        run(FakeCdktf(), states)


def test_what_exists_without_a_state_that_knows_it_is_taken_in_first_and_goes_as_well() -> None:
    cdktf = FakeCdktf(existing={"data-stack": "aws_x.a", "compute-stack": "aws_x.a aws_x.lost"})
    text = run(cdktf, deployed("data-stack", "compute-stack"))
    assert "data-stack: 3 resources are deployed\n" in text
    assert "compute-stack: 3 resources are deployed, and 1 is ours that its state does not know" in text
    assert cdktf.calls == [
        "deploy data-stack",
        "deploy compute-stack",
        "destroy compute-stack",
        "destroy data-stack",
    ]


def test_what_a_state_knows_is_not_deployed_before_it_is_destroyed() -> None:
    cdktf = FakeCdktf(existing={"data-stack": "aws_x.a"})
    run(cdktf, deployed("data-stack"))
    assert cdktf.calls == ["destroy data-stack"]


def test_lost_data_that_is_protected_is_not_taken_in_to_be_destroyed() -> None:
    cdktf = FakeCdktf(protected=("aws_x.a",), existing={"data-stack": "aws_x.a"})
    with pytest.raises(ToolError, match=r"data-stack: aws_x\.a"):
        run(cdktf, {})
    assert not cdktf.calls


@pytest.mark.parametrize(("ask", "calls"), [(no, []), (yes, ["destroy data-stack"])])
def test_only_a_yes_destroys(ask: Ask, calls: list[str]) -> None:
    cdktf, paper = FakeCdktf(), Paper()
    states = deployed("data-stack")
    destroy(options(approved=False), cdktf, paper.screen, ask, read=lambda stack: states.get(stack.id, NOTHING))
    assert cdktf.calls == calls
