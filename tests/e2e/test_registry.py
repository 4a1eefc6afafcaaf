"""`--provider registry` without the internet: Terraform installs the provider from the user's own mirror.

The mirror offers the local provider under the real one's name. So this proves the road to the real provider (init,
installation, the provider as Terraform's own child process), and says nothing about the real provider itself.
"""

import io
from pathlib import Path

import pytest
from rich.console import Console

from local.cloud.paths import find_paths
from local.deployment.cdktf import Provider
from local.deployment.launch import launch
from shared.contracts.uploads import UploadStatus
from tests.e2e.mirror.build import NAME, VERSION, offline_user
from tests.e2e.operators import account
from tests.e2e.reports import fresh_report, send_and_follow
from tests.effort import nightly
from tools.terminal import Terminal

pytestmark = pytest.mark.e2e


@pytest.fixture
def offline(user: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return offline_user(tmp_path, user)


def installed(cache: Path) -> list[str]:
    return [path.parent.relative_to(cache).as_posix() for path in (cache / NAME).glob("*/*")]


@nightly  # sample: the test below
def test_the_pipeline_is_deployed_with_a_provider_from_a_mirror(offline: dict[str, str], tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    report.write_bytes(fresh_report("nordbank"))
    out = Terminal(Console(file=io.StringIO()))
    with launch(find_paths(offline), out, user=offline, provider=Provider.REGISTRY) as up:
        assert send_and_follow(up.pipeline, "nordbank", report).status is UploadStatus.COMPLETED
        assert installed(Path(offline["TF_PLUGIN_CACHE_DIR"])) == [f"{NAME}/{VERSION}"]


def test_the_plain_cdktf_deploy_needs_no_registry_either(offline: dict[str, str]) -> None:
    with (
        account(find_paths(offline), offline, provider=Provider.REGISTRY) as up,
        up.operator("mirror") as operator,
    ):
        printed = operator.cdktf("deploy", "state-stack", "--auto-approve", "--no-color")
        assert "Apply complete!" in printed
        assert f"Installed hashicorp/aws v{VERSION}" in printed
