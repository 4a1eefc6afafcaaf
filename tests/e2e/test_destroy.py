"""A destroy keeps what is protected, in the cloud too, and leaves nothing else."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.cloud.clients import ACCOUNT_ID, REGION
from shared.infra.naming import SharedNamer
from tests.e2e.identities import identities
from tests.e2e.inventory import names_with_suffix
from tests.e2e.operators import Account, Operator, write_settings

pytestmark = pytest.mark.e2e
NAMES = SharedNamer(account_id=ACCOUNT_ID, region=REGION)
DATA = ("state-stack", "data-stack")


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "settings"


@pytest.fixture
def kept(empty_account: Account, settings: Path) -> Iterator[Operator]:
    """An environment that keeps its data, as prod does."""
    with empty_account.operator("kept", settings=write_settings(settings, protect_data="true")) as operator:
        operator.must("deploy", *DATA)
        yield operator


def test_protected_data_stays_until_a_deploy_has_removed_the_protection(kept: Operator, settings: Path) -> None:
    before = identities(kept.cloud)
    refused = kept.do("destroy")
    assert refused.code == 1
    assert "Nothing was destroyed. These are protected:\n  data-stack: aws_dynamodb_table." in refused.output
    assert "  data-stack: aws_s3_bucket.reports" in refused.output
    assert "set protect_data = false, deploy (./dev deploy), then destroy" in refused.output
    assert "Instance cannot be destroyed" in by_terraform(kept)
    with pytest.raises(ClientError, match=r"[Dd]eletion protection|protected against deletion"):
        kept.cloud.dynamodb.delete_table(TableName="txn-transactions-kept")
    assert identities(kept.cloud) == before

    write_settings(settings, protect_data="false")
    assert "Nothing was destroyed. These are protected:" in kept.do("destroy").output
    assert identities(kept.cloud) == before

    kept.must("deploy", "data-stack")
    kept.must("destroy")
    assert not names_with_suffix(kept.cloud, "kept")


def by_terraform(operator: Operator) -> str:
    """Terraform's own error for a destroy."""
    folder = operator.run.synthesized / "stacks" / "data-stack"
    line = ["terraform", "destroy", "-auto-approve", "-no-color"]
    done = subprocess.run(line, cwd=folder, env=dict(operator.environ), capture_output=True, text=True, check=False)
    assert done.returncode != 0
    return done.stderr
