"""GET /uploads and /uploads/{upload_id}: a bank sees its own uploads, all of them, newest first."""

import base64
import json
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.common.banks import Bank
from functions.common.http import serve
from functions.common.uploads import Upload
from functions.status.cursor import Position, decode_cursor, encode_cursor
from functions.status.handler import get_uploads
from shared.contracts.objects import ERRORS_DAYS, load_key
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import RangeLoaded
from tests.unit.functions.bank import OTHER_KEY, World, body_of
from tests.unit.functions.fakes import FakeBanks, FakeContext, FakeLoads, FakeUploads, keys_of

U1, U2 = "1" * 32, "2" * 32
TIME = "2026-11-23T12:00:00.000000Z"


def test_an_upload_is_shown_with_what_is_known_of_it(world: World) -> None:
    world.know(U1, rows=3, totals={"EUR": "1.00"}, size=99, notified_at="then", error="internal")

    assert body_of(world.get(U1)) == {
        "upload_id": U1,
        "bank_id": "nordbank",
        "status": "RECEIVED",
        "received_at": "2026-11-23T12:00:00.000000Z",
        "updated_at": "2026-11-23T12:00:00.000000Z",
        "rows": 3,
        "totals": {"EUR": "1.00"},
    }


def test_a_rejected_upload_is_shown_with_its_errors(world: World) -> None:
    world.know(U1, status=UploadStatus.REJECTED, error_count=1)
    world.bucket.errors["nordbank", U1] = [{"line": 2}]

    assert body_of(world.get(U1))["errors"] == [{"line": 2}]
    assert body_of(world.get(U1))["error_count"] == 1


def test_errors_that_the_bucket_has_deleted_are_not_looked_for(world: World) -> None:
    world.know(U1, status=UploadStatus.REJECTED, error_count=1, rows=3)
    world.now += timedelta(days=ERRORS_DAYS, seconds=1)

    shown = body_of(world.get(U1))
    assert shown["error_count"] == 1
    assert not shown.keys() & {"errors", "corrections_url"}
    assert shown["detail"] == "Errors are kept for 90 days. Submit the report again, and it is validated again."


class UnreadLoads(FakeLoads):
    """Results of ranges that are listed, and not read."""

    def read(self, key: str) -> RangeLoaded:
        raise AssertionError(key)


def load(world: World, *ranges: tuple[str, int, int]) -> None:
    """Store the results of ranges: the attempt, the first byte, and the number of rows."""
    keys = [load_key("nordbank", U1, attempt, start=start, rows=rows) for attempt, start, rows in ranges]
    loads = UnreadLoads(items=dict.fromkeys(keys))  # type: ignore[arg-type]
    world.status = replace(world.status, loads=loads)


@pytest.mark.parametrize("status", list(UploadStatus))
def test_an_upload_that_is_loaded_in_part_is_shown_with_the_rows_that_are_processed(
    world: World, status: UploadStatus
) -> None:
    world.know(U1, status=status, rows=20_000, attempt="a2")
    world.bucket.errors["nordbank", U1] = []
    load(world, ("a2", 49, 5_000), ("a2", 262_144, 1_525), ("a1", 49, 9))

    shown = body_of(world.get(U1))

    in_part = status in {UploadStatus.LOADING, UploadStatus.FAILED}
    assert (shown["rows"], shown.get("rows_processed")) == (20_000, 6_525 if in_part else None)


def test_an_upload_of_which_no_range_is_done_has_processed_no_row(world: World) -> None:
    world.know(U1, status=UploadStatus.LOADING, rows=20_000, attempt="a2")

    assert body_of(world.get(U1))["rows_processed"] == 0


def test_a_failed_upload_is_shown_with_its_cause_what_is_processed_and_what_to_do(world: World) -> None:
    world.know(U1, status=UploadStatus.FAILED, rows=20_000, attempt="a2", error="DeadlineExceededError")
    load(world, ("a2", 49, 5_000), ("a2", 262_144, 1_525))

    shown = body_of(world.get(U1))

    assert shown["error"] == "the pipeline was too busy to finish in time"
    assert "loaded" not in shown
    assert shown["detail"] == (
        "Processing failed: the pipeline was too busy to finish in time. At least 6,525 of 20,000 rows are processed."
        " Submit the same file again: if it is valid, the rows that are not loaded yet are loaded."
        " Or submit a corrected file: its rows replace those of this upload."
    )


def test_of_a_failed_upload_that_was_never_validated_it_is_not_said_that_the_rest_will_be_loaded(world: World) -> None:
    world.know(U1, status=UploadStatus.FAILED, error="StuckError")

    assert body_of(world.get(U1))["detail"] == (
        "Processing failed: the pipeline made no progress. Rows may have been loaded in part."
        " Submit the same file again: if it is valid, the rows that are not loaded yet are loaded."
        " Or submit a corrected file: its rows replace those of this upload."
    )


