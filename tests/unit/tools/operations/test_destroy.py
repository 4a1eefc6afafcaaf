"""A destroy removes what is deployed, in order, and nothing that must stay."""

from dataclasses import replace

import pytest

from tests.unit.tools.operations.fake_stacks import FakeDriver, Paper, never, options
from tools.errors import ToolError
from tools.operations.cdktf.assembly import Stack
from tools.operations.destroy import destroy
from tools.operations.state.states import NOTHING, NoBucketError, State

DEPLOYED = State(resources=frozenset({"aws_x.a", "aws_x.b", "aws_x.c"}), outputs={})


def deployed(*ids: str) -> dict[str, State]:
    return dict.fromkeys(ids, DEPLOYED)


def run(driver: FakeDriver, states: dict[str, State], *stacks: str) -> str:
    paper = Paper()
    destroy(options(*stacks), driver, paper.screen, never, read=lambda stack: states.get(stack.id, NOTHING))
    return paper.text


def test_stacks_go_in_reverse_order_and_the_accounts_state_stays() -> None:
    driver = FakeDriver()
    run(driver, deployed("state-stack", "data-stack", "compute-stack", "api-stack"))
    assert driver.calls == ["destroy api-stack", "destroy compute-stack", "destroy data-stack"]


def test_a_stack_that_was_never_deployed_is_left_out() -> None:
    driver = FakeDriver()
    assert "api-stack: no resources are deployed" in run(driver, deployed("data-stack"))
    assert driver.calls == ["destroy data-stack"]


def test_where_nothing_was_ever_deployed_nothing_is_done() -> None:
    def read(_stack: Stack) -> State:
        raise NoBucketError("no bucket")

    driver, paper = FakeDriver(), Paper()
    destroy(options(), driver, paper.screen, never, read=read)
    assert (driver.calls, "Nothing to destroy." in paper.text) == ([], True)


def test_the_state_stack_is_refused_by_name() -> None:
    with pytest.raises(ToolError, match=r"holds the state of every environment.*docs/bootstrap\.md"):
        run(FakeDriver(), {}, "state-stack")


def test_an_unknown_stack_is_named_with_the_known_ones() -> None:
    with pytest.raises(ToolError, match=r"no stack dada-stack\. There are: data-stack, compute-stack"):
        run(FakeDriver(), {}, "dada-stack")


def test_a_stack_on_which_a_deployed_one_depends_stays() -> None:
    driver = FakeDriver()
    with pytest.raises(ToolError, match="compute-stack would lose what it depends on"):
        run(driver, deployed("data-stack", "compute-stack"), "data-stack")
    assert not driver.calls


def test_a_stack_on_which_one_depends_that_no_state_knows_stays_too() -> None:
    driver = FakeDriver(existing={"compute-stack": "aws_x.lost"})
    with pytest.raises(ToolError, match="compute-stack would lose what it depends on"):
        run(driver, deployed("data-stack"), "data-stack")


def test_protected_data_stops_the_destroy_before_it_begins_with_the_way_out() -> None:
    driver = FakeDriver(protected=("aws_s3_bucket.reports",))
    with pytest.raises(ToolError) as refused:
        run(driver, deployed("data-stack", "api-stack"))
    assert "  data-stack: aws_s3_bucket.reports\n" in str(refused.value)
    assert "set protect_data = false, deploy (./dev deploy), then destroy" in str(refused.value)
    assert not driver.calls


def test_data_stays_protected_until_the_change_was_deployed() -> None:
    states = {"data-stack": replace(DEPLOYED, protected=("aws_dynamodb_table.uploads",))}
    with pytest.raises(ToolError, match=r"aws_dynamodb_table\.uploads"):
        run(FakeDriver(), states)


def test_what_no_state_knows_is_imported_first_and_destroyed_as_well() -> None:
    driver = FakeDriver(existing={"data-stack": "aws_x.a", "compute-stack": "aws_x.a aws_x.lost"})
    text = run(driver, deployed("data-stack", "compute-stack"))
    assert "data-stack: 3 resources are deployed\n" in text
    assert "compute-stack: 3 resources are deployed, and 1 is ours that its state does not know" in text
    assert driver.calls == [
        "deploy data-stack",
        "deploy compute-stack",
        "destroy compute-stack",
        "destroy data-stack",
    ]


def test_what_a_state_knows_is_not_deployed_before_it_is_destroyed() -> None:
    driver = FakeDriver(existing={"data-stack": "aws_x.a"})
    run(driver, deployed("data-stack"))
    assert driver.calls == ["destroy data-stack"]


def test_lost_data_that_is_protected_is_not_imported_to_be_destroyed() -> None:
    driver = FakeDriver(protected=("aws_x.a",), existing={"data-stack": "aws_x.a"})
    with pytest.raises(ToolError, match=r"data-stack: aws_x\.a"):
        run(driver, {})
    assert not driver.calls


@pytest.mark.parametrize(("answer", "calls"), [(False, []), (True, ["destroy data-stack"])])
def test_only_a_yes_destroys(*, answer: bool, calls: list[str]) -> None:
    driver, paper = FakeDriver(), Paper()
    states = deployed("data-stack")
    destroy(
        options(approved=False),
        driver,
        paper.screen,
        lambda _: answer,
        read=lambda stack: states.get(stack.id, NOTHING),
    )
    assert driver.calls == calls
