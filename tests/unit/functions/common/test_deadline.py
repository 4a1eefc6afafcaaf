"""The deadline of an execution: what is checked against it, and which errors Catch sees after it."""

from datetime import timedelta

import pytest

from functions.common.deadline import LONGEST_CALL_SECONDS, RESERVE_SECONDS, Deadline
from functions.common.errors import DeadlineExceededError, TemporaryError
from shared.contracts.errors import DEADLINE_ERROR
from shared.contracts.workflow import GIVE_UP_AFTER
from tests.unit.functions.fakes import clock
from tests.unit.functions.report.reports import NOW


def deadline(seconds: float) -> Deadline:
    """One that passes in some seconds."""
    started = NOW - GIVE_UP_AFTER + timedelta(seconds=seconds)
    return Deadline.of(started.isoformat(timespec="milliseconds").replace("+00:00", "Z"), clock)


def test_the_workflow_identifies_the_error_by_its_name() -> None:
    assert DeadlineExceededError.__name__ == DEADLINE_ERROR


def test_it_is_counted_from_the_start_of_the_execution() -> None:
    assert deadline(12.5).remaining() == 12.5
    deadline(0.001).check()
    with pytest.raises(DeadlineExceededError, match="no time left"):
        deadline(0).check()


def test_an_execution_of_a_version_that_does_not_tell_its_start_has_none() -> None:
    unknown = Deadline.of("", clock)

    unknown.check()
    assert unknown.remaining() > 1e9


def test_a_temporary_error_is_retried_before_it_and_permanent_after_it() -> None:
    passing = deadline(1)
    times = iter([NOW, NOW + timedelta(seconds=1)])

    with pytest.raises(TemporaryError, match="throttled"), passing.guard():
        raise TemporaryError("throttled")
    late = Deadline(at=passing.at, clock=lambda: next(times))
    with pytest.raises(DeadlineExceededError, match="no time is left to try again: throttled"), late.guard():
        raise TemporaryError("throttled")


def test_nothing_begins_after_it() -> None:
    began: list[str] = []

    with pytest.raises(DeadlineExceededError), deadline(-1).guard():
        began.append("the block")
    assert not began


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), deadline(1).guard():
        raise KeyError


def test_a_call_that_is_not_answered_ends_before_the_function_does() -> None:
    assert LONGEST_CALL_SECONDS < RESERVE_SECONDS