@pytest.mark.parametrize(
    "stored", ["2026-11-23T12:00:04.5Z", "2026-11-23T12:00:04.500Z", "2026-11-23T12:00:04.500000Z"]
)
def test_a_time_that_step_functions_wrote_is_shown_in_microseconds_as_all_others(world: World, stored: str) -> None:
    world.know(U1, status=UploadStatus.FAILED, updated_at=stored)

    assert body_of(world.get(U1))["updated_at"] == "2026-11-23T12:00:04.500000Z"


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        ("TemporaryError", "the pipeline was too busy to finish in time"),
        ("Lambda.TooManyRequestsException", "the pipeline was too busy to finish in time"),
        ("Sandbox.Timedout", "a step of the pipeline took too long or ended early"),
        ("ReportMissingError", "the report was not stored completely, or is no longer stored"),
        ("StuckError", "the pipeline made no progress"),
        ("KeyError", "an internal error"),
        (None, "an internal error"),
    ],
)
def test_a_cause_is_told_in_words(world: World, error: str | None, cause: str) -> None:
    world.know(U1, status=UploadStatus.FAILED, error=error)

    shown = body_of(world.get(U1))

    assert shown["error"] == cause
    assert f": {cause}. Rows may have been loaded in part. Submit the same file again" in shown["detail"]
    assert error is None or error not in json.dumps(shown)
    (listed,) = body_of(world.get())["uploads"]
    assert (listed["error"], listed["detail"]) == (shown["error"], shown["detail"])


def test_totals_by_kind_are_shown_only_where_they_differ_from_the_reports(world: World) -> None:
    totals = {"loaded_totals": {"EUR": "1.00"}, "repeated_totals": {"EUR": "2.00"}, "conflict_totals": {}}
    counts = {"status": UploadStatus.COMPLETED, "loaded": 1, "conflicts": 0}
    world.know(U1, **counts, repeated=1, **totals)
    world.know(U2, **counts, repeated=0, **totals)

    assert totals.items() <= body_of(world.get(U1)).items()
    assert not totals.keys() & body_of(world.get(U2)).keys()


@pytest.mark.parametrize(
    "upload_id", ["u1", "A" * 32, "a" * 31, "a" * 33, "a" * 2_049, "a" * 31 + "\n", "\ud800" * 32, "\u0661" * 32, " "]
)
def test_what_cannot_be_an_upload_id_is_not_found_without_a_look_at_the_table(world: World, upload_id: str) -> None:
    class Unread(FakeUploads):
        def get(self, upload_id: str) -> Upload | None:
            raise AssertionError(upload_id)

    known = body_of(world.get(U2))
    world.status = replace(world.status, uploads=Unread())

    response = world.get(upload_id)

    assert response["statusCode"] == 404
    assert body_of(response) == known


@pytest.mark.parametrize(
    ("file_name", "saved_as"),
    [
        ("daily.csv", "daily-corrections.csv"),
        ('d/a"b\r\n\u00fc.csv', "a_b_-corrections.csv"),
        (None, f"{U1}-corrections.csv"),
    ],
)
def test_a_rejected_upload_links_its_corrections(world: World, file_name: str | None, saved_as: str) -> None:
    world.know(U1, status=UploadStatus.REJECTED, error_count=1, rows=3, file_name=file_name)
    world.bucket.errors["nordbank", U1] = []

    assert body_of(world.get(U1))["corrections_url"] == f"https://bucket/nordbank/{U1}?{saved_as}"


def test_no_cache_keeps_a_response_not_even_a_problem(world: World) -> None:
    world.know(U1, status=UploadStatus.REJECTED, error_count=1, rows=3)
    world.bucket.errors["nordbank", U1] = []

    for response in (world.get(U1), world.get(U2), world.get(), world.get(key="")):
        assert response["headers"]["cache-control"] == "no-store"


def test_without_validated_rows_there_are_no_corrections(world: World) -> None:
    world.know(U1, status=UploadStatus.REJECTED, error_count=1, rows=0)
    world.bucket.errors["nordbank", U1] = []

    assert "corrections_url" not in body_of(world.get(U1))


def test_another_banks_upload_is_answered_like_an_unknown_one(world: World) -> None:
    world.know(U1)

    others, none = world.get(U1, key=OTHER_KEY), world.get(U2, key=OTHER_KEY)

    assert others["statusCode"] == 404
    assert others == none


@pytest.mark.parametrize(("key", "status"), [("", 403), ("made-up", 403)])
def test_a_caller_without_a_banks_key_sees_nothing(world: World, key: str, status: int) -> None:
    assert world.get(key=key)["statusCode"] == status


