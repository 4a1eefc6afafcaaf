"""A bank's transactions of a day in order of time: its shards, each in that order, are merged page by page."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from functions.common.banks import Bank
from functions.transactions.listed_transactions import ListedTransaction, Mark, TransactionsByTime
from shared.contracts.api import MAX_EXAMINED
from shared.contracts.tables import TIME_SHARDS

Marks: TypeAlias = Sequence[Mark | None]
"""By shard: the last transaction that was listed or passed over; None if there was none."""

START: Final[Marks] = (None,) * TIME_SHARDS


@dataclass(frozen=True, kw_only=True)
class DayPage:
    """Some transactions of a day, oldest first; the next page starts after `marks`, which is None at the end.

    It can have fewer than were asked for, and even none, before the end.
    """

    transactions: Sequence[ListedTransaction]
    marks: Marks | None


@dataclass(frozen=True, kw_only=True)
class Transactions:
    """Lists transactions for the bank that reported them."""

    by_time: TransactionsByTime

    def of_day(self, bank: Bank, date: str, *, currency: str | None, limit: int, after: Marks = START) -> DayPage:
        """A page of the bank's transactions of a UTC date, in all currencies or one.

        Transactions of the same time are in the order of their shards. Of one currency, `MAX_EXAMINED` transactions
        are looked at.
        """
        # The shards have about as many each (a hash of the id selects one), so one query is enough for most.
        examined = limit if currency is None else MAX_EXAMINED
        at_once = 2 * (examined // TIME_SHARDS + 1)
        shards = [self._shard(bank.bank_id, date, shard, after[shard], at_once) for shard in range(TIME_SHARDS)]
        merged = heapq.merge(*shards, key=lambda each: each[1].timestamp)
        marks = list(after)
        found: list[ListedTransaction] = []
        for shard, each in islice(merged, examined):
            marks[shard] = Mark(timestamp=each.timestamp, transaction_id=each.transaction_id)
            if currency in (None, each.currency):
                found.append(each)
                if len(found) == limit:
                    break
        return DayPage(transactions=found, marks=marks if next(merged, None) else None)

    def _shard(
        self, bank_id: str, date: str, shard: int, after: Mark | None, at_once: int
    ) -> Iterator[tuple[int, ListedTransaction]]:
        """All transactions of a shard after a mark, read when they are needed."""
        while True:
            page = self.by_time.page(bank_id, date, shard, limit=at_once, after=after)
            yield from ((shard, each) for each in page.transactions)
            if page.last is None:
                return
            after = page.last
