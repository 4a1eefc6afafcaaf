"""A deploy in the middle of an execution: what the previous version's state machine passes, through today's functions.

The files are the payloads of version 1, as the definition without attempts made them.
"""

import json
from typing import Any

import pytest

from functions.common.attempts import with_attempt
from functions.common.uploads import Upload
from functions.notification import handler as notification
from functions.notification.notification import Notification
from functions.transformation import handler as transformation
from functions.transformation.transformation import Transformation
from functions.validation import handler as validation
from functions.validation.validation import Validation
from shared.contracts.uploads import AttemptBy, UploadStatus
from shared.repository import ROOT
from tests.unit.functions.fakes import (
    FakeBucket,
    FakeContext,
    FakeLoads,
    FakeManifests,
    FakeOutcomes,
    FakeUploads,
    clock,
    upload,
    uploads_of,
)
from tests.unit.functions.report.reports import NOW
from tests.unit.functions.transformation.world import FakeTable

PAYLOADS = ROOT / "tests" / "unit" / "functions" / "payloads" / "v1"
REPORT = (PAYLOADS / "report.csv").read_bytes()
VALIDATION, TRANSFORMATION, NOTIFICATION = (
    json.loads((PAYLOADS / f"{name}.json").read_text()) for name in ("validation", "transformation", "notification")
)
UPLOAD_ID = TRANSFORMATION["upload_id"]
CONTEXT = FakeContext(remaining=60_000)
WITHOUT_ATTEMPT = upload(upload_id=UPLOAD_ID, rows=3, totals={"EUR": "1.25", "JPY": "500"})
WITH_ATTEMPT = with_attempt(WITHOUT_ATTEMPT, "a1", by=AttemptBy.INTAKE, now=NOW)


class Pipeline:
    """Today's three functions around the same fakes."""

    def __init__(self, uploads: FakeUploads, monkeypatch: pytest.MonkeyPatch) -> None:
        self.uploads, self.table, self.outcomes = uploads, FakeTable(), FakeOutcomes()
        bucket, loads = FakeBucket(reports={TRANSFORMATION["key"]: REPORT}), FakeLoads()
        validating = Validation(
            uploads=uploads, reports=bucket, rejected=bucket, manifests=FakeManifests(), clock=clock
        )
        loading = Transformation(
            uploads=uploads, statuses=self.table, reports=bucket, loads=loads, table=self.table, clock=clock
        )
        notifying = Notification(uploads=uploads, loads=loads, outcomes=self.outcomes, clock=clock)
        monkeypatch.setattr(validation, "wire", lambda: validating)
        monkeypatch.setattr(transformation, "wire", lambda _bucket: loading)
        monkeypatch.setattr(notification, "wire", lambda _bucket: notifying)

    def run(self) -> Any:
        """Run all three states, and return what Validation and Transformation return."""
        validated = validation.handle(VALIDATION, CONTEXT)
        loaded = transformation.handle(TRANSFORMATION, CONTEXT)
        notification.handle(NOTIFICATION, CONTEXT)
        return validated, loaded


@pytest.mark.parametrize("known", [WITHOUT_ATTEMPT, WITH_ATTEMPT], ids=["begun before", "begun after"])
def test_an_execution_of_version_1_completes_an_upload(known: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = Pipeline(uploads_of(known), monkeypatch)

    validated, loaded = pipeline.run()

    # What the definition of version 1 picks of Validation's output is what Transformation gets.
    picked = {name: validated[name] for name in TRANSFORMATION if name != "range"}
    assert picked | {"range": validated["ranges"][0]} == TRANSFORMATION
    # Transformation's output is a result, and Notification's input has it as it is.
    assert NOTIFICATION["loads"][0].items() <= loaded.items()
    ended = pipeline.uploads.items[UPLOAD_ID]
    assert (ended.status, ended.loaded, ended.attempt) == (UploadStatus.COMPLETED, 3, known.attempt)
    assert ended.notified_at
    assert len(pipeline.table.items) == 3
    assert [each["status"] for each in pipeline.outcomes.published] == ["COMPLETED"]


def test_results_with_totals_pass_through_a_definition_of_version_1(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = Pipeline(uploads_of(WITHOUT_ATTEMPT), monkeypatch)
    validation.handle(VALIDATION, CONTEXT)
    loaded = transformation.handle(TRANSFORMATION, CONTEXT)

    task: Any = {**NOTIFICATION, "loads": [loaded]}
    notification.handle(task, CONTEXT)

    assert pipeline.uploads.items[UPLOAD_ID].loaded_totals == {"EUR": "1.25", "JPY": "500"}


def test_an_event_of_version_1_without_an_upload_begins_one(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = Pipeline(FakeUploads(), monkeypatch)

    pipeline.run()

    assert pipeline.uploads.items[UPLOAD_ID].status is UploadStatus.COMPLETED


def test_an_execution_of_this_version_gives_an_upload_begun_before_its_attempt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline = Pipeline(uploads_of(WITHOUT_ATTEMPT), monkeypatch)
    started_at = NOW.isoformat().replace("+00:00", ".000Z")
    event = {"version": 2, "event": VALIDATION, "attempt": "e1", "execution": "arn:e1", "started_at": started_at}

    validated = validation.handle(event, CONTEXT)  # type: ignore[arg-type]  # a ValidationInput

    assert (validated["attempt"], validated["next"]) == ("e1", "LOAD")
    assert pipeline.uploads.items[UPLOAD_ID].attempt == "e1"
