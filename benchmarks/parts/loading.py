"""Ways to write the rows of a report into the transactions table, and what each costs."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from math import ceil
from random import Random
from time import perf_counter, process_time
from typing import Any, Final, NamedTuple

from benchmarks.parts.outcome import BenchmarkError
from benchmarks.parts.reports import KINDS, lines
from benchmarks.parts.submission import BANK
from functions.report.format.definition import COLUMNS
from functions.report.transactions import read_rows
from functions.transformation.backoff import Backoff
from functions.transformation.loader import BATCH_ROWS, Loader
from functions.transformation.stored_transactions import StoredTransaction
from functions.transformation.transactions_table import DynamoDBTransactions, item
from functions.transformation.upload_statuses import UploadStatusesTable
from local.cloud.clients import Cloud
from local.cloud.tables import table_request
from shared.contracts.tables import TRANSACTIONS

OURS: Final = "ours"
_RANGE_ROWS: Final = 5_000
"""One run of our loader loads a range; the others have no such limit."""
_TRANSACTION_ACTIONS: Final = 100
_UNIT_BYTES: Final = 1_024
"""Of an item, that one write unit pays for (DynamoDB pricing)."""
_IF_NEW: Final = f"attribute_not_exists({TRANSACTIONS.partition_key})"

Write = Callable[[Cloud, str, Sequence[StoredTransaction]], Counter[str]]
"""Writes rows into a table, and returns the requests that it took, by operation."""


class Units(NamedTuple):
    """Write and read units for one row, computed: MiniStack counts no index."""

    write: float
    read: float = 0


class Way(NamedTuple):
    """One way to write rows; `new` and `known` compute what a row costs that is new, and one that exists."""

    name: str
    title: str
    leaves_out: str
    write: Write
    new: Callable[[int], Units]
    known: Callable[[int], Units]


@dataclass(frozen=True, kw_only=True)
class Run:
    """What it took to write all rows; times in seconds, CPU of the client alone."""

    requests: int
    cpu: float
    seconds: float


def rows_of_report(count: int) -> list[StoredTransaction]:
    """The rows of a generated report."""
    content = "".join(islice(lines(KINDS["numbered"], count), 1, None)).encode()
    found = read_rows(content, columns=COLUMNS, first_line=2)
    return [StoredTransaction.of(row, bank_id=BANK, upload_id="0" * 32) for row in found]


def units_of_item(row: StoredTransaction) -> int:
    """Write units of one copy of a row, by the size of its attributes' names and values."""
    return ceil(sum(len(name) + _bytes(value) for name, value in item(row).items()) / _UNIT_BYTES)


def _bytes(value: Mapping[str, str]) -> int:
    # Two digits of a number take one byte.
    return len(value["S"].encode()) if "S" in value else len(value["N"]) // 2 + 2


def make_table(cloud: Cloud, name: str) -> None:
    """Make an empty transactions table with its index."""
    cloud.dynamodb.create_table(**table_request(name, TRANSACTIONS))


def measure(way: Way, cloud: Cloud, table: str, rows: Sequence[StoredTransaction]) -> Run:
    """Write the rows, and check that the table has each of them once.

    Raises:
        BenchmarkError: it has not.
    """
    cpu, start = process_time(), perf_counter()
    requests = way.write(cloud, table, rows)
    run = Run(requests=requests.total(), cpu=process_time() - cpu, seconds=perf_counter() - start)
    found = sum(page["Count"] for page in _pages(cloud, table))
    if found != len(rows):
        raise BenchmarkError(f"{way.title} should have written {len(rows)} rows, the table has {found}")
    return run


def _pages(cloud: Cloud, table: str) -> Iterator[Mapping[str, Any]]:
    yield from cloud.dynamodb.get_paginator("scan").paginate(TableName=table, Select="COUNT")


