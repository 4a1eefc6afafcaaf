"""What is ours gets an import block; what is not stops the synth; no answer is no reason to stop."""

import json
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.api_gateway_api_key import ApiGatewayApiKey
from cdktf_cdktf_provider_aws.dynamodb_table import DynamodbTable
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket

from shared.infra.adoption.adopt import AdoptionError, adopt_existing
from shared.infra.adoption.aws import Aws, NoAnswerError
from shared.infra.environment_stack import EnvironmentStack, add_provider
from shared.infra.stack_names import StackName
from tests.synth.synthesis import settings_of
from tests.unit.shared.infra.adoption.fakes import OURS, THEIRS, FakeAws

SHARED = {"Application": "transaction-pipeline", "Environment": "shared"}


class Deployment:
    """An app with a table of the account and one of the environment."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        self.settings = settings_of("dev", **changes)
        self.app = App(outdir=str(folder))
        self.account = TerraformStack(self.app, "state-stack")
        add_provider(self.account, settings=self.settings, environment="shared")
        self._table(self.account, "lock")
        self._table(EnvironmentStack(self.app, StackName.DATA, settings=self.settings), "uploads")
        self.notices: list[str] = []
        self.folder = folder

    @staticmethod
    def _table(stack: TerraformStack, name: str) -> None:
        DynamodbTable(stack, name, name=name, hash_key="id")

    def imports(self, aws: Aws | None) -> dict[str, list[dict[str, str]]]:
        """Import blocks by stack."""
        adopt_existing(self.app, settings=self.settings, aws=aws, notice=self.notices.append)
        self.app.synth()
        files = self.folder.glob("stacks/*/cdk.tf.json")
        return {path.parent.name: json.loads(path.read_text()).get("import", []) for path in files}


def tables(**tags: dict[str, str]) -> FakeAws:
    """Tables exist, with their tags."""
    answers: dict[str, dict[str, Any]] = {}
    for name, each in tags.items():
        answers[f"describe_table {name}"] = {"Table": {"TableArn": name}}
        answers[f"list_tags_of_resource {name}"] = {"Tags": [{"Key": k, "Value": v} for k, v in each.items()]}
    return FakeAws(answers)


BOTH = {
    "state-stack": [{"to": "aws_dynamodb_table.lock", "id": "lock"}],
    "data-stack": [{"to": "aws_dynamodb_table.uploads", "id": "uploads"}],
}
NONE: dict[str, list[dict[str, str]]] = {"state-stack": [], "data-stack": []}


def test_what_is_ours_gets_an_import_block(tmp_path: Path) -> None:
    deployment = Deployment(tmp_path)
    assert deployment.imports(tables(lock=SHARED, uploads=OURS)) == BOTH
    assert not deployment.notices


def test_without_an_aws_to_ask_there_are_none(tmp_path: Path) -> None:
    assert Deployment(tmp_path).imports(None) == NONE


def test_without_adopt_existing_only_what_belongs_to_the_account_is_imported(tmp_path: Path) -> None:
    deployment = Deployment(tmp_path, adopt_existing=False)
    aws = tables(lock=SHARED, uploads=THEIRS)
    assert deployment.imports(aws) == BOTH | {"data-stack": []}
    assert aws.asked == [("dynamodb", "lock"), ("dynamodb", "lock")]


def test_everything_that_is_not_ours_is_reported_in_one_error(tmp_path: Path) -> None:
    with pytest.raises(AdoptionError) as caught:
        Deployment(tmp_path).imports(tables(lock=OURS, uploads=THEIRS))
    assert str(caught.value).splitlines() == [
        "These resources exist already, and are not known to be ours:",
        (
            "  table lock (state-stack; ours: Application=transaction-pipeline, Environment=shared) "
            "belongs to Application=transaction-pipeline, Environment=dev"
        ),
        (
            "  table uploads (data-stack; ours: Application=transaction-pipeline, Environment=dev) "
            "belongs to Application=payroll, Environment=prod"
        ),
        (
            "Nothing was changed. If one of these is yours, add the tags Application and Environment shown as "
            "ours; otherwise delete or rename it, or choose another ENVIRONMENT_SUFFIX. "
            "`./dev doctor` shows all resources."
        ),
    ]


def test_no_answer_is_a_warning(tmp_path: Path) -> None:
    deployment = Deployment(tmp_path)
    silent = FakeAws({"describe_table": NoAnswerError("ConnectTimeoutError")})
    assert deployment.imports(silent) == NONE
    assert deployment.notices == [
        "Not adopted, because AWS did not answer whether they exist: table (ConnectTimeoutError)."
    ]


def test_an_unanswered_question_about_a_name_that_is_not_unique_stops_the_synth(tmp_path: Path) -> None:
    deployment = Deployment(tmp_path)
    stack = EnvironmentStack(deployment.app, StackName.API, settings=deployment.settings)
    ApiGatewayApiKey(stack, "key", name="txn-nordbank-dev")
    with pytest.raises(AdoptionError) as caught:
        deployment.imports(FakeAws({"get_api_keys": NoAnswerError("AccessDeniedException")}))
    assert str(caught.value).splitlines() == [
        "AWS did not answer whether these exist, and their names are not unique: a deploy could duplicate them.",
        "  API key txn-nordbank-dev (api-stack): AccessDeniedException; needs apigateway:GET on /apikeys",
        "Nothing was changed. Give these credentials the rights, or try again if AWS was busy.",
    ]


def test_with_no_right_on_the_state_stack_synth_says_so_in_a_line_and_goes_on(tmp_path: Path) -> None:
    deployment = Deployment(tmp_path)
    S3Bucket(deployment.account, "state", bucket="txn-state")
    denied = {each: NoAnswerError("AccessDenied") for each in ("describe_table lock", "get_bucket_tagging")}
    aws = FakeAws({**denied, "head_bucket": NoAnswerError("403")})
    assert deployment.imports(aws) == NONE
    notice = "\n".join(deployment.notices)
    assert notice.startswith(
        "Not adopted, because AWS did not answer whether they exist: table (AccessDenied); bucket ("
    )
    assert "these credentials lack s3:GetBucketTagging and s3:ListBucket" in notice
