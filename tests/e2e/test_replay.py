"""Tables are restored to a point in time: the reports that were stored since are run again, with the same result."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from functions.common.aws.uploads_table import UploadsTable
from local.demo.ledger import totals_by_upload
from local.deployment.outputs import Pipeline
from shared.contracts.tables import TRANSACTIONS, UPLOADS
from shared.contracts.uploads import UploadStatus
from tests.e2e.reports import fresh_report, send_and_follow
from tests.e2e.uploads import operate

pytestmark = pytest.mark.e2e

BANK = "bayside"


def keys_of(pipeline: Pipeline) -> dict[str, set[str]]:
    """What both tables have, by table."""
    found = {}
    for table, key in partition_keys(pipeline).items():
        pages = pipeline.cloud.dynamodb.get_paginator("scan").paginate(TableName=table)
        found[table] = {item[key]["S"] for page in pages for item in page["Items"]}
    return found


def partition_keys(pipeline: Pipeline) -> dict[str, str]:
    return {pipeline.uploads_table: UPLOADS.partition_key, pipeline.transactions_table: TRANSACTIONS.partition_key}


def restore(pipeline: Pipeline, before: dict[str, set[str]]) -> None:
    """Delete what both tables did not have before, as if they were restored; the local cloud cannot."""
    keys = partition_keys(pipeline)
    for table, now in keys_of(pipeline).items():
        for each in now - before[table]:
            pipeline.cloud.dynamodb.delete_item(TableName=table, Key={keys[table]: {"S": each}})


def test_what_was_stored_since_the_restored_time_is_loaded_again_with_the_same_result(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    before, since = keys_of(pipeline), datetime.now(UTC).isoformat(timespec="seconds")
    content = fresh_report(BANK)
    uploads: list[Any] = []
    for name, each in (("first.csv", content), ("second.csv", content.replace(b"-0,1.25", b"-0,9.00"))):
        report = tmp_path / name
        report.write_bytes(each)
        uploads.append(send_and_follow(pipeline, BANK, report))
    totals = totals_by_upload(pipeline.cloud.dynamodb, pipeline.transactions_table)
    restore(pipeline, before)

    done = operate(pipeline, "replay", "--since", since, "--bank", BANK, "--run")

    assert done.code == 0, done.output
    assert "2 reports were stored since" in done.output
    assert "COMPLETED: 3 loaded, 0 repeated, 0 in conflict" in done.output
    assert "COMPLETED: 0 loaded, 2 repeated, 1 in conflict" in done.output
    table = UploadsTable(pipeline.cloud.dynamodb, pipeline.uploads_table)
    known = [table.get(each.upload_id) for each in uploads]
    assert [each and each.status for each in known] == [UploadStatus.COMPLETED] * 2
    assert totals_by_upload(pipeline.cloud.dynamodb, pipeline.transactions_table) == totals
