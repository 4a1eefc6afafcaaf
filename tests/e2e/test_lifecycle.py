"""A deployment can be repeated without a change, and removed without a trace."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from local.cloud.paths import find_paths
from local.deployment.cdktf import Provider
from local.deployment.launch import launch
from tests.e2e.inventory import names_with_suffix
from tests.e2e.reports import fresh_report, send_and_follow
from tools.terminal import Terminal

pytestmark = pytest.mark.e2e
KINDS = {
    "bucket", "table", "queue", "topic", "function", "role", "log group", "state machine", "rule", "alarm", "REST API",
    "usage plan", "API key",
}  # fmt: skip


def test_a_second_deployment_changes_nothing_and_a_destroy_leaves_nothing(
    user: dict[str, str], provider: Provider, tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"
    report.write_bytes(fresh_report("nordbank"))
    with launch(find_paths(user), Terminal(Console(file=io.StringIO())), user=user, provider=provider) as up:
        send_and_follow(up.pipeline, "nordbank", report)  # data in bucket and tables must not prevent the destroy

        assert not [stack.id for stack in up.driver.synth() if up.driver.plan(stack).changes]
        assert names_with_suffix(up.pipeline.cloud).keys() == KINDS

        for stack in reversed(up.stacks):
            up.driver.destroy(stack)
        assert names_with_suffix(up.pipeline.cloud) == {}
