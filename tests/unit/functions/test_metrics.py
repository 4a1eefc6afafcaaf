"""Which function writes which metric, with which value, and that none counts twice what is repeated."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from functions.common.errors import TemporaryError
from functions.common.times import timestamp
from functions.common.uploads import derive_upload_id
from functions.notification.notification import Notification
from functions.sweeper.sweeper import SweepError
from shared.contracts.metrics import METRICS, QUOTAS_EXCEEDED, WRONG_KEYS
from shared.contracts.outcomes import Outcome
from shared.contracts.uploads import MAX_RESTARTS, UploadStatus
from tests.unit.functions.bank import World
from tests.unit.functions.emf import Metrics
from tests.unit.functions.fakes import FakeBucket, FakeLoads, FakeUploads, began, clock, upload, uploads_of
from tests.unit.functions.notification import test_notification as notifying
from tests.unit.functions.report.reports import BANK, NOW, report, row
from tests.unit.functions.sweeper.world import World as SweeperWorld
from tests.unit.functions.sweeper.world import due
from tests.unit.functions.validation import test_validation as validating

VALID = report([row(transaction_id="a")])
VALID_ID = derive_upload_id(BANK, VALID)
FOREIGN = report([row(transaction_id=each, bank_id="alpenbank") for each in "abc"] + [row(transaction_id="d")])
FOREIGN_ID = derive_upload_id(BANK, FOREIGN)
BY_THE_API = {WRONG_KEYS.name, QUOTAS_EXCEEDED.name}
"""Counted in the API's access log, by no function."""


def test_an_accepted_report_is_received_once(world: World, metrics: Metrics) -> None:
    world.submit(VALID)
    assert metrics.sums() == {"UploadsReceived": 1}

    world.submit(VALID)
    assert metrics.sums() == {}


def test_a_failed_report_that_is_submitted_again_is_received_again(world: World, metrics: Metrics) -> None:
    world.know(VALID_ID, status=UploadStatus.FAILED)
    world.submit(VALID)
    assert metrics.sums() == {"UploadsReceived": 1}


def test_a_report_that_was_not_stored_at_first_is_received_when_it_is(world: World, metrics: Metrics) -> None:
    world.know(VALID_ID, **began("a1", timestamp(NOW - timedelta(minutes=1))))
    world.submit(VALID)
    assert metrics.sums() == {"UploadsReceived": 1}


def test_each_submission_of_an_invalid_report_is_rejected_with_its_rows_of_other_banks(
    world: World, metrics: Metrics
) -> None:
    for _ in range(2):
        world.submit(FOREIGN)
        assert metrics.sums() == {"UploadsRejected": 1, "ForeignRows": 3}


def test_a_report_that_is_only_validated_counts_nowhere(world: World, metrics: Metrics) -> None:
    for content in (VALID, FOREIGN):
        world.check(content)
    assert metrics.sums() == {}


def test_a_declaration_is_not_received_before_its_report_is(world: World, metrics: Metrics) -> None:
    world.declare(VALID)
    assert metrics.sums() == {}

    known = world.uploads.items[VALID_ID]
    validating.run(VALID, world.uploads, attempt=known.attempt)
    assert metrics.sums() == {"UploadsReceived": 1, "ValidationTime": 0}

    validating.run(VALID, world.uploads, attempt=known.attempt)
    assert metrics.sums() == {}


def test_a_stored_report_that_a_bank_declares_again_is_received_again(world: World, metrics: Metrics) -> None:
    world.know(VALID_ID, status=UploadStatus.FAILED)
    world.bucket.reports[f"reports/{BANK}/{VALID_ID}"] = VALID
    world.declare(VALID)
    assert metrics.sums() == {"UploadsReceived": 1}


def test_a_report_that_was_stored_without_intake_is_received_by_validation(metrics: Metrics) -> None:
    uploads = FakeUploads()
    for _ in range(2):
        validating.run(VALID, uploads)
    assert metrics.sums() == {"UploadsReceived": 1, "ValidationTime": 0}


def test_the_time_of_a_validation_is_in_milliseconds(metrics: Metrics) -> None:
    moments = iter(NOW + timedelta(seconds=0.25 * n) for n in range(100))
    bucket, task = FakeBucket(), validating.task_of(VALID)
    bucket.reports[task.key] = VALID
    uploads = uploads_of(validating.known_upload(upload_id=VALID_ID))

    replace(validating.validation(uploads, bucket), clock=lambda: next(moments)).run(task)

    (point,) = metrics.take()
    assert (point.name, point.value, point.unit) == ("TransactionPipeline/ValidationTime", 250, "Milliseconds")


def test_a_report_that_the_workflow_rejects_counts_once_with_its_rows_of_other_banks(metrics: Metrics) -> None:
    uploads = uploads_of(validating.known_upload(upload_id=FOREIGN_ID))
    assert validating.run(FOREIGN, uploads)["next"] == "NOTIFY"
    assert metrics.sums() == {"ValidationTime": 0, "UploadsRejected": 1, "ForeignRows": 3}

    assert validating.run(FOREIGN, uploads)["next"] == "NOTIFY"
    assert metrics.sums() == {}


@pytest.mark.parametrize("status", [UploadStatus.VALIDATED, UploadStatus.LOADING])
def test_a_validation_that_is_repeated_does_not_count(status: UploadStatus, metrics: Metrics) -> None:
    assert (
        validating.run(VALID, uploads_of(validating.known_upload(upload_id=VALID_ID, status=status)))["next"] == "LOAD"
    )
    assert metrics.sums() == {}


