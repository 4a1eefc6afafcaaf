"""A transactions table in memory that can fail in every way that DynamoDB does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from functions.common.errors import TemporaryError
from functions.transformation.loader import Backoff
from functions.transformation.stored_transactions import Inserted, StoredTransaction


@dataclass
class FakeTimeLeft:
    """A clock that moves only during sleep."""

    left: float = 60.0
    slept: list[float] = field(default_factory=list)

    def remaining(self) -> float:
        return self.left

    def sleep(self, seconds: float, /) -> None:
        self.slept.append(seconds)
        self.left -= seconds


@dataclass
class FakeTable:
    """`fate` decides what happens to each row that is written or read; by default, all succeed.

    "busy": throttled; "lost": written, but the result is busy; "dead": the call ends in a TemporaryError at this row.
    """

    items: dict[str, StoredTransaction] = field(default_factory=dict)
    fate: Callable[[], str] = lambda: "ok"
    written: int = 0

    def insert(self, rows: Sequence[StoredTransaction]) -> list[Inserted]:
        assert 1 <= len(rows) <= 25
        return [self._insert(row) for row in rows]

    def read(self, keys: Sequence[str]) -> Mapping[str, StoredTransaction | None]:
        assert 1 <= len(keys) <= 100
        return {key: self.items.get(key) for key in keys if self._survive() == "ok"}

    def _insert(self, row: StoredTransaction) -> Inserted:
        fate = self._survive()
        if fate == "busy":
            return Inserted.BUSY
        if row.key in self.items:
            return Inserted.KNOWN
        self.items[row.key] = row
        self.written += 1
        return Inserted.BUSY if fate == "lost" else Inserted.NEW

    def _survive(self) -> str:
        fate = self.fate()
        if fate == "dead":
            raise TemporaryError("killed")
        return fate


def backoff(time_left: FakeTimeLeft | None = None) -> Backoff:
    return Backoff(time_left=time_left or FakeTimeLeft(left=1e9), random=Random(1))  # noqa: S311 - not for secrets


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
