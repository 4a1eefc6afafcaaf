"""GET /uploads and /uploads/{upload_id}: a bank sees its own uploads, all of them, newest first."""

import base64
import json

import pytest

from functions.status.cursor import Position, encode_cursor
from shared.contracts.uploads import UploadStatus
from tests.unit.functions.bank import OTHER_KEY, World, body_of
from tests.unit.functions.fakes import keys_of


def test_an_upload_is_shown_with_what_is_known_of_it(world: World) -> None:
    world.know("u1", rows=3, totals={"EUR": "1.00"}, size=99, notified_at="then", error="internal")

    assert body_of(world.get("u1")) == {
        "upload_id": "u1",
        "bank_id": "nordbank",
        "status": "RECEIVED",
        "received_at": "2026-11-23T12:00:00.000000Z",
        "updated_at": "2026-11-23T12:00:00.000000Z",
        "rows": 3,
        "totals": {"EUR": "1.00"},
    }


def test_a_rejected_upload_is_shown_with_its_errors(world: World) -> None:
    world.know("u1", status=UploadStatus.REJECTED, error_count=1)
    world.bucket.errors["nordbank", "u1"] = [{"line": 2}]

    assert body_of(world.get("u1"))["errors"] == [{"line": 2}]
    assert body_of(world.get("u1"))["error_count"] == 1


def test_a_failed_upload_is_shown_with_what_to_do(world: World) -> None:
    world.know("u1", status=UploadStatus.FAILED, rows=3, error="Sandbox.Timedout")

    shown = body_of(world.get("u1"))

    assert shown["detail"] == (
        "Processing failed; rows may have been loaded in part. Submit the same file again to restart it."
    )
    assert "Sandbox" not in json.dumps(shown)
    assert body_of(world.get())["uploads"] == [shown]


@pytest.mark.parametrize(
    ("file_name", "saved_as"),
    [
        ("daily.csv", "daily-corrections.csv"),
        ('d/a"b\r\n\u00fc.csv', "a_b_-corrections.csv"),
        (None, "u1-corrections.csv"),
    ],
)
def test_a_rejected_upload_links_its_corrections(world: World, file_name: str | None, saved_as: str) -> None:
    world.know("u1", status=UploadStatus.REJECTED, error_count=1, rows=3, file_name=file_name)
    world.bucket.errors["nordbank", "u1"] = []

    assert body_of(world.get("u1"))["corrections_url"] == f"https://bucket/nordbank/u1?{saved_as}"


def test_without_validated_rows_there_are_no_corrections(world: World) -> None:
    world.know("u1", status=UploadStatus.REJECTED, error_count=1, rows=0)
    world.bucket.errors["nordbank", "u1"] = []

    assert "corrections_url" not in body_of(world.get("u1"))


def test_another_banks_upload_is_answered_like_an_unknown_one(world: World) -> None:
    world.know("u1")

    others, none = world.get("u1", key=OTHER_KEY), world.get("u2", key=OTHER_KEY)

    assert others["statusCode"] == 404
    assert others == none


@pytest.mark.parametrize(("key", "status"), [("", 401), ("made-up", 403)])
def test_a_caller_without_a_banks_key_sees_nothing(world: World, key: str, status: int) -> None:
    assert world.get(key=key)["statusCode"] == status


def test_pages_hold_every_upload_of_the_bank_once_newest_first(world: World) -> None:
    for number in range(7):
        world.know(f"u{number}", received_at=f"2026-11-2{number}T00:00:00.000000Z")
        world.know(f"a{number}", bank_id="alpenbank")

    seen: list[str] = []
    query: dict[str, str] = {"limit": "3"}
    while True:
        page = body_of(world.get(**query))
        seen.extend(keys_of(page["uploads"], "upload_id"))
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert seen == [f"u{number}" for number in reversed(range(7))]


def test_without_a_limit_a_page_has_20_uploads(world: World) -> None:
    for number in range(30):
        world.know(f"u{number}")

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
        encode_cursor("alpenbank", Position(received_at="2026", upload_id="u1")),
    ],
)
def test_a_cursor_that_is_not_the_banks_own_is_a_bad_request(world: World, cursor: str) -> None:
    response = world.get(cursor=cursor)

    assert response["statusCode"] == 400
    assert "cursor" in body_of(response)["detail"]