class _Unlimited:
    """A clock that never ends a run."""

    def check(self) -> None:
        """See `TimeLeft.check`."""

    def remaining(self) -> float:
        """See `TimeLeft.remaining`."""
        return float("inf")

    def sleep(self, seconds: float, /) -> None:
        """Nothing is throttled on the local cloud, so a wait would be an error."""
        raise BenchmarkError(f"the local table was busy: asked to wait for {seconds} s")


def _counting(client: Any) -> Counter[str]:
    """The requests that a client sends from now on, by operation."""
    sent: Counter[str] = Counter()
    client.meta.events.register("before-send.dynamodb", lambda event_name, **_: sent.update([event_name]))
    return sent


def _ours(cloud: Cloud, table: str, rows: Sequence[StoredTransaction]) -> Counter[str]:
    client = cloud.dynamodb
    sent = _counting(client)
    for start in range(0, len(rows), _RANGE_ROWS):
        Loader(
            table=DynamoDBTransactions(client, table, uploads_table="uploads"),
            uploads=UploadStatusesTable(client, "uploads"),
            attempt="a" * 32,
            backoff=Backoff(time_left=_Unlimited(), random=Random(1)),  # noqa: S311 - not for secrets
        ).load(rows[start : start + _RANGE_ROWS])
    return sent


def _put_item(cloud: Cloud, table: str, rows: Sequence[StoredTransaction]) -> Counter[str]:
    client = cloud.dynamodb
    sent = _counting(client)
    for row in rows:
        try:
            client.put_item(TableName=table, Item=item(row), ConditionExpression=_IF_NEW)
        except client.exceptions.ConditionalCheckFailedException:
            continue
    return sent


def _batch_writer(cloud: Cloud, table: str, rows: Sequence[StoredTransaction]) -> Counter[str]:
    resource = cloud.session.resource("dynamodb", endpoint_url=cloud.endpoint_url)
    sent = _counting(resource.meta.client)
    with resource.Table(table).batch_writer() as batch:
        for row in rows:
            batch.put_item(Item=_plain(item(row)))
    return sent


def _plain(stored: Mapping[str, Mapping[str, str]]) -> dict[str, str | Decimal]:
    return {name: value["S"] if "S" in value else Decimal(value["N"]) for name, value in stored.items()}


def _transact_write_items(cloud: Cloud, table: str, rows: Sequence[StoredTransaction]) -> Counter[str]:
    client = cloud.dynamodb
    sent = _counting(client)
    for start in range(0, len(rows), _TRANSACTION_ACTIONS):
        puts: list[Any] = [
            {"Put": {"TableName": table, "Item": item(row), "ConditionExpression": _IF_NEW}}
            for row in rows[start : start + _TRANSACTION_ACTIONS]
        ]
        try:
            client.transact_write_items(TransactItems=puts)
        except client.exceptions.TransactionCanceledException:
            continue
    return sent


def _reading_ahead(unit: int) -> Units:
    """One batch of each range finds its rows in the table; then they are read, 4 KB for a unit."""
    return Units(unit * BATCH_ROWS / _RANGE_ROWS, ceil(unit / 4))


# A new row is written twice, to the table and to its index. A condition that is not met costs a write to the table.
WAYS: Final = (
    Way(OURS, "ours", "nothing", _ours, lambda unit: Units(2 * unit), _reading_ahead),
    Way(
        "put_item",
        "`put_item` under a condition, row by row",
        "comparing a row that exists",
        _put_item,
        lambda unit: Units(2 * unit),
        Units,
    ),
    Way(
        "batch_writer",
        "`batch_writer`",
        "conditions: it overwrites what exists, conflicts and other uploads' rows too",
        _batch_writer,
        lambda unit: Units(2 * unit),
        Units,
    ),
    Way(
        "transact_write_items",
        "`TransactWriteItems` of 100 rows",
        "rows beside one that exists: they are cancelled with it",
        _transact_write_items,
        lambda unit: Units(3 * unit),
        lambda unit: Units(2 * unit),
    ),
)
