"""When to stop: how long one call of AWS can take, and how long one execution of the workflow may work."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.common.errors import DeadlineExceededError, TemporaryError
from functions.common.times import Clock
from shared.contracts.workflow import GIVE_UP_AFTER

CONNECT_SECONDS: Final = 1
READ_SECONDS: Final = 4
CALL_ATTEMPTS: Final = 3
"""Of one call of AWS, by boto3."""
_LONGEST_WAIT_SECONDS: Final = 2
"""Before the third attempt; before the second it is half of that (standard mode: up to 2**n seconds)."""
LONGEST_CALL_SECONDS: Final = CALL_ATTEMPTS * (CONNECT_SECONDS + READ_SECONDS) + 1 + _LONGEST_WAIT_SECONDS
"""A call that AWS does not answer ends as `TemporaryError` after this time."""
RESERVE_SECONDS: Final = LONGEST_CALL_SECONDS + 1
"""With less time than this before Lambda ends the function, no further call begins: Retry sees a `TemporaryError`, and
not a function that was ended."""


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """The moment at which the functions of an execution give up, so that the failure path has time to run."""

    at: datetime | None
    """None: the state machine's version does not tell when the execution began."""
    clock: Clock

    @classmethod
    def of(cls, started_at: str, clock: Clock) -> "Deadline":
        """The deadline of an execution that began at `started_at`, as Step Functions writes it; "" if not known."""
        return cls(at=datetime.fromisoformat(started_at) + GIVE_UP_AFTER if started_at else None, clock=clock)

    def remaining(self) -> float:
        """Seconds that are left, negative after the deadline."""
        return (self.at - self.clock()).total_seconds() if self.at else float("inf")

    def check(self) -> None:
        """Stop if the deadline has passed.

        Raises:
            DeadlineExceededError: it has passed.
        """
        if self.remaining() <= 0:
            raise DeadlineExceededError(f"the execution has no time left: it gives up after {GIVE_UP_AFTER}")

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Check the deadline before the block, and let no retry begin after it.

        Raises:
            DeadlineExceededError: the deadline has passed, or passed before the block raised `TemporaryError`.
        """
        self.check()
        try:
            yield
        except TemporaryError as error:
            if self.remaining() <= 0:
                raise DeadlineExceededError(f"no time is left to try again: {error}") from error
            raise
