"""How long a run waits after throttling, and when it gives up."""

from dataclasses import dataclass
from random import Random
from typing import Final, Protocol

from functions.common.errors import TemporaryError

BASE_DELAY: Final = 0.05
MAX_DELAY: Final = 5.0
"""Seconds. A delay is random between 0 and a bound that doubles (full jitter), so parallel runs spread out."""


class TimeLeft(Protocol):
    """The time in which a run may call AWS; the handler provides it."""

    def check(self) -> None:
        """Raise an error if no further call may begin.

        Raises:
            TemporaryError: Lambda would end this run before the longest call ends; a new run has time again.
            DeadlineExceededError: the execution has no time left for a new run.
        """
        ...

    def remaining(self) -> float:
        """Seconds in which further calls may begin."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Wait."""
        ...


@dataclass(kw_only=True)
class Backoff:
    """Waits longer after each consecutive failure, and gives up before the time is over."""

    time_left: TimeLeft
    random: Random
    failures: int = 0

    def check(self) -> None:
        """See `TimeLeft.check`."""
        self.time_left.check()

    def after(self, *, failed: object) -> None:
        """Wait if a call failed in part or as a whole; otherwise return to short delays.

        Raises:
            TemporaryError: too little time is left.
        """
        if not failed:
            self.failures = 0
            return
        delay = self.random.uniform(0, min(MAX_DELAY, BASE_DELAY * 2**self.failures))
        if self.time_left.remaining() < delay:
            raise TemporaryError("the tables are too busy to load all rows in the time that is left")
        self.failures += 1
        self.time_left.sleep(delay)
