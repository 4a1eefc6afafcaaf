"""Exactly once, while uploads that share ids fail, begin again, complete and load beside each other."""

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Final

from hypothesis import given
from hypothesis import strategies as st

from functions.common.errors import SupersededError, TemporaryError
from functions.transformation.stored_transactions import StoredTransaction
from shared.contracts.uploads import UploadStatus
from tests.effort import examples
from tests.unit.functions.transformation.world import FakeTable, counts, load, transactions

if TYPE_CHECKING:
    from shared.contracts.workflow import RangeLoaded

KINDS: Final = ("loaded_totals", "repeated_totals", "conflict_totals")
FATES: Final = (*["ok"] * 12, "busy", "lost", "dead")
IDS: Final = 6
DEPTH: Final = 3
"""Runs that can be in the middle of a call at the same time."""


class Bank:
    """A bank whose three uploads share ids. Everything is decided by one random number generator.

    Before each call of a run, others may do anything: load in the same attempt or in an earlier one, fail, begin again.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.table = FakeTable(fate=lambda: random.choice(FATES), before=lambda _: self.disturb())
        self.rows = {each: self._report(each) for each in ("u1", "u2", "u3")}
        self.attempts = dict.fromkeys(self.rows, 0)
        self.completed: dict[str, RangeLoaded] = {}
        self.depth = 0

    def act(self) -> None:
        """One event in the life of one upload."""
        upload_id = self.random.choice(list(self.rows))
        known = self.table.uploads.get(upload_id)
        if known is None or known.status is UploadStatus.FAILED:
            self.begin(upload_id)
        elif known.status is UploadStatus.LOADING and self.random.random() < 0.3:
            self.table.set(upload_id, UploadStatus.FAILED, attempt=known.attempt)
        self.run(upload_id, f"a{self.attempts[upload_id] - self.random.choice((0, 0, 0, 1))}")

    def disturb(self) -> None:
        while self.depth < DEPTH and self.random.random() < 0.3:
            self.act()

    def begin(self, upload_id: str) -> None:
        self.attempts[upload_id] += 1
        self.table.set(upload_id, UploadStatus.LOADING, attempt=f"a{self.attempts[upload_id]}")

    def run(self, upload_id: str, attempt: str) -> None:
        """One run; if it ends, the upload is completed as Notification does: in its attempt, if the counts agree."""
        rows = self.random.sample(self.rows[upload_id], len(self.rows[upload_id]))
        self.depth += 1
        with suppress(TemporaryError, SupersededError):  # the run was killed, or is over
            loaded = load(self.table, rows, attempt=attempt)
            known = self.table.uploads[upload_id]
            counted = (known.attempt, known.status, known.replaced or 0)
            if counted == (attempt, UploadStatus.LOADING, loaded["replaced"]):
                self.table.set(upload_id, UploadStatus.COMPLETED, attempt=attempt)
                self.completed[upload_id] = loaded
        self.depth -= 1

    def calm(self) -> None:
        """Nothing fails any more: each upload that has not completed begins again, and completes."""
        self.table.fate, self.table.before = lambda: "ok", lambda _: None
        for upload_id in self.rows:
            if upload_id not in self.completed:
                self.begin(upload_id)
                self.run(upload_id, f"a{self.attempts[upload_id]}")

    def check(self) -> None:
        """The law, for each upload that is completed."""
        for upload_id, loaded in self.completed.items():
            rows = self.rows[upload_id]
            held = [(row, self.table.items[row.key]) for row in rows]
            own = [row for row, stored in held if stored.upload_id == upload_id]
            assert sum(counts(loaded)) == len(rows)
            assert sum(Decimal(loaded[kind].get("EUR", 0)) for kind in KINDS) == sum(row.amount for row in rows)
            assert loaded["loaded"] == len(own)
            assert Decimal(loaded["loaded_totals"].get("EUR", 0)) == sum(row.amount for row in own)
            assert all(row.same_content(stored) for row, stored in held if row in own)
            assert loaded["loaded"] + loaded["repeated"] == sum(row.same_content(stored) for row, stored in held)

    def _report(self, upload_id: str) -> list[StoredTransaction]:
        """Some of the ids, each with one of two amounts."""
        rows = self.random.sample(transactions(IDS, upload_id=upload_id), self.random.randint(1, IDS))
        return [replace(row, amount=row.amount + self.random.randint(0, 1)) for row in rows]


@examples(300)
@given(st.integers(0, 2**32))
def test_the_law_holds_whatever_happens_between_two_calls(seed: int) -> None:
    bank = Bank(Random(seed))  # noqa: S311 - not for secrets

    for _ in range(8):
        bank.act()
        bank.check()
    bank.calm()

    bank.check()
    assert bank.completed.keys() == bank.rows.keys()
