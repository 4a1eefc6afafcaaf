"""`./dev redrive`: what it lists, runs again and leaves, also when it is interrupted or repeated."""

from dataclasses import replace
from typing import Any

import pytest

from shared.contracts.api import MAX_REPORT_BYTES
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import Start
from tests.unit.functions.fakes import upload
from tests.unit.tools.operations.uploads.world import (
    NOTIFIED,
    OTHER_ID,
    UPLOAD_ID,
    World,
    ends_with,
    event,
    failed,
    letter,
)
from tools.errors import ToolError
from tools.operations.redrive import main
from tools.operations.uploads.reruns import LARGE_LIMIT_SECONDS, LIMIT_SECONDS


def world_with(*letters: dict[str, Any], known: Any = None) -> World:
    world = World(*[known] if known else [])
    for each in letters:
        world.sqs.send("dead", each)
    return world


def line_of(world: World, upload_id: str = UPLOAD_ID) -> str:
    """The last line of a table about an upload, without its borders."""
    lines = [line for line in world.output.splitlines() if upload_id in line and "│" in line]
    return " ".join(lines[-1].replace("│", " ").split())


def test_letters_are_listed_as_a_table_and_nothing_is_changed() -> None:
    world = world_with(letter(), known=failed())

    assert world.run() == 0

    assert line_of(world) == f"nordbank {UPLOAD_ID} daily.csv RangeError 2026-11-24 12:00 1 run again"
    assert "./dev redrive --all" in world.output
    assert (world.started, world.sqs.left()) == ([], 1)


def test_a_dry_run_shows_what_would_be_done_with_the_chosen_ones() -> None:
    world = world_with(letter(), letter(OTHER_ID), known=failed())

    assert world.run(UPLOAD_ID, dry_run=True) == 0

    assert OTHER_ID not in world.output
    assert "Nothing was changed" in world.output
    assert (world.started, world.sqs.left()) == ([], 2)


def test_without_letters_that_is_what_it_says() -> None:
    world = World()
    assert world.run() == 0
    assert world.output == "There are no dead letters.\n"


def test_a_failed_upload_is_run_again_as_a_new_attempt_and_followed_to_its_end() -> None:
    world = world_with(letter(), known=failed(restarts=1))

    assert world.run(UPLOAD_ID) == 0

    known = world.uploads.items[UPLOAD_ID]
    assert (known.attempt, known.restarts) == ("attempt1", 0)
    assert [each["by"] for each in known.attempts] == ["intake", "redrive"]
    assert world.started[0]["attempt"] == "attempt1"
    assert "give_up" not in world.started[0]
    assert line_of(world).endswith("2 COMPLETED: 1 loaded, 0 repeated, 0 in conflict")
    assert not world.sqs.queues["dead"]


def test_an_upload_that_fails_again_is_shown_with_its_reason_and_in_the_exit_code() -> None:
    world = world_with(letter(), letter(OTHER_ID, attempt="first"), known=failed())
    world.uploads.items[OTHER_ID] = failed(upload_id=OTHER_ID)
    world.ends = ends_with(UploadStatus.FAILED, error="KeyError")

    assert world.run(every=True) == 1

    assert line_of(world).endswith("FAILED: KeyError")
    assert "2 run, 2 of them failed or did not end." in world.output


def test_a_rejected_report_has_ended_too() -> None:
    world = world_with(letter(), known=failed())
    world.ends = ends_with(UploadStatus.REJECTED, error_count=3)
    assert world.run(every=True) == 0
    assert line_of(world).endswith("REJECTED: 3 validation errors")


@pytest.mark.parametrize(("size", "limit"), [(1, LIMIT_SECONDS), (MAX_REPORT_BYTES + 1, LARGE_LIMIT_SECONDS)])
def test_an_upload_that_does_not_end_in_time_is_left_to_the_sweeper(size: int, limit: int) -> None:
    body = letter()
    body["event"]["detail"]["object"]["size"] = size
    world = world_with(body, known=failed(size=size))
    world.ends = lambda *_: None

    assert world.run(every=True) == 1

    assert f"still RECEIVED after {limit} s: ./dev explain {UPLOAD_ID}" in world.output
    assert world.seconds > limit
    assert world.started[0]["detail"]["object"]["size"] == size


