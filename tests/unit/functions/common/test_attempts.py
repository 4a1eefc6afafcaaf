"""Attempts: what one begins with, and what it leaves behind of an earlier one."""

import re
from datetime import timedelta

import pytest

from functions.common.attempts import new_attempt, restarted, with_attempt
from shared.contracts.uploads import MAX_ATTEMPTS_KEPT, AttemptBy, UploadStatus
from tests.unit.functions.fakes import began, upload
from tests.unit.functions.report.reports import NOW

FAILED = upload(
    status=UploadStatus.FAILED,
    **began("a1", "then"),
    file_name="daily.csv",
    size=9,
    rows=2,
    totals={"EUR": "1.00"},
    restarts=1,
    execution="arn:e1",
    trace_id="1-2-3",
    loaded=1,
    repeated=1,
    conflicts=0,
    loaded_totals={"EUR": "1.00"},
    replaced=1,
    notified_at="then",
    dead_letter_at="then",
    error="x",
)


def test_tokens_are_random_and_of_32_digits() -> None:
    tokens = {new_attempt() for _ in range(100)}

    assert len(tokens) == 100
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in tokens)


def test_a_restarted_upload_keeps_what_is_known_of_its_report_only() -> None:
    again = restarted(FAILED, "a2", by=AttemptBy.REDRIVE, now=NOW)

    assert again == upload(
        received_at=FAILED.received_at,
        updated_at="2026-11-23T12:00:00.000000Z",
        attempt="a2",
        attempts=[*FAILED.attempts, {"id": "a2", "began_at": "2026-11-23T12:00:00.000000Z", "by": "redrive"}],
        due_at="2026-11-23T12:06:00.000000Z",
        file_name="daily.csv",
        size=9,
        rows=2,
        totals={"EUR": "1.00"},
    )


@pytest.mark.parametrize(("by", "restarts"), [(AttemptBy.SWEEPER, 2), (AttemptBy.REDRIVE, 0), (AttemptBy.INTAKE, 0)])
def test_the_sweepers_restarts_are_counted_since_a_bank_or_an_operator_began_it(by: AttemptBy, restarts: int) -> None:
    assert restarted(FAILED, "a2", by=by, now=NOW).restarts == restarts


def test_only_the_last_attempts_are_kept() -> None:
    known = FAILED
    for number in range(30):
        known = restarted(known, str(number), by=AttemptBy.REDRIVE, now=NOW + timedelta(minutes=number))

    assert [each["id"] for each in known.attempts] == [str(number) for number in range(30 - MAX_ATTEMPTS_KEPT, 30)]
    assert known.attempt_began_at == "2026-11-23T12:29:00.000000Z"
    assert known.began_by is AttemptBy.REDRIVE


def test_an_upload_of_a_version_without_attempts_began_when_it_was_received() -> None:
    assert upload().attempt_began_at == upload().received_at
    assert upload().began_by is AttemptBy.EVENT


def test_a_rejected_upload_is_never_due() -> None:
    rejected = with_attempt(upload(status=UploadStatus.REJECTED), "a1", by=AttemptBy.INTAKE, now=NOW)

    assert (rejected.attempt, rejected.due_at) == ("a1", None)
