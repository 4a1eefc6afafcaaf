"""An Express execution ends after five minutes without reaching a Catch: the failure path runs before that.

A Standard one has time, but the sweeper must not take it for stuck while a function is at work.
"""

from typing import Any, Final

import pytest

from functions.common.deadline import LONGEST_CALL_SECONDS
from shared.contracts.api import MAX_DECLARED_BYTES
from shared.contracts.uploads import LARGE_STUCK_AFTER
from shared.contracts.workflow import GIVE_UP_AFTER
from stacks.compute.workflow.definition import LARGE_EXECUTION_SECONDS
from stacks.compute.workflow.retries import INIT_SECONDS
from tests.synth.state_machine import (
    FUNCTIONS,
    LARGE,
    LARGE_FUNCTIONS,
    LARGE_STATES,
    START,
    STATES,
    TASKS,
    Paths,
    Step,
    steps,
)
from tests.synth.synthesis import Synthesis

EXPRESS_SECONDS: Final = 300
"""Quota of Express workflows."""
SHORTEST_ROW: Final = 31
"""Bytes: an id of one character, an amount of one digit, a bank of one character, and the line's end."""
ROWS_OF_A_NEW_TABLE: Final = 4_000
"""Write units a second that a new on-demand table accepts at once; more comes with use (DynamoDB's guide)."""
FAILED: Final[Paths] = frozenset({"$.attempt", "$.failure.Error"})
"""What the failure path finds."""


def waits(retrier: dict[str, Any]) -> list[float]:
    """The longest that each wait can be."""
    longest = retrier.get("MaxDelaySeconds", float("inf"))
    return [
        min(retrier["IntervalSeconds"] * retrier["BackoffRate"] ** before, longest)
        for before in range(retrier["MaxAttempts"])
    ]


def seconds(state: dict[str, Any]) -> float:
    """The longest that a state can take: every call takes all its time, and every wait is as long as it can be."""
    if state["Type"] != "Task":
        return 0
    call: int = state["TimeoutSeconds"]
    return max((len(waits(retrier)) + 1) * call + sum(waits(retrier)) for retrier in state["Retry"])


def longest_path(start: str, known: Paths) -> float:
    """Seconds of the longest way from a state to an end, from what exists there; there are no loops."""
    state = STATES[start]
    ways = (step for step in steps(start, known) if is_possible(state, step, known))
    return seconds(state) + max((longest_path(step.to, step.output) for step in ways), default=0)


def is_possible(state: dict[str, Any], step: Step, known: Paths) -> bool:
    """A Choice does not find what no state before it can have written."""
    asked = {rule["Variable"] for rule in state.get("Choices", ()) if rule["Next"] == step.to}
    written = {path.split(".")[1] for path in known}
    return all(path.split(".")[1] in written for path in asked)


def longest_wait() -> float:
    return max(wait for state in FUNCTIONS.values() for retrier in state["Retry"] for wait in waits(retrier))


def test_after_the_functions_give_up_the_whole_failure_path_has_time() -> None:
    # At the deadline a function waits for AWS, or for its next try, which starts and sees that the time is over.
    last = max(LONGEST_CALL_SECONDS, longest_wait() + INIT_SECONDS)
    total = GIVE_UP_AFTER.total_seconds() + last + longest_path("DescribeFailure", FAILED)
    assert total < EXPRESS_SECONDS


def test_the_attempt_is_found_before_the_functions_give_up() -> None:
    assert seconds(STATES["ReadUpload"]) < GIVE_UP_AFTER.total_seconds()
    assert seconds(STATES["ReadUpload"]) + longest_path("AttemptUnknown", FAILED) < EXPRESS_SECONDS
    assert STATES[START]["Type"] == "Choice"


def test_throttling_waits_longer_than_other_errors() -> None:
    for state in FUNCTIONS.values():
        throttled, interrupted = (sum(waits(retrier)) for retrier in state["Retry"])
        assert throttled > 3 * interrupted


def test_a_function_that_lambda_throttles_to_the_end_leaves_time_for_the_failure_path() -> None:
    # A function that is not started looks at no clock. Three in a row may use up the time: then the sweeper helps.
    for state in FUNCTIONS.values():
        assert sum(waits(state["Retry"][0])) + longest_path("DescribeFailure", FAILED) < EXPRESS_SECONDS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_ends_before_step_functions_stops_waiting_for_it(dev: Synthesis, name: str) -> None:
    function = dev.one("aws_lambda_function", name.lower()).body
    assert FUNCTIONS[name]["TimeoutSeconds"] == function["timeout"] + INIT_SECONDS


def test_every_call_is_cut_in_time() -> None:
    assert [name for name, state in TASKS.items() if state["Type"] == "Task" and "TimeoutSeconds" not in state] == []


def test_every_wait_may_last_longer_than_the_first_as_step_functions_demands() -> None:
    for state in TASKS.values():
        for retrier in state.get("Retry", ()):
            assert retrier.get("MaxDelaySeconds", 2) > retrier.get("IntervalSeconds", 1)


@pytest.mark.parametrize("name", LARGE_FUNCTIONS)
def test_a_function_for_large_reports_ends_before_step_functions_stops_waiting_for_it(
    dev: Synthesis, name: str
) -> None:
    function = dev.one(
        "aws_lambda_function", name.lower() if name == "Transformation" else f"large-{name.lower()}"
    ).body
    assert LARGE_FUNCTIONS[name]["TimeoutSeconds"] == function["timeout"] + INIT_SECONDS


def test_the_sweeper_lets_a_large_reports_validation_be_tried_again() -> None:
    # Each try begins with a sign of life; between two, a call takes all its time, and then Lambda throttles to the end.
    state = LARGE_FUNCTIONS["Validation"]
    throttled, interrupted = (waits(each) for each in state["Retry"])
    longest = state["TimeoutSeconds"] + sum(throttled) + max(interrupted)
    assert longest < LARGE_STUCK_AFTER.total_seconds()


def test_the_sweeper_lets_a_large_reports_notification_end_with_all_its_tries() -> None:
    # It gives no sign of life; the last one is that of a range.
    state = LARGE_FUNCTIONS["Notification"]
    throttled, interrupted = (waits(each) for each in state["Retry"])
    longest = (len(interrupted) + 1) * state["TimeoutSeconds"] + sum(throttled) + sum(interrupted)
    assert longest < LARGE_STUCK_AFTER.total_seconds()


def test_a_range_is_retried_as_in_an_execution_of_its_own_and_gives_up_in_time() -> None:
    assert LARGE_FUNCTIONS["Transformation"]["Retry"] == FUNCTIONS["Transformation"]["Retry"]
    assert GIVE_UP_AFTER.total_seconds() + max(LONGEST_CALL_SECONDS, longest_wait() + INIT_SECONDS) < EXPRESS_SECONDS


def test_the_largest_report_has_time_even_in_a_new_table() -> None:
    rows = MAX_DECLARED_BYTES / SHORTEST_ROW
    calls = ("ReadUpload", "Validation", "Notification", "MarkFailed", "SendDeadLetter", "PublishFailed")
    others = sum(seconds(LARGE_STATES[name]) for name in (*calls, "RecordDeadLetter"))
    assert LARGE["TimeoutSeconds"] == LARGE_EXECUTION_SECONDS > 1.5 * (rows / ROWS_OF_A_NEW_TABLE + others)