@pytest.mark.parametrize(
    "known",
    [
        failed(attempt="second"),
        failed(attempt="second", status=UploadStatus.COMPLETED, notified_at=NOTIFIED),
        failed(status=UploadStatus.COMPLETED, notified_at=NOTIFIED),
    ],
)
def test_a_letter_whose_upload_has_been_run_again_is_shown_so_and_deleted(known: Any) -> None:
    world = world_with(letter(), known=known)

    assert world.run() == 0
    assert line_of(world).endswith("already run again")
    assert world.sqs.left() == 1

    assert world.run(every=True) == 0
    assert line_of(world).endswith(f"already run again: {known.status}")
    assert (world.started, world.sqs.queues["dead"]) == ([], [])


def test_a_second_run_finds_nothing_to_do() -> None:
    world = world_with(letter(), known=failed())
    world.run(every=True)
    assert world.run(every=True) == 0
    assert "There are no dead letters." in world.output
    assert len(world.started) == 1


def test_a_bank_that_resubmits_before_the_new_attempt_is_first() -> None:
    world = world_with(letter(), known=failed())
    world.uploads.rivals = [failed(attempt="second", status=UploadStatus.RECEIVED)]

    assert world.run(every=True) == 0

    assert not world.started
    assert line_of(world).endswith("already run again: RECEIVED")


def test_letters_of_one_attempt_are_one_and_all_of_them_are_deleted() -> None:
    world = world_with(letter(), letter(), known=failed())

    assert world.run(every=True) == 0

    assert len(world.started) == 1
    assert not world.sqs.queues["dead"]


def test_a_letter_of_a_version_without_attempts_still_works() -> None:
    world = world_with(letter(attempt=None), known=failed(attempt="", attempts=()))

    assert world.run(every=True) == 0

    assert [each["by"] for each in world.uploads.items[UPLOAD_ID].attempts] == ["redrive"]
    assert line_of(world).endswith("COMPLETED: 1 loaded, 0 repeated, 0 in conflict")


def test_an_unfinished_upload_whose_failure_could_not_be_marked_is_run_again() -> None:
    world = world_with(letter(), known=failed(status=UploadStatus.LOADING))
    assert world.run(every=True) == 0
    assert world.uploads.items[UPLOAD_ID].attempt == "attempt1"


def test_an_end_that_was_not_announced_is_announced_without_a_new_attempt() -> None:
    world = world_with(letter(), known=failed(status=UploadStatus.COMPLETED))

    assert world.run(every=True) == 0

    assert world.uploads.items[UPLOAD_ID].attempt == "first"
    assert "attempt" not in world.started[0]
    assert not world.sqs.queues["dead"]


def test_a_report_without_an_upload_is_started_and_its_letter_goes_when_it_has_ended() -> None:
    world = world_with(letter(attempt="execution-1"))
    lengths = []

    def end(world: World, start: Start, name: str) -> None:
        lengths.append(len(world.sqs.queues["dead"]))
        ends_with(UploadStatus.COMPLETED)(world, start, name)

    world.ends = end
    assert world.run(every=True) == 0
    assert lengths == [1]
    assert not world.sqs.queues["dead"]


def test_a_report_that_fails_without_an_upload_leaves_its_new_letter() -> None:
    world = world_with(letter(attempt="execution-1"))
    world.ends = lambda world, _, name: world.sqs.send("dead", letter(attempt=name))

    assert world.run(every=True) == 1

    assert "FAILED before there was an upload" in world.output
    assert [each["Body"].count("attempt1") for each in world.sqs.queues["dead"]] == [1]


@pytest.mark.parametrize("known", [None, upload(upload_id=UPLOAD_ID, attempt="first")])
def test_an_event_that_was_not_delivered_is_run(known: Any) -> None:
    world = World(*[known] if known else [])
    world.sqs.send("events", event(), ERROR_CODE="NO_PERMISSIONS")

    assert world.run() == 0
    assert "NO_PERMISSIONS" in line_of(world)
    assert world.run(UPLOAD_ID) == 0
    assert line_of(world).endswith("COMPLETED: 1 loaded, 0 repeated, 0 in conflict")
    assert not world.sqs.queues["events"]


