"""How a call of AWS is made: at once here; with time, other processes in between and failures in the simulation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call. `target` is what it is about, for the timeline; `writes` whether it changes anything."""

    service: str
    operation: str
    target: str
    writes: bool


class Calls(Protocol):
    """Makes calls."""

    def make(self, call: Call, deed: Callable[["Moment"], Any]) -> Any:
        """Make a call whose effect is `deed`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When and how AWS serves a call.

    Attributes:
        now: seconds since the run began.
        lag: seconds by which an eventually consistent read is late.
        spoil: for each entry of a batch, the error that it meets (None for none), and whether its write is done anyway.
    """

    now: float
    lag: float = 0.0
    spoil: Callable[[], tuple[str | None, bool]] = lambda: (None, False)


class AtOnce:
    """Makes calls without time and failures."""

    def make(self, call: Call, deed: Callable[[Moment], Any]) -> Any:
        """See `Calls.make`."""
        del call
        return deed(Moment(now=0.0))
