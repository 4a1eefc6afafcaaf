"""The sweeper: every upload gets an end and every stored report an upload, however often and however late it runs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.common.declarations import declared
from functions.common.errors import TemporaryError
from functions.common.times import timestamp
from functions.common.uploads import Upload
from functions.sweeper.sweeper import StoredObject, SweepError
from shared.contracts.api import MAX_REPORT_BYTES
from shared.contracts.uploads import (
    DECLARED_AGAIN_AFTER,
    DECLARED_DUE_AFTER,
    DECLARED_FOR,
    LARGE_STUCK_AFTER,
    MAX_RESTARTS,
    STUCK_AFTER,
    UNFINISHED,
    UploadStatus,
)
from tests.unit.functions.fakes import UploadsWithLostAnswers, upload
from tests.unit.functions.report.reports import BANK, NOW
from tests.unit.functions.sweeper.world import CONTENT, KEY, MINUTE, UPLOAD_ID, World, due

LARGE = MAX_REPORT_BYTES + 1


@pytest.mark.parametrize("status", sorted(UNFINISHED))
def test_an_upload_without_progress_is_restarted_as_a_new_attempt(status: UploadStatus) -> None:
    world = World(due(status=status, rows=1, loaded=1, file_name="daily.csv"))

    assert world.sweep() == {"restarted": 1}

    known = world.uploads.items[UPLOAD_ID]
    assert (known.status, known.attempt, known.restarts) == (UploadStatus.RECEIVED, "attempt1", 1)
    assert [each["by"] for each in known.attempts] == ["intake", "sweeper"]
    assert (known.file_name, known.rows, known.loaded) == ("daily.csv", 1, None)
    assert known.due_at == timestamp(NOW + STUCK_AFTER)
    detail = {"bucket": {"name": "reports-bucket"}, "object": {"key": KEY, "size": len(CONTENT)}}
    assert world.workflow.started == {"attempt1": {"detail": detail, "attempt": "attempt1"}}


def test_a_large_upload_is_restarted_in_its_own_workflow_and_has_its_own_time() -> None:
    world = World(due(status=UploadStatus.LOADING, size=LARGE))

    assert world.sweep() == {"restarted": 1}

    assert world.uploads.items[UPLOAD_ID].due_at == timestamp(NOW + LARGE_STUCK_AFTER)
    assert world.workflow.only["detail"]["object"]["size"] == LARGE


def test_a_large_upload_that_is_given_up_is_claimed_for_as_long_as_its_workflow_needs() -> None:
    world = World(due(status=UploadStatus.LOADING, size=LARGE, restarts=MAX_RESTARTS))

    assert world.sweep() == {"failed": 1}

    assert world.uploads.items[UPLOAD_ID].due_at == timestamp(NOW + LARGE_STUCK_AFTER)
    assert world.workflow.only["detail"]["object"]["size"] == LARGE


def test_an_upload_is_restarted_even_if_the_answer_to_the_begin_of_its_attempt_was_lost() -> None:
    world = World(due(status=UploadStatus.LOADING))
    uploads = UploadsWithLostAnswers(items=world.uploads.items)
    world.sweeper = replace(world.sweeper, restarts=replace(world.sweeper.restarts, uploads=uploads))

    assert world.sweep() == {"restarted": 1}
    assert list(world.workflow.started) == [uploads.items[UPLOAD_ID].attempt]


def test_an_upload_that_is_not_due_is_left_alone() -> None:
    world = World(due(NOW + MINUTE))
    world.index.lagging = [UPLOAD_ID, "unknown"]

    assert world.sweep() == {"left alone": 2}
    assert not world.workflow.started
    assert world.uploads.items[UPLOAD_ID] == due(NOW + MINUTE)


def test_an_upload_that_was_restarted_as_often_as_allowed_fails() -> None:
    world = World(due(status=UploadStatus.LOADING, restarts=MAX_RESTARTS))

    assert world.sweep() == {"failed": 1}
    assert world.workflow.only["attempt"] == "first"
    assert world.workflow.only["give_up"] == {
        "Error": "StuckError",
        "Cause": "LOADING without progress, after 1 restart(s)",
    }


@pytest.mark.parametrize("restarts", [0, MAX_RESTARTS])
def test_an_upload_without_its_report_fails_at_once(restarts: int) -> None:
    world = World(due(restarts=restarts), stored=False)

    assert world.sweep() == {"failed": 1}
    assert world.workflow.only["give_up"]["Error"] == "ReportMissingError"
    assert KEY in world.workflow.only["give_up"]["Cause"]


@pytest.mark.parametrize("status", [UploadStatus.COMPLETED, UploadStatus.REJECTED])
def test_an_end_that_was_not_announced_is_announced_by_the_same_attempt(status: UploadStatus) -> None:
    world = World(due(status=status))

    assert world.sweep() == {"announced": 1}
    assert world.workflow.only["attempt"] == "first"
    assert "give_up" not in world.workflow.only
    assert world.uploads.items[UPLOAD_ID] == due(status=status, due_at=timestamp(NOW + STUCK_AFTER))


def test_a_failed_upload_without_a_dead_letter_fails_again_for_the_same_reason() -> None:
    world = World(due(status=UploadStatus.FAILED, error="RangeError"))

    assert world.sweep() == {"sent the dead letter again": 1}
    assert world.workflow.only["attempt"] == "first"
    assert world.workflow.only["give_up"]["Error"] == "RangeError"


@pytest.mark.parametrize("status", [UploadStatus.LOADING, UploadStatus.COMPLETED])
def test_two_sweepers_at_once_act_once(status: UploadStatus) -> None:
    world = World(due(status=status))
    world.index.lagging = [UPLOAD_ID]  # the second finds what the first has just claimed

    done = world.sweep()

    assert done["left alone"] == 1
    assert len(world.workflow.started) == 1


def test_an_attempt_that_progresses_between_the_reads_is_left_alone() -> None:
    known = due(status=UploadStatus.LOADING)
    world = World(known)
    world.uploads.rivals = [replace(known, due_at=timestamp(NOW + MINUTE))]

    assert world.sweep() == {"left alone": 1}
    assert not world.workflow.started


def test_a_bank_that_resubmits_meanwhile_is_first() -> None:
    known = due(status=UploadStatus.FAILED, error="RangeError")
    world = World(known)
    world.uploads.rivals = [replace(known, status=UploadStatus.RECEIVED, attempt="second")]

    assert world.sweep() == {"left alone": 1}
    assert not world.workflow.started


def test_every_stuck_upload_ends_within_fifteen_minutes_of_its_begin() -> None:
    """Each execution is lost: the attempt is due, is restarted, is due again, and fails."""
    began = NOW
    world = World(due(began + STUCK_AFTER))
    while not any("give_up" in each for each in world.workflow.started.values()):
        world.now += MINUTE
        world.sweep()
    assert world.now - began <= timedelta(minutes=14)


def test_a_claim_whose_execution_is_lost_is_repeated_under_another_name() -> None:
    world = World(due(status=UploadStatus.COMPLETED))
    world.sweep()
    world.now += STUCK_AFTER + MINUTE
    world.sweep()
    assert len(world.workflow.started) == 2
    assert {each["attempt"] for each in world.workflow.started.values()} == {"first"}


def test_a_start_that_aws_does_not_accept_is_reported_and_the_upload_stays_due() -> None:
    world = World(due())
    world.workflow.error = TemporaryError("busy")

    with pytest.raises(SweepError, match=UPLOAD_ID):
        world.sweep()

    assert world.uploads.items[UPLOAD_ID].due_at == timestamp(NOW + STUCK_AFTER)


def test_one_upload_that_cannot_be_read_does_not_keep_the_others_from_their_end() -> None:
    world = World(due())
    get = world.uploads.get
    broken = due(NOW - MINUTE * 2, upload_id="broken")
    world.uploads.items["broken"] = broken

    def read(upload_id: str) -> object:
        if upload_id == "broken":
            raise KeyError("status")
        return get(upload_id)

    world.uploads.get = read  # type: ignore[method-assign, assignment]

    with pytest.raises(SweepError, match=r"not looked after: broken; done: \{'restarted': 1\}"):
        world.sweep()


def test_without_time_the_rest_waits_for_the_next_sweep() -> None:
    world = World(due())
    assert world.sweep(seconds=5) == {"out of time": 1}
    assert world.sweep() == {"restarted": 1}


def test_a_stored_report_without_an_upload_is_started() -> None:
    world = World()
    world.at_minute_of(UPLOAD_ID)
    world.store(KEY, CONTENT, age=timedelta(hours=1))

    assert world.sweep() == {"started": 1}
    detail = {"bucket": {"name": "reports-bucket"}, "object": {"key": KEY, "size": len(CONTENT)}}
    assert world.workflow.only == {"detail": detail}


def test_a_large_stored_object_without_an_upload_is_started_unread() -> None:
    world = World()
    world.at_minute_of(UPLOAD_ID)
    world.listing.objects.append(StoredObject(key=KEY, size=LARGE, stored_at=world.now - timedelta(hours=1)))

    assert world.sweep() == {"started": 1}
    assert world.workflow.only["detail"]["object"] == {"key": KEY, "size": LARGE}


@pytest.mark.parametrize("age", [timedelta(minutes=14), timedelta(days=8)])
def test_a_report_that_is_too_young_or_too_old_is_not_started(age: timedelta) -> None:
    world = World()
    world.at_minute_of(UPLOAD_ID)
    world.store(KEY, CONTENT, age=age)

    assert not world.sweep()
    assert not world.workflow.started


def test_a_stored_report_with_an_upload_is_left_alone() -> None:
    world = World(upload(upload_id=UPLOAD_ID))
    world.at_minute_of(UPLOAD_ID)
    world.store(KEY, CONTENT, age=timedelta(hours=1))

    assert world.sweep() == {"known": 1}
    assert not world.workflow.started


def test_an_object_that_is_not_the_report_of_its_key_is_not_started_again() -> None:
    world = World()
    world.at_minute_of("00")
    world.store(f"reports/{BANK}/00{'0' * 30}", CONTENT, age=timedelta(hours=1))

    assert world.sweep() == {"left alone": 1}
    assert not world.workflow.started


def test_each_prefix_is_looked_at_within_some_four_hours() -> None:
    world = World()
    world.store(KEY, CONTENT, age=timedelta(hours=1))
    sweeps = []
    for _ in range(256):
        world.now += MINUTE
        sweeps.append(world.sweep())
    assert sweeps.count({"started": 1}) == 1


def declaration(age: timedelta, **changes: object) -> Upload:
    """A declared upload that is due."""
    began = NOW - age
    known = upload(upload_id=UPLOAD_ID, status=UploadStatus.DECLARED, received_at=timestamp(began), size=len(CONTENT))
    return replace(declared(known, "first", now=began, known=None), **changes)  # type: ignore[arg-type]  # the test's


def test_a_declared_upload_whose_report_is_stored_but_whose_event_was_lost_is_restarted() -> None:
    # The bank has declared a wrong size after it got the link by which it stored the report.
    world = World(declaration(DECLARED_DUE_AFTER + MINUTE, size=3))

    assert world.sweep() == {"restarted": 1}

    known = world.uploads.items[UPLOAD_ID]
    assert (known.status, known.attempt, known.expires_at) == (UploadStatus.RECEIVED, "attempt1", None)
    assert known.size == len(CONTENT)
    assert world.workflow.only["detail"]["object"] == {"key": KEY, "size": len(CONTENT)}


def test_a_declared_upload_is_left_alone_until_its_link_is_over() -> None:
    world = World(declaration(DECLARED_DUE_AFTER - MINUTE), stored=False)

    assert not world.sweep()


@pytest.mark.parametrize("age", [DECLARED_DUE_AFTER + MINUTE, DECLARED_FOR])
def test_a_declared_upload_whose_report_may_still_be_on_its_way_is_looked_after_again(age: timedelta) -> None:
    known = declaration(age)
    world = World(known, stored=False)

    assert world.sweep() == {"awaited": 1}
    assert world.uploads.items[UPLOAD_ID] == replace(known, due_at=timestamp(NOW + DECLARED_AGAIN_AFTER))


def test_an_abandoned_declaration_is_withdrawn() -> None:
    world = World(declaration(DECLARED_FOR + MINUTE), stored=False)

    assert world.sweep() == {"withdrawn": 1}
    assert not world.uploads.items
    assert not world.workflow.started


def test_an_abandoned_declaration_over_an_ended_upload_gives_way_to_it() -> None:
    ended = upload(upload_id=UPLOAD_ID, status=UploadStatus.FAILED, error="StuckError")
    world = World(declaration(DECLARED_FOR + MINUTE, expires_at=None, declared_after=ended.attributes()), stored=False)

    assert world.sweep() == {"withdrawn": 1}
    assert world.uploads.items == {UPLOAD_ID: ended}


def test_a_declaration_that_is_renewed_at_the_last_moment_is_not_withdrawn() -> None:
    known = declaration(DECLARED_FOR + MINUTE)
    world = World(known, stored=False)
    claimed = replace(known, due_at=timestamp(NOW + DECLARED_AGAIN_AFTER))
    world.uploads.rivals = [known, replace(claimed, attempt="second")]

    assert world.sweep() == {"left alone": 1}
    assert world.uploads.items[UPLOAD_ID].attempt == "second"
