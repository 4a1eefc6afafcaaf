"""What the local cloud adds to the driver: the types that its provider knows, and programs under a guard."""

import json
from pathlib import Path

import pytest

from local.cloud.errors import LocalError
from local.cloud.paths import Paths
from local.cloud.run_folder import RunFolder
from local.deployment.cdktf import Provider, open_driver, synthesize
from tests.unit.tools.operations.fake_stacks import FakeDriver, stack
from tools.errors import ToolError


def driver(folder: Path, resource_type: str) -> FakeDriver:
    """A driver that synthesizes one resource."""
    (folder / "cdk.tf.json").write_text(json.dumps({"resource": {resource_type: {"x": {}}}}))
    return FakeDriver(folder=folder)


def test_a_type_that_the_local_provider_lacks_is_reported_before_anything_is_deployed(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="does not know aws_eks_cluster") as failure:
        synthesize(driver(tmp_path, "aws_eks_cluster"), Provider.LOCAL)
    assert "--provider registry" in str(failure.value)


def test_the_local_provider_accepts_the_types_it_knows_and_the_real_one_any(tmp_path: Path) -> None:
    assert synthesize(driver(tmp_path, "aws_sqs_queue"), Provider.LOCAL)
    assert synthesize(driver(tmp_path, "aws_eks_cluster"), Provider.REGISTRY)


def test_terraform_runs_under_a_guard_in_the_stacks_folder_with_its_output_in_the_runs_log(tmp_path: Path) -> None:
    terraform = tmp_path / "terraform"
    terraform.write_text('#!/bin/sh\necho "$1 in $PWD by $(ps -o args= -p $PPID)"\n[ $1 = init ] || exit 7\n')
    terraform.chmod(0o755)
    paths = Paths(root=tmp_path, ministack_python=Path("python"), cdktf=Path("cdktf"), runs=tmp_path)
    with (tmp_path / "lock").open("w") as lock:
        run = RunFolder(path=tmp_path, lock=lock.fileno())
        driver = open_driver(paths, run, {"PATH": f"{tmp_path}:/usr/bin:/bin"})
        with pytest.raises(ToolError, match="terraform plan in data-stack failed:"):
            driver.plan(stack("data-stack", folder=tmp_path))
    first = run.log("deployment").read_text().splitlines()[1]
    assert first.startswith(f"init in {tmp_path} by ")
    assert "guard.py" in first
