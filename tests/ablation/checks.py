"""What the deployed pipeline must do: end-to-end tests, and a few checks for permissions that those do not need."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final

from functions.common.uploads import derive_upload_id
from local.cloud.clients import ACCOUNT_ID, REGION, SUFFIX
from local.deployment.outputs import Pipeline
from shared.contracts.api import (
    DATE_PARAMETER,
    MAX_REPORT_BYTES,
)
from shared.contracts.functions import FunctionName
from shared.contracts.objects import report_key
from shared.contracts.uploads import UploadStatus
from shared.infra.naming import Namer, ResourceKind
from tests.e2e import test_access, test_declared, test_doors, test_reports, test_sweeper
from tests.e2e.reports import HEADER, fresh_report, large_report, send_and_follow
from tests.e2e.uploads import BANK, LONG_AGO, follow, plant, store, sweep

_NAMER: Final = Namer(suffix=SUFFIX, account_id=ACCOUNT_ID, region=REGION)
Check = Callable[[Pipeline, Path], None]


def a_report_is_loaded_and_announced(pipeline: Pipeline, folder: Path) -> None:
    """From the submission to the announcement."""
    upload = _load(pipeline, folder, fresh_report(BANK))
    follow(pipeline, upload, lambda each: each.notified_at)


def a_stored_report_that_is_invalid_is_rejected_by_the_workflow(pipeline: Pipeline, _folder: Path) -> None:
    """The workflow stores the errors, for an upload that is known or not."""
    for known in (True, False):
        content = fresh_report(BANK).replace(b"1.25,EUR", b"1.25,eur", 1)
        upload_id = derive_upload_id(BANK, content)
        if known:
            plant(pipeline, content, UploadStatus.RECEIVED)
        store(pipeline, upload_id, content)
        follow(pipeline, upload_id, lambda each: each.status is UploadStatus.REJECTED)


def a_large_report_is_loaded_and_announced(pipeline: Pipeline, _folder: Path) -> None:
    """From the stored object to the announcement."""
    content = large_report(BANK)
    upload_id = derive_upload_id(BANK, content)
    store(pipeline, upload_id, content)
    assert follow(pipeline, upload_id, lambda each: each.notified_at).status is UploadStatus.COMPLETED


def a_large_report_that_is_invalid_is_rejected(pipeline: Pipeline, _folder: Path) -> None:
    """Errors and corrections are stored."""
    content = fresh_report(BANK) + b"x" * MAX_REPORT_BYTES
    upload_id = derive_upload_id(BANK, content)
    store(pipeline, upload_id, content)
    follow(pipeline, upload_id, lambda each: each.status is UploadStatus.REJECTED)


def rows_of_a_failed_upload_are_replaced(pipeline: Pipeline, folder: Path) -> None:
    """A corrected report takes the place of what a failed one has loaded."""
    content = fresh_report(BANK)
    first = _load(pipeline, folder, content)
    plant(pipeline, content, UploadStatus.FAILED)
    assert first == derive_upload_id(BANK, content)
    second = _load(pipeline, folder, content.replace(b",1.25,", b",2.50,"))
    assert follow(pipeline, second, lambda each: each.status is UploadStatus.COMPLETED).conflicts == 0


def rows_of_an_upload_that_may_still_fail_are_marked(pipeline: Pipeline, folder: Path) -> None:
    """They stay, because another upload's counts say what they are."""
    content = fresh_report(BANK)
    _load(pipeline, folder, content)
    plant(pipeline, content, UploadStatus.LOADING)
    _load(pipeline, folder, content + fresh_report(BANK).removeprefix(HEADER.encode()))


def an_execution_of_version_1_goes_on(pipeline: Pipeline, folder: Path) -> None:
    """Its payload names no attempt, so the function looks the upload's up."""
    content = fresh_report(BANK)
    upload_id = _load(pipeline, folder, content)
    bucket, key = pipeline.reports_bucket, report_key(BANK, upload_id)
    s3 = pipeline.cloud.client("s3")
    payload = {
        "upload_id": upload_id,
        "bank_id": BANK,
        "bucket": bucket,
        "key": key,
        "etag": s3.head_object(Bucket=bucket, Key=key)["ETag"].strip('"'),
        "columns": HEADER.strip().split(","),
        "range": {"start": len(HEADER), "end": len(content), "first_line": 2, "rows": 3},
    }
    name = _NAMER.name(FunctionName.TRANSFORMATION, ResourceKind.FUNCTION)
    answer = pipeline.cloud.lambda_.invoke(FunctionName=name, Payload=json.dumps(payload))
    assert "FunctionError" not in answer, answer["Payload"].read()


