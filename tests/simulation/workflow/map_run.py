"""The children of a Distributed Map: executions of their own, which Step Functions may run more than once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, Final

from tests.simulation.scheduler import KilledError, Scheduler, Task
from tests.simulation.workflow.errors import StateError

TOO_MANY_FAILURES: Final = "States.ExceedToleratedFailureThreshold"
MAX_CHILDREN: Final = 10_000
"""That run at the same time (Step Functions quota)."""
_STOPPED_WITHIN: Final = 3.0
"""Seconds until a child has been stopped."""


@dataclass(eq=False, kw_only=True)
class Child:
    """The execution of one item. The first of its runs that ends decides; another goes on."""

    name: str
    given: Any
    """Its input."""
    runs: list[Task] = field(default_factory=list)
    restarted: set[Task] = field(default_factory=set)
    """Those of its runs in whose place another one has begun."""
    ended: bool = False
    value: Any = None
    failure: StateError | None = None

    def settle(self) -> None:
        """See whether a run has ended."""
        for each in self.runs:
            if self.ended or not each.done or each in self.restarted:
                continue
            self.ended, self.value = True, each.value
            if isinstance(each.error, StateError):
                self.failure = each.error
            elif each.error is not None:
                self.failure = StateError("States.Timeout", f"{self.name}: {each.error}")


@dataclass(frozen=True, kw_only=True)
class MapRun:
    """One run of the Map."""

    scheduler: Scheduler
    random: Random
    start: Callable[[Child], None]
    """Starts the runs of a child."""
    slots: int
    """How many children run at the same time."""
    tolerated: float
    """How many children may fail."""

    def run(self, children: Sequence[Child]) -> list[Any]:
        """Run the children, and return their outputs in the order of their items.

        Raises:
            StateError: too many have failed; those that ran are stopped.
            KilledError: the execution of the Map has ended; the children are stopped, too.
        """
        active: list[Child] = []
        try:
            self._run(children, active)
        except (StateError, KilledError):
            for each in active:
                self._stop(each)
            raise
        return [each.value for each in children]

    def _run(self, children: Sequence[Child], active: list[Child]) -> None:
        waiting = list(children)[::-1]
        failures: list[StateError] = []
        while waiting or active:
            while waiting and len(active) < self.slots:
                active.append(waiting.pop())
                self.start(active[-1])
            self.scheduler.wait_any([run for each in active for run in each.runs if not run.done])
            for each in list(active):
                each.settle()
                if each.ended:
                    active.remove(each)
                    failures += [each.failure] if each.failure else []
            if len(failures) > self.tolerated:
                raise StateError(TOO_MANY_FAILURES, f"{len(failures)} of {len(children)}, first {failures[0]}")

    def _stop(self, child: Child) -> None:
        """Stop a child a little later. What it has called goes on."""
        for each in child.runs:
            after = self.random.uniform(0, _STOPPED_WITHIN)
            self.scheduler.spawn(f"stop {child.name}", partial(self.scheduler.kill, each), after=after)
