"""The query of `./dev bench large` sees what is in the table, whether it scans or reads by key."""

from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from benchmarks.parts import content
from benchmarks.parts.content import Content, differences, report_rows, row_count, stored_rows
from benchmarks.parts.loading import make_table, rows_of_report
from benchmarks.parts.reports import KINDS, lines, write
from benchmarks.parts.submission import BANK
from functions.transformation.transactions_table import item
from local.cloud.clients import Cloud

pytestmark = pytest.mark.e2e

ROWS = 230


def test_what_is_missing_or_changed_is_found_in_either_way(
    endpoint_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, table, cloud = tmp_path / "report.csv", f"content-{uuid4().hex}", Cloud(endpoint_url=endpoint_url)
    write(path, lines(KINDS["numbered"], ROWS))
    make_table(cloud, table)
    rows = rows_of_report(ROWS)
    for row in rows:
        cloud.dynamodb.put_item(TableName=table, Item=item(row))

    def found() -> list[str]:
        stored = Content.of(stored_rows(cloud, table, bank_id=BANK, report=path, count=ROWS))
        return differences(Content.of(report_rows(path)), stored)

    for scanned_rows in (ROWS, 0):
        monkeypatch.setattr(content, "SCANNED_ROWS", scanned_rows)
        assert not found()
    assert row_count(cloud, table) == ROWS

    changed = item(rows[3]) | {"amount": {"N": f"{rows[3].amount + Decimal('0.01'):f}"}}
    cloud.dynamodb.put_item(TableName=table, Item=changed)
    cloud.dynamodb.delete_item(TableName=table, Key={"transaction_key": {"S": rows[7].key}})
    for scanned_rows in (ROWS, 0):
        monkeypatch.setattr(content, "SCANNED_ROWS", scanned_rows)
        assert f"the report has {ROWS} rows, the table {ROWS - 1}" in found()
        assert "2 rows of the report are not in the table, 1 of the table not in the report" in found()
