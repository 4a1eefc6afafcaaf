"""Roles may do what they need and nothing else; each permission has its reason."""

import json
from typing import Any

import pytest

from shared.contracts.functions import FunctionName
from shared.infra.settings.cross_checks import MAX_CALENDARS_BYTES
from tests.synth.synthesis import Synthesis

# Actions for which AWS has no finer resource than all (Service Authorization Reference).
WITHOUT_RESOURCE = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}
OF_EVERY_FUNCTION = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}
OF_EACH_FUNCTION: dict[FunctionName, set[tuple[str, str]]] = {
    FunctionName.INTAKE: {
        ("dynamodb:Query", "banks_table"),
        ("dynamodb:GetItem", "uploads_table"),
        ("dynamodb:PutItem", "uploads_table"),
        ("s3:PutObject", "/reports/*"),
        ("s3:PutObject", "/errors/*"),
        ("s3:GetObject", "/reports/*"),
        ("s3:ListBucket", "reports_bucket"),
    },
    FunctionName.DECLARATION: {
        ("dynamodb:Query", "banks_table"),
        ("dynamodb:GetItem", "uploads_table"),
        ("dynamodb:PutItem", "uploads_table"),
        ("s3:PutObject", "/reports/*"),
        ("s3:GetObject", "/reports/*"),
        ("s3:ListBucket", "reports_bucket"),
        ("states:StartExecution", ".load_machine"),
        ("states:StartExecution", "large-load_machine"),
    },
    FunctionName.PRECHECK: {("dynamodb:Query", "banks_table")},
    FunctionName.TRANSACTIONS: {("dynamodb:Query", "banks_table"), ("dynamodb:Query", "/index/by-time")},
    FunctionName.WEB: set(),
    FunctionName.VALIDATION: {
        ("s3:ListBucket", "reports_bucket"),
        ("s3:GetObject", "/reports/*"),
        ("s3:PutObject", "/errors/*"),
        ("dynamodb:GetItem", "uploads_table"),
        ("dynamodb:PutItem", "uploads_table"),
        ("dynamodb:UpdateItem", "uploads_table"),
    },
    FunctionName.TRANSFORMATION: {
        ("s3:ListBucket", "reports_bucket"),
        ("s3:GetObject", "/reports/*"),
        ("dynamodb:PartiQLInsert", "transactions_table"),
        ("dynamodb:BatchGetItem", "transactions_table"),
        ("dynamodb:PutItem", "transactions_table"),
        ("dynamodb:PartiQLUpdate", "transactions_table"),
        ("dynamodb:UpdateItem", "uploads_table"),
        ("dynamodb:GetItem", "uploads_table"),
        ("dynamodb:BatchGetItem", "uploads_table"),
        ("dynamodb:ConditionCheckItem", "uploads_table"),
        ("s3:PutObject", "/loads/*"),
    },
    FunctionName.NOTIFICATION: {
        ("dynamodb:GetItem", "uploads_table"),
        ("dynamodb:UpdateItem", "uploads_table"),
        ("sns:Publish", "outcomes_topic"),
        ("s3:GetObject", "/loads/*"),
    },
    FunctionName.STATUS: {
        ("dynamodb:Query", "banks_table"),
        ("dynamodb:GetItem", "uploads_table"),
        ("dynamodb:Query", "/index/by-bank"),
        ("s3:GetObject", "/errors/*"),
        ("s3:ListBucket", "reports_bucket"),
    },
    FunctionName.SWEEPER: {
        ("dynamodb:Query", "/index/by-due"),
        ("dynamodb:GetItem", "uploads_table"),
        ("dynamodb:PutItem", "uploads_table"),
        ("dynamodb:UpdateItem", "uploads_table"),
        ("dynamodb:DeleteItem", "uploads_table"),
        ("s3:ListBucket", "reports_bucket"),
        ("s3:GetObject", "/reports/*"),
        ("states:StartExecution", ".load_machine"),
        ("states:StartExecution", "large-load_machine"),
    },
    FunctionName.LARGE_VALIDATION: {
        ("s3:GetObject", "/reports/*"),
        ("s3:ListBucket", "reports_bucket"),
        ("s3:PutObject", "/errors/*"),
        ("s3:AbortMultipartUpload", "/errors/*"),
        ("s3:PutObject", "/manifests/*"),
        ("dynamodb:GetItem", "uploads_table"),
        ("dynamodb:PutItem", "uploads_table"),
        ("dynamodb:UpdateItem", "uploads_table"),
    },
    FunctionName.LARGE_NOTIFICATION: {
        ("dynamodb:GetItem", "uploads_table"),
        ("dynamodb:UpdateItem", "uploads_table"),
        ("sns:Publish", "outcomes_topic"),
        ("s3:GetObject", "/loads/*"),
        ("s3:ListBucket", "reports_bucket"),
    },
}


