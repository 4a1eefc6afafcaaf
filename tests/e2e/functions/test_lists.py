"""Lists of uploads and transactions on MiniStack: the queries are valid, and resume exactly where a page ended."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from functions.common.aws.uploads_table import UploadsTable
from functions.common.banks import Bank
from functions.status.cursor import Position
from functions.status.selection import Selection
from functions.status.uploads_by_bank import UploadsIndex
from functions.transactions.cursor import decode_cursor, encode_cursor
from functions.transactions.transactions import START, Transactions
from functions.transactions.transactions_by_time import TransactionsIndex
from functions.transformation.stored_transactions import StoredTransaction, Written
from functions.transformation.transactions_table import DynamoDBTransactions
from shared.contracts.uploads import UploadStatus
from tests.e2e.functions.conftest import World
from tests.unit.functions.fakes import upload

pytestmark = pytest.mark.e2e
DATE = "2026-11-20"


@pytest.fixture
def bank() -> Bank:
    """A bank that has nothing yet."""
    return Bank(bank_id=f"bank-{uuid4().hex[:12]}", name="A bank")


def rows(bank: Bank, count: int) -> list[StoredTransaction]:
    """Transactions of a few seconds, so that many have the same time, in two currencies."""
    return [
        StoredTransaction(
            bank_id=bank.bank_id,
            upload_id="1" * 32,
            line=number + 2,
            transaction_id=f"T-{number}",
            amount=Decimal(number + 1),
            currency="JPY" if number % 3 else "EUR",
            timestamp=f"{DATE}T12:00:0{number * 7 % 5}.000000Z",
        )
        for number in range(count)
    ]


def listed(world: World, bank: Bank, *, currency: str | None, limit: int) -> Iterator[str]:
    """The ids on all pages; each starts after the cursor of the last one."""
    transactions = Transactions(by_time=TransactionsIndex(world.dynamodb, "transactions"))
    after = START
    while True:
        page = transactions.of_day(bank, DATE, currency=currency, limit=limit, after=after)
        yield from (each.transaction_id for each in page.transactions)
        if page.marks is None:
            return
        cursor = encode_cursor(bank.bank_id, DATE, page.marks)
        after = decode_cursor(cursor, bank_id=bank.bank_id, day=DATE)


@pytest.mark.parametrize("limit", [1, 7, 1_000])
def test_pages_hold_every_loaded_transaction_once_in_order_of_time(world: World, bank: Bank, limit: int) -> None:
    table = DynamoDBTransactions(world.dynamodb, "transactions", uploads_table="uploads")
    known = rows(bank, 50)
    other_day = replace(known[0], transaction_id="other-day", timestamp="2026-11-21T00:00:00.000000Z")
    assert set(table.insert(known[:25])) | set(table.insert(known[25:])) | set(table.insert([other_day])) == {
        Written.DONE
    }
    at = {each.transaction_id: each.timestamp for each in known}

    for currency in (None, "EUR"):
        found = list(listed(world, bank, currency=currency, limit=limit))
        assert sorted(found) == sorted(each.transaction_id for each in known if currency in (None, each.currency))
        assert [at[each] for each in found] == sorted(at[each] for each in found)


def test_uploads_are_selected_by_status_and_time(world: World, bank: Bank) -> None:
    uploads, index = UploadsTable(world.dynamodb, "uploads"), UploadsIndex(world.dynamodb, "uploads")
    at = [f"2026-11-2{day}T00:00:00.000000Z" for day in range(6)]
    known: list[Any] = [
        upload(
            upload_id=uuid4().hex,
            bank_id=bank.bank_id,
            received_at=time,
            status=UploadStatus.REJECTED if number % 2 else UploadStatus.RECEIVED,
        )
        for number, time in enumerate(at)
    ]
    assert all(map(uploads.begin, known))

    between = Selection(earliest=at[1], latest=at[4])
    assert index.page(bank.bank_id, between, limit=10, after=None).uploads == known[4:0:-1]
    rejected = replace(between, status=UploadStatus.REJECTED)
    first = index.page(bank.bank_id, rejected, limit=1, after=None)
    second = index.page(bank.bank_id, rejected, limit=1, after=first.last)
    assert [first.uploads, second.uploads] == [[known[3]], [known[1]]]
    outside = Position(received_at=at[5], upload_id=known[5].upload_id)
    with pytest.raises(ClientError, match="ValidationException"):
        index.page(bank.bank_id, between, limit=1, after=outside)
