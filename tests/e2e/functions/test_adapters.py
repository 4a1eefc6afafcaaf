"""The adapters do on MiniStack what their ports promise, and so do the tests' fakes."""

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from functions.common.aws.errors import error_code
from functions.common.aws.reports_bucket import ReportsBucket
from functions.common.aws.uploads_table import UploadsTable
from functions.common.uploads import Upload, Uploads
from functions.status.uploads_by_bank import UploadsIndex
from shared.contracts.objects import report_key
from shared.contracts.uploads import PREDECESSORS, UploadStatus
from tests.e2e.functions.conftest import World
from tests.unit.functions.fakes import FakeUploads, upload

if TYPE_CHECKING:
    from functions.status.status import UploadsByBank

pytestmark = pytest.mark.e2e
REAL_AND_FAKE = pytest.mark.parametrize("kind", ["real", "fake"])


def uploads_of(kind: str, world: World) -> Uploads:
    return UploadsTable(world.dynamodb, "uploads") if kind == "real" else FakeUploads()


def new_upload(**changes: object) -> Upload:
    return replace(upload(), upload_id=uuid4().hex, **changes)  # type: ignore[arg-type]


def bring_to(uploads: Uploads, status: UploadStatus) -> Upload:
    """Move a new upload to a status by allowed transitions only."""
    known = new_upload()
    assert uploads.begin(known)
    way = {
        UploadStatus.LOADING: [UploadStatus.VALIDATED],
        UploadStatus.COMPLETED: [UploadStatus.VALIDATED, UploadStatus.LOADING],
    }
    steps = [*way.get(status, []), *([] if status is UploadStatus.RECEIVED else [status])]
    assert all(uploads.advance(known.upload_id, step, at="then") for step in steps)
    return known


@REAL_AND_FAKE
@pytest.mark.parametrize("now", list(UploadStatus))
@pytest.mark.parametrize("then", list(UploadStatus))
def test_a_status_follows_only_its_predecessors(world: World, kind: str, now: UploadStatus, then: UploadStatus) -> None:
    uploads = uploads_of(kind, world)
    known = bring_to(uploads, now)

    moved = uploads.advance(known.upload_id, then, at="later", rows=3)

    found = uploads.get(known.upload_id)
    assert found is not None
    assert moved is (now in PREDECESSORS[then])
    assert (found.status, found.updated_at, found.rows) == (
        (then, "later", 3) if moved else (now, found.updated_at, None)
    )


@REAL_AND_FAKE
@pytest.mark.parametrize("now", list(UploadStatus))
def test_an_upload_restarts_only_after_it_failed_or_was_rejected(world: World, kind: str, now: UploadStatus) -> None:
    uploads = uploads_of(kind, world)
    known = bring_to(uploads, now)

    begun = uploads.begin(replace(known, rows=7))

    assert begun is (now in {UploadStatus.FAILED, UploadStatus.REJECTED})
    assert uploads.get(known.upload_id) == (replace(known, rows=7) if begun else uploads.get(known.upload_id))


@REAL_AND_FAKE
def test_all_attributes_of_an_upload_are_stored(world: World, kind: str) -> None:
    uploads = uploads_of(kind, world)
    known = new_upload(
        file_name="é.csv",
        size=1,
        rows=2,
        totals={"EUR": "1.00"},
        conflict_samples=[{"line": 7, "transaction_id": "t", "first_upload_id": "u0"}],
    )

    assert uploads.get(known.upload_id) is None
    assert not uploads.advance(known.upload_id, UploadStatus.FAILED, at="then")
    assert uploads.begin(known)
    assert uploads.get(known.upload_id) == known
    uploads.mark_notified(known.upload_id, at="now")
    assert uploads.get(known.upload_id) == replace(known, notified_at="now")


@REAL_AND_FAKE
def test_pages_hold_every_upload_once_newest_first(world: World, kind: str) -> None:
    uploads = uploads_of(kind, world)
    pages: UploadsByBank = uploads if isinstance(uploads, FakeUploads) else UploadsIndex(world.dynamodb, "uploads")
    bank_id = uuid4().hex
    known = [new_upload(bank_id=bank_id, received_at=f"2026-11-2{day}T00:00:00.000000Z") for day in range(5)]
    for each in (*known, new_upload(bank_id="other")):
        uploads.begin(each)

    first = pages.page(bank_id, limit=3, after=None)
    second = pages.page(bank_id, limit=3, after=first.last)

    assert [*first.uploads, *second.uploads] == known[::-1]
    assert second.last is None


def test_a_range_is_read_only_of_the_report_that_was_validated(world: World) -> None:
    bucket, key = ReportsBucket(world.s3, "reports"), report_key("b", "u")
    bucket.store(key, b"abcdef")
    stored = bucket.read(key)

    assert stored.content == b"abcdef"
    assert bucket.read_range(key, start=2, end=4, etag=stored.etag) == b"cd"
    bucket.store(key, b"ABCDEF")
    with pytest.raises(ClientError) as caught:
        bucket.read_range(key, start=2, end=4, etag=stored.etag)
    assert error_code(caught.value) == "PreconditionFailed"


def test_a_report_exists_or_not(world: World) -> None:
    bucket = ReportsBucket(world.s3, "reports")
    key = report_key("b", uuid4().hex)

    assert not bucket.exists(key)
    bucket.store(key, b"x")
    assert bucket.exists(key)
