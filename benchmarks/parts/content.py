"""What a report and a table contain, to see whether they are the same: the law, checked without the pipeline's code."""

import csv
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from local.cloud.clients import Cloud
from shared.contracts.tables import TRANSACTIONS, transaction_key

SCANNED_ROWS: Final = 50_000
"""MiniStack sorts the whole table for each page of a scan: 62,000 rows take 40 s, and twice as many four times that."""
_BATCH_KEYS: Final = 100
"""That one request reads (BatchGetItem)."""
_DIGEST_BYTES: Final = 8
"""Two different rows among ten million have the same digest with a probability of one to 400,000."""


class Row(NamedTuple):
    """One transaction, of a report or of the table."""

    transaction_id: str
    amount: Decimal
    currency: str

    @property
    def digest(self) -> int:
        """The same for the same id, value and currency, however many zeros the amount ends with."""
        text = f"{self.transaction_id},{self.amount.normalize():f},{self.currency}"
        return int.from_bytes(blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest())


@dataclass(frozen=True, kw_only=True)
class Content:
    """Exact sums by currency, and a digest of each row in ascending order: so ten million rows fit into memory."""

    totals: Mapping[str, Decimal]
    digests: "array[int]"

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.digests)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Content":
        """Add up rows, each of which is read once."""
        totals: defaultdict[str, Decimal] = defaultdict(Decimal)
        digests = array("Q")
        for row in rows:
            totals[row.currency] += row.amount
            digests.append(row.digest)
        return cls(totals=dict(totals), digests=array("Q", sorted(digests)))


def differences(report: Content, stored: Content) -> list[str]:
    """In what the table differs from the report, a line each; none if it has every row once, and nothing else."""
    found = []
    if report.rows != stored.rows:
        found.append(f"the report has {report.rows:,} rows, the table {stored.rows:,}")
    for currency in sorted({*report.totals, *stored.totals}):
        expected, total = (each.totals.get(currency, Decimal()) for each in (report, stored))
        if expected != total:
            found.append(f"the report's {currency} are {expected:f}, the table's {total:f}")
    if report.digests != stored.digests:
        expected_rows, stored_rows = Counter(report.digests), Counter(stored.digests)
        missing, foreign = (expected_rows - stored_rows).total(), (stored_rows - expected_rows).total()
        found.append(f"{missing:,} rows of the report are not in the table, {foreign:,} of the table not in the report")
    twice = sum(one == other for one, other in pairwise(stored.digests))
    if twice:
        found.append(f"{twice:,} rows are in the table more than once")
    return found


def report_rows(path: Path) -> Iterator[Row]:
    """The rows of a report, as the standard library's reader sees them."""
    with path.open(encoding="utf-8", newline="") as file:
        for fields in csv.DictReader(file):
            yield Row(fields["transaction_id"], Decimal(fields["amount"]), fields["currency"])


def stored_rows(cloud: Cloud, table: str, *, bank_id: str, report: Path, count: int) -> Iterator[Row]:
    """The rows of a table that one report of so many rows has filled.

    Up to `SCANNED_ROWS` they are scanned. Of a longer table, the rows with the report's ids are read, and
    `row_count` has to be compared as well.
    """
    if count <= SCANNED_ROWS:
        for page in cloud.dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            yield from map(_row, page["Items"])
        return
    keys = (transaction_key(bank_id, row.transaction_id) for row in report_rows(report))
    while batch := list(islice(keys, _BATCH_KEYS)):
        wanted: Any = {table: {"Keys": [{TRANSACTIONS.partition_key: {"S": key}} for key in batch]}}
        while wanted:
            answer = cloud.dynamodb.batch_get_item(RequestItems=wanted)
            yield from map(_row, answer["Responses"].get(table, []))
            wanted = answer["UnprocessedKeys"]


def row_count(cloud: Cloud, table: str) -> int:
    """The table's own count of its rows; that of the local cloud is exact."""
    return cloud.dynamodb.describe_table(TableName=table)["Table"]["ItemCount"]


def _row(item: Mapping[str, Any]) -> Row:
    return Row(item["transaction_id"]["S"], Decimal(item["amount"]["N"]), item["currency"]["S"])
