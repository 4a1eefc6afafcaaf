"""Validation: what it finds, writes, and selects as the next state, also when it runs late or twice."""

import pytest

from functions.common.uploads import derive_upload_id
from functions.validation.validation import UploadVanishedError, Validation, WrongContentError
from shared.contracts.objects import report_key
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import ObjectCreated, Validated
from tests.unit.functions.fakes import FakeBucket, FakeUploads, clock, upload, uploads_of
from tests.unit.functions.report.reports import BANK, report, row

VALID = report([row(transaction_id="a"), row(transaction_id="b")])
INVALID = report([row(amount="x")])
VALID_ID = derive_upload_id(BANK, VALID)
INVALID_ID = derive_upload_id(BANK, INVALID)


def created(key: str) -> ObjectCreated:
    return {"detail": {"bucket": {"name": "reports-bucket"}, "object": {"key": key, "size": 0}}}


def run(content: bytes, uploads: FakeUploads, bucket: FakeBucket | None = None) -> Validated:
    bucket = bucket or FakeBucket()
    key = report_key(BANK, derive_upload_id(BANK, content))
    bucket.reports[key] = content
    return Validation(uploads=uploads, reports=bucket, rejected=bucket, clock=clock).run(created(key))


def test_a_valid_report_is_divided_into_ranges() -> None:
    uploads = uploads_of(upload(upload_id=VALID_ID, file_name="daily.csv"))

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


def test_an_invalid_report_is_rejected_and_its_errors_are_stored() -> None:
    uploads, bucket = uploads_of(upload(upload_id=INVALID_ID)), FakeBucket()

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
    assert uploads.items[VALID_ID].size == len(VALID)


def test_a_run_continues_from_an_upload_that_another_run_begins_at_the_same_time() -> None:
    uploads = FakeUploads(rivals=[upload(upload_id=VALID_ID, status=UploadStatus.COMPLETED, notified_at="then")])

    assert run(VALID, uploads)["next"] == "END"


@pytest.mark.parametrize("status", [UploadStatus.VALIDATED, UploadStatus.LOADING])
def test_a_run_that_restarts_continues_to_load(status: UploadStatus) -> None:
    uploads = uploads_of(upload(upload_id=VALID_ID, status=status))

    assert run(VALID, uploads)["next"] == "LOAD"
    assert uploads.items[VALID_ID].status is status


@pytest.mark.parametrize(
    ("status", "notified_at", "following"),
    [
        (UploadStatus.COMPLETED, None, "NOTIFY"),
        (UploadStatus.COMPLETED, "then", "END"),
        (UploadStatus.REJECTED, None, "NOTIFY"),
        (UploadStatus.REJECTED, "then", "END"),
        (UploadStatus.FAILED, None, "END"),
    ],
)
def test_of_an_ended_upload_only_an_unpublished_outcome_is_left_to_do(
    status: UploadStatus, notified_at: str | None, following: str
) -> None:
    uploads = uploads_of(upload(upload_id=VALID_ID, status=status, notified_at=notified_at))

    validated = run(VALID, uploads)

    assert validated["next"] == following
    assert validated["ranges"] == []
    assert uploads.items[VALID_ID].status is status


def test_a_status_that_another_run_sets_during_validation_counts() -> None:
    uploads = uploads_of(upload(upload_id=VALID_ID))
    uploads.rivals = [upload(upload_id=VALID_ID, status=UploadStatus.FAILED)]

    assert run(VALID, uploads)["next"] == "END"
    assert uploads.items[VALID_ID].status is UploadStatus.FAILED


def test_an_upload_that_vanishes_is_an_error() -> None:
    class Vanishing(FakeUploads):
        def advance(self, upload_id: str, status: UploadStatus, *, at: str, **changes: object) -> bool:
            del self.items[upload_id]
            return super().advance(upload_id, status, at=at, **changes)

    with pytest.raises(UploadVanishedError, match=VALID_ID):
        run(VALID, Vanishing(items={VALID_ID: upload(upload_id=VALID_ID)}))


def test_content_with_another_upload_id_than_its_key_is_an_error() -> None:
    uploads, bucket = FakeUploads(), FakeBucket()
    bucket.reports[report_key(BANK, INVALID_ID)] = VALID
    validation = Validation(uploads=uploads, reports=bucket, rejected=bucket, clock=clock)

    with pytest.raises(WrongContentError, match=INVALID_ID):
        validation.run(created(report_key(BANK, INVALID_ID)))
    assert not uploads.items


def test_a_key_of_another_layout_is_an_error() -> None:
    bucket = FakeBucket()
    validation = Validation(uploads=FakeUploads(), reports=bucket, rejected=bucket, clock=clock)

    with pytest.raises(ValueError, match="expected reports/<bank_id>/<upload_id>"):
        validation.run(created("reports/nordbank"))
