"""Exactly once: despite failures, killed, repeated and parallel runs, each row is in the table once."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.common.errors import SupersededError, TemporaryError
from functions.transformation.backoff import MAX_DELAY
from functions.transformation.loader import Loader
from functions.transformation.stored_transactions import StoredTransaction
from shared.contracts.uploads import NO_ATTEMPT, UploadStatus
from shared.contracts.workflow import MAX_CONFLICT_SAMPLES
from tests.effort import examples
from tests.unit.functions.transformation.world import (
    ATTEMPT,
    FakeTable,
    FakeTimeLeft,
    backoff,
    counts,
    load,
    transactions,
)

OTHER_CONTENT = [{"amount": Decimal(2)}, {"currency": "USD"}, {"timestamp": "2026-11-20T10:00:00.000001Z"}]


@pytest.mark.parametrize("number", [0, 1, 25, 26, 51, 100])
def test_every_row_is_loaded_once(number: int) -> None:
    table, rows = FakeTable(), transactions(number)

    assert counts(load(table, rows)) == (number, 0, 0)
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


@pytest.mark.parametrize("change", OTHER_CONTENT)
def test_rows_that_exist_with_different_content_are_conflicts_and_do_not_overwrite(change: dict[str, Any]) -> None:
    table = FakeTable()
    (first,) = transactions(1, upload_id="u0")
    load(table, [first])

    loaded = load(table, [replace(transactions(1)[0], line=7, **change)])

    assert counts(loaded) == (0, 0, 1)
    assert loaded["conflict_samples"] == [{"line": 7, "transaction_id": "t0", "first_upload_id": "u0"}]
    # Marked, because its upload may still fail, and a third one must not replace what this one has counted.
    assert table.items == {first.key: replace(first, also_in="u1")}


def test_conflicts_beyond_the_samples_are_counted() -> None:
    table = FakeTable()
    load(table, transactions(50, upload_id="u0"))

    loaded = load(table, transactions(50, amount="9"))

    assert loaded["conflicts"] == 50
    assert [sample["line"] for sample in loaded["conflict_samples"]] == list(range(2, 2 + MAX_CONFLICT_SAMPLES))


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
    assert 0 <= time_left.left < MAX_DELAY


def test_throttled_reads_are_retried_too() -> None:
    table = FakeTable(items={row.key: row for row in transactions(1)}, fate=iter(["ok", "busy", "busy", "ok"]).__next__)
    time_left = FakeTimeLeft()

    assert counts(load(table, transactions(1), time_left)) == (1, 0, 0)
    assert len(time_left.slept) == 2


def test_delays_are_short_again_after_a_success() -> None:
    fates = iter(["busy"] * 12 + ["ok", "busy", "ok"])
    time_left = FakeTimeLeft(left=1000)
    table = FakeTable(fate=fates.__next__)
    loader = Loader(table=table, uploads=table, attempt=ATTEMPT, backoff=backoff(time_left))

    loader.load(transactions(1))
    loader.load(transactions(1, upload_id="u2", bank_id="other"))

    assert time_left.slept[-1] <= 0.05


@examples(30)
@given(st.data(), st.integers(0, 80), st.integers(0, 80), st.integers(0, 80))
def test_counts_are_exact_despite_failures(data: st.DataObject, number: int, alike: int, different: int) -> None:
    table = FakeTable()
    load(table, transactions(min(alike, number), upload_id="u0"))
    others = transactions(max(alike, min(different, number)), upload_id="u0", amount="7")[alike:]
    load(table, others)
    conflicts = len([row for row in others if row.line - 2 < number])
    table.fate = lambda: data.draw(st.sampled_from(["ok", "ok", "busy", "lost"]))

    loaded = load(table, transactions(number))

    repeated = min(alike, number)
    assert counts(loaded) == (number - repeated - conflicts, repeated, conflicts)
    assert {row.key for row in transactions(number)} <= table.items.keys()


def test_a_table_that_is_slow_but_not_throttled_ends_the_run_before_lambda_does() -> None:
    table, rows = FakeTable(), transactions(100)

    with pytest.raises(TemporaryError):
        load(table, rows, FakeTimeLeft(left=10, call_seconds=4))

    assert table.calls == ["insert"] * 3
    assert counts(load(table, rows)) == (100, 0, 0)


def test_the_clock_is_read_before_every_call() -> None:
    table, time_left = FakeTable(), FakeTimeLeft()
    table.set("u0", UploadStatus.FAILED)
    table.set("u1", UploadStatus.LOADING)
    load(table, [*transactions(30, upload_id="u0"), *transactions(60, upload_id="u0", amount="9")[30:]])
    table.calls.clear()

    load(table, transactions(90), time_left)

    assert set(table.calls) == {"insert", "read", "statuses", "mark", "replace"}
    assert time_left.checks == len(table.calls)


def test_a_repeated_run_reads_what_exists_instead_of_writing_it_again() -> None:
    table, rows = FakeTable(), transactions(5000)
    load(table, rows[:2500])
    table.calls.clear()

    assert counts(load(table, rows)) == (5000, 0, 0)
    assert table.calls.count("read") == 26
    assert table.calls.count("insert") == 101


def test_sums_are_exact_and_have_the_decimals_of_their_currency() -> None:
    table = FakeTable()
    load(table, transactions(2, upload_id="u0", amount="0.5"))
    load(table, transactions(3, upload_id="u0", amount="1")[2:])
    yen = replace(transactions(9, amount="999999999999999")[8], currency="JPY")
    dinar = replace(transactions(10, amount="-0.001")[9], currency="BHD")

    loaded = load(table, [*transactions(4, amount="0.5"), yen, dinar])

    assert loaded["loaded_totals"] == {"BHD": "-0.001", "EUR": "0.50", "JPY": "999999999999999"}
    assert loaded["repeated_totals"] == {"EUR": "1.00"}
    assert loaded["conflict_totals"] == {"EUR": "0.50"}


def of_failed(**changes: Any) -> FakeTable:
    """A table with one row of u0, which is FAILED, while u1 is loading."""
    table = FakeTable()
    load(table, [replace(transactions(1, upload_id="u0")[0], **changes)])
    table.set("u0", UploadStatus.FAILED)
    table.set("u1", UploadStatus.LOADING)
    table.calls.clear()
    return table


@pytest.mark.parametrize("change", OTHER_CONTENT)
def test_a_row_of_a_failed_upload_is_replaced_by_one_with_other_content(change: dict[str, Any]) -> None:
    table = of_failed(**change)
    (row,) = transactions(1)

    loaded = load(table, [row])

    assert counts(loaded) == (1, 0, 0)
    assert loaded["replaced"] == 1
    assert loaded["loaded_totals"] == {"EUR": "1.50"}
    assert table.items == {row.key: row.replacing("u0", attempt=ATTEMPT)}
    assert table.uploads["u1"].replaced == 1


def test_a_repeated_run_counts_what_its_attempt_has_replaced_and_a_new_attempt_does_not() -> None:
    table = of_failed(amount=Decimal(9))
    load(table, transactions(1))

    again = load(table, transactions(1))
    table.set("u1", UploadStatus.LOADING, attempt="a2")
    later = load(table, transactions(1), attempt="a2")

    assert (counts(again), again["replaced"]) == ((1, 0, 0), table.uploads["u1"].replaced or 1)
    assert (counts(later), later["replaced"]) == ((1, 0, 0), 0)


@pytest.mark.parametrize("status", [status for status in UploadStatus if status is not UploadStatus.FAILED])
def test_rows_of_uploads_that_have_not_failed_are_never_replaced(status: UploadStatus) -> None:
    table = of_failed(amount=Decimal(9))
    table.set("u0", status)
    before = next(iter(table.items.values()))

    assert counts(load(table, transactions(1))) == (0, 0, 1)
    mark = None if status is UploadStatus.COMPLETED else "u1"
    assert table.items == {before.key: replace(before, also_in=mark)}


def test_a_conflict_stays_one_when_the_other_upload_fails() -> None:
    table = of_failed(amount=Decimal(9))
    table.set("u0", UploadStatus.LOADING)
    assert counts(load(table, transactions(1))) == (0, 0, 1)
    table.set("u0", UploadStatus.FAILED)
    table.set("u2", UploadStatus.LOADING)

    assert counts(load(table, transactions(1, upload_id="u2"))) == (0, 0, 1)


def test_an_execution_without_attempts_replaces_nothing() -> None:
    table = of_failed(amount=Decimal(9))

    assert counts(load(table, transactions(1), attempt=NO_ATTEMPT)) == (0, 0, 1)


@pytest.mark.parametrize("status", [*UploadStatus, None])
def test_a_repeated_row_is_kept_for_this_upload_unless_its_owner_is_completed(status: UploadStatus | None) -> None:
    table = of_failed()
    del table.uploads["u0"]
    if status:
        table.set("u0", status)

    assert counts(load(table, transactions(1))) == (0, 1, 0)

    stored = table.items["nordbank#t0"]
    assert (stored.upload_id, stored.also_in) == ("u0", None if status is UploadStatus.COMPLETED else "u1")


def test_a_row_that_two_uploads_have_is_not_replaced_by_a_third() -> None:
    table = of_failed()
    load(table, transactions(1))
    table.set("u2", UploadStatus.LOADING)

    assert counts(load(table, transactions(1, upload_id="u2", amount="9"))) == (0, 0, 1)
    assert counts(load(table, transactions(1, upload_id="u3"))) == (0, 1, 0)
    assert counts(load(table, transactions(1))) == (0, 1, 0)


def test_the_failed_upload_run_again_finds_a_conflict() -> None:
    table = of_failed(amount=Decimal(9))
    load(table, transactions(1))
    table.set("u0", UploadStatus.LOADING, attempt="a2")

    loaded = load(table, transactions(1, upload_id="u0", amount="9"), attempt="a2")

    assert counts(loaded) == (0, 0, 1)
    assert loaded["conflict_samples"][0]["first_upload_id"] == "u1"


def test_an_owner_that_begins_again_in_between_keeps_its_row() -> None:
    table = of_failed(amount=Decimal(9))

    def begin(call: str) -> None:
        if call == "replace":
            table.set("u0", UploadStatus.RECEIVED, attempt="a2")

    table.before = begin
    assert counts(load(table, transactions(1))) == (0, 0, 1)
    assert table.calls == ["insert", "read", "statuses", "replace", "read", "statuses", "mark"]


def test_a_row_that_is_replaced_before_it_is_marked_is_compared_again() -> None:
    table = of_failed()
    (stranger,) = transactions(1, upload_id="u2", amount="7")

    def take(call: str) -> None:
        if call == "mark":
            table.items[stranger.key] = stranger

    table.before = take
    assert counts(load(table, transactions(1))) == (0, 0, 1)
    assert table.items[stranger.key].same_content(stranger)


@pytest.mark.parametrize(
    ("status", "attempt"),
    [(UploadStatus.FAILED, ATTEMPT), (UploadStatus.COMPLETED, ATTEMPT), (UploadStatus.LOADING, "a2")],
)
def test_an_attempt_that_is_over_replaces_nothing(status: UploadStatus, attempt: str) -> None:
    table = of_failed(amount=Decimal(9))
    table.set("u1", status, attempt=attempt)
    before = dict(table.items)

    with pytest.raises(SupersededError):
        load(table, transactions(1))
    assert table.items == before


def test_the_status_of_a_completed_owner_is_looked_up_once() -> None:
    table = FakeTable()
    table.set("u0", UploadStatus.COMPLETED)
    load(table, transactions(500, upload_id="u0"))
    table.calls.clear()

    assert counts(load(table, transactions(500))) == (0, 500, 0)
    assert table.calls.count("statuses") == 1


@pytest.mark.parametrize("call", ["statuses", "mark", "replace"])
def test_whatever_is_throttled_is_tried_again_after_longer_and_longer_waits(call: str) -> None:
    table = of_failed(amount=Decimal(9 if call == "replace" else "1.5"))
    table.fate = lambda: "busy" if table.calls[-1] == call else "ok"
    time_left = FakeTimeLeft(left=120)

    with pytest.raises(TemporaryError, match="too busy"):
        load(table, transactions(1), time_left)

    assert max(time_left.slept) > 1