def test_an_event_whose_upload_has_gone_on_is_already_run_again() -> None:
    world = World(failed())
    world.sqs.send("events", event())
    assert world.run(every=True) == 0
    assert not world.started
    assert not world.sqs.queues["events"]


@pytest.mark.parametrize(
    "body", ["no JSON", "[]", '{"event": null}', '{"event": {"detail": {"object": {"key": "x"}}}}']
)
def test_a_message_that_is_no_letter_of_a_report_is_shown_and_kept(body: str) -> None:
    world = World()
    world.sqs.send("dead", body)

    assert world.run(every=True) == 1

    assert "not a dead letter of a report" in world.output
    assert world.sqs.left() == 1


def test_ctrl_c_loses_nothing_and_the_command_can_be_repeated() -> None:
    world = world_with(letter(), letter(OTHER_ID, attempt="first"), known=failed())
    world.uploads.items[OTHER_ID] = failed(upload_id=OTHER_ID)

    def interrupted(world: World, start: Start, name: str) -> None:
        if len(world.started) == 2:
            raise KeyboardInterrupt
        ends_with(UploadStatus.COMPLETED)(world, start, name)

    world.ends = interrupted
    assert world.run(every=True) == 130
    assert "Repeat the command" in world.output
    assert world.sqs.left() == 1

    world.ends = ends_with(UploadStatus.COMPLETED)
    # The second attempt has begun: it is the sweeper's, which finds it in the uploads table.
    assert world.uploads.items[OTHER_ID].due_at
    assert world.run(every=True) == 0
    assert "already run again" in line_of(world, OTHER_ID)


def test_an_error_of_aws_releases_the_letters() -> None:
    world = world_with(letter(), known=failed())
    world.ends = lambda *_: (_ for _ in ()).throw(ToolError("denied"))
    with pytest.raises(ToolError, match="denied"):
        world.run(every=True)
    assert world.sqs.left() == 1


def test_an_upload_without_a_letter_is_an_error_that_names_it() -> None:
    world = world_with(letter(), known=failed())
    with pytest.raises(ToolError, match=f"No dead letter of {OTHER_ID}"):
        world.run(OTHER_ID)
    assert world.sqs.left() == 1


def test_many_letters_are_run_some_at_a_time() -> None:
    world = World()
    most = 0

    def end(world: World, *_: object) -> None:
        nonlocal most
        running = sum(each.status is UploadStatus.RECEIVED for each in world.uploads.items.values())
        most = max(most, running)
        if running == 10:
            for upload_id, each in world.uploads.items.items():
                if each.status is UploadStatus.RECEIVED:
                    world.uploads.items[upload_id] = replace(each, status=UploadStatus.COMPLETED, notified_at=NOTIFIED)

    world.ends = end
    for number in range(30):
        upload_id = f"{number:032x}"
        world.uploads.items[upload_id] = failed(upload_id=upload_id)
        world.sqs.send("dead", letter(upload_id))

    assert world.run(every=True) == 0
    assert most == 10
    assert "30 run." in world.output


def test_settings_that_cannot_be_read_are_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "Odd")
    assert main([]) == 1
    assert capsys.readouterr().err.startswith("./dev redrive: ENVIRONMENT_SUFFIX: environment suffix 'Odd'")


def test_the_letter_of_an_upload_that_was_declared_again_waits_for_what_becomes_of_it() -> None:
    """If the report is not stored, the declaration is withdrawn, and the upload is FAILED again: with its letter."""
    declared_again = failed(
        status=UploadStatus.DECLARED, attempt="second", declared_after=failed().attributes(), error=None
    )
    world = world_with(letter(), known=declared_again)

    assert world.run(every=True) == 0

    assert line_of(world).endswith("declared again: wait for its report")
    assert (world.started, world.sqs.left()) == ([], 1)


def test_the_lost_event_of_a_declared_upload_is_run_again_with_the_size_that_is_stored() -> None:
    world = World(failed(status=UploadStatus.DECLARED, error=None, size=3))
    world.sqs.send("events", event(), ERROR_CODE="NO_PERMISSIONS")

    assert world.run(every=True) == 0

    assert world.started[0]["detail"]["object"]["size"] == event()["detail"]["object"]["size"] != 3
    assert not world.sqs.queues["events"]
