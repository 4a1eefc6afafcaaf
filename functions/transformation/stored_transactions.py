"""Transactions as they are stored, and the ports of the tables that loading needs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum, auto
from typing import Protocol
from zlib import crc32

from functions.report.transactions import Transaction
from shared.contracts.tables import TIME_SHARDS, time_shard, transaction_key
from shared.contracts.uploads import NO_ATTEMPT, UploadStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredTransaction:
    """A transaction as it is in the table: a row, and its owner, the upload that loaded it."""

    bank_id: str
    upload_id: str
    line: int
    transaction_id: str
    amount: Decimal
    currency: str
    timestamp: str
    replaces: str | None = None
    """The FAILED upload whose row it replaced."""
    replaced_in: str = NO_ATTEMPT
    """The attempt of its own upload that replaced that row."""
    also_in: str | None = None
    """An upload that counted it, as repeated or as a conflict: from then on, it is never replaced."""

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
        return time_shard(self.bank_id, self.timestamp[:10], shard)

    def replacing(self, owner: str, *, attempt: str) -> "StoredTransaction":
        """The row as it is stored when an attempt of its upload writes it in place of a FAILED upload's row."""
        return replace(self, replaces=owner, replaced_in=attempt)

    def same_content(self, other: "StoredTransaction") -> bool:
        """Whether both have the same amount, currency and time; amounts are compared by value, so 1.5 is 1.50."""
        return (self.amount, self.currency, self.timestamp) == (other.amount, other.currency, other.timestamp)


class Written(Enum):
    """What became of a conditional write."""

    DONE = auto()
    UNMET = auto()
    """Its condition is not met; nothing was written."""
    BUSY = auto()
    """The table was throttled, or another transaction is writing; it is not known whether anything was written."""


class TransactionsTable(Protocol):
    """The transactions table."""

    def insert(self, rows: Sequence[StoredTransaction]) -> Sequence[Written]:
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

    def mark(self, stored: Sequence[StoredTransaction], *, also_in: str) -> Sequence[Written]:
        """Write `also_in` to those of up to 25 rows whose owner and content are still the same, each on its own.

        Raises:
            TemporaryError: there was no response, so any of the rows may have been marked.
        """
        ...

    def replace(self, rows: Sequence[StoredTransaction], *, owner: str) -> Written:
        """Write up to 98 rows of one upload in place of those of another, `owner`: all of them, or none.

        The condition is that the owner is FAILED, that the stored rows are still its own, and that none is `also_in`
        another upload. The number of rows is added to what the attempt `replaced_in` has replaced.

        Raises:
            SupersededError: the rows' own upload is not LOADING in this attempt.
            TemporaryError: there was no response, so the rows may have been written.
        """
        ...


class UploadStatuses(Protocol):
    """Looks up the statuses of uploads."""

    def statuses(self, upload_ids: Collection[str]) -> Mapping[str, UploadStatus | None]:
        """Statuses of up to 100 uploads after all writes so far; None for one that does not exist.

        Uploads that the table could not serve, because it was throttled, are left out of the result.
        """
        ...
