"""Loads rows, each exactly once, despite throttling, partly written batches, and runs that are killed and repeated."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from functions.transformation.backoff import Backoff
from functions.transformation.owners import Owners
from functions.transformation.stored_transactions import StoredTransaction, TransactionsTable, UploadStatuses, Written
from functions.transformation.tally import Kind, Tally
from shared.contracts.uploads import NO_ATTEMPT, UploadStatus
from shared.contracts.workflow import RangeLoaded

BATCH_ROWS: Final = 25
"""Statements of one BatchExecuteStatement (DynamoDB limit)."""
READ_ROWS: Final = 100
"""Keys of one BatchGetItem (DynamoDB limit)."""
TRANSACTION_ROWS: Final = 98
"""Rows of one TransactWriteItems: 100 actions (DynamoDB limit), of which two are on the uploads table."""


class _Found(NamedTuple):
    """A row, and the one that is stored under its key."""

    row: StoredTransaction
    stored: StoredTransaction

    @property
    def own(self) -> bool:
        return self.row.upload_id == self.stored.upload_id

    @property
    def same(self) -> bool:
        return self.row.same_content(self.stored)


class Loader:
    """Writes the rows of one range of an attempt. It looks at the clock before every call."""

    def __init__(self, *, table: TransactionsTable, uploads: UploadStatuses, attempt: str, backoff: Backoff) -> None:
        self._table = table
        self._owners = Owners(uploads)
        self._attempt = attempt
        self._backoff = backoff
        self._tally = Tally()
        self._unwritten: deque[StoredTransaction] = deque()
        self._known: deque[StoredTransaction] = deque()
        """Rows whose keys exist, or probably do: to be read and compared."""
        self._look_ahead = False
        """An earlier run has probably written the next rows too, so reading them first is cheaper."""

    def load(self, rows: Iterable[StoredTransaction]) -> RangeLoaded:
        """Write every row, or find it in the table.

        A row that an earlier run of the same upload wrote counts as loaded again, so the last run's result is complete.
        A row that differs from the stored one is a conflict and does not overwrite it, unless the upload that owns the
        stored one is FAILED: then it is replaced.

        Raises:
            TemporaryError: time ran out. What was written stays; another run loads the rest.
            DeadlineExceededError: so did the execution's.
            SupersededError: the upload has ended, or another attempt has begun.
        """
        self._unwritten.extend(rows)
        while self._unwritten or self._known:
            if self._look_ahead:
                self._known.extend(_take(self._unwritten, READ_ROWS - len(self._known)))
            if len(self._known) >= READ_ROWS or not self._unwritten:
                self._compare(_take(self._known, READ_ROWS))
            else:
                self._insert(_take(self._unwritten, BATCH_ROWS))
        return self._tally.result()

    def _insert(self, batch: Sequence[StoredTransaction]) -> None:
        self._backoff.check()
        results = list(zip(batch, self._table.insert(batch), strict=True))
        for row, result in results:
            if result is Written.DONE:
                self._tally.add(row, Kind.LOADED)
        self._known.extend(row for row, result in results if result is Written.UNMET)
        busy = [row for row, result in results if result is Written.BUSY]
        # To the end of the queue: other rows go first while the busy partition recovers.
        self._unwritten.extend(busy)
        self._look_ahead = all(result is Written.UNMET for _, result in results)
        self._backoff.after(failed=busy)

    def _compare(self, rows: Sequence[StoredTransaction]) -> None:
        """Read what is stored under the rows' keys, and count each row by what it finds."""
        self._backoff.check()
        read = self._table.read([row.key for row in rows])
        missing = [row for row in rows if row.key in read and read[row.key] is None]
        if missing:
            self._unwritten.extend(missing)
            self._look_ahead = False
        found = [_Found(row, stored) for row in rows if (stored := read.get(row.key)) is not None]
        again = [row for row in rows if row.key not in read]
        again += self._settle([each for each in found if not self._settle_alone(each)])
        self._known.extend(again)
        self._backoff.after(failed=again)

    def _settle_alone(self, found: _Found) -> bool:
        """Count a row whose kind does not depend on the status of the stored one's owner."""
        row, stored = found
        if found.own and found.same:
            if stored.replaces is not None and stored.replaced_in == self._attempt:
                self._tally.add_replaced(row)
            else:
                self._tally.add(row, Kind.LOADED)
        # An execution of a version without attempts could not record what it replaces.
        elif stored.also_in is not None or (not found.same and (found.own or self._attempt == NO_ATTEMPT)):
            self._count(found)
        else:
            return False
        return True

    def _settle(self, found: Sequence[_Found]) -> list[StoredTransaction]:
        """Count rows of other uploads, whose statuses decide; return those that are to be compared again."""
        if not found:
            return []
        self._backoff.check()
        statuses = self._owners.statuses({each.stored.upload_id for each in found})
        again: list[StoredTransaction] = []
        undecided: list[_Found] = []
        replaceable: defaultdict[str, list[_Found]] = defaultdict(list)
        for each in found:
            owner = each.stored.upload_id
            if owner not in statuses:
                again.append(each.row)
            elif statuses[owner] is UploadStatus.COMPLETED:
                self._count(each)
            elif statuses[owner] is UploadStatus.FAILED and not each.same:
                replaceable[owner].append(each)
            else:
                undecided.append(each)
        for batch in _batches(undecided, BATCH_ROWS):
            again += self._mark(batch)
        for owner, those in replaceable.items():
            for batch in _batches(those, TRANSACTION_ROWS):
                again += self._replace(batch, owner)
        return again

    def _mark(self, batch: Sequence[_Found]) -> list[StoredTransaction]:
        """Make sure that rows whose owner may still fail stay: this upload's counts say what they are."""
        self._backoff.check()
        results = self._table.mark([each.stored for each in batch], also_in=batch[0].row.upload_id)
        again: list[StoredTransaction] = []
        for each, result in zip(batch, results, strict=True):
            if result is Written.DONE:
                self._count(each)
            else:
                again.append(each.row)
        return again

    def _count(self, found: _Found) -> None:
        """Count a row of another upload that stays."""
        if found.same:
            self._tally.add(found.row, Kind.REPEATED)
        else:
            self._tally.add_conflict(found.row, found.stored)

    def _replace(self, batch: Sequence[_Found], owner: str) -> list[StoredTransaction]:
        """Write rows in place of those of a FAILED upload."""
        self._backoff.check()
        rows = [each.row for each in batch]
        written = self._table.replace([row.replacing(owner, attempt=self._attempt) for row in rows], owner=owner)
        if written is not Written.DONE:
            return rows
        for row in rows:
            self._tally.add_replaced(row)
        return []


def _take(rows: deque[StoredTransaction], count: int) -> list[StoredTransaction]:
    return [rows.popleft() for _ in range(min(count, len(rows)))]


def _batches(found: Sequence[_Found], size: int) -> Iterator[Sequence[_Found]]:
    return (found[start : start + size] for start in range(0, len(found), size))
