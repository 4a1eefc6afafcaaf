"""What `local.cloud.ministack_server` changes in MiniStack's evaluation of IAM: shown with the change and without it.

If a test fails on the MiniStack without fixes, the new version of MiniStack no longer has the bug: remove the fix.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.cloud.clients import ACCOUNT_ID, REGION, Cloud
from local.cloud.ministack import ministack
from local.cloud.paths import find_paths
from local.cloud.run_folder import run_folder

pytestmark = pytest.mark.e2e
HERE = f"{REGION}:{ACCOUNT_ID}"
ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role"
Statement = Mapping[str, Any]
Call = Callable[..., Any]
SESSION = boto3.Session(region_name=REGION)
FUNCTION = {
    "FunctionName": "one",
    "Runtime": "python3.11",
    "Handler": "handler.handle",
    "Code": {"ZipFile": b"PK\x05\x06" + bytes(18)},
}
TABLE = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
TARGETS = [{"Id": "one", "Arn": f"arn:aws:sqs:{HERE}:one"}]
ALARM = {
    "AlarmName": "one",
    "Namespace": "N",
    "MetricName": "M",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 0.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
PROVIDER = f"arn:aws:iam::{ACCOUNT_ID}:oidc-provider/one.example.org"


@dataclass(frozen=True, kw_only=True)
class Server:
    """A local cloud that evaluates policies."""

    endpoint_url: str
    fixed: bool
    """Whether it has our fixes."""
    root: Call
    """Calls with all rights."""


@pytest.fixture(scope="module", params=["fixed", "unfixed"])
def server(request: pytest.FixtureRequest, user: dict[str, str]) -> Iterator[Server]:
    """With our fixes, and without them."""
    paths, fixed = find_paths(user), request.param == "fixed"
    start = ministack if fixed else partial(ministack, program=("-m", "ministack"))
    with (
        run_folder(paths.runs) as run,
        # pylint: disable-next=contextmanager-generator-missing-cleanup  # pytest ends it
        start(python=paths.ministack_python, run=run, evaluates_iam=True) as up,
    ):
        cloud = Cloud(endpoint_url=up.endpoint_url)
        root = calls(cloud.client)
        for name in ("passed", "lambda"):
            root("iam.create_role", RoleName=name, AssumeRolePolicyDocument=trust())
        root("iam.create_policy", PolicyName="limit", PolicyDocument=document(allow("sqs:SendMessage", "*")))
        root("dynamodb.create_table", TableName="one", **TABLE)
        root("events.put_rule", Name="one", ScheduleExpression="rate(1 minute)")
        root("logs.create_log_group", logGroupName="/one")
        root("cloudwatch.put_metric_alarm", **ALARM)
        root("iam.create_open_id_connect_provider", Url="https://one.example.org", ClientIDList=["one"])
        yield Server(endpoint_url=up.endpoint_url, fixed=fixed, root=root)


def allow(action: str, resource: str, **condition: Any) -> Statement:
    """A statement; a condition by its operator."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


