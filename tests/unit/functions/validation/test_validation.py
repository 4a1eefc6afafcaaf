"""Validation: what it finds and writes, and what it says comes next, also when it runs late or twice."""

import pytest

from functions.common.identity import upload_id
from functions.validation.validation import UploadVanishedError, Validation, WrongContentError
from shared.contracts.objects import report_key
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import ObjectCreated, Validated
from tests.unit.functions.fakes import BUCKET, FakeBucket, FakeUploads, clock, upload, uploads_of
from tests.unit.functions.report.reports import BANK, report, row

GOOD = report([row(transaction_id="a"), row(transaction_id="b")])
BAD = report([row(amount="x")])
GOOD_ID = upload_id(BANK, GOOD)
BAD_ID = upload_id(BANK, BAD)


def created(key: str) -> ObjectCreated:
    return {"detail": {"bucket": {"name": BUCKET}, "object": {"key": key, "size": 0}}}


def run(content: bytes, uploads: FakeUploads, bucket: FakeBucket | None = None) -> Validated:
    bucket = bucket or FakeBucket()
    key = report_key(BANK, upload_id(BANK, content))
    bucket.reports[key] = content
    return Validation(uploads=uploads, objects=bucket, errors=bucket, clock=clock).run(created(key))


def test_a_good_report_is_cut_for_loading() -> None:
    uploads = uploads_of(upload(upload_id=GOOD_ID, file_name="daily.csv"))

    validated = run(GOOD, uploads)

    assert validated["next"] == "LOAD"
    assert validated["upload_id"] == GOOD_ID
    assert validated["bank_id"] == BANK
    assert validated["bucket"] == BUCKET
    assert validated["key"] == report_key(BANK, GOOD_ID)
    assert validated["etag"]
    assert validated["columns"] == ["transaction_id", "amount", "currency", "timestamp", "bank_id"]
    assert validated["ranges"] == [{"start": 49, "end": len(GOOD), "first_line": 2, "rows": 2}]
    known = uploads.items[GOOD_ID]
    assert (known.status, known.rows, known.totals) == (UploadStatus.VALIDATED, 2, {"EUR": "25.00"})
    assert known.file_name == "daily.csv"


def test_a_bad_report_is_refused_and_its_problems_are_kept() -> None:
    uploads, bucket = uploads_of(upload(upload_id=BAD_ID)), FakeBucket()

    validated = run(BAD, uploads, bucket)

    assert validated["next"] == "NOTIFY"
    assert validated["ranges"] == []
    assert uploads.items[BAD_ID].status is UploadStatus.REJECTED
    assert uploads.items[BAD_ID].error_count == 1
    assert [problem["code"] for problem in bucket.errors[BANK, BAD_ID]] == ["amount.format"]
    assert b",2,amount.format," in bucket.corrections[BANK, BAD_ID]


def test_a_bad_reports_corrections_mark_more_problems_than_are_shown() -> None:
    content, bucket = report([row(transaction_id=f"N-{n}", amount="x") for n in range(10_007)]), FakeBucket()

    run(content, FakeUploads(), bucket)

    assert len(bucket.errors[BANK, upload_id(BANK, content)]) == 1000
    assert bucket.corrections[BANK, upload_id(BANK, content)].count(b"amount.format") == 10_007


def test_an_object_without_an_upload_gets_one() -> None:
    uploads = FakeUploads()

    assert run(GOOD, uploads)["next"] == "LOAD"
    assert uploads.items[GOOD_ID].status is UploadStatus.VALIDATED
    assert uploads.items[GOOD_ID].size == len(GOOD)


def test_an_upload_that_another_run_begins_at_the_same_time_is_gone_on_with() -> None:
    uploads = FakeUploads(rivals=[upload(upload_id=GOOD_ID, status=UploadStatus.COMPLETED, notified_at="then")])

    assert run(GOOD, uploads)["next"] == "END"


@pytest.mark.parametrize("status", [UploadStatus.VALIDATED, UploadStatus.LOADING])
def test_a_run_that_starts_again_goes_on_to_load(status: UploadStatus) -> None:
    uploads = uploads_of(upload(upload_id=GOOD_ID, status=status))

    assert run(GOOD, uploads)["next"] == "LOAD"
    assert uploads.items[GOOD_ID].status is status


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
def test_an_ended_upload_is_only_announced_where_it_was_not(
    status: UploadStatus, notified_at: str | None, following: str
) -> None:
    uploads = uploads_of(upload(upload_id=GOOD_ID, status=status, notified_at=notified_at))

    validated = run(GOOD, uploads)

    assert validated["next"] == following
    assert validated["ranges"] == []
    assert uploads.items[GOOD_ID].status is status


def test_a_status_that_moves_on_while_validating_is_respected() -> None:
    uploads = uploads_of(upload(upload_id=GOOD_ID))
    uploads.rivals = [upload(upload_id=GOOD_ID, status=UploadStatus.FAILED)]

    assert run(GOOD, uploads)["next"] == "END"
    assert uploads.items[GOOD_ID].status is UploadStatus.FAILED


def test_an_upload_that_vanishes_is_an_error() -> None:
    class Vanishing(FakeUploads):
        def advance(self, upload_id: str, status: UploadStatus, *, at: str, **changes: object) -> bool:
            del self.items[upload_id]
            return super().advance(upload_id, status, at=at, **changes)

    with pytest.raises(UploadVanishedError, match=GOOD_ID):
        run(GOOD, Vanishing(items={GOOD_ID: upload(upload_id=GOOD_ID)}))


def test_content_that_does_not_give_the_keys_id_is_an_error() -> None:
    uploads, bucket = FakeUploads(), FakeBucket()
    bucket.reports[report_key(BANK, BAD_ID)] = GOOD
    validation = Validation(uploads=uploads, objects=bucket, errors=bucket, clock=clock)

    with pytest.raises(WrongContentError, match=BAD_ID):
        validation.run(created(report_key(BANK, BAD_ID)))
    assert not uploads.items


def test_a_key_of_another_layout_is_an_error() -> None:
    bucket = FakeBucket()
    validation = Validation(uploads=FakeUploads(), objects=bucket, errors=bucket, clock=clock)

    with pytest.raises(ValueError, match="expected reports/<bank_id>/<upload_id>"):
        validation.run(created("reports/nordbank"))
