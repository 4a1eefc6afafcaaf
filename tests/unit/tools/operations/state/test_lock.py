"""A lock reads the same in Terraform's error and in the lock table, and is kept while its holder may be alive."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.operations.state.lock import Lock, MalformedLockError, lock_of_diagnostic, lock_of_item
from tools.operations.state.lock_holder import Machine, TerraformProcess, reason_to_keep, state_in

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
DETAIL = """\
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


def test_terraforms_error_and_the_tables_item_are_the_same_lock() -> None:
    assert lock_of_diagnostic(DETAIL) == LOCK
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


def test_another_failure_is_no_lock() -> None:
    assert lock_of_diagnostic("creating queue\nID: 7\nWho: me") is None
    assert lock_of_diagnostic(DETAIL.partition("  Path:")[0]) is None


@given(st.text() | st.dictionaries(st.sampled_from(sorted(INFO)), st.text() | st.integers()).map(json.dumps))
def test_anything_else_in_the_table_is_malformed(text: str) -> None:
    with pytest.raises(MalformedLockError):
        lock_of_item(text)


def machine(host: str, processes: Iterable[TerraformProcess] = (), *, later: timedelta = timedelta()) -> Machine:
    return Machine(host=host, now=NOW + later, processes=tuple(processes))


def test_a_lock_of_this_machine_is_kept_while_its_process_runs() -> None:
    assert reason_to_keep(LOCK, machine("ci-7")) is None
    running = machine("ci-7", [TerraformProcess(pid=7, state=LOCK.path)], later=timedelta(days=9))
    assert reason_to_keep(LOCK, running) == "Terraform runs on this machine (process 7)"


def test_a_terraform_that_works_on_another_state_does_not_count_but_an_unknown_one_does() -> None:
    assert reason_to_keep(LOCK, machine("ci-7", [TerraformProcess(pid=7, state="other/state")])) is None
    assert reason_to_keep(LOCK, machine("ci-7", [TerraformProcess(pid=8, state=None)])) is not None


def test_the_state_that_a_terraform_works_on_is_the_one_of_its_folders_backend(tmp_path: Path) -> None:
    assert state_in(tmp_path) == ""
    (tmp_path / ".terraform").mkdir()
    noted = tmp_path / ".terraform" / "terraform.tfstate"
    noted.write_text('{"backend": {"type": "local", "config": {"path": "x"}}}')
    assert state_in(tmp_path) == ""
    noted.write_text('{"backend": {"type": "s3", "config": {"bucket": "b", "key": "dev/data-stack.tfstate"}}}')
    assert state_in(tmp_path) == "b/dev/data-stack.tfstate"


def test_a_lock_of_another_machine_is_kept_for_hours() -> None:
    assert reason_to_keep(LOCK, machine("laptop")) == "its holder runs on ci-7, and the lock is younger than 2 hours"
    assert reason_to_keep(LOCK, machine("laptop", later=timedelta(hours=2))) is None
