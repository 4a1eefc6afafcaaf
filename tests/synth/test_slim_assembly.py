"""The slim assembly of the bindings: the same JSON as with the whole one, whatever happens to the slim one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.infra.bindings import keep_cache_in_clone
from shared.repository import ROOT

APP = """
import sys
from pathlib import Path
from tests.synth.synthesis import settings_of, synthesize
synthesize(settings_of("pr6616"), Path(sys.argv[1]))
"""
# Imported after jsii has loaded the slim assembly and made objects, under names that no source contains.
LATE = """
import importlib, sys
from shared.infra.app import App
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
app = App(outdir=sys.argv[1] + "/cdktf.out")
stack = TerraformStack(app, "stack")
AwsProvider(stack, "aws", region="eu-central-1")
queue = SqsQueue(stack, "queue", name="queue")
glue = importlib.import_module("cdktf_cdktf_provider_aws." + "glue_" + "job")
job = glue.GlueJob(stack, "job", name="job", role_arn=queue.arn, command={"script_location": "s3://x"})
job.put_notification_property(notify_delay_after=3)
SqsQueue(stack, "other", name=job.name)
app.synth()
"""
# What an import of the bindings does before jsii starts.
MAKE = """
import sys
from importlib.util import find_spec
from pathlib import Path
from shared.infra.slim_assembly import SlimAssemblies
whole = next(Path(find_spec("cdktf_cdktf_provider_aws").origin).parent.glob("_jsii/*.jsii.tgz"))
print(SlimAssemblies(folder=Path(sys.argv[1]), used=lambda: frozenset({"sqs_queue"})).find(whole).path)
"""


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "bindings"


def start(program: str, output: Path, cache: Path | None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, str(output)],
        cwd=ROOT,
        env={**os.environ, "TXN_BINDINGS_CACHE": str(cache or "")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def stacks(run: subprocess.Popen[str], output: Path) -> dict[str, bytes]:
    """What a silent run has written."""
    printed, _ = run.communicate(timeout=300)
    assert (run.returncode, printed) == (0, "")
    written = sorted((output / "cdktf.out" / "stacks").glob("*/cdk.tf.json"))
    return {path.parent.name: path.read_bytes() for path in written}


def finish(program: str, cache: Path | None, output: Path) -> dict[str, bytes]:
    with start(program, output, cache) as run:
        return stacks(run, output)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Path | None], dict[str, bytes]]:
    output = tmp_path_factory.mktemp("output")  # one for all: it is named in the stacks
    return lambda program, cache: finish(program, cache, output)


Run = Callable[[str, Path | None], dict[str, bytes]]


def test_the_stacks_are_the_same_to_the_byte(run: Run, cache: Path) -> None:
    whole = run(APP, None)
    assert len(whole) == 4
    assert run(APP, cache) == whole
    (made,) = cache.glob("*.tgz")
    assert made.stat().st_size < 1_000_000


def test_a_submodule_imported_late_has_the_whole_loaded_silently_and_is_in_the_next_one(
    run: Run, cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    whole = run(LATE, tmp_path / "file" / "bindings")  # where nothing can be written, the whole is loaded
    assert b"aws_glue_job" in whole["stack"]
    assert run(LATE, cache) == whole
    assert "glue_job" in json.loads((cache / "slim.json").read_text())["submodules"]
    assert len(list(cache.glob("*.tgz"))) == 1
    assert run(LATE, cache) == whole
    assert len(list(cache.glob("*.tgz"))) == 2


def test_two_processes_at_once_do_not_disturb_each_other(cache: Path) -> None:
    with start(MAKE, cache, cache) as first, start(MAKE, cache, cache) as second:
        found = [run.communicate(timeout=300)[0] for run in (first, second)]
    (made,) = cache.glob("*.tgz")
    assert found == [f"{made}\n"] * 2
    assert not list(cache.glob("*.part"))


def test_jsii_keeps_its_cache_where_it_is_told_to_or_else_keeps_none(tmp_path: Path) -> None:
    environment: dict[str, str] = {}
    keep_cache_in_clone(environment, tmp_path / "jsii")
    assert environment == {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(tmp_path / "jsii")}
    (tmp_path / "file").touch()
    environment = {}
    keep_cache_in_clone(environment, tmp_path / "file" / "jsii")
    assert environment == {"JSII_RUNTIME_PACKAGE_CACHE": "disabled"}


@pytest.mark.parametrize("name", ["JSII_RUNTIME_PACKAGE_CACHE", "JSII_RUNTIME_PACKAGE_CACHE_ROOT"])
def test_what_the_user_has_set_for_jsiis_cache_stays(tmp_path: Path, name: str) -> None:
    environment = {name: "own"}
    keep_cache_in_clone(environment, tmp_path)
    assert environment == {name: "own"}
