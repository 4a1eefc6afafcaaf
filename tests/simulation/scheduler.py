"""Simulated time, and tasks that take turns: one runs until it waits, and the same seed gives the same order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from greenlet import getcurrent, greenlet


class KilledError(BaseException):
    """A task's process has ended at this point. No code of the functions may catch it, as none survives a real kill."""


class NotModeledError(BaseException):
    """The simulation does not know what AWS would do. It ends the run, so no handler may catch it."""


@dataclass(eq=False)
class Task:
    """One process: a function's invocation, an execution, a client. `deadline` is when its platform ends it."""

    name: str
    deadline: float | None = None
    done: bool = False
    value: Any = None
    error: BaseException | None = None
    pending: BaseException | None = None
    turn: int = 0
    """Counts its waits: an entry of the heap with an older one is void."""
    waiting: "list[Task]" = field(default_factory=list)
    body: Any = None
    may_fail: tuple[type[BaseException], ...] = (KilledError,)
    """The errors that it may end with; any other is an error of the simulation."""
    attempt: str | None = None
    """The attempt of an upload for which it works; None if it begins attempts, or works for none."""


class Scheduler:
    """Runs tasks in order of their wake-up times; `now` is in seconds since the run began."""

    def __init__(self) -> None:
        self.now = 0.0
        self._horizon = 0.0
        self._heap: list[tuple[float, int, Task, int]] = []
        self._entries = 0
        self._hub = getcurrent()
        self._current: Task | None = None

    @property
    def current(self) -> Task:
        """The task that runs."""
        assert self._current is not None, "outside of a task"
        return self._current

    def spawn(
        self,
        name: str,
        work: Callable[[], Any],
        *,
        after: float = 0.0,
        seconds: float | None = None,
        may_fail: type[Exception] | None = None,
    ) -> Task:
        """Start a task.

        Args:
            name: for the timeline.
            work: what it does.
            after: seconds until it begins.
            seconds: how long it runs until its platform ends it.
            may_fail: an error that it may end with, for the task that waits for it.
        """
        start = self.now + after
        expected = (KilledError, may_fail) if may_fail else (KilledError,)
        task = Task(name=name, deadline=None if seconds is None else start + seconds, may_fail=expected)
        task.body = greenlet(lambda: self._work(task, work), parent=self._hub)
        self._wake(task, start)
        return task

    def sleep(self, seconds: float) -> None:
        """Let the current task wait.

        Raises:
            KilledError: its platform ended it meanwhile.
        """
        task = self.current
        wake = self.now + seconds
        if task.deadline is not None and wake >= task.deadline:
            self._pause(task, max(task.deadline, self.now))
            raise KilledError("time is over")
        self._pause(task, wake)

    def join(self, other: Task) -> Any:
        """Wait until a task has ended, and return its value.

        Raises:
            BaseException: what ended the other task.
            KilledError: the current task's platform ended it meanwhile; the other task continues.
        """
        if not self.wait(other, None):
            raise KilledError("time is over")
        if other.error is not None:
            raise other.error
        return other.value

    def wait(self, other: Task, until: float | None) -> bool:
        """Wait until a task has ended, at most until a time; whether it has.

        Raises:
            KilledError: the current task's platform ended it meanwhile.
        """
        task = self.current
        if other.done:
            return True
        other.waiting.append(task)
        limits = [each for each in (until, task.deadline) if each is not None]
        task.turn += 1
        if limits:
            self._push(task, max(min(limits), self.now))
        try:
            self._hub.switch()
            self._resume(task)
        finally:
            if not other.done:
                other.waiting.remove(task)
        if not other.done and task.deadline is not None and self.now >= task.deadline:
            raise KilledError("time is over")
        return other.done

    def wait_any(self, others: Sequence[Task]) -> None:
        """Wait until one of some tasks has ended.

        Raises:
            KilledError: the current task's platform ended it meanwhile.
        """
        task = self.current
        if any(each.done for each in others):
            return
        for each in others:
            each.waiting.append(task)
        task.turn += 1
        if task.deadline is not None:
            self._push(task, max(task.deadline, self.now))
        try:
            self._hub.switch()
            self._resume(task)
        finally:
            for each in others:
                if not each.done:
                    each.waiting.remove(task)
        if not any(each.done for each in others):
            raise KilledError("time is over")

    def kill(self, task: Task) -> None:
        """End another task where it waits."""
        if not task.done and task.pending is None:
            task.pending = KilledError("killed")
            self._wake(task, self.now)

    def run(self, until: float) -> None:
        """Run all tasks up to a time.

        Raises:
            BaseException: a task has ended with an error that it must not end with.
        """
        self._horizon = until
        while self._heap and self._heap[0][0] <= until:
            at, _, task, turn = heappop(self._heap)
            if turn != task.turn or task.done:
                continue
            self.now = max(self.now, at)
            self._current = task
            task.body.switch()
            self._current = None
            if task.error is not None and not isinstance(task.error, task.may_fail):
                raise task.error
        self.now = max(self.now, until)

    @property
    def next_event(self) -> float | None:
        """When the next task wakes up; None if all have ended."""
        while self._heap and (self._heap[0][3] != self._heap[0][2].turn or self._heap[0][2].done):
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def _work(self, task: Task, work: Callable[[], Any]) -> None:
        try:
            self._resume(task)
            task.value = work()
        # pylint: disable-next=broad-exception-caught  # see there
        except BaseException as error:  # noqa: BLE001 - the task that joins raises it again
            task.error = error
        task.done = True
        for waiting in task.waiting:
            self._wake(waiting, self.now)

    def _pause(self, task: Task, at: float) -> None:
        if at <= self._horizon and (not self._heap or at < self._heap[0][0]):
            self.now = at  # no other task comes first
            return
        self._wake(task, at)
        self._hub.switch()
        self._resume(task)

    def _resume(self, task: Task) -> None:
        if task.pending is not None:
            raise task.pending

    def _wake(self, task: Task, at: float) -> None:
        task.turn += 1
        self._push(task, at)

    def _push(self, task: Task, at: float) -> None:
        self._entries += 1
        heappush(self._heap, (at, self._entries, task, task.turn))
