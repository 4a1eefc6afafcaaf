"""Notification: completes only what is loaded in full, and publishes an outcome until that is recorded."""

import pytest

from functions.common.errors import UnknownUploadError
from functions.notification.notification import Notification, NotLoadedError
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import Conflict, NotificationInput, RangeLoaded
from tests.unit.functions.fakes import FakeOutcomes, FakeUploads, clock, upload, uploads_of

CONFLICTS: list[Conflict] = [
    {"line": line, "transaction_id": f"t{line}", "first_upload_id": "u0"} for line in range(2, 14)
]


def loaded(rows: int, repeated: int = 0, conflicts: int = 0) -> RangeLoaded:
    return {
        "loaded": rows,
        "repeated": repeated,
        "conflicts": conflicts,
        "conflict_samples": CONFLICTS[:conflicts],
    }


def run(uploads: FakeUploads, *loads: RangeLoaded) -> FakeOutcomes:
    outcomes = FakeOutcomes()
    task: NotificationInput = {"upload_id": "u1", "bank_id": "nordbank", "loads": list(loads)}
    Notification(uploads=uploads, outcomes=outcomes, clock=clock).run(task)
    return outcomes


def test_a_loaded_upload_is_completed_and_its_outcome_published() -> None:
    uploads = uploads_of(upload(status=UploadStatus.LOADING, rows=40, totals={"EUR": "1.25"}))

    outcomes = run(uploads, loaded(5, 3, 12), loaded(8, 0, 12))

    known = uploads.items["u1"]
    assert (known.status, known.loaded, known.repeated, known.conflicts) == (UploadStatus.COMPLETED, 13, 3, 24)
    assert known.conflict_samples == [*CONFLICTS, *CONFLICTS[:8]]
    assert known.notified_at == "2026-11-23T12:00:00.000000Z"
    assert outcomes.published == [
        {
            "bank_id": "nordbank",
            "upload_id": "u1",
            "status": "COMPLETED",
            "rows": 40,
            "totals": {"EUR": "1.25"},
            "loaded": 13,
            "repeated": 3,
            "conflicts": 24,
        }
    ]


def test_a_rejected_upload_is_published_with_its_number_of_errors() -> None:
    uploads = uploads_of(upload(status=UploadStatus.REJECTED, rows=40, error_count=7))

    outcomes = run(uploads)

    assert outcomes.published == [{"bank_id": "nordbank", "upload_id": "u1", "status": "REJECTED", "error_count": 7}]
    assert uploads.items["u1"].notified_at


def test_a_second_run_publishes_nothing() -> None:
    uploads = uploads_of(upload(status=UploadStatus.LOADING, rows=5, totals={}))

    run(uploads, loaded(5))

    assert not run(uploads, loaded(5)).published


def test_an_upload_completed_by_a_killed_run_is_published() -> None:
    uploads = uploads_of(upload(status=UploadStatus.COMPLETED, rows=5, totals={}, loaded=5, repeated=0, conflicts=0))

    assert len(run(uploads, loaded(5)).published) == 1


def test_the_counts_of_a_faster_run_are_published() -> None:
    uploads = uploads_of(upload(status=UploadStatus.LOADING, rows=5))
    uploads.rivals = [upload(status=UploadStatus.COMPLETED, rows=5, loaded=4, repeated=1, conflicts=0)]

    (outcome,) = run(uploads, loaded(5)).published

    assert (outcome["loaded"], outcome["repeated"]) == (4, 1)


def test_a_failed_upload_is_left_to_the_workflow() -> None:
    uploads = uploads_of(upload(status=UploadStatus.FAILED))

    assert not run(uploads, loaded(5)).published
    assert uploads.items["u1"].notified_at is None


@pytest.mark.parametrize("loads", [[], [loaded(4)], [loaded(5, 1)], [loaded(3), loaded(3)]])
def test_ranges_that_do_not_add_up_to_the_report_are_an_error(loads: list[RangeLoaded]) -> None:
    uploads = uploads_of(upload(status=UploadStatus.LOADING, rows=5))

    with pytest.raises(NotLoadedError, match="has 5 rows, but"):
        run(uploads, *loads)
    assert uploads.items["u1"].status is UploadStatus.LOADING


@pytest.mark.parametrize("status", [UploadStatus.RECEIVED, UploadStatus.VALIDATED])
def test_an_upload_without_loaded_rows_is_never_published(status: UploadStatus) -> None:
    with pytest.raises(NotLoadedError, match=status.value):
        run(uploads_of(upload(status=status)))


def test_an_unknown_upload_is_an_error() -> None:
    with pytest.raises(UnknownUploadError, match="u1"):
        run(FakeUploads())