def a_failed_upload_shows_how_many_rows_are_processed(pipeline: Pipeline, folder: Path) -> None:
    """The result of a range that was loaded is listed."""
    content = fresh_report(BANK)
    upload_id = _load(pipeline, folder, content)
    upload = follow(pipeline, upload_id, lambda each: each.notified_at)
    plant(pipeline, content, UploadStatus.FAILED, attempt=upload.attempt, attempts=list(upload.attempts))
    shown = pipeline.client(BANK).upload_state(upload_id)
    assert (shown.status, shown.body["status"], shown.body["rows_processed"]) == (200, "FAILED", 3)


def a_report_that_another_attempt_has_stored_is_submitted_again(pipeline: Pipeline, folder: Path) -> None:
    """Intake looks whose report of a known upload is there: a missing one is found without asking for the object."""
    content = fresh_report(BANK)
    _load(pipeline, folder, content)
    plant(pipeline, content, UploadStatus.RECEIVED)
    _load(pipeline, folder, content)


def a_stuck_upload_is_restarted(pipeline: Pipeline, _folder: Path) -> None:
    """The sweeper finds it, begins an attempt, and starts the workflow."""
    test_sweeper.test_a_stuck_upload_is_restarted_and_completed(pipeline, UploadStatus.LOADING)


def a_stuck_large_upload_is_restarted(pipeline: Pipeline, _folder: Path) -> None:
    """The sweeper starts the workflow of its size; the report is invalid, so that it ends soon."""
    content = fresh_report(BANK) + b"x" * MAX_REPORT_BYTES
    upload_id = derive_upload_id(BANK, content)
    store(pipeline, upload_id, content)
    follow(pipeline, upload_id, lambda each: each.notified_at)
    plant(pipeline, content, UploadStatus.LOADING, due_at=LONG_AGO, size=len(content))
    sweep(pipeline)
    follow(pipeline, upload_id, lambda each: each.status is UploadStatus.REJECTED and each.restarts)


def an_upload_whose_report_is_missing_fails(pipeline: Pipeline, _folder: Path) -> None:
    """The sweeper distinguishes a missing report from one that it may not see."""
    upload_id = plant(pipeline, fresh_report(BANK), UploadStatus.RECEIVED, due_at=LONG_AGO)
    sweep(pipeline)
    assert follow(pipeline, upload_id, lambda each: each.dead_letter_at).error == "ReportMissingError"


def a_report_that_is_expected_is_looked_for(pipeline: Pipeline, _folder: Path) -> None:
    """A look-up that fails only shows in what the sweep has done: it must not keep stuck uploads waiting."""
    assert "could not look for a report" not in sweep(pipeline)


def a_declared_report_is_loaded(pipeline: Pipeline, folder: Path) -> None:
    """The link permits what the function's role may do."""
    test_declared.test_a_declared_report_is_stored_by_its_link_loaded_and_known_from_then_on(pipeline, folder)


def a_stored_report_runs_again(pipeline: Pipeline, _folder: Path) -> None:
    """A declaration finds the report, and starts the workflow."""
    test_declared.test_an_ended_upload_whose_report_is_stored_runs_again_when_it_is_declared(pipeline)


def a_stored_large_report_runs_again(pipeline: Pipeline, _folder: Path) -> None:
    """A declaration starts the workflow of its size; the report is invalid, so that it ends soon."""
    content = fresh_report(BANK) + b"x" * MAX_REPORT_BYTES
    upload_id = derive_upload_id(BANK, content)
    store(pipeline, upload_id, content)
    follow(pipeline, upload_id, lambda each: each.notified_at)
    plant(pipeline, content, UploadStatus.FAILED, size=len(content), error="StuckError")
    assert test_declared.declare(pipeline, content).status == 200
    follow(pipeline, upload_id, lambda each: each.status is UploadStatus.REJECTED and each.notified_at)


def an_abandoned_declaration_is_withdrawn(pipeline: Pipeline, _folder: Path) -> None:
    """The sweeper deletes it."""
    test_declared.test_an_abandoned_declaration_is_withdrawn(pipeline)


