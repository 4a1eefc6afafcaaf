"""What CI may do, and the most that the stacks' roles may do.

Proved here on the synthesized policies; `tests/e2e/test_rights.py` deploys with them. Not yet run on AWS.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from shared.infra.rights.reach import CI_REACHES, REACHES
from shared.infra.rights.table import RIGHTS
from shared.infra.settings.settings import Ci
from tests.synth.iam import Statement, allows, as_list, statements
from tests.synth.synthesis import ACCOUNT, Resource, Synthesis, settings_of, synthesize

REGION = "eu-central-1"
REPOSITORY = "example/pipeline"
FOREIGN_PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
MAX_CHARACTERS = 6_144  # IAM quota: a managed policy
MAX_ATTACHED = 10  # IAM quota: managed policies of a role
# Actions for which AWS has no resource, or evaluates all of a kind (Service Authorization Reference).
WITHOUT_RESOURCE = {
    "states:ValidateStateMachineDefinition",
    "xray:GetSamplingRules",
    "xray:GetGroups",
    "logs:DescribeLogGroups",
    "cloudwatch:DescribeAlarms",
    "sns:GetSubscriptionAttributes",
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
    "wafv2:ListWebACLs",
    "tag:GetResources",
}
SUFFIXES = {"preview": "pr123", "staging": "staging", "prod": "prod"}


@pytest.fixture(scope="session")
def with_ci(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """An environment of an account in which CI deploys."""
    settings = settings_of("dev", ci=Ci(repository=REPOSITORY))
    return synthesize(settings, tmp_path_factory.mktemp("with-ci"))


@pytest.fixture(scope="session")
def ci_policies(with_ci: Synthesis) -> Mapping[str, list[Statement]]:
    """Statements of each CI role, by its GitHub environment."""
    return {each.name: statements(*documents(with_ci, each.name).values()) for each in CI_REACHES}


@pytest.fixture(scope="session")
def boundaries(dev: Synthesis) -> Mapping[str, list[Statement]]:
    """Statements of each permissions boundary, by the reach that it is for."""
    named = {each.body["name"]: each.body["policy"] for each in dev.of("aws_iam_policy")}
    return {each.name: statements(named[f"txn-boundary-{each.name}-{REGION}"]) for each in REACHES}


def documents(synthesis: Synthesis, name: str) -> dict[str, str]:
    """The policies that are attached to a CI role, by their addresses."""
    role = next(each for each in synthesis.of("aws_iam_role") if each.body["name"] == f"txn-ci-{name}-{REGION}")
    attached = [
        each.body["policy_arn"]
        for each in synthesis.of("aws_iam_role_policy_attachment")
        if each.body["role"] == f"${{{role.address}.name}}"
    ]
    policies = {f"${{{each.address}.arn}}": each.body["policy"] for each in synthesis.of("aws_iam_policy")}
    return {arn: policies[arn] for arn in attached}


def roles(synthesis: Synthesis) -> list[Resource]:
    """The roles of an environment, without those of the account."""
    return [each for each in synthesis.of("aws_iam_role") if each.stack != "state-stack"]


def test_every_type_of_an_environment_is_in_the_table_and_every_entry_is_a_type(
    environments: Mapping[str, Synthesis], local: Synthesis, notified: Synthesis, closed: Synthesis
) -> None:
    variants = (*environments.values(), local, notified, closed)
    types = {each.type for variant in variants for each in variant.all() if each.stack != "state-stack"}
    assert types == RIGHTS.keys()


def test_without_a_repository_there_is_nothing_of_ci(environment: Synthesis) -> None:
    assert [each.address for each in environment.of("aws_iam_openid_connect_provider")] == []
    assert [each.address for each in environment.all() if "txn-ci-" in str(each.body)] == []
    assert environment.stacks["state-stack"].get("output", {}).keys() & {"ci_role_arn_preview"} == set()


def test_a_role_trusts_one_github_environment_of_the_repository_without_a_wildcard(with_ci: Synthesis) -> None:
    provider = with_ci.one("aws_iam_openid_connect_provider")
    trusts = {
        each.body["name"]: json.loads(each.body["assume_role_policy"])["Statement"]
        for each in with_ci.of("aws_iam_role")
        if each.body["name"].startswith("txn-ci-")
    }
    assert trusts == {
        f"txn-ci-{name}-{REGION}": [
            {
                "Sid": "AssumeRole",
                "Effect": "Allow",
                "Principal": {"Federated": f"${{{provider.address}.arn}}"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                        "token.actions.githubusercontent.com:sub": f"repo:{REPOSITORY}:environment:{name}",
                    }
                },
            }
        ]
        for name in (*SUFFIXES, "prod-plan")
    }


def test_a_provider_that_the_account_has_is_used_and_neither_made_nor_adopted(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    ci = Ci(repository=REPOSITORY, oidc_provider_arn=FOREIGN_PROVIDER)
    synthesis = synthesize(settings_of("dev", ci=ci), tmp_path_factory.mktemp("foreign-provider"))
    assert synthesis.of("aws_iam_openid_connect_provider") == []
    trusts = [each.body["assume_role_policy"] for each in synthesis.of("aws_iam_role") if "txn-ci-" in str(each.body)]
    assert len(trusts) == len(CI_REACHES)
    assert all(FOREIGN_PROVIDER in each for each in trusts)


def test_our_provider_is_not_destroyed_by_a_plan(with_ci: Synthesis) -> None:
    assert with_ci.one("aws_iam_openid_connect_provider").body["lifecycle"] == {"prevent_destroy": True}


def test_the_roles_arns_are_outputs(with_ci: Synthesis) -> None:
    outputs = with_ci.stacks["state-stack"]["output"]
    assert {f"ci_role_arn_{name}" for name in (*SUFFIXES, "prod_plan")} <= outputs.keys()


def test_no_policy_is_longer_than_iam_accepts(with_ci: Synthesis) -> None:
    lengths = {each.body["name"]: len(each.body["policy"]) for each in with_ci.of("aws_iam_policy")}
    assert {name: length for name, length in lengths.items() if length > MAX_CHARACTERS} == {}
    assert all(0 < len(documents(with_ci, each.name)) <= MAX_ATTACHED for each in CI_REACHES)


@pytest.mark.parametrize("name", SUFFIXES)
def test_actions_are_named_and_on_everything_only_where_aws_knows_no_resource(
    ci_policies: Mapping[str, list[Statement]], name: str
) -> None:
    policy = ci_policies[name]
    actions = {action for each in policy for action in as_list(each["Action"])}
    assert [each for each in actions if "*" in each] == []
    on_everything = {action for each in policy if each["Resource"] == "*" for action in as_list(each["Action"])}
    assert on_everything == WITHOUT_RESOURCE - (set() if name == "preview" else {"tag:GetResources"})


# Service, resource of an environment and of another one, and what a request on it is.
ACTIONS = (
    ("s3:CreateBucket", "arn:aws:s3:::txn-reports-123456789012-eu-central-1-{}"),
    ("s3:DeleteObjectVersion", "arn:aws:s3:::txn-reports-123456789012-eu-central-1-{}/reports/a/b.csv"),
    ("s3:GetObject", "arn:aws:s3:::txn-state-123456789012-eu-central-1/{}/data-stack.tfstate"),
    ("dynamodb:DeleteTable", "arn:aws:dynamodb:eu-central-1:123456789012:table/txn-uploads-{}"),
    ("dynamodb:PutItem", "arn:aws:dynamodb:eu-central-1:123456789012:table/txn-banks-{}"),
    ("sqs:SetQueueAttributes", "arn:aws:sqs:eu-central-1:123456789012:txn-dead-letters-{}"),
    ("sns:DeleteTopic", "arn:aws:sns:eu-central-1:123456789012:txn-outcomes-{}"),
    ("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-central-1:123456789012:function:txn-intake-{}"),
    ("iam:DeleteRole", "arn:aws:iam::123456789012:role/txn-intake-{}"),
    ("states:UpdateStateMachine", "arn:aws:states:eu-central-1:123456789012:stateMachine:txn-load-{}"),
    ("events:PutTargets", "arn:aws:events:eu-central-1:123456789012:rule/txn-sweep-{}"),
    ("cloudwatch:DeleteAlarms", "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:txn-intake-errors-{}"),
    ("logs:DeleteLogGroup", "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/txn-intake-{}"),
    ("logs:PutRetentionPolicy", "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/txn-intake-{}:*"),
    ("logs:CreateLogGroup", "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/vendedlogs/states/txn-load-{}"),
    ("xray:DeleteGroup", "arn:aws:xray:eu-central-1:123456789012:group/txn-pipeline-{}/ABC"),
    ("xray:UpdateSamplingRule", "arn:aws:xray:eu-central-1:123456789012:sampling-rule/txn-api-{}"),
)


@pytest.mark.parametrize("name", SUFFIXES)
@pytest.mark.parametrize(("action", "pattern"), ACTIONS)
def test_a_role_reaches_its_own_environments_and_no_other(
    ci_policies: Mapping[str, list[Statement]], name: str, action: str, pattern: str
) -> None:
    others = {*SUFFIXES.values(), "dev", "preprod", "pr0", "prx"} - {SUFFIXES[name]}
    assert allows(ci_policies[name], action, pattern.format(SUFFIXES[name]))
    assert [each for each in others if allows(ci_policies[name], action, pattern.format(each))] == []


def test_the_role_of_the_plan_reads_prod_and_changes_nothing(ci_policies: Mapping[str, list[Statement]]) -> None:
    policy = ci_policies["prod-plan"]
    actions = {action for each in policy for action in as_list(each["Action"])}
    assert {each.partition(":")[2][:3] for each in actions} == {"Des", "GET", "Get", "Lis", "Val"}
    state = "arn:aws:s3:::txn-state-123456789012-eu-central-1/{}/data-stack.tfstate"
    assert allows(policy, "s3:GetObject", state.format("prod"))
    assert not allows(policy, "s3:GetObject", state.format("staging"))
    assert {each["Effect"] for each in policy} == {"Allow"}


@pytest.mark.parametrize("name", [*SUFFIXES, "prod-plan"])
@pytest.mark.parametrize("table", ["transactions", "uploads"])
def test_no_role_reads_or_writes_what_was_transacted(
    ci_policies: Mapping[str, list[Statement]], name: str, table: str
) -> None:
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/txn-{table}-{SUFFIXES[name.removesuffix('-plan')]}"
    verbs = ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem")
    assert [each for each in verbs if allows(ci_policies[name], f"dynamodb:{each}", arn)] == []


@pytest.mark.parametrize("name", SUFFIXES)
@pytest.mark.parametrize("kind", ["restapis", "usageplans", "apikeys", "domainnames"])
def test_api_gateway_is_reached_by_the_tag(ci_policies: Mapping[str, list[Statement]], name: str, kind: str) -> None:
    policy, gateway = ci_policies[name], f"arn:aws:apigateway:{REGION}::"
    for suffix in (*SUFFIXES.values(), "dev"):
        ours = suffix == SUFFIXES[name]
        on_it, with_it = ({f"aws:{key}Tag/Environment": suffix} for key in ("Resource", "Request"))
        for verb in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            assert allows(policy, f"apigateway:{verb}", f"{gateway}/{kind}/abc", on_it) is ours
        assert allows(policy, "apigateway:POST", f"{gateway}/{kind}", with_it) is ours
    assert allows(policy, "apigateway:GET", f"{gateway}/{kind}")
    assert not allows(policy, "apigateway:POST", f"{gateway}/{kind}")


@pytest.mark.parametrize("name", SUFFIXES)
def test_no_foreign_api_or_log_becomes_its_own_by_a_tag(ci_policies: Mapping[str, list[Statement]], name: str) -> None:
    policy, own = ci_policies[name], SUFFIXES[name]
    tags = f"arn:aws:apigateway:{REGION}::/tags/arn%3Aaws"
    assert allows(policy, "apigateway:PUT", tags, {"aws:TagKeys": ["CostCenter"]})
    for key in ("Application", "Environment"):
        assert not allows(policy, "apigateway:PUT", tags, {"aws:TagKeys": ["CostCenter", key]})
        assert not allows(policy, "apigateway:DELETE", tags, {"aws:TagKeys": [key]})
    log = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:API-Gateway-Execution-Logs_abc/v1"
    tagging = {"aws:RequestTag/Environment": own}
    assert allows(policy, "logs:TagResource", log, tagging)
    assert not allows(policy, "logs:TagResource", log, {**tagging, "aws:ResourceTag/Environment": "dev"})
    assert not allows(policy, "logs:DeleteLogGroup", log, {"aws:ResourceTag/Environment": "dev"})


@pytest.mark.parametrize("name", SUFFIXES)
def test_a_role_is_made_and_changed_only_with_the_boundary(
    ci_policies: Mapping[str, list[Statement]], name: str
) -> None:
    policy, role = ci_policies[name], f"arn:aws:iam::{ACCOUNT}:role/txn-new-{SUFFIXES[name]}"
    key = "iam:PermissionsBoundary"
    boundary = {each: f"arn:aws:iam::{ACCOUNT}:policy/txn-boundary-{each}-{REGION}" for each in (*SUFFIXES, "other")}
    for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary"):
        assert not allows(policy, action, role)
        assert [each for each, arn in boundary.items() if allows(policy, action, role, {key: arn})] == [name]
    # Neither the boundary nor the role's own policies can be changed: no such action is granted on anything.
    granted = {action for each in policy for action in as_list(each["Action"]) if action.startswith("iam:")}
    assert (
        granted
        & {
            "iam:DeleteRolePermissionsBoundary",
            "iam:CreatePolicy",
            "iam:CreatePolicyVersion",
            "iam:SetDefaultPolicyVersion",
            "iam:DeletePolicy",
            "iam:DeletePolicyVersion",
            "iam:AttachRolePolicy",
            "iam:DetachRolePolicy",
            "iam:CreateUser",
            "iam:CreateAccessKey",
        }
        == set()
    )
    for own in (f"txn-ci-{name}-{REGION}", f"txn-api-logging-{REGION}"):
        arn = f"arn:aws:iam::{ACCOUNT}:role/{own}"
        allowed = {each for each in granted if allows(policy, each, arn, {key: boundary[name]})}
        assert allowed == {"iam:GetRole", "iam:GetPolicy", "iam:GetOpenIDConnectProvider"}  # to find it, at synth


@pytest.mark.parametrize("name", SUFFIXES)
def test_a_role_is_passed_to_the_services_of_the_stacks_only(
    ci_policies: Mapping[str, list[Statement]], name: str
) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/txn-intake-{SUFFIXES[name]}"
    to = {
        each: allows(ci_policies[name], "iam:PassRole", role, {"iam:PassedToService": f"{each}.amazonaws.com"})
        for each in ("lambda", "states", "events", "ec2", "glue")
    }
    assert {each for each, allowed in to.items() if allowed} == {"lambda", "states", "events"}
    other = f"arn:aws:iam::{ACCOUNT}:role/Administrator"
    assert not allows(ci_policies[name], "iam:PassRole", other, {"iam:PassedToService": "lambda.amazonaws.com"})


@pytest.mark.parametrize("name", SUFFIXES)
def test_locks_are_those_of_the_own_states(ci_policies: Mapping[str, list[Statement]], name: str) -> None:
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/txn-state-lock"
    keys = {
        suffix: {"dynamodb:LeadingKeys": [f"txn-state-{ACCOUNT}-{REGION}/{suffix}/data-stack.tfstate-md5"]}
        for suffix in (*SUFFIXES.values(), "dev")
    }
    allowed = [suffix for suffix, key in keys.items() if allows(ci_policies[name], "dynamodb:PutItem", table, key)]
    assert allowed == [SUFFIXES[name]]
    assert allows(ci_policies[name], "dynamodb:Scan", table) is (name == "preview")


@pytest.mark.parametrize("name", SUFFIXES)
def test_the_state_bucket_is_listed_by_prefix(ci_policies: Mapping[str, list[Statement]], name: str) -> None:
    bucket = f"arn:aws:s3:::txn-state-{ACCOUNT}-{REGION}"
    prefixes = [f"{each}/" for each in (*SUFFIXES.values(), "dev")]
    allowed = [each for each in prefixes if allows(ci_policies[name], "s3:ListBucket", bucket, {"s3:prefix": each})]
    assert allowed == [f"{SUFFIXES[name]}/"]
    assert not allows(ci_policies[name], "s3:ListBucket", bucket)
    assert not allows(ci_policies[name], "s3:PutBucketPolicy", bucket)


def test_every_role_of_an_environment_has_the_boundary_of_its_reach(environments: Mapping[str, Synthesis]) -> None:
    for suffix, name in {"dev": "other", "pr6616": "preview", "prod": "prod"}.items():
        found = {each.body.get("permissions_boundary") for each in roles(environments[suffix])}
        assert found == {f"arn:aws:iam::{ACCOUNT}:policy/txn-boundary-{name}-{REGION}"}


def test_the_boundaries_are_there_without_ci(environment: Synthesis) -> None:
    names = {each.body["name"] for each in environment.of("aws_iam_policy")}
    assert names == {f"txn-boundary-{each.name}-{REGION}" for each in REACHES}


def _arns(synthesis: Synthesis, resource: str) -> str:
    """An ARN as AWS will have it; what a reference stands for is its resource's name."""
    if not resource.startswith("${"):
        return resource
    reference, _, rest = resource[2:].partition("}")
    if reference.startswith("data.terraform_remote_state"):
        _, _, name, _, output = reference.split(".")
        stack = name.removeprefix("cross-stack-reference-input-")
        reference = synthesis.stacks[stack]["output"][output]["value"][2:-1]
    type_, id_, _ = reference.split(".")
    (resource_,) = [each for each in synthesis.of(type_) if each.id == id_]
    kinds = {
        "aws_s3_bucket": ("arn:aws:s3:::", "bucket"),
        "aws_dynamodb_table": (f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/", "name"),
        "aws_sqs_queue": (f"arn:aws:sqs:{REGION}:{ACCOUNT}:", "name"),
        "aws_sns_topic": (f"arn:aws:sns:{REGION}:{ACCOUNT}:", "name"),
        "aws_lambda_function": (f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:", "function_name"),
        "aws_sfn_state_machine": (f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:", "name"),
        "aws_cloudwatch_log_group": (f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:", "name"),
    }
    beginning, key = kinds[type_]
    return f"{beginning}{resource_.body[key]}{rest}"


def _granted(synthesis: Synthesis) -> set[tuple[str, str]]:
    """Action and resource of everything that an environment's roles are granted."""
    policies = [json.loads(each.body["policy"])["Statement"] for each in synthesis.of("aws_iam_role_policy")]
    found: list[dict[str, Any]] = [each for policy in policies for each in policy]
    return {
        (action, _arns(synthesis, resource))
        for each in found
        for action in each["Action"]
        for resource in each["Resource"]
    }


@pytest.mark.parametrize(("suffix", "name"), [("dev", "other"), ("pr6616", "preview"), ("prod", "prod")])
def test_a_boundary_allows_what_the_roles_are_granted_and_nothing_of_another_reach(
    environments: Mapping[str, Synthesis], boundaries: Mapping[str, list[Statement]], suffix: str, name: str
) -> None:
    granted = _granted(environments[suffix])
    assert len(granted) > 40
    assert [each for each in granted if not allows(boundaries[name], *each)] == []
    foreign = {(action, arn) for action, arn in granted if arn != "*"}
    others = [each for each in boundaries if each not in {name, "other"}]
    assert [each for each in foreign for other in others if allows(boundaries[other], *each)] == []


def test_a_boundary_has_no_action_that_no_role_needs(
    environments: Mapping[str, Synthesis], boundaries: Mapping[str, list[Statement]]
) -> None:
    needed = {action for action, _ in _granted(environments["dev"])}
    for policy in boundaries.values():
        assert {action for each in policy for action in as_list(each["Action"])} == needed