def statements(synthesis: Synthesis, role: str = "") -> list[dict[str, Any]]:
    policies = [each for each in synthesis.of("aws_iam_role_policy") if each.id.startswith(role)]
    return [statement for each in policies for statement in json.loads(each.body["policy"])["Statement"]]


def test_every_statement_is_a_permission_with_a_reason(environment: Synthesis) -> None:
    for statement in statements(environment):
        assert statement["Effect"] == "Allow"
        assert statement["Sid"].isalnum()


def test_no_action_has_a_wildcard(environment: Synthesis) -> None:
    assert [action for each in statements(environment) for action in each["Action"] if "*" in action] == []


def test_all_resources_are_granted_only_where_aws_has_no_finer_resource(environment: Synthesis) -> None:
    for statement in statements(environment):
        if "*" in statement["Resource"]:
            assert set(statement["Action"]) <= WITHOUT_RESOURCE
        else:
            assert not set(statement["Action"]) & WITHOUT_RESOURCE


def test_no_role_may_make_log_groups(environment: Synthesis) -> None:
    assert [each["Sid"] for each in statements(environment) if "logs:CreateLogGroup" in each["Action"]] == []


@pytest.mark.parametrize("name", list(FunctionName))
def test_a_function_may_do_this_and_no_more(dev: Synthesis, name: FunctionName) -> None:
    expected = OF_EACH_FUNCTION[name]
    granted = [
        (action, resource)
        for each in statements(dev, name)
        for action in each["Action"]
        for resource in each["Resource"]
        if action not in OF_EVERY_FUNCTION
    ]
    assert {action for each in statements(dev, name) for action in each["Action"]} >= OF_EVERY_FUNCTION
    matched = [[(a, part) for a, part in expected if a == action and part in resource] for action, resource in granted]
    assert all(len(each) == 1 for each in matched), granted
    assert {each[0] for each in matched} == expected


@pytest.mark.parametrize("name", list(FunctionName))
def test_a_function_writes_to_its_own_log_only(dev: Synthesis, name: FunctionName) -> None:
    (writing,) = [each for each in statements(dev, name) if "logs:PutLogEvents" in each["Action"]]
    group = dev.one("aws_cloudwatch_log_group", name)
    assert writing["Resource"] == [f"${{{group.address}.arn}}:*"]


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("intake", "reports/"),
        ("declaration", "reports/"),
        ("validation", "reports/"),
        ("large-validation", "reports/"),
        ("transformation", "reports/"),
        ("status", "loads/"),
        ("sweeper", "reports/"),
        ("large-notification", "loads/"),
    ],
)
def test_listing_the_bucket_is_for_one_prefix_only(dev: Synthesis, name: str, prefix: str) -> None:
    (listing,) = [each for each in statements(dev, name) if "s3:ListBucket" in each["Action"]]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": f"{prefix}*"}}


def test_the_workflow_runs_its_three_functions_only(dev: Synthesis) -> None:
    (running,) = [each for each in statements(dev, "load") if "lambda:InvokeFunction" in each["Action"]]
    functions = ("validation", "transformation", "notification")
    expected = {f"${{{dev.one('aws_lambda_function', name).address}.arn}}" for name in functions}
    assert set(running["Resource"]) == expected


