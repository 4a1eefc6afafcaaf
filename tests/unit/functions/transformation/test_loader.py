"""Exactly once: despite failures, killed, repeated and parallel runs, each row is in the table once."""

from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from functions.common.errors import TemporaryError
from functions.transformation.loader import MAX_DELAY, RESERVE, Loader
from functions.transformation.stored_transactions import StoredTransaction
from shared.contracts.workflow import MAX_CONFLICT_SAMPLES, RangeLoaded
from tests.effort import examples
from tests.unit.functions.transformation.world import FakeTable, FakeTimeLeft, backoff, transactions


def load(table: FakeTable, rows: list[StoredTransaction], time_left: FakeTimeLeft | None = None) -> RangeLoaded:
    return Loader(table, backoff(time_left)).load(rows)


def counts(loaded: RangeLoaded) -> tuple[int, int, int]:
    return loaded["loaded"], loaded["repeated"], loaded["conflicts"]


@pytest.mark.parametrize("count", [0, 1, 25, 26, 51, 100])
def test_every_row_is_loaded_once(count: int) -> None:
    table, rows = FakeTable(), transactions(count)

    assert counts(load(table, rows)) == (count, 0, 0)
    assert list(table.items.values()) == rows


def test_a_second_run_finds_its_own_rows_and_counts_them_as_loaded() -> None:
    table, rows = FakeTable(), transactions(60)
    load(table, rows)

    assert counts(load(table, rows)) == (60, 0, 0)
    assert table.written == 60


def test_rows_that_another_upload_loaded_with_the_same_content_are_repeated() -> None:
    table = FakeTable()
    load(table, transactions(30, upload_id="u0", amount="1.5"))

    assert counts(load(table, transactions(40, upload_id="u1", amount="1.50"))) == (10, 30, 0)
    assert table.items["nordbank#t0"].upload_id == "u0"


@pytest.mark.parametrize("change", [{"amount": 2}, {"currency": "USD"}, {"timestamp": "2026-11-20T10:00:00.000001Z"}])
def test_rows_that_exist_with_different_content_are_conflicts_and_do_not_overwrite(change: dict[str, Any]) -> None:
    table = FakeTable()
    (first,) = transactions(1, upload_id="u0")
    load(table, [first])

    loaded = load(table, [replace(transactions(1)[0], line=7, **change)])

    assert counts(loaded) == (0, 0, 1)
    assert loaded["conflict_samples"] == [{"line": 7, "transaction_id": "t0", "first_upload_id": "u0"}]
    assert table.items == {first.key: first}


def test_conflicts_beyond_the_samples_are_counted() -> None:
    table = FakeTable()
    load(table, transactions(50, upload_id="u0"))

    loaded = load(table, transactions(50, amount="9"))

    assert loaded["conflicts"] == 50
    assert len(loaded["conflict_samples"]) == MAX_CONFLICT_SAMPLES


def test_banks_do_not_share_transaction_ids() -> None:
    table = FakeTable()
    load(table, transactions(3, bank_id="alpenbank"))

    assert counts(load(table, transactions(3))) == (3, 0, 0)


def test_a_row_that_is_deleted_before_it_is_compared_is_written() -> None:
    class Forgetful(FakeTable):
        def read(self, keys: object) -> dict[str, StoredTransaction | None]:
            assert keys
            found: dict[str, StoredTransaction | None] = dict.fromkeys(self.items)
            self.items.clear()
            return found

    table = Forgetful()
    table.items = {row.key: row for row in transactions(1, upload_id="u0")}

    assert counts(load(table, transactions(1))) == (1, 0, 0)


def test_delays_grow_stay_bounded_and_end_before_the_timeout() -> None:
    time_left = FakeTimeLeft(left=120)

    with pytest.raises(TemporaryError, match="too busy"):
        load(FakeTable(fate=lambda: "busy"), transactions(1), time_left)

    assert all(0 <= delay <= MAX_DELAY for delay in time_left.slept)
    assert max(time_left.slept) > 1
    assert RESERVE <= time_left.left < RESERVE + MAX_DELAY


def test_throttled_reads_are_retried_too() -> None:
    table = FakeTable(items={row.key: row for row in transactions(1)}, fate=iter(["ok", "busy", "busy", "ok"]).__next__)
    time_left = FakeTimeLeft()

    assert counts(load(table, transactions(1), time_left)) == (1, 0, 0)
    assert len(time_left.slept) == 2


def test_delays_are_short_again_after_a_success() -> None:
    fates = iter(["busy"] * 12 + ["ok", "busy", "ok"])
    time_left = FakeTimeLeft(left=1000)
    table = FakeTable(fate=fates.__next__)
    loader = Loader(table, backoff(time_left))

    loader.load(transactions(1))
    loader.load(transactions(1, upload_id="u2", bank_id="other"))

    assert time_left.slept[-1] <= 0.05


@examples(30)
@given(st.data(), st.integers(0, 80), st.integers(0, 80), st.integers(0, 80))
def test_counts_are_exact_despite_failures(data: st.DataObject, count: int, alike: int, different: int) -> None:
    table = FakeTable()
    load(table, transactions(min(alike, count), upload_id="u0"))
    others = transactions(max(alike, min(different, count)), upload_id="u0", amount="7")[alike:]
    load(table, others)
    conflicts = len([row for row in others if row.line - 2 < count])
    table.fate = lambda: data.draw(st.sampled_from(["ok", "ok", "busy", "lost"]))

    loaded = load(table, transactions(count))

    repeated = min(alike, count)
    assert counts(loaded) == (count - repeated - conflicts, repeated, conflicts)
    assert {row.key for row in transactions(count)} <= table.items.keys()


class Redelivery(RuleBasedStateMachine):
    """Two uploads with common rows, loaded by runs that are killed, repeated, and ordered at random."""

    def __init__(self) -> None:
        super().__init__()
        self.table = FakeTable()
        self.uploads = {"u1": transactions(40), "u2": transactions(55, upload_id="u2")[20:]}
        self.first: dict[str, StoredTransaction] = {}
        self.finished: dict[str, RangeLoaded] = {}

    @rule(
        upload_id=st.sampled_from(["u1", "u2"]),
        fates=st.lists(st.sampled_from(["ok", "ok", "ok", "busy", "lost", "dead"]), max_size=90),
        order=st.randoms(use_true_random=False),
    )
    def run(self, upload_id: str, fates: list[str], order: Random) -> None:
        rows = list(self.uploads[upload_id])
        order.shuffle(rows)
        planned = iter(fates)
        self.table.fate = lambda: next(planned, "ok")
        with suppress(TemporaryError):  # the run was killed; another one follows
            self.finished[upload_id] = load(self.table, rows)

    @invariant()
    def the_first_row_of_a_key_is_kept(self) -> None:
        for key, row in self.table.items.items():
            assert self.first.setdefault(key, row) is row
        assert self.table.written == len(self.table.items)

    @invariant()
    def a_finished_upload_is_complete_and_its_counts_match_the_table(self) -> None:
        for upload_id, loaded in self.finished.items():
            held = [self.table.items[row.key] for row in self.uploads[upload_id]]
            own = sum(row.upload_id == upload_id for row in held)
            assert counts(loaded) == (own, len(held) - own, 0)


TestRedelivery = Redelivery.TestCase
TestRedelivery.settings = settings(examples(15), stateful_step_count=30)
