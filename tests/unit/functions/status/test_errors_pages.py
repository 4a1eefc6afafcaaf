"""GET /uploads/{upload_id}/errors: all stored validation errors of a rejected report, in their order."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.common import cursors
from functions.report.format.definition import MAX_ERRORS
from functions.status.cursor import encode_errors_cursor
from shared.contracts.api import MAX_REPORT_BYTES
from shared.contracts.objects import ERRORS_DAYS
from shared.contracts.uploads import UploadStatus
from tests.unit.functions.bank import OTHER_KEY, World, body_of

U1, U2 = "1" * 32, "2" * 32
LARGE = MAX_REPORT_BYTES + 1


def reject(world: World, errors: int, **changes: Any) -> None:
    """Store a rejected upload with its errors: one entry each, in parts."""
    world.know(U1, **{"status": UploadStatus.REJECTED, "error_count": errors, "size": LARGE, **changes})
    stored = [{"line": line} for line in range(1, errors + 1)]
    world.bucket.errors["nordbank", U1] = stored[:MAX_ERRORS]
    for part, start in enumerate(range(MAX_ERRORS, errors, MAX_ERRORS), 1):
        world.bucket.further_errors[part] = stored[start : start + MAX_ERRORS]


def lines(world: World, **query: str) -> list[int]:
    """The lines of the errors on all pages."""
    found: list[int] = []
    while True:
        page = body_of(world.errors(U1, **query))
        found += [each["line"] for each in page["errors"]]
        if page["next_cursor"] is None:
            return found
        assert page["errors"]
        query["cursor"] = page["next_cursor"]


@given(errors=st.integers(0, 3_500), limit=st.integers(150, 1_000))
def test_pages_hold_every_error_once_in_order(errors: int, limit: int) -> None:
    world = World()
    reject(world, errors)

    assert lines(world, limit=str(limit)) == list(range(1, errors + 1))


def test_without_a_limit_a_page_has_100_errors_and_says_how_many_there_are(world: World) -> None:
    reject(world, 101)

    page = body_of(world.errors(U1))

    assert (page["upload_id"], page["error_count"], len(page["errors"])) == (U1, 101, 100)
    assert len(body_of(world.errors(U1, cursor=page["next_cursor"]))["errors"]) == 1


def test_of_a_small_report_the_first_1000_errors_are_stored_and_of_a_large_one_100000(world: World) -> None:
    reject(world, 5_000, size=MAX_REPORT_BYTES)
    assert len(lines(world, limit="1000")) == 1_000

    reject(world, 100_500)
    last = body_of(world.errors(U1, limit="1000", cursor=encode_errors_cursor(U1, 99_500)))
    assert (len(last["errors"]), last["error_count"], last["next_cursor"]) == (500, 100_500, None)


@pytest.mark.parametrize("status", sorted(set(UploadStatus) - {UploadStatus.REJECTED}))
def test_an_upload_that_is_not_rejected_has_no_errors(world: World, status: UploadStatus) -> None:
    world.know(U1, status=status)

    assert body_of(world.errors(U1)) == {"upload_id": U1, "error_count": 0, "errors": [], "next_cursor": None}


def test_errors_that_the_bucket_has_deleted_are_not_looked_for(world: World) -> None:
    world.know(U1, status=UploadStatus.REJECTED, error_count=3)
    world.now += timedelta(days=ERRORS_DAYS, seconds=1)

    shown = body_of(world.errors(U1))

    assert (shown["error_count"], shown["errors"], shown["next_cursor"]) == (3, [], None)
    assert "90 days" in shown["detail"]


def test_another_banks_upload_is_answered_like_an_unknown_one(world: World) -> None:
    reject(world, 1)

    assert world.errors(U1, key=OTHER_KEY)["statusCode"] == 404
    assert world.errors(U1, key=OTHER_KEY) == world.errors(U2) == world.errors("invented")


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "", "1e3", "\u0967"])
def test_an_invalid_limit_is_a_bad_request(world: World, limit: str) -> None:
    reject(world, 1)

    assert "from 1 to 1,000" in body_of(world.errors(U1, limit=limit))["detail"]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        encode_errors_cursor(U2, 1),
        encode_errors_cursor(U1, 0),
        encode_errors_cursor(U1, -1),
        *(cursors.encode([U1, value]) for value in (True, 1.0, "1", None, float("nan"))),
        cursors.encode([U1]),
        cursors.encode([]),
    ],
)
def test_an_invalid_cursor_is_a_bad_request(world: World, cursor: str) -> None:
    reject(world, 5)

    response = world.errors(U1, cursor=cursor)

    assert response["statusCode"] == 400
    assert body_of(response)["type"].endswith(":invalid-cursor")


def test_an_invented_cursor_beyond_the_errors_is_the_end(world: World) -> None:
    reject(world, 5)

    for seen in (5, 999_999, 10**1_000):
        shown = body_of(world.errors(U1, cursor=encode_errors_cursor(U1, seen)))
        assert (shown["errors"], shown["next_cursor"]) == ([], None)
