"""GET /uploads?status=&from=&to=: the selected uploads, all of them, over however many pages."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.common.times import timestamp
from functions.status.cursor import Position, encode_cursor
from shared.contracts.uploads import UploadStatus
from tests.unit.functions.bank import World, body_of
from tests.unit.functions.fakes import keys_of

DAY = datetime(2026, 11, 20, tzinfo=UTC)
# Around midnight, with repetitions: what is exactly at a bound decides.
TIMES = st.sampled_from(
    [DAY + timedelta(hours=12 * half, microseconds=shift) for half in range(5) for shift in (-1, 0)]
)


def listed(world: World, **query: str) -> list[str]:
    """The ids on all pages."""
    found: list[str] = []
    while True:
        page = body_of(world.get(**query))
        found += keys_of(page["uploads"], "upload_id")
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


@given(
    uploads=st.lists(st.tuples(TIMES, st.sampled_from(UploadStatus)), max_size=12),
    status=st.none() | st.sampled_from(UploadStatus),
    bounds=st.tuples(st.none() | TIMES, st.none() | TIMES),
    limit=st.integers(min_value=1, max_value=5),
)
def test_pages_hold_every_selected_upload_once_newest_first(
    uploads: Sequence[tuple[datetime, UploadStatus]],
    status: UploadStatus | None,
    bounds: tuple[datetime | None, datetime | None],
    limit: int,
) -> None:
    world = World()
    for number, (at, of) in enumerate(uploads):
        world.know(f"{number:032x}", received_at=timestamp(at), status=of)
        world.know(f"{number + 100:032x}", received_at=timestamp(at), status=of, bank_id="alpenbank")
    since, until = bounds
    query: dict[str, str] = {"limit": str(limit)}
    query |= {"status": status.value} if status else {}
    query |= {"from_": timestamp(since)} if since else {}
    query |= {"to": timestamp(until)} if until else {}

    if since and until and since >= until:
        assert world.get(**query)["statusCode"] == 400
        return

    expected = [
        (at, number)
        for number, (at, of) in enumerate(uploads)
        if status in (None, of) and (since or at) <= at and (until is None or at < until)
    ]
    assert listed(world, **query) == [f"{number:032x}" for _, number in sorted(expected, reverse=True)]


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ({"from_": "2026-11-20"}, [22, 21, 20]),
        ({"to": "2026-11-20"}, [20, 19]),
        ({"from_": "2026-11-20", "to": "2026-11-20"}, [20]),
        ({"from_": "2026-11-20T13:00:00+01:00", "to": "2026-11-21T12:00:00Z"}, [20]),
        ({"from_": "2026-11-20T12:00:00.000001Z", "to": "2026-11-21T12:00:00.000001Z"}, [21]),
    ],
)
def test_from_is_included_a_time_as_to_is_not_and_a_day_as_to_is(
    world: World, query: dict[str, str], days: list[int]
) -> None:
    for day in (19, 20, 21, 22):
        world.know(f"{day:032}", received_at=f"2026-11-{day}T12:00:00.000000Z")

    assert listed(world, **query) == [f"{day:032}" for day in days]


@pytest.mark.parametrize("name", ["from_", "to"])
@pytest.mark.parametrize(
    "value",
    [
        "",
        "2026-11",
        "20261120",
        "2026-W47-5",
        "2026-02-30",
        "0000-01-01",
        "\u0662\u0660\u0662\u0666-11-20",
        "2026-11-20T14:10:50",
        "2026-11-20T14:10:50 01:00",
        "2026-11-20 14:10:50Z",
        "2026-11-20T24:00:00Z",
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59-23:59",
        "2026-11-20T14:10:50.1234567Z",
        "yesterday",
    ],
)
def test_what_is_neither_a_date_nor_a_time_is_a_bad_request(world: World, name: str, value: str) -> None:
    response = world.get(**{name: value})

    assert response["statusCode"] == 400
    assert f"The parameter {name.rstrip('_')} is not a date" in body_of(response)["detail"]


@pytest.mark.parametrize("value", ["0001-01-01", "9999-12-31", "1970-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z"])
@pytest.mark.parametrize("name", ["from_", "to"])
def test_the_first_and_the_last_times_are_accepted(world: World, name: str, value: str) -> None:
    assert world.get(**{name: value})["statusCode"] == 200


@pytest.mark.parametrize("status", ["", "completed", "DONE", "COMPLETED,FAILED"])
def test_an_unknown_status_is_a_bad_request_that_names_those_there_are(world: World, status: str) -> None:
    response = world.get(status=status)

    assert response["statusCode"] == 400
    assert "DECLARED, RECEIVED, VALIDATED" in body_of(response)["detail"]


@pytest.mark.parametrize("query", [{"from_": "2026-11-21"}, {"to": "2026-11-19"}])
def test_a_cursor_of_a_list_of_other_times_is_a_bad_request(world: World, query: dict[str, Any]) -> None:
    cursor = encode_cursor("nordbank", Position(received_at="2026-11-20T12:00:00.000000Z", upload_id="1" * 32))

    response = world.get(cursor=cursor, **query)

    assert response["statusCode"] == 400
    assert body_of(response)["type"].endswith(":invalid-cursor")
