"""What exists already and is ours is adopted, even if Terraform's state is lost; what is not ours stops a deploy.

MiniStack is more lenient than AWS here: it lets some creations of an existing name pass. Therefore the tests check the
plans, too.
"""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.cloud.clients import Cloud
from local.cloud.ministack import ministack
from local.cloud.paths import find_paths
from local.cloud.run_folder import run_folder
from local.deployment.cdktf import Provider
from local.deployment.environment import deployment_environment
from local.deployment.launch import Launched, launch
from shared.infra.adoption.declared import declared
from shared.infra.adoption.finders import FINDERS
from shared.repository import ROOT
from tests.e2e.identities import identities
from tests.e2e.inventory import names_with_suffix
from tests.e2e.operators import SETTINGS
from tests.e2e.quick_cdktf import write_quick_cdktf
from tests.e2e.reports import fresh_report, send_and_follow
from tools.terminal import Terminal

pytestmark = pytest.mark.e2e
PLAN = re.compile(r"Plan: (?:(\d+) to import, )?(\d+) to add, (\d+) to change, (\d+) to destroy")
OURS = {"Application": "transaction-pipeline", "Environment": "local"}


def plans(log: str) -> list[tuple[int, ...]]:
    """(import, add, change, destroy) of every plan, the smallest first."""
    return sorted(tuple(int(count or 0) for count in plan) for plan in PLAN.findall(log))


def looked_for(synthesized: Path) -> list[int]:
    """How many resources of each stack adoption looks for, the smallest number first."""
    stacks = [json.loads(path.read_bytes()) for path in synthesized.glob("stacks/*/cdk.tf.json")]
    return sorted(len([each for each in declared({"": stack}) if each.type in FINDERS]) for stack in stacks)


def rows(up: Launched) -> list[Any]:
    items = up.pipeline.cloud.dynamodb.scan(TableName=up.pipeline.transactions_table)["Items"]
    return sorted(items, key=lambda item: str(item["transaction_key"]))


def test_a_deploy_after_a_lost_state_imports_everything_and_creates_nothing(
    user: dict[str, str], provider: Provider, tmp_path: Path
) -> None:
    report, another = tmp_path / "report.csv", tmp_path / "another.csv"
    report.write_bytes(fresh_report("nordbank"))
    another.write_bytes(fresh_report("nordbank"))
    write_quick_cdktf(tmp_path / "cdktf", find_paths(user).cdktf)
    with launch(
        find_paths(user | {"CDKTF_BIN": str(tmp_path / "cdktf")}),
        Terminal(Console(file=io.StringIO())),
        user=user,
        provider=provider,
    ) as up:
        upload = send_and_follow(up.pipeline, "nordbank", report)
        before, loaded = identities(up.pipeline.cloud), rows(up)
        assert len(loaded) == 3

        shutil.rmtree(up.run.state)
        up.driver.log.unlink()
        for stack in up.driver.synth():
            up.driver.deploy(stack)

        assert identities(up.pipeline.cloud) == before
        assert rows(up) == loaded
        planned = plans(up.driver.log.read_text(encoding="utf-8"))
        assert [imported for imported, *_ in planned] == looked_for(up.run.synthesized)
        assert {destroyed for *_, destroyed in planned} == {0}
        known = up.pipeline.client("nordbank").upload_state(upload.upload_id)
        assert known.body["status"] == "COMPLETED"
        assert send_and_follow(up.pipeline, "nordbank", another).status == "COMPLETED"

        assert not [stack.id for stack in up.driver.synth() if up.driver.plan(stack).changes]
        for stack in reversed(up.stacks):
            up.driver.destroy(stack)
        assert names_with_suffix(up.pipeline.cloud) == {}


@dataclass(frozen=True, kw_only=True)
class Account:
    """A local cloud in which nothing of ours is deployed."""

    cloud: Cloud
    environ: dict[str, str]

    def client(self, service: str) -> Any:
        return self.cloud.client(service)

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, *command]
        return subprocess.run(line, cwd=ROOT, env=self.environ | variables, capture_output=True, text=True, check=False)


