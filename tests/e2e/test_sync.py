"""`./dev sync` brings a change of a function into the local cloud that is up, and the next deploy has nothing to do."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Final

import pytest

from local.cloud.clients import Cloud
from local.deployment.cdktf import Provider
from local.deployment.launch import Launched
from local.deployment.outputs import Pipeline
from shared.contracts.functions import FunctionName
from shared.infra.stack_names import StackName
from shared.repository import ROOT

pytestmark = pytest.mark.e2e
COPIED: Final = (
    "cdktf.json", "environments", "functions", "local", "main.py", "requirements", "shared", "stacks",
    "terraform_provider", "tools",
)  # fmt: skip
LINKED: Final = (".cache", "build/dependencies")
SOURCE: Final = "functions/status/responses.py"
LIMIT_SECONDS: Final = 60
"""Only a failing test waits that long."""


@pytest.fixture
def clone(tmp_path: Path, launched: Launched) -> Iterator[Path]:
    """A copy of the clone to change; afterwards, the local cloud has its old code again."""
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, tmp_path / name)
    for name in LINKED:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(ROOT / name)
    launched.run.announce(launched.pipeline.cloud.endpoint_url)
    yield tmp_path
    sync(ROOT, launched)


def command(clone: Path, launched: Launched, *options: str) -> "subprocess.Popen[str]":
    port = launched.pipeline.cloud.endpoint_url.rpartition(":")[2]
    return subprocess.Popen(
        [sys.executable, "-m", "local.sync", "--port", port, *options],
        cwd=clone,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "LOCAL_RUNS": str(launched.run.path.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def sync(clone: Path, launched: Launched, *, code: int = 0) -> str:
    """Run it once; what it prints."""
    with command(clone, launched) as process:
        printed, _ = process.communicate(timeout=LIMIT_SECONDS)
    assert process.returncode == code, printed
    return printed


def edit(clone: Path, text: str) -> None:
    """Change what the API answers for an upload that does not exist."""
    changed = (ROOT / SOURCE).read_text(encoding="utf-8").replace("You have no upload with this id", text)
    assert text in changed
    (clone / SOURCE).write_text(changed, encoding="utf-8")


def answer(pipeline: Pipeline) -> str:
    answered = pipeline.client("nordbank").upload_state("missing")
    assert answered.status == HTTPStatus.NOT_FOUND
    return str(answered.body["detail"])


def processor_seconds() -> float:
    """What the ended child processes have used: unlike the clock, it does not count what other tests do meanwhile."""
    used = os.times()
    return used.children_user + used.children_system


def code_hashes(cloud: Cloud) -> dict[str, str]:
    return {each["FunctionName"]: each["CodeSha256"] for each in cloud.lambda_.list_functions()["Functions"]}


def test_a_synced_change_is_in_use_at_once_and_no_difference_for_the_next_deploy(
    launched: Launched, provider: Provider, clone: Path
) -> None:
    assert answer(launched.pipeline).startswith("You have no upload")  # its process is warm
    before = code_hashes(launched.pipeline.cloud)
    edit(clone, "Synced: none")

    began = processor_seconds()
    lines = sync(clone, launched).splitlines()
    assert processor_seconds() - began < 3

    assert answer(launched.pipeline).startswith("Synced: none")
    changed = {f"txn-{FunctionName.STATUS}-local"}
    assert {name for name, value in code_hashes(launched.pipeline.cloud).items() if before[name] != value} == changed
    states = dict(line.split() for line in lines[: len(FunctionName)])
    assert states == dict.fromkeys(FunctionName, "unchanged") | {FunctionName.STATUS: "updated"}
    assert lines[len(FunctionName)].startswith("1 function updated on port ")

    driver = replace(launched.driver, root=clone)
    plans = {stack.id: driver.plan(stack) for stack in driver.synth()}
    # hashicorp/aws 6.25 does not read the code's hash: it uploads the same code once more.
    differs = {StackName.COMPUTE} if provider is Provider.REGISTRY else set[str]()
    assert {id_ for id_, plan in plans.items() if plan.changes} == differs
    assert sum(plan.total for plan in plans.values()) == len(differs)


def test_code_that_is_not_python_is_reported_and_not_uploaded(launched: Launched, clone: Path) -> None:
    before = code_hashes(launched.pipeline.cloud)
    edit(clone, "Synced: none")
    broken = clone / "functions/intake/handler.py"
    broken.write_text("def handle(:\n", encoding="utf-8")
    printed = sync(clone, launched, code=1)
    assert printed == (
        "functions/intake/handler.py:1: invalid syntax. Fix the syntax, then try again.\nNo function was updated.\n"
    )
    assert code_hashes(launched.pipeline.cloud) == before


def test_watching_syncs_each_change_goes_on_after_an_error_and_ends_with_one_line(
    launched: Launched, clone: Path
) -> None:
    with command(clone, launched, "--watch") as process:
        assert process.stdout is not None
        try:
            _read_until(process, "Watching functions/")
            (clone / SOURCE).write_text("def broken(:\n", encoding="utf-8")
            _read_until(process, "No function was updated.")
            edit(clone, "Watched: none")
            _read_until(process, "1 function updated")
            assert answer(launched.pipeline).startswith("Watched: none")
            process.send_signal(signal.SIGINT)
            assert process.stdout.read() == "Stopped watching; the local cloud stays up.\n"
            assert process.wait(LIMIT_SECONDS) == 0
        finally:
            process.kill()


def _read_until(process: "subprocess.Popen[str]", start: str) -> None:
    read = []
    for line in process.stdout or ():
        read.append(line)
        if line.startswith(start):
            return
    raise AssertionError(f"no line starts with {start!r}:\n" + "".join(read))