def test_a_validation_of_an_attempt_that_is_over_does_not_count(metrics: Metrics) -> None:
    rivals = [validating.known_upload(upload_id=VALID_ID, **began("a2", validating.STARTED))]
    uploads = FakeUploads(items={VALID_ID: validating.known_upload(upload_id=VALID_ID)}, rivals=rivals)
    assert validating.run(VALID, uploads)["next"] == "END"
    assert metrics.sums() == {}


def test_a_completed_upload_counts_with_its_rows_and_time_when_its_outcome_is_recorded(metrics: Metrics) -> None:
    began_at = timestamp(NOW - timedelta(seconds=2.5))
    uploads = notifying.loading(40, **began("a1", began_at))

    notifying.run(uploads, notifying.loaded(5, 3, 12), notifying.loaded(8, 0, 12))
    found = metrics.take()
    notifying.run(uploads, notifying.loaded(5, 3, 12), notifying.loaded(8, 0, 12))

    assert {each.name.rpartition("/")[2]: (each.value, each.unit) for each in found} == {
        "UploadsCompleted": (1, "Count"),
        "RowsLoaded": (13, "Count"),
        "RowsRepeated": (3, "Count"),
        "RowsInConflict": (24, "Count"),
        "CompletionTime": (2.5, "Seconds"),
    }
    assert metrics.sums() == {}


def test_an_outcome_that_another_run_has_recorded_is_not_counted_by_this_one(metrics: Metrics) -> None:
    completed = upload(status=UploadStatus.COMPLETED, attempt="a1", rows=1, loaded=1)
    uploads = FakeUploads(items={"u1": completed}, rivals=[replace(completed, notified_at="then")])

    assert notifying.run(uploads)  # published twice: at least once is what banks are told
    assert metrics.sums() == {}


class _BrokenTopic:
    def publish(self, outcome: Outcome) -> None:
        raise TemporaryError(f"publish the outcome {outcome['status']}: ThrottlingException")


def test_an_outcome_that_cannot_be_published_is_not_counted(metrics: Metrics) -> None:
    uploads = uploads_of(upload(status=UploadStatus.COMPLETED, attempt="a1", rows=1, loaded=1))
    broken = Notification(uploads=uploads, loads=FakeLoads(), outcomes=_BrokenTopic(), clock=clock)
    task: Any = {"version": 2, "upload_id": "u1", "bank_id": BANK, "attempt": "a1", "started_at": "", "loads": []}
    with pytest.raises(TemporaryError):
        broken.run(task)
    assert metrics.sums() == {}


@pytest.mark.parametrize("status", [UploadStatus.REJECTED, UploadStatus.FAILED])
def test_other_outcomes_are_counted_elsewhere(status: UploadStatus, metrics: Metrics) -> None:
    notifying.run(uploads_of(upload(status=status, attempt="a1")))
    assert metrics.sums() == {}


NOTHING = {"UploadsStuck": 0, "UploadsGivenUp": 0, "FailuresWithoutLetter": 0}


def test_every_sweep_writes_what_it_found_also_nothing(metrics: Metrics) -> None:
    SweeperWorld().sweep()
    assert metrics.sums() == NOTHING


@pytest.mark.parametrize(
    ("status", "changes", "name"),
    [
        (UploadStatus.LOADING, {}, "UploadsStuck"),
        (UploadStatus.RECEIVED, {"restarts": MAX_RESTARTS}, "UploadsGivenUp"),
        (UploadStatus.FAILED, {"error": "SomeError"}, "FailuresWithoutLetter"),
        (UploadStatus.COMPLETED, {}, ""),
    ],
)
def test_a_sweep_counts_what_it_does_about_an_upload_and_the_next_one_does_not_count_it_again(
    status: UploadStatus, changes: dict[str, Any], name: str, metrics: Metrics
) -> None:
    world = SweeperWorld(due(status=status, **changes))

    world.sweep()
    assert metrics.sums() == NOTHING | ({name: 1} if name else {})

    world.sweep()
    assert metrics.sums() == NOTHING


def test_a_sweep_that_could_not_look_after_an_upload_writes_the_others(metrics: Metrics) -> None:
    world = SweeperWorld(due(status=UploadStatus.LOADING))
    world.workflow.error = TemporaryError("start the workflow: ThrottlingException")

    with pytest.raises(SweepError, match="not looked after"):
        world.sweep()
    assert metrics.sums() == NOTHING


def test_a_sweep_that_cannot_list_the_reports_writes_what_it_did_before(metrics: Metrics) -> None:
    world = SweeperWorld(due(status=UploadStatus.FAILED, error="SomeError"))
    world.listing.error = TemporaryError("list the banks: SlowDown")

    with pytest.raises(TemporaryError, match="list the banks"):
        world.sweep()
    assert metrics.sums() == NOTHING | {"FailuresWithoutLetter": 1}


def test_every_metric_of_the_contract_is_written_by_a_function_or_counted_by_the_api(
    world: World, metrics: Metrics
) -> None:
    world.submit(FOREIGN)
    validating.run(VALID, FakeUploads())
    notifying.run(notifying.loading(1), notifying.loaded(1))
    sweeping = SweeperWorld()
    sweeping.expect("nordbank", by=time(9))
    sweeping.sweep()

    written = {each.name.rpartition("/")[2] for each in metrics.take()}
    assert written == {each.name for each in METRICS} - BY_THE_API