@pytest.fixture
def account(user: dict[str, str], tmp_path: Path) -> Iterator[Account]:
    paths = find_paths(user)
    with ExitStack() as parts:
        run = parts.enter_context(run_folder(paths.runs))
        server = parts.enter_context(ministack(python=paths.ministack_python, run=run))
        environ = deployment_environment(
            os.environ, terraform="terraform", endpoint_url=server.endpoint_url, state=tmp_path / "state"
        )
        # These settings have a web ACL.
        more = {"CDKTF_OUTDIR": str(tmp_path / "cdktf.out"), "COLUMNS": "200", "TXN_SETTINGS": SETTINGS}
        yield Account(cloud=Cloud(endpoint_url=server.endpoint_url), environ=environ | more)


def make_foreign(account: Account) -> None:
    bucket = "txn-reports-000000000000-eu-central-1-local"
    account.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    account.client("iam").create_role(
        RoleName="txn-intake-local",
        AssumeRolePolicyDocument="{}",
        Tags=[{"Key": "Application", "Value": "payroll"}, {"Key": "Team", "Value": "blue"}],
    )
    account.client("dynamodb").create_table(
        TableName="txn-uploads-local",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        Tags=[{"Key": key, "Value": value} for key, value in (OURS | {"Environment": "pr1"}).items()],
    )
    account.client("wafv2").create_web_acl(
        Name="txn-api-local",
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig={"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "foreign"},
        Tags=[{"Key": "Application", "Value": "payroll"}],
    )


def test_everything_that_is_not_ours_is_named_in_one_error_before_anything_is_changed(account: Account) -> None:
    make_foreign(account)
    before = identities(account.cloud)

    synth = account.run("main.py")

    assert synth.returncode == 2
    assert "Traceback" not in synth.stderr
    owner = "(compute-stack; ours: Application=transaction-pipeline, Environment=local)"
    of_data = owner.replace("compute", "data")
    assert synth.stderr.splitlines()[1:-1] == [
        f"  bucket txn-reports-000000000000-eu-central-1-local {of_data} has no tags that show its owner",
        f"  table txn-uploads-local {of_data} belongs to Application=transaction-pipeline, Environment=pr1",
        f"  role txn-intake-local {owner} belongs to Application=payroll, Team=blue",
        f"  web ACL txn-api-local {owner.replace('compute', 'api')} belongs to Application=payroll",
    ]
    assert identities(account.cloud) == before


def test_of_two_apis_that_are_ours_none_is_chosen(account: Account) -> None:
    apigateway = account.client("apigateway")
    ids = sorted(apigateway.create_rest_api(name="txn-api-local", tags=OURS)["id"] for _ in range(2))

    synth = account.run("main.py")

    assert synth.returncode == 2
    assert f"2 of them are ours ({ids[0]}, {ids[1]}): delete all but one" in synth.stderr


def test_the_doctor_shows_what_a_deploy_would_do_and_changes_nothing(account: Account) -> None:
    empty = account.run("-m", "tools.operations.doctor")
    assert empty.returncode == 0, empty.stderr
    (count,) = re.findall(r"^(\d+) to create\.$", empty.stdout, re.MULTILINE)

    make_foreign(account)
    before = identities(account.cloud)
    refused = account.run("-m", "tools.operations.doctor")

    assert refused.returncode == 1, refused.stderr
    assert f"{int(count) - 4} to create, 4 to refuse." in refused.stdout
    assert "role txn-intake-local" in refused.stdout
    assert identities(account.cloud) == before


def test_the_doctor_needs_an_aws_to_ask(account: Account) -> None:
    alone = account.run("-m", "tools.operations.doctor", AWS_ENDPOINT_URL="", TXN_SETTINGS="local")
    assert alone.returncode == 2
    assert "AWS_ENDPOINT_URL is not set" in alone.stderr
    assert "Existing resources are unknown" in alone.stderr
