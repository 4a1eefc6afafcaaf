"""Uploads that no execution looks after get their end from the sweeper."""

import pytest

from functions.common.uploads import derive_upload_id
from local.deployment.outputs import Pipeline
from shared.contracts.uploads import UploadStatus
from tests.e2e.reports import fresh_report
from tests.e2e.uploads import BANK, LONG_AGO, follow, plant, store, sweep, take_dead_letters

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("status", [UploadStatus.RECEIVED, UploadStatus.LOADING])
def test_a_stuck_upload_is_restarted_and_completed(pipeline: Pipeline, status: UploadStatus) -> None:
    content = fresh_report(BANK)
    upload_id = derive_upload_id(BANK, content)
    store(pipeline, upload_id, content)
    follow(pipeline, upload_id, lambda each: each.notified_at)
    # As if its execution had been lost half-way.
    plant(pipeline, content, status, due_at=LONG_AGO)

    sweep(pipeline)

    upload = follow(pipeline, upload_id, lambda each: each.notified_at)
    assert (upload.status, upload.loaded, upload.restarts) == (UploadStatus.COMPLETED, 3, 1)
    assert [each["by"] for each in upload.attempts] == ["intake", "sweeper"]
    assert upload.due_at is None


def test_an_upload_whose_report_is_missing_fails_with_one_dead_letter(pipeline: Pipeline) -> None:
    upload_id = plant(pipeline, fresh_report(BANK), UploadStatus.RECEIVED, due_at=LONG_AGO)

    sweep(pipeline)
    sweep(pipeline)

    upload = follow(pipeline, upload_id, lambda each: each.dead_letter_at)
    assert (upload.status, upload.error, upload.due_at) == (UploadStatus.FAILED, "ReportMissingError", None)
    letters = take_dead_letters(pipeline, upload_id)
    assert [letter["attempt"] for letter in letters] == [upload.attempt]


def test_a_completed_upload_that_was_not_announced_is_announced(pipeline: Pipeline) -> None:
    content = fresh_report(BANK)
    upload_id = plant(pipeline, content, UploadStatus.COMPLETED, due_at=LONG_AGO, rows=3, loaded=3)

    sweep(pipeline)

    upload = follow(pipeline, upload_id, lambda each: each.notified_at)
    assert (upload.status, upload.due_at) == (UploadStatus.COMPLETED, None)
    assert [each["by"] for each in upload.attempts] == ["intake"]
