"""The slim assembly of the bindings: the same JSON as with the whole one, whatever happens to the slim one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.infra.bindings import keep_cache_in_clone
from shared.repository import ROOT
from tests.effort import nightly

# The whole app; then what is imported after jsii has loaded the slim assembly and made objects, under names that no
# source contains. One program, because loading the whole assembly takes eight seconds of processor time.
PROGRAM = """
import importlib, sys
from pathlib import Path
from tests.synth.synthesis import settings_of, synthesize
synthesize(settings_of("pr6616"), Path(sys.argv[1]) / "app")
from shared.infra.app import App
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
app = App(outdir=sys.argv[1] + "/late/cdktf.out")
stack = TerraformStack(app, "stack")
AwsProvider(stack, "aws", region="eu-central-1")
queue = SqsQueue(stack, "queue", name="queue")
glue = importlib.import_module("cdktf_cdktf_provider_aws." + "glue_" + "job")
job = glue.GlueJob(stack, "job", name="job", role_arn=queue.arn, command={"script_location": "s3://x"})
job.put_notification_property(notify_delay_after=3)
SqsQueue(stack, "other", name=job.name)
app.synth()
"""


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "bindings"


def stacks(program: str, cache: Path, output: Path) -> dict[str, bytes]:
    """What a silent run of a program has written."""
    run = subprocess.run(
        [sys.executable, "-c", program, str(output)],
        cwd=ROOT,
        env={**os.environ, "TXN_BINDINGS_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    assert (run.returncode, run.stdout) == (0, "")
    written = sorted(output.glob("*/cdktf.out/stacks/*/cdk.tf.json"))
    return {path.parent.name: path.read_bytes() for path in written}


@nightly
def test_the_stacks_are_the_same_to_the_byte_also_when_a_submodule_imported_late_has_the_whole_loaded(
    cache: Path, tmp_path: Path
) -> None:
    output, file = tmp_path / "output", tmp_path / "file"  # one output for all: it is named in the stacks
    (output / "late").mkdir(parents=True)
    file.write_text("no folder")
    whole = stacks(PROGRAM, file / "bindings", output)  # where nothing can be written, the whole is loaded
    assert len(whole) == 5
    assert b"aws_glue_job" in whole["stack"]

    assert stacks(PROGRAM, cache, output) == whole
    (made,) = cache.glob("*.tgz")
    assert made.stat().st_size < 1_000_000
    assert "glue_job" in json.loads((cache / "slim.json").read_text())["submodules"]

    assert stacks(PROGRAM, cache, output) == whole
    assert len(list(cache.glob("*.tgz"))) == 2


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
