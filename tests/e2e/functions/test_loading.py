"""The tables of loading do on MiniStack what their ports promise, and so does the tests' fake."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from functions.common.aws.uploads_table import UploadsTable, to_item
from functions.common.errors import SupersededError
from functions.common.times import timestamp, utc_now
from functions.report.format.definition import COLUMNS
from functions.transformation import handler as transformation
from functions.transformation.loader import Loader
from functions.transformation.stored_transactions import (
    StoredTransaction,
    TransactionsTable,
    UploadStatuses,
    Written,
)
from functions.transformation.transactions_table import DynamoDBTransactions, WriteError
from functions.transformation.upload_statuses import UploadStatusesTable
from shared.contracts.objects import LOADS_PREFIX, load_key, report_key
from shared.contracts.uploads import NO_ATTEMPT, UploadStatus
from shared.contracts.workflow import RangeLoaded
from tests.e2e.functions.conftest import World
from tests.unit.functions.fakes import FakeContext, upload
from tests.unit.functions.transformation.world import ATTEMPT, FakeTable, backoff, counts, transactions

pytestmark = pytest.mark.e2e


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Both tables, with the rows of a bank of its own: `fake` is None if they are real."""

    table: TransactionsTable
    statuses: UploadStatuses
    client: Any
    fake: FakeTable | None
    bank_id: str

    def rows(self, count: int, *, upload_id: str = "u1", amount: str = "1.50") -> list[StoredTransaction]:
        return transactions(count, upload_id=self.own(upload_id), bank_id=self.bank_id, amount=amount)

    def own(self, upload_id: str) -> str:
        """The id of an upload that no other test has."""
        return f"{self.bank_id}-{upload_id}"

    def set(self, upload_id: str, status: UploadStatus, attempt: str = ATTEMPT) -> None:
        """Bring a new upload to a status."""
        if self.fake:
            self.fake.set(self.own(upload_id), status, attempt)
            return
        uploads = UploadsTable(self.client, "uploads")
        known = upload(upload_id=self.own(upload_id), status=UploadStatus.RECEIVED, attempt=attempt)
        assert uploads.begin(known)
        for each in (UploadStatus.VALIDATED, UploadStatus.LOADING, status):
            if status is not UploadStatus.RECEIVED:
                uploads.advance(known.upload_id, attempt, each, at="then")

    def replaced(self, upload_id: str) -> int | None:
        if self.fake:
            return self.fake.uploads[self.own(upload_id)].replaced
        known = UploadsTable(self.client, "uploads").get(self.own(upload_id))
        assert known is not None
        return known.replaced

    def read(self, rows: Sequence[StoredTransaction]) -> list[StoredTransaction | None]:
        found = self.table.read([row.key for row in rows])
        return [found[row.key] for row in rows]

    def load(self, rows: Sequence[StoredTransaction]) -> RangeLoaded:
        return Loader(table=self.table, uploads=self.statuses, attempt=ATTEMPT, backoff=backoff()).load(rows)

    def replace(self, rows: Sequence[StoredTransaction], owner: str = "u0") -> Written:
        owned = self.own(owner)
        return self.table.replace([row.replacing(owned, attempt=ATTEMPT) for row in rows], owner=owned)


@pytest.fixture(params=["real", "fake"])
def tables(request: pytest.FixtureRequest, world: World) -> Tables:
    if request.param == "fake":
        fake = FakeTable()
        return Tables(table=fake, statuses=fake, client=None, fake=fake, bank_id=uuid4().hex)
    return Tables(
        table=DynamoDBTransactions(world.dynamodb, "transactions", uploads_table="uploads"),
        statuses=UploadStatusesTable(world.dynamodb, "uploads"),
        client=world.dynamodb,
        fake=None,
        bank_id=uuid4().hex,
    )


def test_a_row_is_written_once_and_never_overwritten(tables: Tables) -> None:
    rows = tables.rows(25, amount="999999999999999.1230")
    others = tables.rows(25, amount="-1", upload_id="u2")

    assert list(tables.table.insert(rows[:20])) == [Written.DONE] * 20
    assert list(tables.table.insert(others)) == [Written.UNMET] * 20 + [Written.DONE] * 5

    assert tables.read(rows) == [*rows[:20], *others[20:]]
    assert tables.table.read(["none#none"]) == {"none#none": None}


def test_a_row_is_marked_only_while_it_is_the_same(tables: Tables) -> None:
    rows = tables.rows(3, amount="1.5")
    tables.table.insert(rows[:2])
    changed = [replace(rows[1], amount=rows[1].amount + 1), replace(rows[1], upload_id="other"), rows[2]]

    assert list(tables.table.mark([tables.rows(1, amount="1.50")[0], *changed], also_in="u9")) == [
        Written.DONE,
        *[Written.UNMET] * 3,
    ]

    assert tables.read(rows) == [replace(rows[0], also_in="u9"), rows[1], None]


@pytest.mark.parametrize("count", [1, 98])
def test_rows_of_a_failed_upload_are_replaced_together_and_counted(tables: Tables, count: int) -> None:
    tables.table.insert(tables.rows(25, upload_id="u0"))
    for start in range(25, count, 25):
        tables.table.insert(tables.rows(count, upload_id="u0")[start : start + 25])
    tables.set("u0", UploadStatus.FAILED)
    tables.set("u1", UploadStatus.LOADING)
    rows = tables.rows(count, amount="9")

    assert tables.replace(rows) is Written.DONE
    assert tables.read(rows) == [row.replacing(tables.own("u0"), attempt=ATTEMPT) for row in rows]
    assert tables.replaced("u1") == count
    assert tables.replace(rows) is Written.UNMET
    assert tables.replaced("u1") == count


