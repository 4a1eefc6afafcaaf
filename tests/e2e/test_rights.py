"""CI's role for previews at work, on a local cloud that evaluates IAM policies.

MiniStack evaluates with the fixes of `local/cloud/ministack_server/iam_fixes.py`, and the calls are those of the local
provider. What this cannot show is tested on the synthesized policies, in `tests/synth/test_rights.py`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud.clients import ACCOUNT_ID, REGION
from local.cloud.paths import find_paths
from local.deployment.cdktf import Provider
from tests.e2e.inventory import names_with_suffix
from tests.e2e.operators import Account, Operator, account, write_settings
from tests.effort import nightly

pytestmark = pytest.mark.e2e
STACKS = ("data-stack", "compute-stack", "api-stack")
CI_ROLE = f"txn-ci-preview-{REGION}"
POLICY = f"arn:aws:iam::{ACCOUNT_ID}:policy/txn-boundary"
BOUNDARY = f"{POLICY}-preview-{REGION}"
OWN = "pr8"
FOREIGN = ("prod", "staging", "dev", "preprod")
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
DEFINITION = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError"}
EMPTY_ZIP = b"PK\x05\x06" + bytes(18)


@pytest.fixture(scope="module")
def strict(user: dict[str, str], provider: Provider) -> Iterator[Account]:
    with account(find_paths(user), user, provider=provider, evaluates_iam=True) as up:
        yield up


@pytest.fixture(scope="module")
def preview(strict: Account, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """An operator of a pull request's environment; the state-stack is deployed."""
    folder = tmp_path_factory.mktemp("settings")
    settings = write_settings(folder / "preview")
    (folder / "shared.toml").write_text('[ci]\nrepository = "example/pipeline"\n', encoding="utf-8")
    with strict.operator("pr7", settings=settings) as operator:
        operator.must("deploy", "state-stack")
        yield operator


@pytest.fixture(scope="module")
def call(preview: Operator) -> Callable[..., Any]:
    """Calls an operation of a service, such as `iam.get_role`, with the key that may act as a role."""

    def called(name: str, /, **parameters: Any) -> Any:
        service, _, operation = name.partition(".")
        return getattr(preview.cloud.client(service), operation)(**parameters)

    return called


def denied(call: Callable[..., Any], name: str, /, **parameters: Any) -> bool:
    """Whether IAM denies a call; it may fail otherwise, because its resource does not exist."""
    try:
        call(name, **parameters)
    except ClientError as error:
        return error.response["Error"]["Code"] in DENIED
    return False


