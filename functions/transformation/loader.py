"""Loads rows, each exactly once, despite throttling, partly written batches, and runs that are killed and repeated."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Protocol

from functions.common.errors import TemporaryError
from functions.transformation.stored_transactions import Inserted, StoredTransaction, TransactionsTable
from shared.contracts.workflow import MAX_CONFLICT_SAMPLES, Conflict, RangeLoaded

BATCH_ROWS: Final = 25
"""Statements of one BatchExecuteStatement (DynamoDB limit)."""
BASE_DELAY: Final = 0.05
MAX_DELAY: Final = 5.0
"""Seconds. A delay is random between 0 and a bound that doubles (full jitter), so parallel runs spread out."""
RESERVE: Final = 5.0
"""Seconds before Lambda's timeout at which to give up: then Retry sees a TemporaryError instead of a killed run."""


class TimeLeft(Protocol):
    """The time in which to wait; the handler provides it."""

    def remaining(self) -> float:
        """Seconds until Lambda ends this run."""
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

    def wait(self) -> None:
        """Wait after a failure.

        Raises:
            TemporaryError: too little time is left.
        """
        bound = min(MAX_DELAY, BASE_DELAY * 2**self.failures)
        delay = self.random.uniform(0, bound)
        if self.time_left.remaining() - delay < RESERVE:
            raise TemporaryError("the transactions table is too busy to load all rows in the time that is left")
        self.failures += 1
        self.time_left.sleep(delay)

    def succeeded(self) -> None:
        """Return to short delays."""
        self.failures = 0


class Loader:
    """Writes the rows of one range."""

    def __init__(self, table: TransactionsTable, backoff: Backoff) -> None:
        self._table = table
        self._backoff = backoff
        self._loaded = 0
        self._repeated = 0
        self._conflicts: list[Conflict] = []

    def load(self, rows: Iterable[StoredTransaction]) -> RangeLoaded:
        """Write every row, or find it in the table.

        A row that an earlier run of the same upload wrote counts as loaded again, so the last run's result is complete.
        A row that differs from the stored one is a conflict and does not overwrite it.

        Raises:
            TemporaryError: time ran out. What was written stays; another run loads the rest.
        """
        pending = deque(rows)
        while pending:
            batch = [pending.popleft() for _ in range(min(BATCH_ROWS, len(pending)))]
            # Back to the end of the queue: other rows go first while the busy partition recovers.
            pending.extend(self._load_batch(batch))
        return RangeLoaded(
            loaded=self._loaded,
            repeated=self._repeated,
            conflicts=len(self._conflicts),
            conflict_samples=self._conflicts[:MAX_CONFLICT_SAMPLES],
        )

    def _load_batch(self, batch: Sequence[StoredTransaction]) -> list[StoredTransaction]:
        """Write a batch, and return the rows that are still to be written."""
        results = list(zip(batch, self._table.insert(batch), strict=True))
        self._loaded += sum(result is Inserted.NEW for _, result in results)
        busy = [row for row, result in results if result is Inserted.BUSY]
        if busy:
            self._backoff.wait()
        else:
            self._backoff.succeeded()
        return busy + self._compare([row for row, result in results if result is Inserted.KNOWN])

    def _compare(self, rows: list[StoredTransaction]) -> list[StoredTransaction]:
        """Count the rows whose keys exist, and return those that have been deleted since, to be written."""
        gone: list[StoredTransaction] = []
        while rows:
            found = self._table.read([row.key for row in rows])
            for row in rows:
                first = found.get(row.key)
                if first is not None:
                    self._count(row, first)
                elif row.key in found:
                    gone.append(row)
            rows = [row for row in rows if row.key not in found]
            if rows:
                self._backoff.wait()
        return gone

    def _count(self, row: StoredTransaction, first: StoredTransaction) -> None:
        if not row.same_content(first):
            conflict = Conflict(line=row.line, transaction_id=row.transaction_id, first_upload_id=first.upload_id)
            self._conflicts.append(conflict)
        elif row.upload_id == first.upload_id:
            self._loaded += 1
        else:
            self._repeated += 1
