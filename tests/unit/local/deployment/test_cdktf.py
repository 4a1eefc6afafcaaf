"""How cdktf is run, and what is said of its failures; a script stands in for `node` and so for the CLI."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from local.cloud.errors import LocalError
from local.cloud.paths import Paths
from local.cloud.run_folder import RunFolder
from local.deployment.cdktf import EVERY_STACK, Deployment, Provider
from tools.operations.cdktf.output import StackProgress

DEPLOYS = """\
echo "data-stack  Plan: 1 to add, 0 to change, 0 to destroy."
echo "            aws_sqs_queue.q (q): Creation complete after 0s [id=q]"
echo "data-stack  Apply complete! Resources: 1 added, 0 changed, 0 destroyed."
"""
FAILS = """\
echo "data-stack  Error: creating queue $1" >&2
for number in 1 2 3; do echo "data-stack  Error: number $number"; done
exit 1
"""
HAS_NO_REGISTRY = 'echo "data-stack  Error: Failed to query available provider packages"; exit 1'
DIES = "echo Something odd; exit 3"


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    (tmp_path / "logs").mkdir()
    with (tmp_path / "lock").open("w") as lock:
        return RunFolder(path=tmp_path, lock=lock.fileno())


def cdktf(
    run: RunFolder,
    script: str,
    *,
    provider: Provider = Provider.LOCAL,
    show: Callable[[StackProgress], None] = lambda _: None,
) -> Deployment:
    """A deployment whose `node` is this shell script."""
    node = run.path / "node"
    node.write_text(f"#!/bin/sh\n{script}")
    node.chmod(0o755)
    return Deployment(
        paths=Paths(root=run.path, ministack_python=Path("python"), cdktf=Path("cdktf"), runs=run.path),
        run=run,
        environ={"PATH": f"{run.path}:/usr/bin:/bin"},
        provider=provider,
        on_progress=show,
    )


def synthesizes(run: RunFolder, resource_type: str) -> str:
    """A script that writes a stack with one resource where the CLI would."""
    stack = json.dumps({"resource": {resource_type: {"x": {}}}})
    folder = run.synthesized / "stacks" / "data-stack"
    return f"mkdir -p {folder} && echo '{stack}' > {folder}/cdk.tf.json"


def test_progress_is_told_as_it_is_made(run: RunFolder) -> None:
    shown: list[StackProgress] = []
    progress = cdktf(run, DEPLOYS, show=shown.append).deploy(EVERY_STACK)
    assert [str(each) for each in shown] == [
        "data-stack: 0 of 1 resources",
        "data-stack: 1 of 1 resources",
        "data-stack: 1 of 1 resources",
    ]
    assert progress.stacks["data-stack"].ended


def test_a_type_that_the_local_provider_lacks_is_refused_before_anything_is_deployed(run: RunFolder) -> None:
    script = synthesizes(run, "aws_eks_cluster")
    with pytest.raises(LocalError, match="does not know aws_eks_cluster") as refused:
        cdktf(run, script).synth()
    assert "--provider registry" in str(refused.value)


def test_a_known_type_is_no_problem_nor_is_any_type_for_the_real_provider(run: RunFolder) -> None:
    cdktf(run, synthesizes(run, "aws_sqs_queue")).synth()
    cdktf(run, synthesizes(run, "aws_eks_cluster"), provider=Provider.REGISTRY).synth()


def test_terraforms_first_errors_are_shown_and_the_rest_is_in_the_log(run: RunFolder) -> None:
    with pytest.raises(LocalError) as failure:
        cdktf(run, FAILS).deploy("data-stack")
    log = run.log("cdktf-deploy")
    assert str(failure.value).split("\n\n") == [
        "cdktf deploy failed:",
        "Error: creating queue cdktf",
        "Error: number 1",
        "Error: number 2",
        "... and 1 more.",
        f"The whole log: {log}",
    ]
    assert "Error: number 3" in log.read_text()


def test_a_failure_without_errors_shows_the_logs_end(run: RunFolder) -> None:
    with pytest.raises(LocalError, match=r"cdktf destroy failed\.\n.*\n  \| Something odd\nThe whole log: "):
        cdktf(run, DIES).destroy(EVERY_STACK)


def test_no_registry_is_explained_in_a_sentence(run: RunFolder) -> None:
    with pytest.raises(LocalError, match="could not get the provider hashicorp/aws from its registry"):
        cdktf(run, HAS_NO_REGISTRY, provider=Provider.REGISTRY).deploy("state-stack")


def test_the_log_says_which_command_was_run(run: RunFolder) -> None:
    cdktf(run, "true").diff("api-stack")
    first = run.log("cdktf-diff").read_text().splitlines()[0]
    assert first.startswith("$ cdktf diff api-stack --app ")
    assert f"--output {run.synthesized} --skip-synth" in first


def test_without_node_set_up_is_named(run: RunFolder) -> None:
    deployment = cdktf(run, "true")
    (run.path / "node").unlink()
    bare = Deployment(
        paths=deployment.paths,
        run=run,
        environ={"PATH": str(run.path)},
        provider=Provider.LOCAL,
        on_progress=lambda _: None,
    )
    with pytest.raises(LocalError, match="node is not in the private environment"):
        bare.synth()
