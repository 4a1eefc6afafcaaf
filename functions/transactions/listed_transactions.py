"""Transactions as a bank reads them, and the port of the index by time."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedTransaction:
    """A loaded row: its time is UTC as `YYYY-MM-DDTHH:MM:SS.ffffffZ`, `line` is its line in the upload's report."""

    transaction_id: str
    amount: Decimal
    currency: str
    timestamp: str
    upload_id: str
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A transaction's position in its shard."""

    timestamp: str
    transaction_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShardPage:
    """Some transactions of a shard, in order of time; the next ones start after the mark `last`, None at the end."""

    transactions: Sequence[ListedTransaction]
    last: Mark | None


class TransactionsByTime(Protocol):
    """Reads a bank's transactions of a day in order of time, shard by shard."""

    def page(self, bank_id: str, date: str, shard: int, *, limit: int, after: Mark | None) -> ShardPage:
        """Up to `limit` transactions of a shard of a UTC date, starting after `after`, which need not exist."""
        ...
