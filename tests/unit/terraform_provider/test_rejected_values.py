"""What the real provider rejects before a plan is rejected here too, and what it accepts is accepted."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from terraform_provider.registry import RESOURCE_TYPES
from terraform_provider.rules import ConfigurationError
from terraform_provider.schema import Block, load_schemas
from terraform_provider.validation import configuration_errors
from terraform_provider.values import UNKNOWN, fill
from tests.unit.terraform_provider.configurations import METRIC, ROLE, VALID, lifecycle_rule, metric_query, rate_rule
from tests.unit.terraform_provider.fakes import definition

LETTERS = "letters, digits"
EXACTLY_ONE = "expected exactly one of "

BAD: tuple[tuple[str, Mapping[str, Any], str, str], ...] = (
    # JSON
    ("aws_sqs_queue", {"redrive_policy": "{"}, "redrive_policy", "to be JSON; Expecting"),
    ("aws_sqs_queue_policy", {"policy": "none"}, "policy", "to be JSON; Expecting value"),
    ("aws_s3_bucket_policy", {"policy": "{'Version': 1}"}, "policy", "to be JSON"),
    ("aws_iam_role", {"assume_role_policy": "allow"}, "assume_role_policy", "to be JSON"),
    ("aws_iam_policy", {"policy": "[]"}, "policy", "to be a JSON object; got []"),
    ("aws_iam_role_policy", {"policy": "[]"}, "policy", "to be a JSON object; got []"),
    ("aws_cloudwatch_event_rule", {"event_pattern": "source: aws.s3"}, "event_pattern", "to be JSON"),
    ("aws_sns_topic_subscription", {"filter_policy": '{"bank_id": }'}, "filter_policy", "to be JSON"),
    ("aws_sns_topic_subscription", {"redrive_policy": "NaN"}, "redrive_policy", "to be JSON; NaN is not JSON"),
    ("aws_sfn_state_machine", {"definition": "StartAt"}, "definition", "to be JSON"),
    ("aws_cloudwatch_dashboard", {"dashboard_body": "{]"}, "dashboard_body", "to be JSON"),
    ("aws_api_gateway_model", {"schema": "object"}, "schema", "to be JSON"),
    ("aws_api_gateway_rest_api", {"policy": "deny"}, "policy", "to be JSON"),
    ("aws_dynamodb_table_item", {"item": "id=1"}, "item", "to be JSON"),
    ("aws_dynamodb_table_item", {"item": '{"id": {"X": "1"}}'}, "item", "one of S, N, B, BOOL, NULL"),
    ("aws_dynamodb_table_item", {"item": '{"id": {"S": "1"}, "n": {"N": 1}}'}, "item", '"n" is none'),
    ("aws_dynamodb_table_item", {"item": '{"id": {"S": "1"}, "l": {"L": ["a"]}}'}, "item", '"l" is none'),
    ("aws_cloudwatch_event_target", {"input": "form=first"}, "input", "to be JSON"),
    # Names
    ("aws_sqs_queue", {"name": "a queue"}, "name", "to be 1 to 80 letters"),
    ("aws_sqs_queue", {"name": "q" * 81}, "name", "to be 1 to 80 letters"),
    ("aws_sns_topic", {"name": "topic.one"}, "name", "to be 1 to 256 letters"),
    ("aws_lambda_function", {"function_name": "my function"}, "function_name", "to match"),
    ("aws_iam_role", {"name": "role/it"}, "name", "to match"),
    ("aws_iam_role", {"name": "r" * 65}, "name", "to have 1 to 64 characters; it has 65"),
    ("aws_iam_policy", {"name": "all rights"}, "name", "to match"),
    ("aws_iam_openid_connect_provider", {"url": "example.org"}, "url", "to be a URL that begins with https://"),
    ("aws_iam_role_policy", {"name": "all rights"}, "name", "to match"),
    ("aws_cloudwatch_log_group", {"name": "/aws/lambda/it*"}, "name", "to match"),
    ("aws_cloudwatch_log_metric_filter", {"name": "it:other"}, "name", "to match"),
    ("aws_cloudwatch_event_rule", {"name": "every hour"}, "name", "to match"),
    ("aws_cloudwatch_event_target", {"target_id": "the queue"}, "target_id", "to be 1 to 64 letters"),
    ("aws_cloudwatch_event_target", {"rule": "r" * 65}, "rule", "to be 1 to 64 letters"),
    ("aws_cloudwatch_dashboard", {"dashboard_name": "my dashboard"}, "dashboard_name", "to be 1 to 255 letters"),
    ("aws_sfn_state_machine", {"name": "load it"}, "name", "to be 1 to 80 letters"),
    ("aws_lambda_permission", {"statement_id": "From Events"}, "statement_id", "to match"),
    ("aws_lambda_permission", {"action": "InvokeFunction"}, "action", "to match"),
    ("aws_dynamodb_table", {"name": "it"}, "name", "to be 3 to 255 letters"),
    ("aws_s3_bucket", {"bucket": "Reports_1"}, "bucket", "to be 3 to 63 lower-case letters"),
    ("aws_api_gateway_model", {"name": "upload-model"}, "name", "to be letters and digits"),
    ("aws_iam_role", {"path": "it"}, "path", "to match"),
    ("aws_wafv2_web_acl", {"name": "one acl"}, "name", "to match"),
    # ARNs
    ("aws_wafv2_web_acl_association", {"resource_arn": "ags-api-v1"}, "resource_arn", "to be an ARN; got ags-api-v1"),
    ("aws_wafv2_web_acl_association", {"web_acl_arn": "it"}, "web_acl_arn", "to be an ARN; got it"),
    ("aws_lambda_function", {"role": "it"}, "role", "to be an ARN; got it"),
    ("aws_lambda_function", {"role": ROLE.replace("role", "user")}, "role", "to match"),
    ("aws_sfn_state_machine", {"role_arn": "role/it"}, "role_arn", "to be an ARN"),
    ("aws_cloudwatch_event_target", {"arn": "https://localhost/it"}, "arn", "to be an ARN"),
    (
        "aws_cloudwatch_event_target",
        {"dead_letter_config": [{"arn": "it"}]},
        "dead_letter_config.0.arn",
        "to be an ARN",
    ),
    ("aws_lambda_permission", {"source_arn": "it"}, "source_arn", "to be an ARN"),
    ("aws_cloudwatch_metric_alarm", {"alarm_actions": [ROLE, "mail"]}, "alarm_actions.1", "to be an ARN; got mail"),
    ("aws_cloudwatch_metric_alarm", {"ok_actions": ["arn:aws:sns"]}, "ok_actions.0", "to be an ARN"),
    ("aws_sns_topic_subscription", {"topic_arn": "arn:aws:sns:eu-central-1:1:it"}, "topic_arn", "to be an ARN"),
    ("aws_iam_role", {"permissions_boundary": "ReadOnlyAccess"}, "permissions_boundary", "to be an ARN"),
    ("aws_iam_role_policy_attachment", {"policy_arn": "ReadOnlyAccess"}, "policy_arn", "to be an ARN"),
    ("aws_api_gateway_account", {"cloudwatch_role_arn": "logger"}, "cloudwatch_role_arn", "to be an ARN"),
    # Numbers
    ("aws_sqs_queue", {"message_retention_seconds": 10}, "message_retention_seconds", "to be 60 to 1209600; got 10"),
    ("aws_sqs_queue", {"visibility_timeout_seconds": 50_000}, "visibility_timeout_seconds", "to be 0 to 43200"),
    ("aws_sqs_queue", {"delay_seconds": -1}, "delay_seconds", "to be 0 to 900"),
    ("aws_sqs_queue", {"receive_wait_time_seconds": 21}, "receive_wait_time_seconds", "to be 0 to 20"),
    ("aws_sqs_queue", {"max_message_size": 1_048_577}, "max_message_size", "to be 1024 to 1048576"),
    ("aws_lambda_function", {"timeout": 901}, "timeout", "to be 1 to 900; got 901"),
    ("aws_lambda_function", {"memory_size": 64}, "memory_size", "to be 128 to 10240"),
    ("aws_lambda_function", {"ephemeral_storage": [{"size": 256}]}, "ephemeral_storage.0.size", "to be 512 to 10240"),
    ("aws_cloudwatch_log_group", {"retention_in_days": 6}, "retention_in_days", "to be one of 0, 1, 3, 5, 7, 14"),
    ("aws_api_gateway_integration", {"timeout_milliseconds": 10}, "timeout_milliseconds", "to be 50 to 300000"),
    ("aws_cloudwatch_metric_alarm", {"period": 45}, "period", "to be 10, 20, 30 or a multiple of 60; got 45"),
    ("aws_cloudwatch_metric_alarm", {"evaluation_periods": 0}, "evaluation_periods", "to be at least 1; got 0"),
    (
        "aws_cloudwatch_event_target",
        {"retry_policy": [{"maximum_retry_attempts": 186}]},
        "retry_policy.0.maximum_retry_attempts",
        "to be 0 to 185",
    ),
    (
        "aws_cloudwatch_metric_alarm",
        metric_query({"id": "age", "return_data": True, "metric": [{**METRIC, "period": 61}]}),
        "metric_query.0.metric.0.period",
        "or a multiple of 60; got 61",
    ),
    ("aws_iam_role", {"max_session_duration": 60}, "max_session_duration", "to be 3600 to 43200"),
    (
        "aws_s3_bucket_lifecycle_configuration",
        lifecycle_rule(noncurrent_version_expiration=[{"noncurrent_days": 0}]),
        "rule.0.noncurrent_version_expiration.0.noncurrent_days",
        "to be at least 1; got 0",
    ),
    (
        "aws_lambda_function",
        {"reserved_concurrent_executions": -2},
        "reserved_concurrent_executions",
        "to be at least -1; got -2",
    ),
    (
        "aws_wafv2_web_acl",
        rate_rule(limit=9),
        "rule.0.statement.0.rate_based_statement.0.limit",
        "to be 10 to 2000000000; got 9",
    ),
    ("aws_wafv2_web_acl", rate_rule(priority=-1), "rule.0.priority", "to be at least 0; got -1"),
    # One of a few values
    (
        "aws_wafv2_web_acl",
        rate_rule(window=90),
        "rule.0.statement.0.rate_based_statement.0.evaluation_window_sec",
        "to be one of 60, 120, 300, 600; got 90",
    ),
    ("aws_wafv2_web_acl", {"scope": "GLOBAL"}, "scope", "to be one of CLOUDFRONT, REGIONAL; got GLOBAL"),
    ("aws_cloudwatch_event_rule", {"state": "SLEEPING"}, "state", "to be one of ENABLED, DISABLED, ENABLED_WITH_"),
    ("aws_sns_topic_subscription", {"protocol": "pigeon"}, "protocol", "to be one of application, email"),
    ("aws_api_gateway_method", {"http_method": "FETCH"}, "http_method", "to be one of ANY, DELETE"),
    ("aws_api_gateway_integration", {"integration_http_method": "post"}, "integration_http_method", "to be one of ANY"),
    ("aws_cloudwatch_metric_alarm", {"treat_missing_data": "ok"}, "treat_missing_data", "to be one of breaching"),
    (
        "aws_cloudwatch_metric_alarm",
        metric_query({"id": "age", "return_data": True, "metric": [{**METRIC, "stat": "Median"}]}),
        "metric_query.0.metric.0.stat",
        "to be one of Average, Maximum, Minimum, SampleCount, Sum, or a percentile such as p90; got Median",
    ),
    ("aws_api_gateway_gateway_response", {"status_code": "999"}, "status_code", "to match"),
    # Items and lengths
    ("aws_lambda_function", {"architectures": ["arm64", "x86_64"]}, "architectures", "at most 1 items; it has 2"),
    ("aws_s3_bucket_lifecycle_configuration", lifecycle_rule(id="r" * 256), "rule.0.id", "to have 1 to 255 characters"),
    ("aws_s3_bucket_lifecycle_configuration", {"rule": []}, "rule", "to be set at least once"),
    ("aws_api_gateway_api_key", {"value": "too-short-a-secret"}, "value", "to have 20 to 128 characters; it has 18"),
    (
        "aws_api_gateway_rest_api",
        {"endpoint_configuration": [{"types": ["REGIONAL", "EDGE"]}]},
        "endpoint_configuration.0.types",
        "to have exactly 1 item; it has 2",
    ),
    # Across attributes
    (
        "aws_wafv2_web_acl",
        {"default_action": [{"allow": [{}], "block": [{}]}]},
        "default_action.0",
        "to set exactly one of allow, block",
    ),
    ("aws_wafv2_web_acl", rate_rule(action=[]), "rule.0", "to set exactly one of action, override_action"),
    ("aws_dynamodb_table", {"hash_key": "key", "range_key": "id"}, "hash_key", 'by an attribute block; "key" is not'),
    ("aws_dynamodb_table", {"range_key": "at"}, "range_key", 'to be defined by an attribute block; "at" is not'),
    ("aws_dynamodb_table", {"global_secondary_index": []}, "attribute", '"bank" is none'),
    (
        "aws_dynamodb_table",
        {"attribute": [{"name": "id", "type": "S"}]},
        "global_secondary_index",
        'hash_key to be defined by an attribute block; "bank" is not',
    ),
    ("aws_dynamodb_table", {"billing_mode": None}, "billing_mode", 'billing_mode = "PAY_PER_REQUEST"'),
    ("aws_dynamodb_table", {"ttl": [{"enabled": True}]}, "ttl.0.attribute_name", "to be set when ttl is enabled"),
    ("aws_dynamodb_table_item", {"hash_key": "bank"}, "item", 'to hold "bank", which is its hash_key'),
    ("aws_dynamodb_table_item", {"range_key": "at"}, "item", 'to hold "at", which is its range_key'),
    ("aws_lambda_function", {"filename": None}, "filename", EXACTLY_ONE + "filename, image_uri, s3_bucket to be set"),
    ("aws_lambda_function", {"handler": None}, "handler", 'to be set with package_type "Zip"'),
    ("aws_lambda_function", {"runtime": None}, "runtime", 'to be set with package_type "Zip"'),
    ("aws_cloudwatch_event_rule", {"event_pattern": None}, "event_pattern", "event_pattern or schedule_expression to"),
    ("aws_cloudwatch_metric_alarm", {"statistic": None}, "statistic", "(or extended_statistic) beside metric_name"),
    ("aws_cloudwatch_metric_alarm", {"extended_statistic": "p90"}, "statistic", "not to be set beside extended_"),
    (
        "aws_cloudwatch_metric_alarm",
        {**metric_query({"id": "age", "return_data": True, "metric": [METRIC]}), "period": 60},
        "period",
        "not to be set beside metric_query",
    ),
    (
        "aws_cloudwatch_metric_alarm",
        metric_query({"id": "age", "expression": "1", "metric": [METRIC]}),
        "metric_query.0",
        "not to have both an expression and a metric",
    ),
    (
        "aws_s3_bucket_lifecycle_configuration",
        lifecycle_rule(transition=[{"storage_class": "GLACIER"}]),
        "rule.0.transition.0",
        "to set exactly one of date, days",
    ),
)
"""Type, what is changed in its valid configuration, the path of the error, and a part of the message."""

GOOD: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("aws_api_gateway_account", {"cloudwatch_role_arn": None}),
    ("aws_api_gateway_api_key", {"value": None}),
    ("aws_api_gateway_integration", {"type": "MOCK", "integration_http_method": None, "uri": None}),
    ("aws_api_gateway_model", {"schema": None}),
    ("aws_cloudwatch_event_rule", {"event_pattern": None, "schedule_expression": "rate(1 hour)"}),
    ("aws_cloudwatch_event_target", {"target_id": None, "input": '["any JSON"]'}),
    ("aws_cloudwatch_log_group", {"retention_in_days": 0}),
    ("aws_cloudwatch_metric_alarm", {"period": 10}),
    ("aws_cloudwatch_metric_alarm", {"period": 86_400}),
    ("aws_cloudwatch_metric_alarm", {"statistic": None, "extended_statistic": "p99.9"}),
    ("aws_cloudwatch_metric_alarm", {"alarm_actions": ["arn:aws:automate:eu-central-1:ec2:stop"]}),
    ("aws_cloudwatch_metric_alarm", {"namespace": "Pipeline", "metric_name": "Rows rejected"}),
    (
        "aws_cloudwatch_metric_alarm",
        metric_query(
            {"id": "rate", "expression": "100 * errors / FILL(calls, 1)", "return_data": True},
            {"id": "errors", "metric": [{**METRIC, "stat": "p90"}]},
            {"id": "calls", "metric": [{**METRIC, "stat": "TM(2%:98%)", "period": 30}]},
        ),
    ),
    ("aws_dynamodb_table", {"attribute": []}),
    ("aws_dynamodb_table", {"ttl": [{"enabled": False, "attribute_name": ""}]}),
    (
        "aws_dynamodb_table_item",
        {"item": '{"id": {"S": "1"}, "m": {"M": {"l": {"L": [{"N": "1"}, {"NULL": true}]}}}, "s": {"SS": ["a"]}}'},
    ),
    ("aws_iam_role", {"path": "/service/", "description": "Umlauts ä are fine"}),
    ("aws_lambda_function", {"package_type": "Image", "filename": None, "image_uri": UNKNOWN, "handler": None}),
    ("aws_lambda_function", {"reserved_concurrent_executions": -1}),
    ("aws_lambda_permission", {"principal": "*", "action": "lambda:*"}),
    ("aws_lambda_permission", {"source_arn": "arn:aws:execute-api:eu-central-1:000000000000:api/*/POST/uploads"}),
    ("aws_lambda_permission", {"source_arn": "arn:aws:s3:::it-reports"}),
    ("aws_s3_bucket_lifecycle_configuration", lifecycle_rule(transition=[{"days": 0, "storage_class": "GLACIER"}])),
    ("aws_sns_topic_subscription", {"protocol": "email", "endpoint": "ops@bank.example"}),
    ("aws_sqs_queue", {"name": UNKNOWN, "redrive_policy": UNKNOWN, "delay_seconds": 900}),
    ("aws_sqs_queue", {"name": None}),
    ("aws_wafv2_web_acl", rate_rule(limit=2_000_000_000, window=600)),
    ("aws_wafv2_web_acl", {"rule": [], "default_action": [{"block": [{}]}]}),
)


def _errors(type_name: str, changes: Mapping[str, Any]) -> list[ConfigurationError]:
    it = definition(type_name)
    return configuration_errors(it, fill(it.block, {**VALID[type_name], **changes}))


def _name(error: ConfigurationError) -> str:
    return ".".join(map(str, error.path))


@pytest.mark.parametrize(("type_name", "changes", "path", "message"), BAD)
def test_a_bad_value_is_rejected_with_its_path_and_the_rule(
    type_name: str, changes: Mapping[str, Any], path: str, message: str
) -> None:
    (error,) = _errors(type_name, changes)
    assert _name(error) == path
    assert path in error.message
    assert message in error.message


@pytest.mark.parametrize("type_name", sorted(RESOURCE_TYPES))
def test_a_valid_configuration_of_each_type_is_accepted(type_name: str) -> None:
    assert not _errors(type_name, {})


@pytest.mark.parametrize(("type_name", "changes"), GOOD)
def test_a_good_value_is_accepted(type_name: str, changes: Mapping[str, Any]) -> None:
    assert not _errors(type_name, changes)


def test_a_message_does_not_show_a_secret() -> None:
    (error,) = _errors("aws_api_gateway_api_key", {"value": "hunter2"})
    assert "hunter2" not in error.message


def _unknowns(block: Block, values: Any) -> Iterator[Any]:
    """Every form of a configuration in which one value is not known yet."""
    for name in values:
        yield {**values, name: UNKNOWN}
        if name in block.blocks:
            for at, item in enumerate(values[name]):
                for inner in _unknowns(block.blocks[name].block, item):
                    changed = copy.deepcopy(values[name])
                    changed[at] = inner
                    yield {**values, name: changed}


def _without(values: Mapping[str, Any], known: str) -> Mapping[str, Any]:
    return {name: value if name == known else UNKNOWN for name, value in values.items()}


@pytest.mark.parametrize("type_name", sorted(RESOURCE_TYPES))
def test_what_is_not_known_yet_is_never_rejected(type_name: str) -> None:
    block, it = load_schemas().resources[type_name], definition(type_name)
    forms = [*_unknowns(block, VALID[type_name]), *(_without(VALID[type_name], one) for one in VALID[type_name])]
    forms.append(dict.fromkeys(it.configurable & (block.attributes.keys() | block.blocks.keys()), UNKNOWN))
    assert [_name(error) for form in forms for error in configuration_errors(it, fill(block, form))] == []
