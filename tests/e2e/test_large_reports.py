"""A report that does not fit in one request is loaded by the workflow for large reports, and fails as small ones do."""

import json
from decimal import Decimal
from typing import Any

import pytest

from functions.common.uploads import derive_upload_id
from local.deployment.outputs import Pipeline
from shared.contracts.api import MAX_REPORT_BYTES
from shared.contracts.objects import loads_prefix, manifest_key
from shared.contracts.uploads import AttemptBy, UploadStatus
from tests.e2e.reports import large_report
from tests.e2e.uploads import BANK, follow, operate, store

pytestmark = pytest.mark.e2e
ROWS = 40


def read(pipeline: Pipeline, key: str) -> bytes:
    s3 = pipeline.cloud.session.client("s3", endpoint_url=pipeline.cloud.endpoint_url)
    content: bytes = s3.get_object(Bucket=pipeline.reports_bucket, Key=key)["Body"].read()
    return content


def keys(pipeline: Pipeline, prefix: str) -> list[str]:
    s3 = pipeline.cloud.session.client("s3", endpoint_url=pipeline.cloud.endpoint_url)
    return [each["Key"] for each in s3.list_objects_v2(Bucket=pipeline.reports_bucket, Prefix=prefix)["Contents"]]


def map_runs(pipeline: Pipeline, execution: str) -> list[Any]:
    client = pipeline.cloud.session.client("stepfunctions", endpoint_url=pipeline.cloud.endpoint_url)
    runs = client.list_map_runs(executionArn=execution)["mapRuns"]
    return [client.describe_map_run(mapRunArn=each["mapRunArn"]) for each in runs]


def test_a_large_report_fails_as_a_small_one_does_and_is_run_again_range_by_range(pipeline: Pipeline) -> None:
    content = large_report(BANK, rows=ROWS)
    upload_id = derive_upload_id(BANK, content)
    store(pipeline, upload_id, b"x" * (MAX_REPORT_BYTES + 1))

    failed = follow(pipeline, upload_id, lambda each: each.dead_letter_at)
    assert (failed.status, failed.error) == (UploadStatus.FAILED, "WrongContentError")
    assert failed.execution is None or ":txn-large-load-" in failed.execution

    store(pipeline, upload_id, content)  # its event comes too late: the attempt has failed
    done = operate(pipeline, "redrive", upload_id)
    assert done.code == 0, done.output
    assert f"COMPLETED: {ROWS} loaded, 0 repeated, 0 in conflict" in done.output

    upload = follow(pipeline, upload_id, lambda each: each.notified_at)
    assert (upload.status, upload.rows, upload.loaded) == (UploadStatus.COMPLETED, ROWS, ROWS)
    assert upload.totals == {"EUR": str(ROWS * Decimal("1.25"))}
    assert upload.attempts[-1]["by"] == AttemptBy.REDRIVE
    assert upload.due_at is None
    shown = pipeline.client(BANK).upload_state(upload_id).body
    assert (shown["status"], shown["loaded"]) == ("COMPLETED", ROWS)

    explained = operate(pipeline, "explain", upload_id)
    assert explained.code == 0, explained.output
    assert "Execution   SUCCEEDED" in explained.output

    lines = read(pipeline, manifest_key(BANK, upload_id, upload.attempt)).splitlines()
    assert len(lines) > 1
    results = keys(pipeline, loads_prefix(BANK, upload_id, upload.attempt))
    assert len(results) == len(lines)
    assert sum(json.loads(read(pipeline, each))["loaded"] for each in results) == ROWS
    assert upload.execution
    (run,) = map_runs(pipeline, upload.execution)
    assert (run["status"], run["maxConcurrency"], run["itemCounts"]["total"]) == ("SUCCEEDED", 2, len(lines))
