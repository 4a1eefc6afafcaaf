"""Loads rows, each exactly once, whatever is thrown at it: throttling, half-done batches, runs killed and repeated."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Protocol

from functions.common.aws.errors import TemporaryError
from functions.transformation.stored import Inserted, StoredTransaction, TransactionsTable
from shared.contracts.workflow import MAX_CONFLICT_SAMPLES, Conflict, RangeLoaded

BATCH_ROWS: Final = 25
"""Statements of one BatchExecuteStatement (DynamoDB limit)."""
BASE_DELAY: Final = 0.05
MAX_DELAY: Final = 5.0
"""Seconds. Waiting is random between 0 and twice the last bound (full jitter), so that runs side by side spread."""
RESERVE: Final = 5.0
"""Seconds before Lambda's end at which to give up: enough to answer, so that Retry sees TemporaryError, not a kill."""


class Patience(Protocol):
    """Time to wait in, made by the handler."""

    def remaining(self) -> float:
        """Seconds until Lambda ends this run."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Wait."""
        ...


@dataclass(kw_only=True)
class Backoff:
    """Waits longer after each failure in a row, and gives up in good time."""

    patience: Patience
    random: Random
    failures: int = 0

    def wait(self) -> None:
        """Wait after a failure.

        Raises:
            TemporaryError: too little time is left.
        """
        bound = min(MAX_DELAY, BASE_DELAY * 2**self.failures)
        delay = self.random.uniform(0, bound)
        if self.patience.remaining() - delay < RESERVE:
            raise TemporaryError("the transactions table is too busy to take all rows in the time that is left")
        self.failures += 1
        self.patience.sleep(delay)

    def succeeded(self) -> None:
        """Begin anew with short waits."""
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
        """Bring every row into the table, or find that it is there.

        A row that an earlier run of the same upload wrote counts as loaded again, so the result of the last run is
        that of the whole. Of a key with other content the first stands.

        Raises:
            TemporaryError: time ran out. What was written stays; another run finishes the rest.
        """
        pending = deque(rows)
        while pending:
            batch = [pending.popleft() for _ in range(min(BATCH_ROWS, len(pending)))]
            # Back to the end of the queue: others go first while the busy partition recovers.
            pending.extend(self._load_batch(batch))
        return RangeLoaded(
            loaded=self._loaded,
            repeated=self._repeated,
            conflicts=len(self._conflicts),
            conflict_samples=self._conflicts[:MAX_CONFLICT_SAMPLES],
        )

    def _load_batch(self, batch: Sequence[StoredTransaction]) -> list[StoredTransaction]:
        """Write a batch; the rows that are left to do are returned."""
        results = list(zip(batch, self._table.insert(batch), strict=True))
        self._loaded += sum(result is Inserted.NEW for _, result in results)
        busy = [row for row, result in results if result is Inserted.BUSY]
        if busy:
            self._backoff.wait()
        else:
            self._backoff.succeeded()
        return busy + self._compare([row for row, result in results if result is Inserted.KNOWN])

    def _compare(self, rows: list[StoredTransaction]) -> list[StoredTransaction]:
        """Tell what the rows whose keys are taken are; those that are gone by now are returned, to be written."""
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
