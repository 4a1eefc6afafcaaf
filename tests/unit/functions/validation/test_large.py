"""Validation of a large report: in chunks, with its ranges in a manifest, and a sign of life at its beginning."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.common.errors import ReportMissingError
from functions.common.reports import ReportVersion
from functions.common.uploads import Upload, derive_upload_id
from functions.report.validator import validate_report
from functions.validation import source
from functions.validation.source import WrongContentError, WrongSizeError
from functions.validation.validation import Task, Validation
from shared.contracts.api import MAX_REPORT_BYTES
from shared.contracts.objects import loads_prefix, manifest_key, report_key
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import Validated
from tests.effort import examples
from tests.unit.functions.fakes import FakeBucket, FakeManifests, FakeUploads, began, clock, upload, uploads_of
from tests.unit.functions.report.reports import BANK, NOW, report

STARTED = "2026-11-23T11:59:59.000Z"
IN_6_MINUTES, IN_20_MINUTES = "2026-11-23T12:06:00.000000Z", "2026-11-23T12:20:00.000000Z"
ROW = b"N-%08d,12.50,EUR,2026-11-20T10:00:00Z,nordbank\n"
SMALL = report([]) + ROW % 1
ROWS = 95_000


@cache
def large(*, invalid: int = 0) -> bytes:
    """A report that is just large; `invalid` of its last rows have an amount of zero."""
    valid = b"".join(ROW % number for number in range(ROWS - invalid))
    rest = b"".join(ROW % number for number in range(ROWS - invalid, ROWS)).replace(b",12.50,", b",0,")
    content = report([]) + valid + rest
    assert len(content) > MAX_REPORT_BYTES
    return content


class World:
    """A use case around fakes; the report is stored under the key of its content."""

    def __init__(self, content: bytes, *known: Upload, key_of: bytes | None = None) -> None:
        self.content = content
        self.upload_id = derive_upload_id(BANK, key_of or content)
        self.key = report_key(BANK, self.upload_id)
        self.bucket = FakeBucket(reports={self.key: content})
        self.uploads = uploads_of(*(replace(each, upload_id=self.upload_id) for each in known))
        self.manifests = FakeManifests()

    def run(self, *, size: int | None = None) -> Validated:
        announced = len(self.content) if size is None else size
        event: Any = {"detail": {"bucket": {"name": "bucket"}, "object": {"key": self.key, "size": announced}}}
        return Validation(
            uploads=self.uploads,
            reports=self.bucket,
            rejected=self.bucket,
            manifests=self.manifests,
            clock=clock,
        ).run(Task(event=event, attempt="a1", execution="arn:e1", started_at=""))

    @property
    def known(self) -> Upload:
        return self.uploads.items[self.upload_id]


def known_upload(status: UploadStatus = UploadStatus.RECEIVED, **changes: Any) -> Upload:
    return upload(**{"status": status, **began("a1", STARTED), **changes})


def test_the_ranges_of_a_large_report_are_in_a_manifest() -> None:
    world = World(large(), known_upload(UploadStatus.DECLARED))

    validated = world.run()

    key = manifest_key(BANK, world.upload_id, "a1")
    ranges = validate_report(large(), bank_id=BANK, now=NOW, max_bytes=len(large())).ranges
    assert world.manifests.items == {key: list(ranges)}
    assert (validated["next"], validated["ranges"]) == ("LOAD", [])
    prefix = loads_prefix(BANK, world.upload_id, "a1")
    assert validated["manifest"] == {"key": key, "ranges": len(ranges), "loads_prefix": prefix}
    assert validated["etag"] == world.bucket.look_up(world.key).etag
    assert (world.known.status, world.known.rows, world.known.due_at) == (UploadStatus.VALIDATED, ROWS, IN_20_MINUTES)


@examples(4)
@given(st.integers(50_000, 5_000_000), st.sampled_from([0, 3]))
def test_chunks_of_any_size_have_one_result(chunk_bytes: int, invalid: int) -> None:
    world = World(large(invalid=invalid), known_upload())
    world.bucket.chunk_bytes = chunk_bytes

    validated = world.run()

    expected = validate_report(world.content, bank_id=BANK, now=NOW, max_bytes=len(world.content))
    assert (validated["next"], world.known.rows) == ("NOTIFY" if invalid else "LOAD", expected.rows)
    assert world.known.error_count == (expected.error_count or None)
    assert list(world.manifests.items.values()) == ([list(expected.ranges)] if expected.valid else [])


@examples(2)
@given(st.integers(50_000, 5_000_000))
def test_a_manifest_covers_every_row_once(chunk_bytes: int) -> None:
    world = World(large(), known_upload())
    world.bucket.chunk_bytes = chunk_bytes

    world.run()

    ranges = world.manifests.items[manifest_key(BANK, world.upload_id, "a1")]
    parts = [world.content[each["start"] : each["end"]] for each in ranges]
    assert report([]) + b"".join(parts) == world.content
    assert [each["rows"] for each in ranges] == [part.count(b"\n") for part in parts]


def test_a_small_report_has_its_ranges_in_the_payload() -> None:
    world = World(SMALL, known_upload(UploadStatus.DECLARED, size=3))

    validated = world.run()

    assert "manifest" not in validated
    assert world.known.size == len(SMALL), "whatever was declared"
    assert len(validated["ranges"]) == 1
    assert not world.manifests.items
    assert (world.known.status, world.known.due_at) == (UploadStatus.VALIDATED, IN_6_MINUTES)


@dataclass
class WatchedBucket(FakeBucket):
    """Notes the uploads whenever a report is read."""

    uploads: FakeUploads = field(default_factory=FakeUploads)
    seen: list[Upload] = field(default_factory=list)

    def read_chunks(self, key: str, version: ReportVersion) -> Iterator[bytes]:
        self.seen += self.uploads.items.values()
        return super().read_chunks(key, version)


@pytest.mark.parametrize(
    "known",
    [
        None,
        known_upload(UploadStatus.DECLARED, due_at="soon"),
        known_upload(due_at="soon"),
    ],
    ids=["stored without a declaration", "declared", "restarted"],
)
def test_while_a_large_report_is_validated_its_upload_shows_that(known: Upload | None) -> None:
    world = World(large(), *([known] if known else []))
    world.bucket = bucket = WatchedBucket(reports=world.bucket.reports, uploads=world.uploads)

    assert world.run()["next"] == "LOAD"

    assert [(each.attempt, each.status, each.due_at) for each in bucket.seen] == [
        ("a1", UploadStatus.RECEIVED, IN_20_MINUTES)
    ]
    assert (world.known.attempt, world.known.status) == ("a1", UploadStatus.VALIDATED)


@pytest.mark.parametrize("status", [UploadStatus.VALIDATED, UploadStatus.LOADING])
def test_a_run_that_restarts_finds_its_ranges_again(status: UploadStatus) -> None:
    world = World(large(), known_upload(status))

    assert world.run()["manifest"]["ranges"] == len(world.manifests.items[manifest_key(BANK, world.upload_id, "a1")])
    assert world.known.status is status


def test_a_run_whose_attempt_is_over_reads_nothing() -> None:
    world = World(large(), known_upload())
    world.bucket = bucket = WatchedBucket(reports=world.bucket.reports, uploads=world.uploads)
    newer = replace(world.known, attempt="a2")
    world.uploads.rivals = [newer]

    assert world.run()["next"] == "END"
    assert world.known == newer
    assert not bucket.seen
    assert not world.manifests.items


@pytest.mark.parametrize("content", [large(), SMALL], ids=["large", "small"])
def test_bytes_that_were_not_declared_are_an_error(content: bytes) -> None:
    world = World(content, known_upload(UploadStatus.DECLARED), key_of=b"what was declared")

    with pytest.raises(WrongContentError, match=world.upload_id):
        world.run()
    assert world.known.status in {UploadStatus.DECLARED, UploadStatus.RECEIVED}
    assert not world.manifests.items
    assert not world.bucket.errors


@pytest.mark.parametrize(
    ("content", "announced"), [(large(), 0), (SMALL, MAX_REPORT_BYTES + 1)], ids=["large", "small"]
)
def test_an_object_of_the_other_size_is_an_error(content: bytes, announced: int) -> None:
    world = World(content, known_upload())

    with pytest.raises(WrongSizeError, match=f"has {len(content)} bytes, but {announced} were announced"):
        world.run(size=announced)


def test_an_object_that_is_missing_is_an_error() -> None:
    world = World(large(), known_upload(UploadStatus.DECLARED))
    world.bucket.reports.clear()

    with pytest.raises(ReportMissingError):
        world.run()
    assert world.known.status is UploadStatus.DECLARED


def test_the_errors_of_a_rejected_large_report_are_stored_by_the_thousand_and_all_are_counted() -> None:
    world = World(large(invalid=2_345), known_upload())

    validated = world.run()

    assert (validated["next"], validated["ranges"]) == ("NOTIFY", [])
    assert "manifest" not in validated
    assert (world.known.status, world.known.error_count) == (UploadStatus.REJECTED, 2_345)
    first, further = world.bucket.errors[BANK, world.upload_id], world.bucket.further_errors
    assert (len(first), {part: len(errors) for part, errors in further.items()}) == (1_000, {1: 1_000, 2: 345})
    lines = [each["line"] for errors in (first, *further.values()) for each in errors]
    assert lines == list(range(ROWS - 2_345 + 2, ROWS + 2))
    assert world.bucket.corrections[BANK, world.upload_id].count(b"amount.zero") == 2_345


def test_of_more_errors_than_are_marked_all_are_counted() -> None:
    invalid = b"".join(b"A-%08d,0,e,now,nordbank\n" % number for number in range(34_000))
    world = World(large() + invalid, known_upload())

    world.run()

    assert world.known.error_count == 3 * 34_000
    assert sorted(world.bucket.further_errors) == list(range(1, 100))
    assert {len(errors) for errors in world.bucket.further_errors.values()} == {1_000}


def test_a_report_that_is_too_large_to_be_declared_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_DECLARED_BYTES", len(large()) - 1)
    world = World(large(), known_upload())

    assert world.run()["next"] == "NOTIFY"
    assert [each["code"] for each in world.bucket.errors[BANK, world.upload_id]] == ["file.too_large"]
    assert not world.bucket.corrections