def test_services_assume_their_roles_for_our_account_only(dev: Synthesis) -> None:
    trusts = {
        each.id.split("_")[0]: json.loads(each.body["assume_role_policy"])["Statement"][0]
        for each in dev.of("aws_iam_role")
    }
    assert {name: each["Principal"]["Service"] for name, each in trusts.items()} == {
        **{name.value: "lambda.amazonaws.com" for name in FunctionName},
        "load": "states.amazonaws.com",
        "large-load": "states.amazonaws.com",
        "report-stored": "events.amazonaws.com",
        "api-logging": "apigateway.amazonaws.com",
    }
    for name in ("load", "large-load", "report-stored"):
        assert trusts[name]["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_the_sweeper_may_look_for_a_banks_reports_only_where_one_is_expected(dev: Synthesis, prod: Synthesis) -> None:
    def looks(synthesis: Synthesis) -> list[dict[str, Any]]:
        return [each for each in statements(synthesis, "sweeper") if "by-bank" in json.dumps(each["Resource"])]

    (looking,) = looks(prod)
    assert looking["Action"] == ["dynamodb:Query"]
    assert len(looking["Resource"]) == 1
    assert not looks(dev)


def test_the_sweeper_knows_the_calendars_of_the_banks_that_have_one(dev: Synthesis, prod: Synthesis) -> None:
    def calendars(synthesis: Synthesis) -> str | None:
        found: str | None = variables(synthesis).get("BANK_CALENDARS")
        return found

    assert {bank for each in json.loads(calendars(prod) or "") for bank in each["banks"]} == {
        *("alpenbank", "bayside", "nordbank")
    }
    assert calendars(dev) is None


def test_the_sweepers_variables_leave_room_for_the_largest_calendars(prod: Synthesis) -> None:
    # Lambda counts names and values (quota "Environment variables": 4 KB). References become ARNs and names.
    longest = {"REPORTS_BUCKET": 63, "UPLOADS_TABLE": 255, "STATE_MACHINE_ARN": 200, "LARGE_STATE_MACHINE_ARN": 200}
    others = {name: value for name, value in variables(prod).items() if name != "BANK_CALENDARS"}
    taken = sum(len(name) + longest.get(name, len(value)) for name, value in others.items())
    assert len("BANK_CALENDARS") + MAX_CALENDARS_BYTES + taken <= 4_096


def variables(synthesis: Synthesis) -> dict[str, str]:
    """Of the sweeper."""
    found: dict[str, str] = synthesis.one("aws_lambda_function", "sweeper").body["environment"]["variables"]
    return found


def test_functions_know_only_what_they_use(dev: Synthesis) -> None:
    known = {
        name: set(dev.one("aws_lambda_function", name).body["environment"]["variables"])
        - {"ENVIRONMENT_SUFFIX", "LOG_LEVEL"}
        for name in FunctionName
    }
    assert known == {
        FunctionName.INTAKE: {"REPORTS_BUCKET", "UPLOADS_TABLE", "BANKS_TABLE"},
        FunctionName.DECLARATION: {
            *("REPORTS_BUCKET", "UPLOADS_TABLE", "BANKS_TABLE"),
            *("STATE_MACHINE_ARN", "LARGE_STATE_MACHINE_ARN"),
        },
        FunctionName.PRECHECK: {"BANKS_TABLE"},
        FunctionName.TRANSACTIONS: {"BANKS_TABLE", "TRANSACTIONS_TABLE"},
        FunctionName.WEB: {"REPORTS_BUCKET"},
        FunctionName.VALIDATION: {"REPORTS_BUCKET", "UPLOADS_TABLE"},
        FunctionName.TRANSFORMATION: {"UPLOADS_TABLE", "TRANSACTIONS_TABLE"},
        FunctionName.NOTIFICATION: {"UPLOADS_TABLE", "OUTCOMES_TOPIC_ARN"},
        FunctionName.STATUS: {"REPORTS_BUCKET", "UPLOADS_TABLE", "BANKS_TABLE"},
        FunctionName.SWEEPER: {
            *("REPORTS_BUCKET", "UPLOADS_TABLE"),
            *("STATE_MACHINE_ARN", "LARGE_STATE_MACHINE_ARN"),
        },
        FunctionName.LARGE_VALIDATION: {"REPORTS_BUCKET", "UPLOADS_TABLE"},
        FunctionName.LARGE_NOTIFICATION: {"UPLOADS_TABLE", "OUTCOMES_TOPIC_ARN"},
    }
