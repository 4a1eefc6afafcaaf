"""Every name ends with the environment's suffix, so environments can share an account."""

from collections.abc import Iterator, Mapping

from shared.contracts.tables import BY_BANK, BY_DUE, BY_TIME
from tests.synth.synthesis import Resource, Synthesis

# Attributes that hold the physical name, by resource type. A type in neither list fails a test below.
NAME_ATTRIBUTE = {
    "aws_api_gateway_api_key": "name",
    "aws_api_gateway_request_validator": "name",
    "aws_api_gateway_rest_api": "name",
    "aws_api_gateway_usage_plan": "name",
    "aws_cloudwatch_dashboard": "dashboard_name",
    "aws_cloudwatch_event_rule": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_cloudwatch_log_metric_filter": "name",
    "aws_cloudwatch_metric_alarm": "alarm_name",
    "aws_dynamodb_table": "name",
    "aws_iam_role": "name",
    "aws_iam_role_policy": "name",
    "aws_lambda_function": "function_name",
    "aws_s3_bucket": "bucket",
    "aws_sfn_state_machine": "name",
    "aws_sns_topic": "name",
    "aws_sqs_queue": "name",
    "aws_xray_group": "group_name",
    "aws_xray_sampling_rule": "rule_name",
}
# What has no name of its own: parts of a named resource.
NAMELESS = {
    "aws_api_gateway_account",
    "aws_api_gateway_base_path_mapping",
    "aws_api_gateway_deployment",
    "aws_api_gateway_gateway_response",
    "aws_api_gateway_integration",
    "aws_api_gateway_method",
    "aws_api_gateway_method_settings",
    "aws_api_gateway_model",
    "aws_api_gateway_resource",
    "aws_api_gateway_rest_api_policy",
    "aws_api_gateway_stage",
    "aws_api_gateway_usage_plan_key",
    "aws_cloudwatch_event_target",
    "aws_dynamodb_table_item",
    "aws_iam_role_policy_attachment",
    "aws_lambda_permission",
    "aws_s3_bucket_cors_configuration",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_notification",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_sns_topic_subscription",
    "aws_sqs_queue_policy",
    "aws_wafv2_web_acl_association",
    "terraform_data",
}
# The state-stack's alone: they have a name, without a suffix.
OF_THE_ACCOUNT = {"aws_iam_openid_connect_provider", "aws_iam_policy"}
# API Gateway names this log group itself, by the API's id, which is unique.
NAMED_BY_AWS = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.api.id}/v1"


def named(synthesis: Synthesis) -> Iterator[tuple[Resource, str]]:
    for resource in synthesis.all():
        if resource.type in NAME_ATTRIBUTE and resource.stack != "state-stack":
            name = resource.body[NAME_ATTRIBUTE[resource.type]]
            if name != NAMED_BY_AWS:
                yield resource, name


def test_every_resource_type_is_known_to_be_named_or_nameless(environment: Synthesis) -> None:
    assert {each.type for each in environment.all()} <= NAME_ATTRIBUTE.keys() | NAMELESS | OF_THE_ACCOUNT


def test_every_name_ends_with_the_suffix(environment: Synthesis) -> None:
    without = [each.address for each, name in named(environment) if not name.endswith(f"-{environment.suffix}")]
    assert without == []


def test_names_are_of_every_kind_that_the_pipeline_uses(environment: Synthesis) -> None:
    # A sampling rule is an environment's own only where it asks for another rate; a preview has nothing in X-Ray.
    unused = {"aws_xray_sampling_rule"} | ({"aws_xray_group"} if environment.suffix == "pr6616" else set())
    assert {each.type for each, _ in named(environment)} == NAME_ATTRIBUTE.keys() - unused


def test_two_environments_share_no_name(environments: Mapping[str, Synthesis]) -> None:
    names = {suffix: {name for _, name in named(each)} for suffix, each in environments.items()}
    for suffix, own in names.items():
        others = set[str]().union(*(theirs for other, theirs in names.items() if other != suffix))
        assert own & others == set(), suffix


def test_no_name_continues_another_so_no_suffix_gives_two_environments_one_name(dev: Synthesis) -> None:
    # Not 'load' beside 'load-errors': 'load' of the environment 'errors-dev' has the name of 'load-errors' of 'dev'.
    purposes = [(each.type, name.removesuffix("dev")) for each, name in named(dev)]
    colliding = [
        (one, other)
        for type_, one in purposes
        for other_type, other in purposes
        if type_ == other_type and one != other and other.startswith(one)
    ]
    assert colliding == []


def test_names_of_a_type_are_unique(environment: Synthesis) -> None:
    names = [(each.type, name) for each, name in named(environment)]
    assert len(names) == len(set(names))


def test_buckets_carry_account_and_region(environment: Synthesis) -> None:
    assert environment.one("aws_s3_bucket", "reports").body["bucket"] == (
        f"txn-reports-123456789012-eu-central-1-{environment.suffix}"
    )


def test_names_are_those_that_operators_know(dev: Synthesis) -> None:
    names = {name for _, name in named(dev)}
    assert names >= {
        "txn-uploads-dev",
        "txn-transactions-dev",
        "txn-banks-dev",
        "txn-intake-dev",
        "/aws/lambda/txn-intake-dev",
        "/aws/vendedlogs/states/txn-load-dev",
        "/aws/apigateway/txn-api-dev",
        "txn-dead-letters-dev",
        "txn-undelivered-dev",
        "txn-outcomes-dev",
        "txn-intake-errors-dev",
    }


def test_the_state_stack_is_the_same_for_all_environments_of_an_account(environments: Mapping[str, Synthesis]) -> None:
    texts = {(each.output / "stacks/state-stack/cdk.tf.json").read_text() for each in environments.values()}
    assert len(texts) == 1
    (state,) = [each for each in environments["dev"].of("aws_s3_bucket") if each.stack == "state-stack"]
    assert state.body["bucket"] == "txn-state-123456789012-eu-central-1"


def test_indexes_have_the_names_that_the_functions_use(dev: Synthesis) -> None:
    indexes = {
        each["name"] for table in dev.of("aws_dynamodb_table") for each in table.body.get("global_secondary_index", [])
    }
    assert indexes == {BY_BANK.name, BY_DUE.name, BY_TIME.name}
