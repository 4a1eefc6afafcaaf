"""Notification: completes only what is loaded in full, and publishes an outcome until that is recorded."""

from typing import Any

import pytest

from functions.common.errors import DeadlineExceededError, TemporaryError, UnknownUploadError
from functions.notification.notification import Notification
from functions.notification.summary import NotLoadedError
from shared.contracts.objects import load_key, loads_prefix
from shared.contracts.outcomes import Outcome
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import Conflict, NotificationInput, RangeLoaded
from tests.unit.functions.fakes import FakeLoads, FakeOutcomes, FakeUploads, clock, upload, uploads_of

CONFLICTS: list[Conflict] = [
    {"line": line, "transaction_id": f"t{line}", "first_upload_id": "u0"} for line in range(2, 14)
]
STARTED = "2026-11-23T11:59:59.000Z"


def loaded(rows: int, repeated: int = 0, conflicts: int = 0, *, replaced: int = 0) -> RangeLoaded:
    """Each row has an amount of 0.10 EUR."""

    def totals(count: int) -> dict[str, str]:
        return {"EUR": f"{count / 10:.2f}"} if count else {}

    return {
        "loaded": rows,
        "repeated": repeated,
        "conflicts": conflicts,
        "replaced": replaced,
        "loaded_totals": totals(rows),
        "repeated_totals": totals(repeated),
        "conflict_totals": totals(conflicts),
        "conflict_samples": CONFLICTS[:conflicts],
    }


def loading(rows: int, **changes: Any) -> FakeUploads:
    known = {"status": UploadStatus.LOADING, "attempt": "a1", "totals": {"EUR": f"{rows / 10:.2f}"}}
    return uploads_of(upload(rows=rows, **{**known, **changes}))


def run(uploads: FakeUploads, *loads: RangeLoaded, attempt: str = "a1", started_at: str = STARTED) -> list[Outcome]:
    """Run with results that are stored, and return what is published."""
    keys = [load_key("nordbank", "u1", attempt, start=start, rows=each["loaded"]) for start, each in enumerate(loads)]
    outcomes = FakeOutcomes()
    task: NotificationInput = {
        "version": 2,
        "upload_id": "u1",
        "bank_id": "nordbank",
        "attempt": attempt,
        "started_at": started_at,
        "bucket": "reports",
        "loads": [{"key": key} for key in keys],
    }
    stored = FakeLoads(items=dict(zip(keys, loads, strict=True)))
    published = Notification(uploads=uploads, loads=stored, outcomes=outcomes, clock=clock).run(task)
    assert published is bool(outcomes.published)
    return outcomes.published


def test_a_loaded_upload_is_completed_and_its_outcome_published() -> None:
    uploads = loading(40)

    published = run(uploads, loaded(5, 3, 12), loaded(8, 0, 12))

    known = uploads.items["u1"]
    assert (known.status, known.loaded, known.repeated, known.conflicts) == (UploadStatus.COMPLETED, 13, 3, 24)
    assert known.conflict_samples == [*CONFLICTS, *CONFLICTS[:8]]
    assert known.notified_at == "2026-11-23T12:00:00.000000Z"
    assert known.due_at is None
    assert published == [
        {
            "version": 1,
            "message_id": "u1-a1-COMPLETED",
            "bank_id": "nordbank",
            "upload_id": "u1",
            "attempt": "a1",
            "status": "COMPLETED",
            "rows": 40,
            "totals": {"EUR": "4.00"},
            "loaded": 13,
            "repeated": 3,
            "conflicts": 24,
            "loaded_totals": {"EUR": "1.30"},
            "repeated_totals": {"EUR": "0.30"},
            "conflict_totals": {"EUR": "2.40"},
        }
    ]
    assert (known.loaded_totals, known.repeated_totals, known.conflict_totals) == (
        {"EUR": "1.30"},
        {"EUR": "0.30"},
        {"EUR": "2.40"},
    )


def run_large(uploads: FakeUploads, stored: FakeLoads, *, range_count: int) -> list[Outcome]:
    """Run for a large report, whose results are found by their prefix."""
    outcomes = FakeOutcomes()
    task: NotificationInput = {
        "version": 2,
        "upload_id": "u1",
        "bank_id": "nordbank",
        "attempt": "a1",
        "started_at": "",
        "bucket": "reports",
        "loads": [],
        "loads_prefix": loads_prefix("nordbank", "u1", "a1"),
        "range_count": range_count,
    }
    Notification(uploads=uploads, loads=stored, outcomes=outcomes, clock=clock).run(task)
    return outcomes.published


