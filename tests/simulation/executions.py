"""The executions of a state machine: Express ones run at least once, Standard ones exactly once."""

from collections.abc import Callable
from typing import Any, Protocol

from tests.simulation.aws.messaging import ExecutionRefusedError
from tests.simulation.scheduler import Scheduler
from tests.simulation.workflow.machine import EXPRESS_SECONDS, Ended, Execution, Machine


class Observer(Protocol):
    """Sees the executions."""

    def time(self) -> str:
        """The current time, as Step Functions writes it."""
        ...

    def execution_began(self, execution: Execution) -> None:
        """Called when one begins."""
        ...

    def execution_ended(self, execution: Execution, ended: Ended) -> None:
        """Called when one ends by itself."""
        ...


class StateMachine:
    """A state machine that is deployed."""

    def __init__(self, arn: str, machine: Machine, scheduler: Scheduler, observer: Observer, *, express: bool) -> None:
        """Deploy it.

        Args:
            arn: its ARN.
            machine: its definition.
            scheduler: of the run.
            observer: sees its executions.
            express: whether it is Express; otherwise it is Standard.
        """
        self._arn = arn.replace(":stateMachine:", ":express:" if express else ":execution:")
        self._machine = machine
        self._scheduler = scheduler
        self._observer = observer
        self._express = express
        self._named: dict[str, Execution] = {}

    @property
    def running(self) -> list[Execution]:
        """The Standard executions that have not ended."""
        return [each for each in self._named.values() if not each.tasks[0].done]

    def start(self, name: str, given: Any, *, after: float = 0.0) -> str:
        """Start an execution; its ARN.

        Raises:
            ExecutionRefusedError: a Standard execution of this name has another input, or has ended.
        """
        known = self._named.get(name)
        if known is not None and (known.tasks[0].done or known.input != given):
            raise ExecutionRefusedError(name)
        return known.arn if known else self._run(name, given, after).arn

    def _run(self, name: str, given: Any, after: float) -> Execution:
        execution = Execution(arn=f"{self._arn}:{name}", name=name, input=given, started="")
        seconds = EXPRESS_SECONDS if self._express else self._machine.seconds
        task = self._scheduler.spawn(name, self._work(execution), after=after, seconds=seconds)
        execution.tasks.append(task)
        if self._express:
            execution.again = lambda later: self._again(execution, later)
        else:
            self._named[name] = execution
        return execution

    def _again(self, execution: Execution, after: float) -> None:
        self._run(execution.name, execution.input, after)

    def _work(self, execution: Execution) -> Callable[[], None]:
        def work() -> None:
            execution.started = self._observer.time()
            self._observer.execution_began(execution)
            self._observer.execution_ended(execution, self._machine.run(execution))

        return work