def calls_on(suffix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A call or more of each service, on resources of an environment; each needs those before it."""
    bucket, name = f"txn-reports-{ACCOUNT_ID}-{REGION}-{suffix}", f"txn-tried-{suffix}"
    role = {"RoleName": name}
    arn = f"arn:aws:iam::{ACCOUNT_ID}:role/{name}"
    here = {"LocationConstraint": REGION}
    state = {"Bucket": f"txn-state-{ACCOUNT_ID}-{REGION}", "Key": f"{suffix}/data-stack.tfstate"}
    yield "s3.create_bucket", {"Bucket": bucket, "CreateBucketConfiguration": here}
    yield "s3.get_bucket_versioning", {"Bucket": bucket}
    yield "s3.put_object", {**state, "Body": b"{}"}
    yield "s3.get_object", state
    yield (
        "dynamodb.create_table",
        {
            "TableName": f"txn-banks-{suffix}",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    )
    yield "dynamodb.put_item", {"TableName": f"txn-banks-{suffix}", "Item": {"id": {"S": "1"}}}
    yield "sqs.create_queue", {"QueueName": name}
    yield "sns.create_topic", {"Name": name}
    yield "logs.create_log_group", {"logGroupName": f"/aws/lambda/{name}"}
    yield "iam.create_role", {**role, "AssumeRolePolicyDocument": TRUST, "PermissionsBoundary": BOUNDARY}
    yield "iam.put_role_policy", {**role, "PolicyName": name, "PolicyDocument": EVERYTHING}
    yield (
        "lambda.create_function",
        {
            "FunctionName": name,
            "Runtime": "python3.11",
            "Handler": "handler.handle",
            "Role": arn,
            "Code": {"ZipFile": EMPTY_ZIP},
        },
    )
    yield "stepfunctions.create_state_machine", {"name": name, "definition": DEFINITION, "roleArn": arn}
    yield "events.put_rule", {"Name": name, "ScheduleExpression": "rate(1 minute)"}
    yield "events.remove_targets", {"Rule": name, "Ids": ["none"]}
    yield "cloudwatch.delete_alarms", {"AlarmNames": [name]}
    yield "apigateway.create_rest_api", {"name": name, "tags": {"Environment": suffix}}
    yield "apigateway.create_api_key", {"name": name, "tags": {"Environment": suffix}}


def test_the_role_may_do_this_in_its_own_environments(strict: Account, call: Callable[..., Any]) -> None:
    with strict.acting(CI_ROLE):
        assert [name for name, parameters in calls_on(OWN) if denied(call, name, **parameters)] == []


@pytest.mark.parametrize("suffix", FOREIGN)
def test_another_environments_resources_are_out_of_its_reach(
    strict: Account, call: Callable[..., Any], suffix: str
) -> None:
    for name, parameters in calls_on(suffix):
        call(name, **parameters)
    apis = {each["name"]: each["id"] for each in call("apigateway.get_rest_apis")["items"]}
    api = apis[f"txn-tried-{suffix}"]
    (key,) = [each["id"] for each in call("apigateway.get_api_keys")["items"] if each["name"] == f"txn-tried-{suffix}"]
    arn = f"arn:aws:apigateway:{REGION}::/restapis/{api}"
    with strict.acting(CI_ROLE):
        assert [name for name, parameters in calls_on(suffix) if not denied(call, name, **parameters)] == []
        assert denied(call, "apigateway.get_api_key", apiKey=key, includeValue=True)
        assert denied(call, "apigateway.get_resources", restApiId=api)
        assert denied(call, "apigateway.tag_resource", resourceArn=arn, tags={"Environment": OWN})
        assert denied(call, "apigateway.delete_rest_api", restApiId=api)


def test_no_role_that_it_makes_is_an_administrators(strict: Account, call: Callable[..., Any]) -> None:
    role = {"RoleName": f"txn-escalating-{OWN}"}
    new = {**role, "AssumeRolePolicyDocument": TRUST}
    administrator = {**new, "RoleName": "Administrator"}
    call("iam.create_role", **administrator)
    own = {"RoleName": CI_ROLE}
    everything = {"PolicyName": "everything", "PolicyDocument": EVERYTHING}
    version = {"PolicyArn": BOUNDARY, "PolicyDocument": EVERYTHING, "SetAsDefault": True}
    function = {"FunctionName": role["RoleName"], "Runtime": "python3.11", "Handler": "handler.handle"}
    with strict.acting(CI_ROLE):
        assert denied(call, "iam.create_role", **new)
        assert denied(call, "iam.create_role", **new, PermissionsBoundary=f"{POLICY}-prod-{REGION}")
        assert not denied(call, "iam.create_role", **new, PermissionsBoundary=BOUNDARY)
        assert not denied(call, "iam.put_role_policy", **role, **everything)
        assert denied(call, "iam.delete_role_permissions_boundary", **role)
        assert denied(call, "iam.put_role_permissions_boundary", **role, PermissionsBoundary=f"{POLICY}-prod-{REGION}")
        assert denied(call, "iam.attach_role_policy", **role, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        assert denied(call, "iam.put_role_policy", **own, **everything)
        assert denied(call, "iam.update_assume_role_policy", **own, PolicyDocument=TRUST)
        assert denied(call, "iam.create_policy_version", **version)
        arn = f"arn:aws:iam::{ACCOUNT_ID}:role/Administrator"
        assert denied(call, "lambda.create_function", **function, Role=arn, Code={"ZipFile": EMPTY_ZIP})


def test_a_role_that_was_granted_everything_may_do_what_the_boundary_allows(
    strict: Account, call: Callable[..., Any]
) -> None:
    role = f"txn-granted-{OWN}"
    call("iam.create_role", RoleName=role, AssumeRolePolicyDocument=TRUST, PermissionsBoundary=BOUNDARY)
    call("iam.put_role_policy", RoleName=role, PolicyName="everything", PolicyDocument=EVERYTHING)
    for suffix in (OWN, "prod"):
        name = f"txn-granted-{suffix}"
        call(
            "dynamodb.create_table",
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    item = {"id": {"S": "1"}}
    with strict.acting(role):
        assert not denied(call, "dynamodb.put_item", TableName=f"txn-granted-{OWN}", Item=item)
        assert denied(call, "dynamodb.put_item", TableName="txn-granted-prod", Item=item)
        assert denied(call, "dynamodb.delete_table", TableName=f"txn-granted-{OWN}")
        assert denied(call, "iam.create_user", UserName="another")
        assert denied(call, "sts.assume_role", RoleArn=f"arn:aws:iam::{ACCOUNT_ID}:role/any", RoleSessionName="local")


@nightly
def test_the_role_for_previews_deploys_deploys_again_and_destroys(strict: Account, preview: Operator) -> None:
    with strict.acting(CI_ROLE):
        preview.must("deploy", *STACKS)
        assert preview.must("deploy", *STACKS).count("-stack: no changes.") == len(STACKS)
        preview.must("doctor")
        preview.must("destroy")
    assert names_with_suffix(preview.cloud, "pr7") == {}
