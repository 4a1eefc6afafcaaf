"""What the loader and the transactions table say to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Protocol
from zlib import crc32

from functions.report.transactions import Transaction
from shared.contracts.tables import TIME_SHARDS, transaction_key


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredTransaction:
    """A transaction as the table holds it: a row, and the upload that brought it."""

    bank_id: str
    upload_id: str
    line: int
    transaction_id: str
    amount: Decimal
    currency: str
    timestamp: str

    @classmethod
    def of(cls, row: Transaction, *, bank_id: str, upload_id: str) -> "StoredTransaction":
        """A row of a bank's upload."""
        return cls(
            bank_id=bank_id,
            upload_id=upload_id,
            line=row.line,
            transaction_id=row.transaction_id,
            amount=row.amount,
            currency=row.currency,
            timestamp=row.timestamp,
        )

    @property
    def key(self) -> str:
        """Key in the table."""
        return transaction_key(self.bank_id, self.transaction_id)

    @property
    def time_shard(self) -> str:
        """Partition of the index by time: bank, UTC date, and a shard that every run and machine computes alike."""
        shard = crc32(self.transaction_id.encode()) % TIME_SHARDS
        return f"{self.bank_id}#{self.timestamp[:10]}#{shard}"

    def same_content(self, other: "StoredTransaction") -> bool:
        """Whether both tell of the same money at the same time; amounts by value, so 1.5 is 1.50."""
        return (self.amount, self.currency, self.timestamp) == (other.amount, other.currency, other.timestamp)


class Inserted(Enum):
    """What became of one row of a batch insert."""

    NEW = auto()
    """Written now."""
    KNOWN = auto()
    """Its key was there already; nothing was written."""
    BUSY = auto()
    """The table could not take it just now; it is not known whether it was written."""


class TransactionsTable(Protocol):
    """The transactions table."""

    def insert(self, rows: Sequence[StoredTransaction]) -> Sequence[Inserted]:
        """Write up to 25 rows whose keys are not there, each for itself; one result for each row, in their order.

        Raises:
            TemporaryError: there was no answer: any of the rows may have been written.
        """
        ...

    def read(self, keys: Sequence[str]) -> Mapping[str, StoredTransaction | None]:
        """Read up to 100 transactions after all writes so far; None is one that is not there.

        Keys that the table could not serve just now are left out of the answer.
        """
        ...
