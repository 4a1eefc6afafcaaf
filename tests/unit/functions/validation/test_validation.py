"""Validation: what it finds, writes, and selects as the next state, also when it runs late or twice."""

from dataclasses import replace
from typing import Any

import pytest

from functions.common.attempts import restarted
from functions.common.errors import DeadlineExceededError, ReportMissingError
from functions.common.uploads import Upload, derive_upload_id
from functions.validation.source import WrongContentError
from functions.validation.validation import Task, UploadVanishedError, Validation
from shared.contracts.errors import REPORT_MISSING
from shared.contracts.objects import report_key
from shared.contracts.uploads import AttemptBy, UploadStatus
from shared.contracts.workflow import ObjectCreated, Validated
from tests.unit.functions.fakes import FakeBucket, FakeManifests, FakeUploads, began, clock, upload, uploads_of
from tests.unit.functions.report.reports import BANK, NOW, report, row

VALID = report([row(transaction_id="a"), row(transaction_id="b")])
INVALID = report([row(amount="x")])
VALID_ID = derive_upload_id(BANK, VALID)
INVALID_ID = derive_upload_id(BANK, INVALID)
STARTED = "2026-11-23T11:59:59.000Z"
NOW_TEXT = "2026-11-23T12:00:00.000000Z"


def created(key: str) -> ObjectCreated:
    return {"detail": {"bucket": {"name": "reports-bucket"}, "object": {"key": key, "size": 0}}}


def task_of(content: bytes, **changes: Any) -> Task:
    event = created(report_key(BANK, derive_upload_id(BANK, content)))
    return replace(Task(event=event, attempt="a1", execution="arn:e1", trace_id="1-2-3", started_at=STARTED), **changes)


def run(content: bytes, uploads: FakeUploads, bucket: FakeBucket | None = None, **changes: Any) -> Validated:
    bucket, task = bucket or FakeBucket(), task_of(content, **changes)
    bucket.reports[task.key] = content
    return validation(uploads, bucket).run(task)


def validation(uploads: FakeUploads, bucket: FakeBucket, manifests: FakeManifests | None = None) -> Validation:
    return Validation(
        uploads=uploads, reports=bucket, rejected=bucket, manifests=manifests or FakeManifests(), clock=clock
    )


def known_upload(**changes: Any) -> Upload:
    return upload(**{"upload_id": VALID_ID, **began("a1", STARTED), **changes})


def test_a_valid_report_is_divided_into_ranges() -> None:
    uploads = uploads_of(known_upload(file_name="daily.csv"))

    validated = run(VALID, uploads)

    assert validated["next"] == "LOAD"
    assert validated["upload_id"] == VALID_ID
    assert validated["bank_id"] == BANK
    assert validated["bucket"] == "reports-bucket"
    assert validated["key"] == report_key(BANK, VALID_ID)
    assert validated["etag"]
    assert validated["columns"] == ["transaction_id", "amount", "currency", "timestamp", "bank_id"]
    assert validated["ranges"] == [{"start": 49, "end": len(VALID), "first_line": 2, "rows": 2}]
    known = uploads.items[VALID_ID]
    assert (known.status, known.rows, known.totals) == (UploadStatus.VALIDATED, 2, {"EUR": "25.00"})
    assert known.file_name == "daily.csv"
    assert (known.execution, known.trace_id) == ("arn:e1", "1-2-3")
    assert known.due_at == "2026-11-23T12:06:00.000000Z"  # the sweeper waits from the last progress on
    assert (validated["version"], validated["attempt"], validated["started_at"]) == (2, "a1", STARTED)


def test_an_invalid_report_is_rejected_and_its_errors_are_stored() -> None:
    uploads, bucket = uploads_of(known_upload(upload_id=INVALID_ID)), FakeBucket()

    validated = run(INVALID, uploads, bucket)

    assert validated["next"] == "NOTIFY"
    assert validated["ranges"] == []
    assert uploads.items[INVALID_ID].status is UploadStatus.REJECTED
    assert uploads.items[INVALID_ID].error_count == 1
    assert [each["code"] for each in bucket.errors[BANK, INVALID_ID]] == ["amount.format"]
    assert b",2,amount.format," in bucket.corrections[BANK, INVALID_ID]


def test_the_corrections_mark_more_errors_than_are_stored() -> None:
    content, bucket = report([row(transaction_id=f"N-{n}", amount="x") for n in range(10_007)]), FakeBucket()

    run(content, FakeUploads(), bucket)

    assert len(bucket.errors[BANK, derive_upload_id(BANK, content)]) == 1000
    assert bucket.corrections[BANK, derive_upload_id(BANK, content)].count(b"amount.format") == 10_007


def test_an_object_without_an_upload_gets_one() -> None:
    uploads = FakeUploads()

    assert run(VALID, uploads)["next"] == "LOAD"
    assert uploads.items[VALID_ID].status is UploadStatus.VALIDATED
    known = uploads.items[VALID_ID]
    assert known.size == len(VALID)
    assert (known.attempt, known.attempts) == ("a1", [{"id": "a1", "began_at": NOW_TEXT, "by": "event"}])
    assert known.due_at == "2026-11-23T12:06:00.000000Z"


def test_a_run_continues_from_an_upload_that_another_run_begins_at_the_same_time() -> None:
    uploads = FakeUploads(rivals=[known_upload(status=UploadStatus.COMPLETED, notified_at="then")])

    assert run(VALID, uploads)["next"] == "END"


@pytest.mark.parametrize("status", [UploadStatus.VALIDATED, UploadStatus.LOADING])
def test_a_run_that_restarts_continues_to_load(status: UploadStatus) -> None:
    uploads = uploads_of(known_upload(status=status))

    assert run(VALID, uploads)["next"] == "LOAD"
    assert uploads.items[VALID_ID].status is status


