"""What cdktf is asked, and what a user hears of what it prints; `cdktf` is a shell script here."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.tools.operations.state.test_lock import OUTPUT
from tools.errors import ToolError
from tools.operations.cdktf.cli import Cdktf
from tools.operations.state.lock import Lock

PLAN = """\
data-stack  Initializing the backend...
            aws_sqs_queue.q: Refreshing state... [id=q]
data-stack  Terraform used the selected providers to generate the following execution
            plan. Resource actions are indicated with the following symbols:
              ~ update in-place
data-stack  # aws_sqs_queue.q will be updated in-place
            Plan: 0 to add, 1 to change, 0 to destroy.
data-stack  Warning: Deprecated Parameter
"""


def cdktf(folder: Path, output: str, *, code: int = 0) -> Cdktf:
    (folder / "said").write_text(output)
    script = folder / "cdktf"
    script.write_text(f'#!/bin/sh\necho "$@" > {folder}/asked\ncat {folder}/said\nexit {code}\n')
    script.chmod(0o755)
    return Cdktf(
        environ={"PATH": f"{folder}:/usr/bin:/bin"},
        output=folder / "cdktf.out",
        log=folder / "logs" / "cdktf.log",
        root=folder,
        now=lambda: datetime(2026, 11, 23, 17, 35, 3, tzinfo=UTC),
    )


def failure(folder: Path, output: str) -> str:
    with pytest.raises(ToolError) as failed:
        cdktf(folder, output, code=1).deploy("data-stack", lambda _: None)
    return str(failed.value)


def test_a_plan_is_shown_without_its_margin_and_what_was_read(tmp_path: Path) -> None:
    assert cdktf(tmp_path, PLAN).diff("data-stack") == [
        "Terraform used the selected providers to generate the following execution",
        "plan. Resource actions are indicated with the following symbols:",
        "  ~ update in-place",
        "# aws_sqs_queue.q will be updated in-place",
        "Plan: 0 to add, 1 to change, 0 to destroy.",
    ]


def test_a_plan_that_changes_outputs_alone_is_shown_too(tmp_path: Path) -> None:
    output = 'data-stack  Changes to Outputs:\n              + bucket = "b"\n'
    assert cdktf(tmp_path, output).diff("data-stack") == ["Changes to Outputs:", '  + bucket = "b"']


def test_one_stack_is_deployed_without_the_others_and_its_progress_told(tmp_path: Path) -> None:
    told: list[str] = []
    output = "data-stack  Plan: 2 to add, 0 to change, 0 to destroy.\ndata-stack  a: Creation complete after 0s\n"
    cdktf(tmp_path, output).deploy("data-stack", told.append)
    assert told == ["data-stack: 0 of 2 resources", "data-stack: 1 of 2 resources"]
    asked = (tmp_path / "asked").read_text()
    assert asked.startswith("deploy data-stack --ignore-missing-stack-dependencies --skip-synth --no-color --auto-app")
    assert "Creation complete" in (tmp_path / "logs" / "cdktf.log").read_text()


def test_a_lock_that_stands_in_the_way_is_told_with_its_holder(tmp_path: Path) -> None:
    told = failure(tmp_path, OUTPUT)
    assert told.startswith("data-stack is locked by runner@ci-7 since 2026-11-23 17:01:02 UTC (34 min)")
    assert "Error" not in told


def test_other_errors_are_told_with_the_log(tmp_path: Path) -> None:
    told = failure(tmp_path, "".join(f"data-stack  Error: number {number}\n" for number in range(5)))
    assert told.split("\n\n") == [
        "cdktf deploy failed:",
        "Error: number 0",
        "Error: number 1",
        "Error: number 2",
        "... and 2 more.",
        f"The whole log: {tmp_path}/logs/cdktf.log",
    ]


def test_a_torn_checksum_is_told_with_the_command_that_fixes_it(tmp_path: Path) -> None:
    told = failure(tmp_path, "data-stack  Error: state data in S3 does not have the expected content.\n")
    assert "Fix it: ./dev unlock" in told


def test_a_failure_without_an_error_shows_the_end(tmp_path: Path) -> None:
    assert "Something odd" in failure(tmp_path, "Something odd\n")


def test_without_cdktf_set_up_is_named(tmp_path: Path) -> None:
    tool = cdktf(tmp_path, "")
    (tmp_path / "cdktf").unlink()
    with pytest.raises(ToolError, match="cdktf is not in the private environment"):
        tool.synth()


def test_a_lock_of_our_own_request_is_freed_and_the_stack_tried_once_more(tmp_path: Path) -> None:
    tool, freed = cdktf(tmp_path, OUTPUT, code=1), list[str]()

    def free_own(lock: Lock, began: datetime) -> bool:
        freed.append(f"{lock.stack} {began:%H:%M:%S}")
        (tmp_path / "cdktf").write_text("#!/bin/sh\necho done\n")
        return True

    dataclasses.replace(tool, free_own=free_own).deploy("data-stack", lambda _: None)

    assert freed == ["data-stack 17:35:03"]


def test_a_lock_that_is_not_freed_is_told_after_one_try(tmp_path: Path) -> None:
    tool = dataclasses.replace(cdktf(tmp_path, OUTPUT, code=1), free_own=lambda _lock, _began: False)

    with pytest.raises(ToolError, match="is locked by"):
        tool.deploy("data-stack", lambda _: None)

    assert (tmp_path / "logs" / "cdktf.log").read_text().count("$ cdktf") == 1
