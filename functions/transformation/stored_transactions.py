"""Transactions as they are stored, and the port of the transactions table."""

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
    """A transaction as it is in the table: a row, and the upload that loaded it."""

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
        """Partition of the index by time: bank, UTC date, and a shard that is the same on every run and machine."""
        shard = crc32(self.transaction_id.encode()) % TIME_SHARDS
        return f"{self.bank_id}#{self.timestamp[:10]}#{shard}"

    def same_content(self, other: "StoredTransaction") -> bool:
        """Whether both have the same amount, currency and time; amounts are compared by value, so 1.5 is 1.50."""
        return (self.amount, self.currency, self.timestamp) == (other.amount, other.currency, other.timestamp)


class Inserted(Enum):
    """The result of one row of a batch insert."""

    NEW = auto()
    """Written now."""
    KNOWN = auto()
    """Its key exists; nothing was written."""
    BUSY = auto()
    """The table was throttled; it is not known whether the row was written."""


class TransactionsTable(Protocol):
    """The transactions table."""

    def insert(self, rows: Sequence[StoredTransaction]) -> Sequence[Inserted]:
        """Write those of up to 25 rows whose keys do not exist, each on its own; one result per row, in their order.

        Raises:
            TemporaryError: there was no response, so any of the rows may have been written.
        """
        ...

    def read(self, keys: Sequence[str]) -> Mapping[str, StoredTransaction | None]:
        """Read up to 100 transactions after all writes so far; None for one that does not exist.

        Keys that the table could not serve, because it was throttled, are left out of the result.
        """
        ...
