"""Who holds a lock is read alike from Terraform's message and from the table, and only a dead holder loses it."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.operations.cdktf.cli import explain_lock
from tools.operations.state.lock import Lock, NoLockError, lock_of_item, lock_of_output
from tools.operations.state.lock_holder import TerraformProcess, Witness, state_in, why_alive

NOW = datetime(2026, 11, 23, 17, 35, 3, tzinfo=UTC)
INFO = {
    "ID": "0c4e7f0e-96fa-8c0f-6d8f-d2bb2a22a4a0",
    "Operation": "OperationTypeApply",
    "Info": "",
    "Who": "runner@ci-7",
    "Version": "1.11.4",
    "Created": "2026-11-23T17:01:02.123456789Z",
    "Path": "txn-state-1-r/dev/data-stack.tfstate",
}
OUTPUT = """\
data-stack  Initializing the backend...
data-stack  Error: Error acquiring the state lock

            Error message: operation error DynamoDB: PutItem, https response error
            StatusCode: 400, RequestID: ac3d4463-486a-45a9-b82a-04e2786e7627,
            ConditionalCheckFailedException: The conditional request failed
            Lock Info:
              ID:        0c4e7f0e-96fa-8c0f-6d8f-d2bb2a22a4a0
              Path:      txn-state-1-r/dev/data-stack.tfstate
              Operation: OperationTypeApply
              Who:       runner@ci-7
              Version:   1.11.4
              Created:   2026-11-23 17:01:02.123456789 +0000 UTC
              Info:

            Terraform acquires a state lock to protect the state from being written
"""
LOCK = lock_of_item(json.dumps(INFO))


def test_terraforms_message_and_the_tables_item_say_the_same() -> None:
    assert lock_of_output(OUTPUT.splitlines()) == LOCK
    assert (
        Lock(
            id="0c4e7f0e-96fa-8c0f-6d8f-d2bb2a22a4a0",
            path="txn-state-1-r/dev/data-stack.tfstate",
            who="runner@ci-7",
            operation="apply",
            created=datetime(2026, 11, 23, 17, 1, 2, tzinfo=UTC),
        )
        == LOCK
    )


def test_the_frames_that_terraform_draws_do_not_matter() -> None:
    assert lock_of_output(f"│ {line}" for line in OUTPUT.splitlines()) == LOCK


def test_another_failure_is_no_lock() -> None:
    assert lock_of_output(["data-stack  Error: creating queue", "  ID: 7", "  Who: me"]) is None
    assert lock_of_output(OUTPUT.splitlines()[:9]) is None


@given(st.text() | st.dictionaries(st.sampled_from(sorted(INFO)), st.text() | st.integers()).map(json.dumps))
def test_whatever_else_lies_in_the_table_is_named_as_no_lock(text: str) -> None:
    with pytest.raises(NoLockError):
        lock_of_item(text)


def test_a_user_hears_who_since_when_and_what_to_do() -> None:
    told = explain_lock(LOCK, NOW)
    assert told.startswith("data-stack is locked by runner@ci-7 since 2026-11-23 17:01:02 UTC (34 min), for apply ")
    assert "./dev unlock" in told


def witness(host: str, processes: Iterable[TerraformProcess] = (), *, later: timedelta = timedelta()) -> Witness:
    return Witness(host=host, now=NOW + later, processes=tuple(processes))


def test_a_holder_on_this_machine_is_alive_while_its_process_is() -> None:
    assert why_alive(LOCK, witness("ci-7")) is None
    running = witness("ci-7", [TerraformProcess(pid=7, state=LOCK.path)], later=timedelta(days=9))
    assert why_alive(LOCK, running) == "Terraform runs on this machine (process 7)"


def test_a_terraform_that_works_on_another_state_does_not_count_but_an_unknown_one_does() -> None:
    assert why_alive(LOCK, witness("ci-7", [TerraformProcess(pid=7, state="other/state")])) is None
    assert why_alive(LOCK, witness("ci-7", [TerraformProcess(pid=8, state=None)])) is not None


def test_the_state_that_a_terraform_works_on_is_the_one_of_its_folders_backend(tmp_path: Path) -> None:
    assert state_in(tmp_path) == ""
    (tmp_path / ".terraform").mkdir()
    noted = tmp_path / ".terraform" / "terraform.tfstate"
    noted.write_text('{"backend": {"type": "local", "config": {"path": "x"}}}')
    assert state_in(tmp_path) == ""
    noted.write_text('{"backend": {"type": "s3", "config": {"bucket": "b", "key": "dev/data-stack.tfstate"}}}')
    assert state_in(tmp_path) == "b/dev/data-stack.tfstate"


def test_a_holder_elsewhere_is_believed_alive_for_hours() -> None:
    assert why_alive(LOCK, witness("laptop")) == "it runs on ci-7, and the lock is younger than 2 hours"
    assert why_alive(LOCK, witness("laptop", later=timedelta(hours=2))) is None