def document(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def trust() -> str:
    principals = {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root", "Service": "lambda.amazonaws.com"}
    return document({"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"})


def calls(client: Call) -> Call:
    """Calls an operation of a service, such as `iam.get_role`, with the client that is made or known for it."""

    def call(name: str, /, **parameters: Any) -> Any:
        service, _, operation = name.partition(".")
        return getattr(client(service), operation)(**parameters)

    return call


def client_with(key: Mapping[str, str], endpoint_url: str, service: Any) -> Any:
    """A client with a role's key, made by the session that has read the service's description already."""
    return SESSION.client(
        service,
        endpoint_url=endpoint_url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key["SessionToken"],
    )


@contextmanager
def role(server: Server, *statements: Statement) -> Iterator[Call]:
    """Calls with the rights of a role that has these only."""
    root = server.root
    root("iam.create_role", RoleName="caller", AssumeRolePolicyDocument=trust())
    root("iam.put_role_policy", RoleName="caller", PolicyName="one", PolicyDocument=document(*statements))
    given = root("sts.assume_role", RoleArn=f"{ROLE}/caller", RoleSessionName="test")["Credentials"]
    try:
        yield calls(cache(partial(client_with, given, server.endpoint_url)))
    finally:
        root("iam.delete_role_policy", RoleName="caller", PolicyName="one")
        root("iam.delete_role", RoleName="caller")


def is_allowed(call: Call, name: str, /, **parameters: Any) -> bool:
    """Whether IAM allows a call, whatever else is wrong with it."""
    try:
        call(name, **parameters)
    except ClientError as error:
        return not error.response["Error"]["Code"].startswith("AccessDenied")
    return True


@pytest.mark.parametrize(
    ("name", "parameters", "statement"),
    [
        (
            "events.put_targets",
            {"Rule": "one", "EventBusName": "default", "Targets": TARGETS},
            allow("events:PutTargets", f"arn:aws:events:{HERE}:rule/one"),
        ),
        (
            "events.put_rule",
            {"Name": "one", "ScheduleExpression": "rate(1 minute)"},
            allow("events:PutRule", f"arn:aws:events:{HERE}:rule/one"),
        ),
        (
            "logs.create_log_stream",
            {"logGroupName": "/one", "logStreamName": "one"},
            allow("logs:CreateLogStream", f"arn:aws:logs:{HERE}:log-group:/one:*"),
        ),
        (
            "dynamodb.list_tags_of_resource",
            {"ResourceArn": f"arn:aws:dynamodb:{HERE}:table/one"},
            allow("dynamodb:ListTagsOfResource", f"arn:aws:dynamodb:{HERE}:table/one"),
        ),
        (
            "cloudwatch.delete_alarms",
            {"AlarmNames": ["one"]},
            allow("cloudwatch:DeleteAlarms", f"arn:aws:cloudwatch:{HERE}:alarm:one"),
        ),
        (
            "iam.get_open_id_connect_provider",
            {"OpenIDConnectProviderArn": PROVIDER},
            allow("iam:GetOpenIDConnectProvider", PROVIDER),
        ),
        (
            "dynamodb.execute_statement",
            {"Statement": """INSERT INTO "one" VALUE {'id': 'a'}"""},
            allow("dynamodb:PartiQLInsert", f"arn:aws:dynamodb:{HERE}:table/one"),
        ),
        (
            "dynamodb.batch_execute_statement",
            {"Statements": [{"Statement": """SELECT * FROM "one" WHERE id = 'a'"""}]},
            allow("dynamodb:PartiQLSelect", f"arn:aws:dynamodb:{HERE}:table/one"),
        ),
        (
            "apigateway.create_rest_api",
            {"name": "one", "tags": {"Environment": "a"}},
            allow("apigateway:POST", "*", StringEquals={"aws:RequestTag/Environment": "a"}),
        ),
        (
            "iam.create_role",
            {
                "RoleName": "limited",
                "AssumeRolePolicyDocument": trust(),
                "PermissionsBoundary": f"arn:aws:iam::{ACCOUNT_ID}:policy/limit",
            },
            allow(
                "iam:CreateRole",
                "*",
                StringEquals={"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT_ID}:policy/limit"},
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_request_is_allowed_by_its_action_its_resource_and_its_context(
    server: Server, name: str, parameters: Mapping[str, Any], statement: Statement
) -> None:
    fixed = server.fixed
    with role(server, statement) as call:
        assert is_allowed(call, name, **parameters) is fixed
    other = {**statement, "Resource": f"{statement['Resource'].rstrip('*')}-other", "Condition": {}}
    with role(server, other) as call:
        assert not is_allowed(call, name, **parameters)


def test_a_function_is_made_by_its_own_arn_with_a_role_that_may_be_passed(server: Server) -> None:
    fixed = server.fixed
    create = allow("lambda:CreateFunction", f"arn:aws:lambda:{HERE}:function:one" if fixed else "*")
    passing = allow("iam:PassRole", f"{ROLE}/passed", StringEquals={"iam:PassedToService": "lambda.amazonaws.com"})
    elsewhere = {**passing, "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}
    allowed = []
    for statements in ((create,), (create, elsewhere), (create, passing)):
        with role(server, *statements) as call:
            allowed.append(is_allowed(call, "lambda.create_function", Role=f"{ROLE}/passed", **FUNCTION))
    assert allowed == ([False, False, True] if fixed else [True, True, True])
    with role(server, {**create, "Resource": f"arn:aws:lambda:{HERE}:function:one"}, passing) as call:
        assert is_allowed(call, "lambda.create_function", Role=f"{ROLE}/passed", **FUNCTION) is fixed


def test_the_parts_of_an_api_have_its_tags(server: Server) -> None:
    fixed = server.fixed
    api = server.root("apigateway.create_rest_api", name="tagged", tags={"Environment": "a"})["id"]
    for value, expected in (("a", fixed), ("b", False)):
        with role(server, allow("apigateway:GET", "*", StringEquals={"aws:ResourceTag/Environment": value})) as call:
            assert is_allowed(call, "apigateway.get_resources", restApiId=api) is expected


def test_loopback_counts_as_encrypted(server: Server) -> None:
    fixed = server.fixed
    server.root("s3.create_bucket", Bucket="one", CreateBucketConfiguration={"LocationConstraint": REGION})
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::one/*"}
    server.root("s3.put_bucket_policy", Bucket="one", Policy=document({**deny, "Condition": insecure}))
    with role(server, allow("s3:PutObject", "arn:aws:s3:::one/*")) as call:
        assert is_allowed(call, "s3.put_object", Bucket="one", Key="a", Body=b"") is fixed