@pytest.mark.parametrize("status", [UploadStatus.RECEIVED, UploadStatus.LOADING, UploadStatus.COMPLETED])
def test_nothing_is_replaced_unless_the_owner_has_failed(tables: Tables, status: UploadStatus) -> None:
    tables.table.insert(tables.rows(2, upload_id="u0"))
    tables.set("u0", status)
    tables.set("u1", UploadStatus.LOADING)

    assert tables.replace(tables.rows(2, amount="9")) is Written.UNMET
    assert tables.read(tables.rows(2)) == tables.rows(2, upload_id="u0")
    assert tables.replaced("u1") is None


def test_one_row_that_may_not_be_replaced_keeps_the_others(tables: Tables) -> None:
    first = tables.rows(3, upload_id="u0")
    tables.table.insert(first)
    tables.table.mark(first[1:2], also_in="u9")
    tables.set("u0", UploadStatus.FAILED)
    tables.set("u1", UploadStatus.LOADING)

    assert tables.replace(tables.rows(3, amount="9")) is Written.UNMET
    assert tables.read(first) == [first[0], replace(first[1], also_in="u9"), first[2]]
    assert tables.replaced("u1") is None


@pytest.mark.parametrize(
    ("status", "attempt"),
    [(UploadStatus.FAILED, ATTEMPT), (UploadStatus.COMPLETED, ATTEMPT), (UploadStatus.LOADING, "a2")],
)
def test_an_attempt_that_is_over_replaces_nothing(tables: Tables, status: UploadStatus, attempt: str) -> None:
    tables.table.insert(tables.rows(1, upload_id="u0"))
    tables.set("u0", UploadStatus.FAILED)
    tables.set("u1", status, attempt)

    with pytest.raises(SupersededError):
        tables.replace(tables.rows(1, amount="9"))
    assert tables.read(tables.rows(1)) == tables.rows(1, upload_id="u0")


def test_statuses_of_uploads_are_looked_up_together(tables: Tables) -> None:
    tables.set("u0", UploadStatus.FAILED)
    tables.set("u1", UploadStatus.LOADING)
    ids = [tables.own(each) for each in ("u0", "u1", "u2")]

    assert tables.statuses.statuses(ids) == dict(
        zip(ids, [UploadStatus.FAILED, UploadStatus.LOADING, None], strict=True)
    )


def test_the_loader_counts_alike(tables: Tables) -> None:
    tables.set("u0", UploadStatus.FAILED)
    tables.set("u1", UploadStatus.COMPLETED)
    tables.set("u2", UploadStatus.LOADING)
    tables.load(tables.rows(30, upload_id="u0", amount="1.5"))
    tables.load(tables.rows(40, upload_id="u0", amount="7")[30:])
    tables.load(tables.rows(50, amount="7")[40:])

    for _ in range(2):
        loaded = tables.load(tables.rows(60, upload_id="u2", amount="1.50"))

        assert (counts(loaded), loaded["replaced"]) == ((20, 30, 10), 10)
        assert loaded["loaded_totals"] == {"EUR": "30.00"}
        assert tables.replaced("u2") == 10


def test_a_missing_table_is_an_error_that_is_not_retried(world: World) -> None:
    table = DynamoDBTransactions(world.dynamodb, "none", uploads_table="uploads")

    with pytest.raises((WriteError, ClientError)):
        table.insert(transactions(1))
    with pytest.raises((WriteError, ClientError)):
        table.replace([row.replacing("u0", attempt=ATTEMPT) for row in transactions(1)], owner="u0")


REPORT = f"{','.join(COLUMNS)}\n".encode()
ROW = b"p-1,1.5,EUR,2026-11-20T10:00:00Z,nordbank\n"


def payload(world: World, attempt: str) -> dict[str, Any]:
    """What Transformation gets for a validated report of one row, apart from what version 1 does not have."""
    upload_id = uuid4().hex
    known = upload(upload_id=upload_id, status=UploadStatus.VALIDATED, attempt=attempt)
    world.dynamodb.put_item(TableName="uploads", Item=to_item(known))
    key = report_key("nordbank", upload_id)
    row = ROW.replace(b"p-1", upload_id.encode())
    etag = world.s3.put_object(Bucket="reports", Key=key, Body=REPORT + row)["ETag"]
    return {
        "upload_id": upload_id,
        "bank_id": "nordbank",
        "bucket": "reports",
        "key": key,
        "etag": etag,
        "columns": list(COLUMNS),
        "range": {"start": len(REPORT), "end": len(REPORT + row), "first_line": 2, "rows": 1},
    }


def test_a_result_is_stored_in_the_bucket_and_its_key_is_passed_on(world: World) -> None:
    event = payload(world, ATTEMPT) | {"version": 2, "attempt": ATTEMPT, "started_at": timestamp(utc_now())}

    returned: Any = transformation.handle(event, FakeContext(remaining=60_000))  # type: ignore[arg-type]

    assert returned == {"key": load_key("nordbank", event["upload_id"], ATTEMPT, start=len(REPORT), rows=1)}
    stored = json.loads(world.s3.get_object(Bucket="reports", Key=returned["key"])["Body"].read())
    assert stored["loaded_totals"] == {"EUR": "1.50"}


def test_an_execution_of_version_1_gets_the_result_itself(world: World) -> None:
    event = payload(world, NO_ATTEMPT)

    returned: Any = transformation.handle(event, FakeContext(remaining=60_000))  # type: ignore[arg-type]

    assert (counts(returned), returned["conflict_samples"]) == ((1, 0, 0), [])
    stored = world.s3.list_objects_v2(Bucket="reports", Prefix=f"{LOADS_PREFIX}nordbank/{event['upload_id']}")
    assert stored["KeyCount"] == 0
