"""The tables that loading needs, in memory; they can fail in every way that DynamoDB does."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random

from functions.common.errors import SupersededError, TemporaryError
from functions.common.uploads import Upload
from functions.transformation.backoff import Backoff
from functions.transformation.loader import Loader
from functions.transformation.stored_transactions import StoredTransaction, Written
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import RangeLoaded
from tests.unit.functions.fakes import upload

ATTEMPT = "a1"


@dataclass
class FakeTimeLeft:
    """A clock that moves during sleep, and by `call_seconds` with each look at it."""

    left: float = 60.0
    call_seconds: float = 0.0
    slept: list[float] = field(default_factory=list)
    checks: int = 0

    def check(self) -> None:
        if self.left <= 0:
            raise TemporaryError("no time is left")
        self.checks += 1
        self.left -= self.call_seconds

    def remaining(self) -> float:
        return self.left

    def sleep(self, seconds: float, /) -> None:
        self.slept.append(seconds)
        self.left -= seconds


@dataclass
class FakeTable:
    """Transactions, and the uploads that own them. `fate` decides what happens to each row or upload of a call.

    "busy": throttled; "lost": written, but the result is busy; "dead": the call ends in a TemporaryError there.
    """

    items: dict[str, StoredTransaction] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    fate: Callable[[], str] = lambda: "ok"
    written: int = 0
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None
    """Called with each call's name before it, for what others do in between."""

    def insert(self, rows: Sequence[StoredTransaction]) -> list[Written]:
        assert 1 <= len(rows) <= 25
        self._called("insert")
        return [self._write(row, met=row.key not in self.items) for row in rows]

    def read(self, keys: Sequence[str]) -> Mapping[str, StoredTransaction | None]:
        assert 1 <= len(keys) <= 100
        self._called("read")
        return {key: self.items.get(key) for key in keys if self._survive() == "ok"}

    def mark(self, stored: Sequence[StoredTransaction], *, also_in: str) -> list[Written]:
        assert 1 <= len(stored) <= 25
        self._called("mark")
        return [self._mark(row, also_in) for row in stored]

    def replace(self, rows: Sequence[StoredTransaction], *, owner: str) -> Written:
        assert 1 <= len(rows) <= 98
        self._called("replace")
        fate = self._survive()
        if fate == "busy":
            return Written.BUSY
        own = self.uploads[rows[0].upload_id]
        if (own.attempt, own.status) != (rows[0].replaced_in, UploadStatus.LOADING):
            raise SupersededError("not loading any more")
        stored = [self.items.get(row.key) for row in rows]
        if self._status(owner) is not UploadStatus.FAILED:
            return Written.UNMET
        if not all(each and each.upload_id == owner and each.also_in is None for each in stored):
            return Written.UNMET
        self.items |= {row.key: row for row in rows}
        self.uploads[own.upload_id] = replace(own, replaced=(own.replaced or 0) + len(rows))
        return Written.BUSY if fate == "lost" else Written.DONE

    def statuses(self, upload_ids: Collection[str]) -> dict[str, UploadStatus | None]:
        assert 1 <= len(upload_ids) <= 100
        self._called("statuses")
        return {each: self._status(each) for each in upload_ids if self._survive() == "ok"}

    def _write(self, row: StoredTransaction, *, met: bool) -> Written:
        fate = self._survive()
        if fate == "busy":
            return Written.BUSY
        if not met:
            return Written.UNMET
        self.items[row.key] = row
        self.written += 1
        return Written.BUSY if fate == "lost" else Written.DONE

    def _mark(self, row: StoredTransaction, also_in: str) -> Written:
        fate = self._survive()
        if fate == "busy":
            return Written.BUSY
        known = self.items.get(row.key)
        if known is None or known.upload_id != row.upload_id or not known.same_content(row):
            return Written.UNMET
        self.items[row.key] = replace(known, also_in=also_in)
        return Written.BUSY if fate == "lost" else Written.DONE

    def _status(self, upload_id: str) -> UploadStatus | None:
        known = self.uploads.get(upload_id)
        return known.status if known else None

    def _called(self, name: str) -> None:
        self.before(name)
        self.calls.append(name)

    def _survive(self) -> str:
        fate = self.fate()
        if fate == "dead":
            raise TemporaryError("killed")
        return fate

    def set(self, upload_id: str, status: UploadStatus, attempt: str = ATTEMPT) -> None:
        """Give an upload a status, as another process does."""
        known = self.uploads.get(upload_id) or upload(upload_id=upload_id)
        if known.attempt != attempt:
            known = replace(known, attempt=attempt, replaced=None)
        self.uploads[upload_id] = replace(known, status=status)


def backoff(time_left: FakeTimeLeft | None = None) -> Backoff:
    return Backoff(time_left=time_left or FakeTimeLeft(left=1e9), random=Random(1))  # noqa: S311 - not for secrets


def load(
    table: FakeTable,
    rows: Sequence[StoredTransaction],
    time_left: FakeTimeLeft | None = None,
    *,
    attempt: str = ATTEMPT,
) -> RangeLoaded:
    """Load rows in one run of an attempt."""
    return Loader(table=table, uploads=table, attempt=attempt, backoff=backoff(time_left)).load(rows)


def counts(loaded: RangeLoaded) -> tuple[int, int, int]:
    """How many were loaded, repeated, and in conflict."""
    return loaded["loaded"], loaded["repeated"], loaded["conflicts"]


def transactions(
    count: int, *, upload_id: str = "u1", amount: str = "1.50", bank_id: str = "nordbank"
) -> list[StoredTransaction]:
    return [
        StoredTransaction(
            bank_id=bank_id,
            upload_id=upload_id,
            line=number + 2,
            transaction_id=f"t{number}",
            amount=Decimal(amount),
            currency="EUR",
            timestamp="2026-11-20T10:00:00.000000Z",
        )
        for number in range(count)
    ]
