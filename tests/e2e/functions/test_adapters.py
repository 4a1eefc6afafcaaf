"""The adapters do on MiniStack what their ports promise, and so do the tests' fakes."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from functions.common.aws.errors import error_code
from functions.common.aws.loads_bucket import LoadsBucket
from functions.common.aws.parts import Target, store_in_parts
from functions.common.aws.reports_bucket import CHUNK_BYTES, ReportsBucket
from functions.common.aws.uploads_table import UploadsTable
from functions.common.errors import ReportMissingError, TemporaryError
from functions.common.uploads import Upload, Uploads
from functions.status.selection import Selection
from functions.status.uploads_by_bank import UploadsIndex
from functions.sweeper.uploads_by_bank import BankIndex
from functions.validation.manifests_bucket import ManifestsBucket
from shared.contracts.objects import load_key, loads_prefix, manifest_key, report_key
from shared.contracts.tables import BY_DUE, SWEEP_DUE
from shared.contracts.uploads import PREDECESSORS, UploadStatus
from tests.e2e.functions.conftest import World
from tests.unit.functions.fakes import FakeUploads, began, upload
from tests.unit.functions.sweeper.world import FakeBankIndex

if TYPE_CHECKING:
    from functions.status.status import UploadsByBank
    from functions.sweeper.overdue import UploadsByBank as ReceivedByBank
    from shared.contracts.workflow import ByteRange, RangeLoaded

pytestmark = pytest.mark.e2e
MIN_PART_BYTES: Final = 5 * 1024**2
"""Of every part but the last (S3 limit)."""
REAL_AND_FAKE = pytest.mark.parametrize("kind", ["real", "fake"])


def uploads_of(kind: str, world: World) -> Uploads:
    return UploadsTable(world.dynamodb, "uploads") if kind == "real" else FakeUploads()


def new_upload(**changes: object) -> Upload:
    return replace(upload(), upload_id=uuid4().hex, **changes)  # type: ignore[arg-type]


def bring_to(uploads: Uploads, status: UploadStatus, **changes: object) -> Upload:
    """Move a new upload to a status by allowed transitions only, in attempt a1."""
    begun = UploadStatus.DECLARED if status is UploadStatus.DECLARED else UploadStatus.RECEIVED
    known = new_upload(status=begun, **{**began("a1", "then"), "due_at": "soon", **changes})
    assert uploads.begin(known)
    way = {
        UploadStatus.LOADING: [UploadStatus.VALIDATED],
        UploadStatus.COMPLETED: [UploadStatus.VALIDATED, UploadStatus.LOADING],
    }
    steps = [*way.get(status, []), *([] if status is begun else [status])]
    assert all(uploads.advance(known.upload_id, known.attempt, step, at="then") for step in steps)
    return replace(known, status=status, updated_at="then" if steps else known.updated_at)


@REAL_AND_FAKE
@pytest.mark.parametrize("now", list(UploadStatus))
@pytest.mark.parametrize("then", list(PREDECESSORS))
def test_a_status_follows_only_its_predecessors(world: World, kind: str, now: UploadStatus, then: UploadStatus) -> None:
    uploads = uploads_of(kind, world)
    known = bring_to(uploads, now)

    moved = uploads.advance(known.upload_id, "a1", then, at="later", rows=3)

    assert moved is (now in PREDECESSORS[then])
    assert uploads.get(known.upload_id) == (replace(known, status=then, updated_at="later", rows=3) if moved else known)


@REAL_AND_FAKE
@pytest.mark.parametrize("attempt", ["a1", ""])
@pytest.mark.parametrize("of", ["a1", "a2", ""])
def test_an_upload_moves_in_its_own_attempt_only(world: World, kind: str, attempt: str, of: str) -> None:
    uploads = uploads_of(kind, world)
    known = new_upload(attempt=attempt, due_at="soon")
    assert uploads.begin(known)

    moved = uploads.advance(known.upload_id, of, UploadStatus.VALIDATED, at="later", due_at="later")

    assert moved is (attempt == of)
    after = replace(known, status=UploadStatus.VALIDATED, updated_at="later", due_at="later")
    assert uploads.get(known.upload_id) == (after if moved else known)


@REAL_AND_FAKE
@pytest.mark.parametrize(("replaced", "expected"), [(None, 0), (None, 1), (0, 0), (2, 2), (2, 1), (2, 0)])
def test_an_upload_completes_only_with_the_expected_replaced_rows(
    world: World, kind: str, replaced: int | None, expected: int
) -> None:
    uploads = uploads_of(kind, world)
    known = bring_to(uploads, UploadStatus.LOADING, replaced=replaced)

    moved = uploads.advance(known.upload_id, "a1", UploadStatus.COMPLETED, at="later", if_replaced=expected)

    assert moved is ((replaced or 0) == expected)


@REAL_AND_FAKE
@pytest.mark.parametrize("now", list(UploadStatus))
def test_an_upload_begins_again_only_after_it_was_declared_failed_or_was_rejected(
    world: World, kind: str, now: UploadStatus
) -> None:
    uploads = uploads_of(kind, world)
    known = bring_to(uploads, now)
    again = replace(known, status=UploadStatus.RECEIVED, **began("a2", "later"))

    begun = uploads.begin(again)

    assert begun is (now in {UploadStatus.DECLARED, UploadStatus.FAILED, UploadStatus.REJECTED})
    assert uploads.get(known.upload_id) == (again if begun else known)


@REAL_AND_FAKE
@pytest.mark.parametrize("ended", [UploadStatus.FAILED, UploadStatus.REJECTED])
def test_a_write_that_begins_an_attempt_does_not_begin_it_again_after_its_end(
    world: World, kind: str, ended: UploadStatus
) -> None:
    """boto3 repeats a write whose answer was lost; meanwhile the attempt may have come to its end."""
    uploads = uploads_of(kind, world)
    known = bring_to(uploads, ended)
    first = replace(known, status=UploadStatus.DECLARED)

    assert uploads.begin(first) is False
    assert uploads.get(known.upload_id) == known


@REAL_AND_FAKE
@pytest.mark.parametrize("after", [None, {"status": "FAILED"}])
def test_a_rejection_does_not_hide_what_was_declared_over(
    world: World, kind: str, after: dict[str, str] | None
) -> None:
    """Rows of a FAILED upload may be in the table: it must be FAILED again once the declaration is withdrawn."""
    uploads = uploads_of(kind, world)
    known = bring_to(uploads, UploadStatus.DECLARED, declared_after=after)

    assert uploads.begin(replace(known, status=UploadStatus.REJECTED, **began("a2", "later"))) is (after is None)


@REAL_AND_FAKE
@pytest.mark.parametrize(
    ("attempt", "status"), [("a1", "LOADING"), ("a1", "RECEIVED"), ("a2", "LOADING"), ("", "LOADING")]
)
def test_an_upload_is_taken_over_only_as_it_is_known(world: World, kind: str, attempt: str, status: str) -> None:
    uploads = uploads_of(kind, world)
    known = bring_to(uploads, UploadStatus.LOADING)
    again = replace(known, status=UploadStatus.RECEIVED, **began("a2", "later"))

    taken_over = uploads.take_over(again, known=replace(known, attempt=attempt, status=UploadStatus(status)))

    assert taken_over is ((attempt, status) == ("a1", "LOADING"))
    assert uploads.get(known.upload_id) == (again if taken_over else known)


@REAL_AND_FAKE
@pytest.mark.parametrize(("due_at", "attempt"), [("soon", "a1"), ("later", "a1"), ("soon", "a2")])
def test_an_upload_is_claimed_once(world: World, kind: str, due_at: str, attempt: str) -> None:
    uploads = uploads_of(kind, world)
    known = bring_to(uploads, UploadStatus.LOADING)
    seen = replace(known, due_at=due_at, attempt=attempt)

    assert uploads.postpone(seen, due_at="late") is ((due_at, attempt) == ("soon", "a1"))
    assert not uploads.postpone(seen, due_at="late")


@REAL_AND_FAKE
@pytest.mark.parametrize(
    ("attempt", "status"), [("a1", "COMPLETED"), ("a2", "COMPLETED"), ("a1", "REJECTED"), ("", "COMPLETED")]
)
def test_an_announcement_is_recorded_once_for_its_attempt_and_status(
    world: World, kind: str, attempt: str, status: str
) -> None:
    uploads = uploads_of(kind, world)
    known = bring_to(uploads, UploadStatus.COMPLETED)

    recorded = uploads.mark_notified(known.upload_id, attempt, UploadStatus(status), at="now")

    assert recorded is ((attempt, status) == ("a1", "COMPLETED"))
    assert uploads.get(known.upload_id) == (replace(known, notified_at="now", due_at=None) if recorded else known)
    assert not uploads.mark_notified(known.upload_id, attempt, UploadStatus(status), at="again")


def test_only_an_upload_that_is_due_is_in_the_sweepers_index(world: World) -> None:
    def due() -> set[str]:
        found = world.dynamodb.query(
            TableName="uploads",
            IndexName=BY_DUE.name,
            KeyConditionExpression=f"{BY_DUE.partition_key} = :due",
            ExpressionAttributeValues={":due": {"S": SWEEP_DUE}},
        )
        return {item["upload_id"]["S"] for item in found["Items"]}

    uploads = UploadsTable(world.dynamodb, "uploads")
    known, never = bring_to(uploads, UploadStatus.COMPLETED), new_upload()
    assert uploads.begin(never)

    assert known.upload_id in due()
    uploads.mark_notified(known.upload_id, "a1", UploadStatus.COMPLETED, at="now")
    assert not due() & {known.upload_id, never.upload_id}
    uploads.advance(never.upload_id, "", UploadStatus.VALIDATED, at="now", due_at="later")
    assert never.upload_id in due()


@REAL_AND_FAKE
def test_all_attributes_of_an_upload_are_stored(world: World, kind: str) -> None:
    uploads = uploads_of(kind, world)
    known = new_upload(
        **began("a1", "then"),
        due_at="soon",
        restarts=1,
        file_name="é.csv",
        size=1,
        rows=2,
        totals={"EUR": "1.00"},
        loaded_totals={"EUR": "1.00"},
        conflict_samples=[{"line": 7, "transaction_id": "t", "first_upload_id": "u0"}],
        replaced=1,
    )

    assert uploads.get(known.upload_id) is None
    assert not uploads.advance(known.upload_id, "a1", UploadStatus.FAILED, at="then")
    assert uploads.begin(known)
    assert uploads.get(known.upload_id) == known


@REAL_AND_FAKE
def test_pages_hold_every_upload_once_newest_first(world: World, kind: str) -> None:
    uploads = uploads_of(kind, world)
    pages: UploadsByBank = uploads if isinstance(uploads, FakeUploads) else UploadsIndex(world.dynamodb, "uploads")
    bank_id = uuid4().hex
    known = [new_upload(bank_id=bank_id, received_at=f"2026-11-2{day}T00:00:00.000000Z") for day in range(5)]
    for each in (*known, new_upload(bank_id="other")):
        uploads.begin(each)

    first = pages.page(bank_id, Selection(), limit=3, after=None)
    second = pages.page(bank_id, Selection(), limit=3, after=first.last)

    assert [*first.uploads, *second.uploads] == known[::-1]
    assert second.last is None


@REAL_AND_FAKE
def test_a_banks_uploads_of_a_time_are_found_newest_first(world: World, kind: str) -> None:
    uploads = uploads_of(kind, world)
    index: ReceivedByBank = (
        FakeBankIndex(uploads) if isinstance(uploads, FakeUploads) else BankIndex(world.dynamodb, "uploads")
    )
    bank_id = uuid4().hex
    days = [f"2026-11-{day:02}T00:00:00.000000Z" for day in range(1, 31)]
    known = [new_upload(bank_id=bank_id, received_at=each, **began("a1", each)) for each in days]
    for each in (*known, new_upload(bank_id="other", received_at=days[1])):
        uploads.begin(each)

    # More than one page.
    assert list(index.received(bank_id, earliest=days[1], latest=days[28])) == known[28:0:-1]


def test_a_range_is_read_only_of_the_report_that_was_validated(world: World) -> None:
    bucket, key = ReportsBucket(world.s3, "reports"), report_key("b", "u")
    bucket.store(key, b"abcdef", attempt="a1")
    stored = bucket.read(key)

    assert stored.content == b"abcdef"
    assert bucket.read_range(key, start=2, end=4, etag=stored.etag) == b"cd"
    bucket.store(key, b"ABCDEF", attempt="a2")
    with pytest.raises(ClientError) as caught:
        bucket.read_range(key, start=2, end=4, etag=stored.etag)
    assert error_code(caught.value) == "PreconditionFailed"


def test_a_large_report_is_read_in_chunks_of_the_version_that_was_looked_up(world: World) -> None:
    bucket, key = ReportsBucket(world.s3, "reports"), report_key("b", uuid4().hex)
    content = bytes(range(256)) * (CHUNK_BYTES // 256) + b"rest"
    with pytest.raises(ReportMissingError):
        bucket.look_up(key)
    bucket.store(key, content, attempt="a1")

    version = bucket.look_up(key)

    assert version.size == len(content)
    assert [*bucket.read_chunks(key, version)] == [content[:CHUNK_BYTES], b"rest"]
    assert version.etag == bucket.read(key).etag
    chunks = bucket.read_chunks(key, version)
    next(chunks)
    bucket.store(key, content.swapcase(), attempt="a2")
    with pytest.raises(ClientError) as caught:
        next(chunks)
    assert error_code(caught.value) == "PreconditionFailed"


def parts_left(world: World) -> list[str]:
    return [each["Key"] for each in world.s3.list_multipart_uploads(Bucket="reports").get("Uploads", [])]


def test_an_object_of_several_parts_is_whole(world: World) -> None:
    key = f"errors/{uuid4().hex}.csv"
    target = Target(client=world.s3, bucket="reports", key=key, content_type="text/csv; charset=utf-8")
    chunks = [bytes([number]) * 2_000_000 for number in range(7)]

    store_in_parts(target, chunks, part_bytes=MIN_PART_BYTES)

    stored = world.s3.get_object(Bucket="reports", Key=key)
    assert (stored["Body"].read(), stored["ContentType"]) == (b"".join(chunks), "text/csv; charset=utf-8")
    assert not parts_left(world)


def test_after_an_error_nothing_is_left_of_an_object_of_several_parts(world: World) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"x" * MIN_PART_BYTES
        assert parts_left(world) == [key]
        raise TemporaryError("could not read")

    key = f"errors/{uuid4().hex}.csv"
    world.s3.put_object(Bucket="reports", Key=key, Body=b"before")
    with pytest.raises(TemporaryError, match="could not read"):
        store_in_parts(
            Target(client=world.s3, bucket="reports", key=key, content_type="text/csv"),
            chunks(),
            part_bytes=MIN_PART_BYTES,
        )

    assert not parts_left(world)
    assert world.s3.get_object(Bucket="reports", Key=key)["Body"].read() == b"before"


def test_a_manifest_has_a_range_on_each_line(world: World) -> None:
    key = manifest_key("b", uuid4().hex, "a1")
    ranges: list[ByteRange] = [{"start": n, "end": n + 1, "first_line": n, "rows": 1} for n in range(3)]

    ManifestsBucket(world.s3, "reports").store(key, ranges)

    lines = world.s3.get_object(Bucket="reports", Key=key)["Body"].read().splitlines()
    assert [json.loads(line) for line in lines] == ranges


def test_a_report_names_the_attempt_that_stored_it(world: World) -> None:
    bucket = ReportsBucket(world.s3, "reports")
    key = report_key("b", uuid4().hex)

    assert bucket.stored_attempt(key) is None
    with pytest.raises(ReportMissingError):
        bucket.read(key)
    bucket.store(key, b"x", attempt="a1")
    assert bucket.stored_attempt(key) == "a1"
    world.s3.put_object(Bucket="reports", Key=key, Body=b"x")
    assert bucket.stored_attempt(key) == ""


def test_results_of_ranges_are_listed_by_attempt_in_order(world: World) -> None:
    loads, upload_id = LoadsBucket(world.s3, "reports"), uuid4().hex
    result: RangeLoaded = {
        "loaded": 1,
        "repeated": 0,
        "conflicts": 0,
        "replaced": 0,
        "loaded_totals": {"EUR": "1.00"},
        "repeated_totals": {},
        "conflict_totals": {},
        "conflict_samples": [],
    }
    keys = [load_key("b", upload_id, "a1", start=start, rows=1) for start in (49, 262_144, 10_000_000)]
    for key in (*reversed(keys), load_key("b", upload_id, "a2", start=49, rows=1)):
        loads.store(key, result)

    assert loads.keys(loads_prefix("b", upload_id, "a1")) == keys
    assert loads.read(keys[0]) == result
    assert [*loads.read_all(keys)] == [result] * len(keys)