def stored_loads(*loads: RangeLoaded, attempt: str = "a1") -> FakeLoads:
    keys = [load_key("nordbank", "u1", attempt, start=start, rows=5) for start, _ in enumerate(loads)]
    return FakeLoads(items=dict(zip(keys, loads, strict=True)))


def test_a_large_upload_is_completed_by_what_is_stored_of_its_attempt() -> None:
    uploads = loading(40, size=5_000_000)
    stored = stored_loads(loaded(5, 3, 12), loaded(8, 0, 12))
    stored.items |= stored_loads(loaded(1), loaded(1), loaded(1), attempt="a2").items

    (outcome,) = run_large(uploads, stored, range_count=2)

    assert (outcome["loaded"], outcome["repeated"], outcome["conflicts"]) == (13, 3, 24)
    assert uploads.items["u1"].conflict_samples == [*CONFLICTS, *CONFLICTS[:8]]
    assert not run_large(uploads, stored, range_count=2)  # a run that comes again


@pytest.mark.parametrize("range_count", [1, 3])
def test_a_large_upload_of_which_results_are_missing_or_too_many_is_not_completed(range_count: int) -> None:
    uploads = loading(10)

    with pytest.raises(NotLoadedError, match=f"2 ranges have a result, of {range_count}"):
        run_large(uploads, stored_loads(loaded(5), loaded(5)), range_count=range_count)
    assert uploads.items["u1"].status is UploadStatus.LOADING


@pytest.mark.parametrize(("size", "due_at"), [(None, "12:06"), (4_500_000, "12:06"), (4_500_001, "12:20")])
def test_a_completed_upload_is_due_until_it_is_announced(size: int | None, due_at: str) -> None:
    class Throttled(FakeOutcomes):
        def publish(self, outcome: Outcome) -> None:
            raise TemporaryError(outcome["status"])

    uploads = loading(5, size=size)
    task: Any = {"upload_id": "u1", "bank_id": "nordbank", "attempt": "a1", "started_at": STARTED, "loads": [loaded(5)]}
    with pytest.raises(TemporaryError):
        Notification(uploads=uploads, loads=FakeLoads(), outcomes=Throttled(), clock=clock).run(task)
    assert uploads.items["u1"].due_at == f"2026-11-23T{due_at}:00.000000Z"


def test_totals_by_kind_are_published_only_where_they_differ_from_the_reports() -> None:
    (outcome,) = run(loading(5), loaded(5))

    assert not {"loaded_totals", "repeated_totals", "conflict_totals"} & outcome.keys()


def test_sums_are_exact_and_keep_the_decimals_of_their_currency() -> None:
    totals = {"EUR": "999999999999999.99", "JPY": "-500", "KWD": "0.000"}
    uploads = loading(3, totals=totals)
    parts = loaded(1, 2) | {
        "loaded_totals": {"EUR": "999999999999999.98", "KWD": "1.500"},
        "repeated_totals": {"JPY": "-500", "EUR": "0.01", "KWD": "-1.500"},
    }

    run(uploads, parts)

    assert uploads.items["u1"].loaded_totals == {"EUR": "999999999999999.98", "KWD": "1.500"}
    assert uploads.items["u1"].repeated_totals == {"EUR": "0.01", "JPY": "-500", "KWD": "-1.500"}


def test_a_rejected_upload_is_published_with_its_number_of_errors() -> None:
    uploads = loading(40, status=UploadStatus.REJECTED, error_count=7)

    assert run(uploads) == [
        {
            "version": 1,
            "message_id": "u1-a1-REJECTED",
            "bank_id": "nordbank",
            "upload_id": "u1",
            "attempt": "a1",
            "status": "REJECTED",
            "error_count": 7,
        }
    ]
    assert uploads.items["u1"].notified_at


def test_a_second_run_publishes_nothing() -> None:
    uploads = loading(5)

    assert len(run(uploads, loaded(5))) == 1
    assert not run(uploads, loaded(5))


def test_an_upload_completed_by_a_killed_run_is_published() -> None:
    uploads = loading(5, status=UploadStatus.COMPLETED, loaded=5, repeated=0, conflicts=0)

    assert len(run(uploads, loaded(5))) == 1