def a_rejected_report_is_downloaded(pipeline: Pipeline, folder: Path) -> None:
    """Errors and corrections are stored, shown and linked."""
    test_reports.test_a_rejected_report_is_downloaded_with_marked_rows_and_loaded_once_fixed(pipeline, folder)


def a_report_is_submitted_twice(pipeline: Pipeline, folder: Path) -> None:
    """The second answer is about the first upload."""
    test_reports.test_a_report_submitted_twice_is_loaded_once(pipeline, folder)


def a_row_counts_as_repeated(pipeline: Pipeline, folder: Path) -> None:
    """Rows that exist are compared and marked."""
    test_reports.test_a_row_of_an_earlier_report_counts_as_repeated(pipeline, folder)


def uploads_are_listed(pipeline: Pipeline, folder: Path) -> None:
    """Page by page."""
    test_access.test_a_bank_lists_its_own_uploads_newest_first_page_by_page(pipeline, folder)


def _load(pipeline: Pipeline, folder: Path, content: bytes) -> str:
    """Submit a report that is then completed; the upload's id."""
    assert content.decode().startswith(HEADER)
    report = folder / "report.csv"
    report.write_bytes(content)
    upload = send_and_follow(pipeline, BANK, report)
    assert upload.status is UploadStatus.COMPLETED
    return upload.upload_id


def a_report_is_validated_without_being_submitted(pipeline: Pipeline, _folder: Path) -> None:
    """The answer says so, and there is no upload."""
    content = fresh_report(BANK)
    answer = pipeline.client(BANK).validate("report.csv", content)
    assert (answer.status, answer.body["valid"]) == (200, True)
    assert pipeline.client(BANK).upload_state(derive_upload_id(BANK, content)).status == HTTPStatus.NOT_FOUND


def transactions_of_a_day_are_listed(pipeline: Pipeline, _folder: Path) -> None:
    """By the index; what is in it does not matter."""
    answer = pipeline.client(BANK).transactions(f"{DATE_PARAMETER}=2026-11-20")
    assert (answer.status, "transactions" in answer.body) == (200, True)


def health_is_answered(pipeline: Pipeline, _folder: Path) -> None:
    """What needs no key needs no permission either."""
    test_doors.test_health_needs_no_key_and_says_nothing_else(pipeline)


CHECKS: Final[Mapping[FunctionName, tuple[Check, ...]]] = {
    FunctionName.INTAKE: (
        a_report_is_loaded_and_announced,
        a_rejected_report_is_downloaded,
        a_report_is_submitted_twice,
        a_report_that_another_attempt_has_stored_is_submitted_again,
    ),
    FunctionName.DECLARATION: (
        a_declared_report_is_loaded,
        a_stored_report_runs_again,
        a_stored_large_report_runs_again,
    ),
    FunctionName.PRECHECK: (a_report_is_validated_without_being_submitted,),
    FunctionName.TRANSACTIONS: (transactions_of_a_day_are_listed,),
    FunctionName.WEB: (health_is_answered,),
    FunctionName.VALIDATION: (
        a_report_is_loaded_and_announced,
        a_stored_report_that_is_invalid_is_rejected_by_the_workflow,
    ),
    FunctionName.TRANSFORMATION: (
        a_report_is_loaded_and_announced,
        a_row_counts_as_repeated,
        rows_of_a_failed_upload_are_replaced,
        rows_of_an_upload_that_may_still_fail_are_marked,
        an_execution_of_version_1_goes_on,
    ),
    FunctionName.NOTIFICATION: (a_report_is_loaded_and_announced,),
    FunctionName.LARGE_VALIDATION: (
        a_large_report_that_is_invalid_is_rejected,
        a_large_report_is_loaded_and_announced,
    ),
    FunctionName.LARGE_NOTIFICATION: (a_large_report_is_loaded_and_announced,),
    FunctionName.STATUS: (
        a_rejected_report_is_downloaded,
        uploads_are_listed,
        a_failed_upload_shows_how_many_rows_are_processed,
    ),
    FunctionName.SWEEPER: (
        a_stuck_upload_is_restarted,
        a_stuck_large_upload_is_restarted,
        an_upload_whose_report_is_missing_fails,
        an_abandoned_declaration_is_withdrawn,
        a_report_that_is_expected_is_looked_for,
    ),
}
"""By the function whose permissions they need; the first that fails is named."""
