"""What goes wrong, when, and how often: chosen by the seed, and bounded in time, so that every run ends healthy."""

from dataclasses import dataclass
from enum import Enum, auto
from random import Random
from typing import Final

from tests.simulation.aws.calls import Call

HEALTHY_LAG: Final = 0.3
"""Seconds by which an index is late in a healthy world."""


class Failure(Enum):
    """How a call fails."""

    THROTTLED = auto()
    """Nothing is done, and the answer says so."""
    UNAVAILABLE = auto()
    """5xx, nothing is done."""
    UNAVAILABLE_AFTER = auto()
    """5xx, though it is done."""
    UNREACHABLE = auto()
    """No connection."""
    LOST = auto()
    """Done, but the answer is lost: a time-out."""
    LATE = auto()
    """A time-out; it is done after that."""
    KILLED_BEFORE = auto()
    """The caller ends before the call."""
    KILLED_AFTER = auto()
    """The caller ends after it."""


class InvokeFailure(Enum):
    """How Step Functions' call of a function fails, beside what the function does."""

    THROTTLED = auto()
    SERVICE = auto()
    UNKNOWN_AFTER = auto()
    BROKEN = auto()
    """As after a broken deploy: no retry helps."""


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A time in which a service answers few calls, or answers slowly."""

    service: str
    start: float
    end: float
    share: float
    """Of the calls that fail."""
    slowness: float
    """Factor of the latency."""


_CALL_FAILURES: Final = (
    *(Failure.THROTTLED, Failure.UNAVAILABLE, Failure.UNAVAILABLE_AFTER),
    *(Failure.UNREACHABLE, Failure.LOST, Failure.LOST, Failure.LATE),
)
_INVOKE_FAILURES: Final = tuple(InvokeFailure)
_ENTRY_ERRORS: Final = (
    *(("ThrottlingError", False), ("ProvisionedThroughputExceeded", False), ("TransactionConflict", False)),
    *(("InternalServerError", False), ("InternalServerError", True)),
)


class Nemesis:
    """Makes things go wrong until `ends`."""

    def __init__(self, random: Random, *, ends: float) -> None:
        self._random = random
        self.ends = ends
        self.healthy = False
        pick = random.choice
        self._calls = pick((0.0, 0.01, 0.03, 0.1))
        self._kills = pick((0.0, 0.01, 0.03))
        self._entries = pick((0.0, 0.05, 0.3))
        self._invokes = pick((0.0, 0.05, 0.15))
        self._restarts = pick((0.0, 0.02, 0.06))
        self._stalls = pick((0.0, 0.01, 0.03, 0.1))
        self._repeats = pick((0.0, 0.2, 0.6))
        self._late = pick((0.0, 0.1, 0.4))
        self._lag = pick((0.1, 1.0, 5.0))
        self._undelivered = pick((0.0, 0.0, 0.1))
        self._integrations = pick((0.0, 0.0, 0.1, 0.5))
        self._breaks = self._broken_deploy() if random.random() < 0.7 else None
        self._outages = [self._outage() for _ in range(pick((0, 0, 1, 2)))]

    def fails(self, call: Call, now: float, *, integrated: bool) -> Failure | None:
        """How a call fails, if it does; `integrated` if Step Functions makes it by itself."""
        if self.healthy:
            return None
        draw = self._random.random()
        if draw < self._kills:
            return self._random.choice((Failure.KILLED_BEFORE, Failure.KILLED_AFTER))
        usual = self._integrations if integrated else self._calls
        share = max([usual, *(each.share for each in self._outages if _hits(each, call.service, now))])
        if draw < self._kills + share:
            failure = self._random.choice(_CALL_FAILURES)
            return Failure.LOST if failure is Failure.LATE and not call.writes else failure
        return None

    def latency(self, call: Call, now: float) -> float:
        """Seconds until a call reaches its service, and again until the answer arrives."""
        if self.healthy:
            return 0.004
        slowness = max([1.0, *(each.slowness for each in self._outages if _hits(each, call.service, now))])
        return self._random.uniform(0.001, 0.02) * slowness

    def stall(self) -> float:
        """Seconds for which a process stands still before its next call."""
        if self.healthy or self._random.random() >= self._stalls:
            return 0.0
        return self._random.choice((self._random.uniform(0, 2), self._random.uniform(0, 25)))

    def lag(self) -> float:
        """Seconds by which an eventually consistent read is late."""
        return HEALTHY_LAG if self.healthy else self._random.uniform(0, self._lag)

    def spoils(self) -> tuple[str | None, bool]:
        """The error that an entry of a batch meets, and whether its write is done anyway."""
        if self.healthy or self._random.random() >= self._entries:
            return None, False
        return self._random.choice(_ENTRY_ERRORS)

    def invoke_fails(self, function: str, now: float) -> InvokeFailure | None:
        """How the call of a function fails, if it does."""
        if self.healthy:
            return None
        broken = self._breaks
        if broken and broken.service == function and broken.start <= now < broken.end:
            return InvokeFailure.BROKEN if self._random.random() < broken.share else None
        if self._random.random() >= self._invokes:
            return None
        return self._random.choice(_INVOKE_FAILURES)

    def restarts(self) -> bool:
        """Whether an execution starts again from its beginning, here."""
        return not self.healthy and self._random.random() < self._restarts

    def runs_of_child(self) -> list[float]:
        """After how many seconds each run of a Map's child begins: Express runs it at least once."""
        if self.healthy or self._random.random() >= self._restarts:
            return [0.0]
        return [0.0, self._random.choice((self._random.uniform(0, 2), self._random.uniform(0, 60)))]

    def deliveries(self) -> list[float]:
        """After how many seconds each copy of an event is delivered; none if it ends in the queue for such events."""
        if self.healthy:
            return [0.5]
        if self._random.random() < self._undelivered:
            return []
        copies = 1
        while copies < 3 and self._random.random() < self._repeats:
            copies += 1
        return [self._delay() for _ in range(copies)]

    def _delay(self) -> float:
        if self._random.random() < self._late:
            return self._random.choice((self._random.uniform(5, 60), self._random.uniform(60, 700)))
        return self._random.uniform(0.1, 2)

    def _broken_deploy(self) -> Outage:
        """A time in which a function's calls fail as after a broken deploy."""
        start = self._random.uniform(-60, self.ends / 4)
        return Outage(
            service=self._random.choice(("transformation", "transformation", "notification", "validation")),
            start=start,
            end=start + self._random.choice((60, 120, 300)),
            share=self._random.choice((0.1, 0.3, 0.6)),
            slowness=1.0,
        )

    def _outage(self) -> Outage:
        start = self._random.uniform(-60, self.ends / 2)
        return Outage(
            service=self._random.choice(("dynamodb", "dynamodb", "s3", "sns", "sqs", "states")),
            start=start,
            end=start + self._random.choice((20, 60, 120, 300)),
            share=self._random.choice((0.0, 0.3, 0.8)),
            slowness=self._random.choice((1.0, 1.0, 20.0, 150.0)),
        )


def _hits(outage: Outage, service: str, now: float) -> bool:
    return outage.service == service and outage.start <= now < outage.end