def test_the_counts_of_a_faster_run_are_published() -> None:
    uploads = loading(5)
    uploads.rivals = [upload(status=UploadStatus.COMPLETED, attempt="a1", rows=5, loaded=4, repeated=1, conflicts=0)]

    (outcome,) = run(uploads, loaded(5))

    assert (outcome["loaded"], outcome["repeated"]) == (4, 1)


def test_a_failed_upload_is_left_to_the_workflow() -> None:
    uploads = loading(5, status=UploadStatus.FAILED)

    assert not run(uploads, loaded(5))
    assert uploads.items["u1"].notified_at is None


@pytest.mark.parametrize("status", [UploadStatus.RECEIVED, UploadStatus.LOADING, UploadStatus.COMPLETED])
def test_the_upload_of_another_attempt_is_neither_completed_nor_announced(status: UploadStatus) -> None:
    uploads = loading(5, status=status, attempt="a2")
    before = dict(uploads.items)

    assert not run(uploads, loaded(5), attempt="a1")
    assert uploads.items == before


def test_an_announcement_is_recorded_for_the_announced_attempt_only() -> None:
    uploads = loading(5, status=UploadStatus.COMPLETED, loaded=5)
    newer = upload(status=UploadStatus.RECEIVED, attempt="a2", due_at="then")
    uploads.rivals = [newer]  # the upload was begun again while the outcome was published

    run(uploads)

    assert uploads.items["u1"] == newer


@pytest.mark.parametrize("loads", [[], [loaded(4)], [loaded(5, 1)], [loaded(3), loaded(3)]])
def test_ranges_that_do_not_add_up_to_the_report_are_an_error(loads: list[RangeLoaded]) -> None:
    uploads = loading(5)

    with pytest.raises(NotLoadedError, match="has 5 rows, but"):
        run(uploads, *loads)
    assert uploads.items["u1"].status is UploadStatus.LOADING


@pytest.mark.parametrize(
    "totals",
    [
        {"EUR": "0.51"},
        {"EUR": "0.50", "JPY": "1"},
        {"JPY": "1"},
        {},
    ],
)
def test_amounts_that_do_not_add_up_to_the_report_are_an_error(totals: dict[str, str]) -> None:
    uploads = loading(5, totals=totals)

    with pytest.raises(NotLoadedError, match=r"the totals of (EUR|JPY|EUR, JPY) are not the report's"):
        run(uploads, loaded(5))
    assert uploads.items["u1"].status is UploadStatus.LOADING


@pytest.mark.parametrize(("counted", "replaced"), [(0, 1), (2, 3), (1, None), (2, 1)])
def test_an_upload_that_replaced_other_rows_than_its_ranges_count_is_not_completed(
    counted: int, replaced: int | None
) -> None:
    uploads = loading(5, replaced=replaced)

    with pytest.raises(NotLoadedError, match=f"has replaced {replaced or 0} rows, but its ranges count {counted}"):
        run(uploads, loaded(5, replaced=counted))
    assert uploads.items["u1"].status is UploadStatus.LOADING


def test_an_upload_that_replaced_the_rows_that_its_ranges_count_is_completed() -> None:
    uploads = loading(9, replaced=3)

    assert len(run(uploads, loaded(5, replaced=1), loaded(4, replaced=2))) == 1


@pytest.mark.parametrize("status", [UploadStatus.RECEIVED, UploadStatus.VALIDATED])
def test_an_upload_without_loaded_rows_is_never_published(status: UploadStatus) -> None:
    with pytest.raises(NotLoadedError, match=status.value):
        run(loading(5, status=status))


def test_an_unknown_upload_is_an_error() -> None:
    with pytest.raises(UnknownUploadError, match="u1"):
        run(FakeUploads())


def test_after_the_deadline_nothing_is_done() -> None:
    uploads = loading(5)

    with pytest.raises(DeadlineExceededError):
        run(uploads, loaded(5), started_at="2026-11-23T11:56:20.000Z")
    assert uploads.items["u1"].status is UploadStatus.LOADING


def test_before_the_deadline_a_throttled_topic_is_retried() -> None:
    class Throttled(FakeOutcomes):
        def publish(self, outcome: Outcome) -> None:
            raise TemporaryError(outcome["status"])

    uploads = loading(5, status=UploadStatus.COMPLETED)
    task: Any = {"upload_id": "u1", "bank_id": "nordbank", "attempt": "a1", "started_at": STARTED, "loads": []}
    with pytest.raises(TemporaryError):
        Notification(uploads=uploads, loads=FakeLoads(), outcomes=Throttled(), clock=clock).run(task)
    assert uploads.items["u1"].notified_at is None