@pytest.mark.parametrize(
    ("ranges", "address", "status"),
    [
        ((), "198.51.100.7", 200),
        ((["192.0.2.0/24", "198.51.100.7/32"],), "198.51.100.7", 200),
        ((["2001:db8::/32"],), "2001:db8::1", 200),
        ((["192.0.2.0/24"],), "198.51.100.7", 403),
        ((["192.0.2.0/24"],), "2001:db8::1", 403),
        # A row that is left over from a lost state keeps an address out, but never lets one in.
        ((["192.0.2.0/24"], ["192.0.2.0/25"]), "192.0.2.200", 403),
    ],
)
def test_a_banks_key_is_accepted_from_its_addresses_only(
    world: World, ranges: tuple[list[str], ...], address: str, status: int
) -> None:
    bank = Bank(bank_id="nordbank", name="Nordbank", allowed_ips=ranges)
    identity = {"apiKey": "k", "sourceIp": address}
    event = {"headers": {"x-forwarded-for": "192.0.2.1"}, "requestContext": {"identity": identity}}

    response = serve(
        event, FakeContext(), lambda request: get_uploads(request, FakeBanks(keys={"k": bank}), world.status)
    )

    assert response["statusCode"] == status
    assert (f"not accepted from {address}" in response["body"]) is (status == 403)


def test_pages_hold_every_upload_of_the_bank_once_newest_first(world: World) -> None:
    for number in range(7):
        world.know(f"{number:032x}", received_at=f"2026-11-2{number}T00:00:00.000000Z")
        world.know(f"{number + 100:032x}", bank_id="alpenbank")

    seen: list[str] = []
    query: dict[str, str] = {"limit": "3"}
    while True:
        page = body_of(world.get(**query))
        seen.extend(keys_of(page["uploads"], "upload_id"))
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert seen == [f"{number:032x}" for number in reversed(range(7))]


def test_without_a_limit_a_page_has_20_uploads(world: World) -> None:
    for number in range(30):
        world.know(f"{number:032x}")

    assert len(body_of(world.get())["uploads"]) == 20
    assert len(body_of(world.get(limit="100"))["uploads"]) == 30


def test_a_bank_without_uploads_gets_an_empty_page(world: World) -> None:
    assert body_of(world.get()) == {"uploads": [], "next_cursor": None}


@pytest.mark.parametrize("limit", ["0", "101", "-1", "", "x", "1.5", " 5", "1_0", "\u0967\u0966", "9" * 5000])
def test_an_invalid_limit_is_a_bad_request(world: World, limit: str) -> None:
    response = world.get(limit=limit)

    assert response["statusCode"] == 400
    assert "limit" in body_of(response)["detail"]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "%%%",
        "é",
        base64.urlsafe_b64encode(b"[]").decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b'{"a": 1}').decode(),
        base64.urlsafe_b64encode(b'["nordbank", 1, "u1"]').decode(),
        base64.urlsafe_b64encode(b'["nordbank", "", ""]').decode(),
        base64.urlsafe_b64encode(b"[" * 1_000).decode(),
        base64.urlsafe_b64encode(b"[" * 380).decode(),
        encode_cursor("nordbank", Position(received_at=TIME, upload_id="u1")),
        encode_cursor("nordbank", Position(received_at=TIME, upload_id="x" * 3_000)),
        encode_cursor("nordbank", Position(received_at=TIME, upload_id="\ud800" * 32)),
        encode_cursor("nordbank", Position(received_at=TIME, upload_id=U1 + "\n")),
        encode_cursor("nordbank", Position(received_at="2026", upload_id=U1)),
        encode_cursor("nordbank", Position(received_at="x" * 1_500, upload_id=U1)),
        encode_cursor("nordbank", Position(received_at=TIME.replace("6", "\u0666"), upload_id=U1)),
        encode_cursor("nordbank", Position(received_at=TIME + "\0", upload_id=U1)),
        encode_cursor("alpenbank", Position(received_at=TIME, upload_id=U1)),
    ],
)
def test_a_cursor_that_is_not_the_banks_own_is_a_bad_request(world: World, cursor: str) -> None:
    response = world.get(cursor=cursor)

    assert response["statusCode"] == 400
    assert "cursor" in body_of(response)["detail"]


def test_a_nested_cursor_within_the_limit_of_length_is_a_bad_request() -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(200)
    try:
        with pytest.raises(ValueError, match="not a valid cursor"):
            decode_cursor(base64.urlsafe_b64encode(b"[" * 380).decode(), "nordbank")
    finally:
        sys.setrecursionlimit(limit)


def test_the_longest_bank_id_fits_a_cursor() -> None:
    position = Position(received_at=TIME, upload_id=U1)

    assert decode_cursor(encode_cursor("b" * 64, position), "b" * 64) == position
