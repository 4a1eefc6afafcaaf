"""GET /transactions: a bank's transactions of a day, in order of time, each on one page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.common import cursors
from functions.common.http import ProxyResponse, serve
from functions.transactions.cursor import decode_cursor, encode_cursor
from functions.transactions.handler import get_transactions
from functions.transactions.listed_transactions import ListedTransaction, Mark, ShardPage
from functions.transactions.transactions import Transactions
from shared.contracts.api import MAX_EXAMINED
from shared.contracts.tables import TIME_SHARDS
from tests.unit.functions.bank import BANKS, KEY, OTHER_KEY, body_of, called_with
from tests.unit.functions.fakes import FakeContext

DATE = "2026-11-20"
NONE: list[Any] = [None] * TIME_SHARDS


@dataclass
class FakeIndex:
    """The index by time as DynamoDB has it: items of the same time are in an order of its own, by which it resumes."""

    shards: Mapping[int, Sequence[ListedTransaction]] = field(default_factory=dict)
    bank_id: str = "nordbank"
    looked_at: int = 0
    queries: int = 0

    def page(self, bank_id: str, date: str, shard: int, *, limit: int, after: Mark | None) -> ShardPage:
        assert limit > 0
        rows = self.shards.get(shard, ()) if (bank_id, date) == (self.bank_id, DATE) else ()
        left = sorted((each for each in rows if after is None or _place(each) > _place(after)), key=_place)
        page = left[:limit]
        self.queries += 1
        self.looked_at += len(page)
        # As in DynamoDB, a page that ends with the last item may promise another one, which is empty.
        return ShardPage(transactions=page, last=_mark(page[-1]) if len(left) >= limit else None)


def _place(each: ListedTransaction | Mark) -> tuple[str, str]:
    return each.timestamp, each.transaction_id[::-1]


def _mark(each: ListedTransaction) -> Mark:
    return Mark(timestamp=each.timestamp, transaction_id=each.transaction_id)


def stored(number: int, *, second: int = 0, currency: str = "EUR", amount: str = "1.5") -> ListedTransaction:
    return ListedTransaction(
        transaction_id=f"T-{number}",
        amount=Decimal(amount),
        currency=currency,
        timestamp=f"{DATE}T00:00:{second:02}.000000Z",
        upload_id="1" * 32,
        line=number + 2,
    )


def index_of(rows: Iterable[tuple[int, ListedTransaction]]) -> FakeIndex:
    shards: dict[int, list[ListedTransaction]] = {}
    for shard, row in rows:
        shards.setdefault(shard, []).append(row)
    return FakeIndex(shards=shards)


def get(index: FakeIndex, *, key: str = KEY, **query: str) -> ProxyResponse:
    event = {**called_with(key), "queryStringParameters": query or None}
    return serve(event, FakeContext(), lambda request: get_transactions(request, BANKS, Transactions(by_time=index)))


def pages(index: FakeIndex, **query: str) -> list[list[dict[str, Any]]]:
    found = []
    while True:
        page = body_of(get(index, **query))
        found.append(page["transactions"])
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


ROWS = st.lists(
    st.tuples(st.integers(0, TIME_SHARDS - 1), st.integers(0, 3), st.sampled_from(["EUR", "JPY"])), max_size=60
)


@given(rows=ROWS, currency=st.none() | st.sampled_from(["EUR", "JPY", "USD"]), limit=st.integers(1, 20))
def test_pages_hold_every_transaction_once_in_order_of_time(
    rows: list[tuple[int, int, str]], currency: str | None, limit: int
) -> None:
    known = [(shard, stored(number, second=at, currency=of)) for number, (shard, at, of) in enumerate(rows)]
    query = {"date": DATE, "limit": str(limit)} | ({"currency": currency} if currency else {})

    found = pages(index_of(known), **query)

    wanted = [(shard, row) for shard, row in known if currency in (None, row.currency)]
    oracle = sorted(wanted, key=lambda each: (each[1].timestamp, each[0], _place(each[1])))
    assert [each["transaction_id"] for page in found for each in page] == [row.transaction_id for _, row in oracle]
    assert all(len(page) == limit for page in found[:-1])


def test_a_currency_that_is_rare_gives_short_pages_which_go_on() -> None:
    common = [(number % TIME_SHARDS, stored(number, second=number % 50)) for number in range(2 * MAX_EXAMINED + 10)]
    rare = (3, stored(999_999, second=51, currency="CHF"))
    index = index_of([*common, rare])

    found = pages(index, date=DATE, currency="CHF", limit="5")

    assert [len(page) for page in found] == [0, 0, 1]
    assert found[2][0]["transaction_id"] == "T-999999"
    # What was read ahead of the last page's end is read again, once.
    assert index.looked_at < 3 * 2 * (MAX_EXAMINED + TIME_SHARDS)


def test_a_page_takes_one_query_for_each_shard_if_they_have_as_many() -> None:
    index = index_of((number % TIME_SHARDS, stored(number, second=number % 60)) for number in range(5_000))

    body_of(get(index, date=DATE, limit="1000"))

    assert index.queries == TIME_SHARDS


def test_a_day_whose_transactions_are_all_in_one_shard_is_listed() -> None:
    index = index_of((7, stored(number)) for number in range(345))

    at_once, bit_by_bit = (pages(index, date=DATE, limit=limit) for limit in ("1000", "7"))

    assert at_once == [list(chain.from_iterable(bit_by_bit))]
    assert len(at_once[0]) == 345


def test_a_transaction_is_shown_with_all_decimals_of_its_currency() -> None:
    amounts = [("EUR", "1.5", "1.50"), ("JPY", "-500", "-500"), ("EUR", "1E+3", "1000.00"), ("BHD", "0.001", "0.001")]
    amounts += [("EUR", "123456789012345.67", "123456789012345.67"), ("CLF", "-0.1", "-0.1000")]
    # Currencies change: what was loaded is shown as it was.
    amounts += [("XXX", "1.25", "1.25"), ("JPY", "1.25", "1.25")]
    rows = [stored(number, second=number, currency=each[0], amount=each[1]) for number, each in enumerate(amounts)]

    page = pages(index_of((0, row) for row in rows), date=DATE)[0]

    assert [each["amount"] for each in page] == [shown for _, _, shown in amounts]
    assert page[0] == {
        "transaction_id": "T-0",
        "amount": "1.50",
        "currency": "EUR",
        "timestamp": "2026-11-20T00:00:00.000000Z",
        "upload_id": "1" * 32,
        "line": 2,
    }


def test_a_bank_sees_its_own_transactions_of_that_day_only() -> None:
    index = index_of([(0, stored(1))])
    empty: dict[str, Any] = {"transactions": [], "next_cursor": None}

    assert body_of(get(index, date=DATE, key=OTHER_KEY)) == empty
    assert body_of(get(index, date="2026-11-21")) == empty
    assert get(index, date=DATE, key="made-up")["statusCode"] == 403


@pytest.mark.parametrize(
    "query",
    [
        {},
        *(
            {"date": text}
            for text in ("", "20261120", "2026-11-31", "2026-W47-5", "2026-11-20T00:00:00Z", "0000-01-01")
        ),
        {"date": "\u0662\u0660\u0662\u0666-11-20"},
        *({"date": DATE, "currency": text} for text in ("", "eur", "EURO", "XXX")),
        *({"date": DATE, "limit": text} for text in ("0", "1001", "-1", "1_0", "")),
    ],
)
def test_an_invalid_parameter_is_a_bad_request(query: dict[str, str]) -> None:
    response = get(FakeIndex(), **query)

    assert response["statusCode"] == 400
    assert body_of(response)["type"].endswith(":invalid-parameter")


def cursor_with(*marks: Any, bank_id: str = "nordbank", date: str = DATE) -> str:
    return cursors.encode([bank_id, date, [*marks, *NONE][:TIME_SHARDS]])


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "%%%",
        "A" * 3_000,
        cursor_with(bank_id="alpenbank"),
        cursor_with(date="2026-11-21"),
        cursors.encode(["nordbank", DATE, NONE[1:]]),
        cursors.encode(["nordbank", DATE, [*NONE, None]]),
        cursors.encode(["nordbank", DATE, "x" * TIME_SHARDS]),
        cursors.encode(["nordbank", DATE]),
        cursor_with(0),
        cursor_with([]),
        cursor_with({}),
        cursor_with(["12:00:00.000000Z"]),
        cursor_with(["12:00:00.000000Z", 1]),
        cursor_with(["12:00:00.000000Z", ""]),
        cursor_with(["12:00:00.000000Z", "x" * 65]),
        cursor_with(["12:00:00.000000Z", "a#b"]),
        cursor_with(["12:00:00.000000Z", "\ud800"]),
        cursor_with(["12:00:00.000000Z", "a\n"]),
        cursor_with(["12:00:00Z", "a"]),
        cursor_with(["\u0661\u0662:00:00.000000Z", "a"]),
        cursor_with([f"{DATE}T12:00:00.000000Z", "a"]),
    ],
)
def test_a_cursor_that_is_damaged_invented_or_of_another_list_is_a_bad_request(cursor: str) -> None:
    response = get(FakeIndex(), date=DATE, cursor=cursor)

    assert response["statusCode"] == 400
    assert body_of(response)["type"].endswith(":invalid-cursor")


TIMES = st.datetimes().map(lambda at: f"{DATE}T{at:%H:%M:%S.%f}Z")
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
MARKS = st.none() | st.builds(Mark, timestamp=TIMES, transaction_id=IDS)


@given(marks=st.lists(MARKS, min_size=TIME_SHARDS, max_size=TIME_SHARDS))
def test_a_cursor_has_the_exact_position_in_each_shard(marks: list[Mark | None]) -> None:
    assert list(decode_cursor(encode_cursor("nordbank", DATE, marks), bank_id="nordbank", day=DATE)) == marks


def test_the_longest_cursor_is_accepted() -> None:
    mark = Mark(timestamp=f"{DATE}T23:59:59.999999Z", transaction_id="x" * 64)
    cursor = encode_cursor("b" * 64, DATE, [mark] * TIME_SHARDS)

    assert decode_cursor(cursor, bank_id="b" * 64, day=DATE) == (mark,) * TIME_SHARDS


@given(st.binary() | st.text().map(str.encode))
def test_no_text_as_a_cursor_is_an_internal_error(content: bytes) -> None:
    text = content.decode(errors="surrogateescape")

    assert get(FakeIndex(), date=DATE, cursor=text)["statusCode"] == 400
