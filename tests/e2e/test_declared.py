"""Reports that banks declare and store themselves by the link that they get, on the deployed local cloud."""

from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
import urllib3

from functions.common.aws.reports_bucket import CHUNK_BYTES
from functions.common.uploads import derive_upload_id
from local.demo.ledger import totals_by_upload
from local.deployment.outputs import Pipeline
from shared.contracts.objects import report_key
from shared.contracts.uploads import UploadStatus
from tests.e2e.reports import fresh_report, large_report, totals_of_file
from tests.e2e.uploads import BANK, LONG_AGO, follow, operate, plant, store, sweep
from tests.effort import nightly
from tools.client.api import Answer
from tools.client.files import Identity

pytestmark = pytest.mark.e2e
LARGE_ROWS: Final = 20_000


def declare(pipeline: Pipeline, content: bytes) -> Answer:
    identity = Identity(size=len(content), sha256=sha256(content).hexdigest())
    return pipeline.client(BANK).declare("daily.csv", identity)


def put(link: dict[str, Any], content: bytes, **headers: str | None) -> int:
    """Store bytes by a link, with other headers than its own, or without those that are None; S3's status."""
    sent = {name: value for name, value in {**link["headers"], **headers}.items() if value is not None}
    return urllib3.request("PUT", link["url"], body=content, headers=sent, retries=False).status


def is_stored(pipeline: Pipeline, upload_id: str) -> bool:
    s3 = pipeline.cloud.session.client("s3", endpoint_url=pipeline.cloud.endpoint_url)
    found = s3.list_objects_v2(Bucket=pipeline.reports_bucket, Prefix=report_key(BANK, upload_id))
    return found["KeyCount"] > 0


def test_a_declared_report_is_stored_by_its_link_loaded_and_known_from_then_on(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    content = fresh_report(BANK)
    path = tmp_path / "daily.csv"
    path.write_bytes(content)
    declared = declare(pipeline, content)
    assert (declared.status, declared.body["status"]) == (201, "DECLARED")
    upload_id = declared.body["upload_id"]
    assert upload_id == derive_upload_id(BANK, content)
    assert pipeline.client(BANK).upload_state(upload_id).body["status"] == "DECLARED"
    sent: list[int] = []

    pipeline.client(BANK).store(declared.body["put"], path, sent.append)

    assert sent == [len(content)]
    upload = follow(pipeline, upload_id, lambda each: each.notified_at)
    assert (upload.status, upload.loaded, upload.expires_at) == (UploadStatus.COMPLETED, 3, None)
    assert [each["by"] for each in upload.attempts] == ["declaration"]
    again = declare(pipeline, content)
    assert (again.status, again.body["status"], "put" in again.body) == (200, "COMPLETED", False)


def test_nothing_but_the_declared_bytes_can_be_stored(pipeline: Pipeline) -> None:
    content = fresh_report(BANK)
    declared = declare(pipeline, content)
    link, upload_id = declared.body["put"], declared.body["upload_id"]
    other = content.replace(b",1.25,", b",9.99,")
    digest = "x-amz-checksum-sha256"

    assert len(other) == len(content)
    assert put(link, other) == 400  # its digest is not the signed one
    assert put(link, content + b"\n", **{"content-length": str(len(content) + 1)}) == 403
    assert put(link, content, **{digest: None}) == 403
    assert put(link, other, **{digest: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}) == 403
    assert put(link, content, **{"content-type": "text/html"}) == 403
    elsewhere = {**link, "url": link["url"].replace(upload_id, "0" * 32)}
    assert put(elsewhere, content) == 403
    assert not is_stored(pipeline, upload_id)

    assert declare(pipeline, content).status == 201
    assert put(link, content) == 200
    assert follow(pipeline, upload_id, lambda each: each.notified_at).status is UploadStatus.COMPLETED


def test_a_declared_report_that_is_invalid_is_rejected_by_the_workflow(pipeline: Pipeline) -> None:
    content = fresh_report(BANK).replace(b"1.25,EUR", b"1.25,eur", 1)
    declared = declare(pipeline, content)

    assert put(declared.body["put"], content) == 200

    upload = follow(pipeline, declared.body["upload_id"], lambda each: each.notified_at)
    assert (upload.status, upload.error_count) == (UploadStatus.REJECTED, 1)
    shown = pipeline.client(BANK).upload_state(upload.upload_id).body
    assert [each["code"] for each in shown["errors"]] == ["currency.unknown"]


def test_an_ended_upload_whose_report_is_stored_runs_again_when_it_is_declared(pipeline: Pipeline) -> None:
    content = fresh_report(BANK)
    upload_id = plant(pipeline, content, UploadStatus.FAILED, size=len(content), error="StuckError")
    declared = declare(pipeline, content)
    assert (declared.status, declared.body["status"]) == (201, "DECLARED")
    plant(pipeline, content, UploadStatus.FAILED, size=len(content), error="StuckError")
    store(pipeline, upload_id, content)  # its event leads nowhere: the upload has ended

    again = declare(pipeline, content)

    assert (again.status, again.body["status"]) == (200, "RECEIVED")
    upload = follow(pipeline, upload_id, lambda each: each.notified_at)
    assert (upload.status, upload.began_by.value) == (UploadStatus.COMPLETED, "declaration")


def test_an_abandoned_declaration_is_withdrawn(pipeline: Pipeline) -> None:
    """It was declared long ago, and its link is over."""
    began = [{"id": "a", "began_at": LONG_AGO, "by": "declaration"}]
    content = fresh_report(BANK)
    planted = {"attempt": "a", "attempts": began, "due_at": LONG_AGO, "size": len(content)}
    upload_id = plant(pipeline, content, UploadStatus.DECLARED, **planted)

    sweep(pipeline)

    assert pipeline.client(BANK).upload_state(upload_id).status == 404


def test_a_body_that_is_no_declaration_is_answered_with_a_problem(pipeline: Pipeline) -> None:
    answer = pipeline.client(BANK).declare("daily.csv", Identity(size=0, sha256="0" * 64))

    assert (answer.status, answer.content_type) == (400, "application/problem+json")


def test_one_command_submits_a_report_and_resumes_the_wait(pipeline: Pipeline, tmp_path: Path) -> None:
    path = tmp_path / "daily.csv"
    path.write_bytes(fresh_report(BANK))

    for _ in range(2):
        done = operate(pipeline, "submit", str(path), "--bank", BANK)
        assert done.code == 0, done.output
        assert "is COMPLETED: rows 3, loaded 3" in done.output


@nightly  # samples: the test above, and tests/e2e/test_large_reports.py
def test_one_command_declares_a_large_report_stores_and_follows_it_row_by_row(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    content = large_report(BANK, rows=LARGE_ROWS, size=CHUNK_BYTES + 1)  # Validation reads it in two parts
    path = tmp_path / "large.csv"
    path.write_bytes(content)
    upload_id = derive_upload_id(BANK, content)

    done = operate(pipeline, "submit", str(path), "--bank", BANK)

    assert done.code == 0, done.output
    assert f"upload {upload_id}: DECLARED, 100 % sent" in done.output
    assert f"is COMPLETED: rows {LARGE_ROWS:,}, loaded {LARGE_ROWS:,}, repeated 0, conflicts 0" in done.output
    sums = totals_by_upload(pipeline.cloud.dynamodb, pipeline.transactions_table)
    assert sums[upload_id] == totals_of_file(path) == {"EUR": LARGE_ROWS * Decimal("1.25")}