@pytest.mark.parametrize(
    ("status", "notified_at", "following"),
    [
        (UploadStatus.COMPLETED, None, "NOTIFY"),
        (UploadStatus.COMPLETED, "then", "END"),
        (UploadStatus.REJECTED, None, "NOTIFY"),
        (UploadStatus.REJECTED, "then", "END"),
        (UploadStatus.FAILED, None, "FAIL"),  # the execution that failed may have ended before its dead letter
    ],
)
def test_of_an_ended_upload_only_an_unpublished_outcome_is_left_to_do(
    status: UploadStatus, notified_at: str | None, following: str
) -> None:
    uploads = uploads_of(known_upload(status=status, notified_at=notified_at))

    validated = run(VALID, uploads)

    assert validated["next"] == following
    assert validated["ranges"] == []
    assert uploads.items[VALID_ID].status is status


def test_a_status_that_another_run_sets_during_validation_counts() -> None:
    uploads = uploads_of(known_upload())
    uploads.rivals = [known_upload(status=UploadStatus.FAILED, dead_letter_at="then")]

    assert run(VALID, uploads)["next"] == "END"
    assert uploads.items[VALID_ID].status is UploadStatus.FAILED


@pytest.mark.parametrize("status", list(UploadStatus))
@pytest.mark.parametrize("of_another", ["before", "during"])
def test_a_run_of_another_attempt_ends_without_changing_anything(status: UploadStatus, of_another: str) -> None:
    newer = known_upload(status=status, **began("a2", NOW_TEXT))
    uploads = uploads_of(newer if of_another == "before" else known_upload())
    uploads.rivals = [newer]

    assert run(VALID, uploads)["next"] == "END"
    assert uploads.items[VALID_ID] == newer


def test_an_execution_that_begins_again_after_it_failed_finishes_its_failure_path() -> None:
    uploads = uploads_of(known_upload(status=UploadStatus.FAILED))

    assert run(VALID, uploads)["next"] == "FAIL"
    uploads.items[VALID_ID] = known_upload(status=UploadStatus.FAILED, dead_letter_at="then")
    assert run(VALID, uploads)["next"] == "END"


def test_a_failed_upload_that_was_begun_again_is_validated() -> None:
    failed = known_upload(status=UploadStatus.FAILED, error="x", dead_letter_at="then")
    uploads = uploads_of(restarted(failed, "a2", by=AttemptBy.REDRIVE, now=NOW))

    assert run(VALID, uploads, attempt="a2")["next"] == "LOAD"
    assert uploads.items[VALID_ID].status is UploadStatus.VALIDATED


def test_a_report_that_is_not_stored_is_an_error() -> None:
    bucket, uploads = FakeBucket(), uploads_of(known_upload())

    with pytest.raises(ReportMissingError):
        validation(uploads, bucket).run(task_of(VALID))
    assert ReportMissingError.__name__ == REPORT_MISSING


def test_a_run_that_finds_the_report_invalid_leaves_an_upload_to_the_run_that_found_it_valid() -> None:
    uploads = uploads_of(known_upload(upload_id=INVALID_ID))
    uploads.rivals = [known_upload(upload_id=INVALID_ID, status=UploadStatus.LOADING)]

    assert run(INVALID, uploads)["next"] == "END"
    assert uploads.items[INVALID_ID].status is UploadStatus.LOADING


def test_after_the_deadline_nothing_is_done() -> None:
    uploads = uploads_of(known_upload())

    with pytest.raises(DeadlineExceededError):
        run(VALID, uploads, started_at="2026-11-23T11:56:19.000Z")
    assert uploads.items[VALID_ID].status is UploadStatus.RECEIVED


@pytest.mark.parametrize("status", [UploadStatus.RECEIVED, UploadStatus.VALIDATED, UploadStatus.LOADING])
def test_an_upload_of_a_version_without_attempts_gets_one(status: UploadStatus) -> None:
    uploads = uploads_of(upload(upload_id=VALID_ID, status=status, file_name="daily.csv"))

    validated = run(VALID, uploads)

    known = uploads.items[VALID_ID]
    assert (validated["next"], validated["attempt"]) == ("LOAD", "a1")
    assert (known.attempt, known.status, known.file_name) == ("a1", UploadStatus.VALIDATED, "daily.csv")
    assert known.due_at


@pytest.mark.parametrize(("status", "following"), [(UploadStatus.COMPLETED, "NOTIFY"), (UploadStatus.FAILED, "END")])
def test_an_upload_that_a_version_without_attempts_has_ended_stays_without(
    status: UploadStatus, following: str
) -> None:
    validated = run(VALID, uploads_of(upload(upload_id=VALID_ID, status=status)))

    assert (validated["next"], validated["attempt"]) == (following, "")


def test_an_upload_that_vanishes_is_an_error() -> None:
    class Vanishing(FakeUploads):
        def advance(self, upload_id: str, *_: Any, **__: Any) -> bool:
            del self.items[upload_id]
            return False

    with pytest.raises(UploadVanishedError, match=VALID_ID):
        run(VALID, Vanishing(items={VALID_ID: known_upload()}))


def test_content_with_another_upload_id_than_its_key_is_an_error() -> None:
    uploads, bucket = FakeUploads(), FakeBucket()
    bucket.reports[report_key(BANK, INVALID_ID)] = VALID

    with pytest.raises(WrongContentError, match=INVALID_ID):
        validation(uploads, bucket).run(task_of(INVALID))
    assert not uploads.items


def test_a_key_of_another_layout_is_an_error() -> None:
    with pytest.raises(ValueError, match="expected reports/<bank_id>/<upload_id>"):
        validation(FakeUploads(), FakeBucket()).run(Task(event=created("reports/nordbank")))
