"""Valid configurations, one of each resource type, into which tests put one value at a time."""

import json
from collections.abc import Mapping
from typing import Any, Final

ACCOUNT: Final = "000000000000"
ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/it"
QUEUE: Final = f"arn:aws:sqs:eu-central-1:{ACCOUNT}:it"
TOPIC: Final = f"arn:aws:sns:eu-central-1:{ACCOUNT}:it"
POLICY: Final = json.dumps({"Version": "2012-10-17", "Statement": []})
METRIC: Final = {"namespace": "AWS/SQS", "metric_name": "Age", "period": 60, "stat": "Maximum"}

_METHOD: Final = {"rest_api_id": "api", "resource_id": "resource", "http_method": "POST"}
_CORS: Final = {"allowed_methods": ["PUT"], "allowed_origins": ["https://reports.example"]}
_RULE: Final = {"id": "all", "status": "Enabled", "filter": [{}], "expiration": [{"days": 30}]}
_ENCRYPTION: Final = {"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}]}
_METRICS: Final = [{"cloudwatch_metrics_enabled": True, "metric_name": "it", "sampled_requests_enabled": False}]
_RATE: Final = {
    "name": "rate",
    "priority": 0,
    "action": [{"block": [{}]}],
    "statement": [{"rate_based_statement": [{"limit": 10, "aggregate_key_type": "IP"}]}],
    "visibility_config": _METRICS,
}

VALID: Final[Mapping[str, Mapping[str, Any]]] = {
    "aws_api_gateway_account": {"cloudwatch_role_arn": ROLE},
    "aws_api_gateway_api_key": {"name": "it", "value": "0123456789abcdef0123"},
    "aws_api_gateway_deployment": {"rest_api_id": "api", "triggers": {"redeployment": "1"}},
    "aws_api_gateway_gateway_response": {"rest_api_id": "api", "response_type": "THROTTLED", "status_code": "429"},
    "aws_api_gateway_integration": {
        **_METHOD,
        "type": "AWS_PROXY",
        "integration_http_method": "POST",
        "uri": "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/it/invocations",
        "timeout_milliseconds": 29_000,
    },
    "aws_api_gateway_method": {**_METHOD, "authorization": "NONE"},
    "aws_api_gateway_method_response": {**_METHOD, "status_code": "202"},
    "aws_api_gateway_method_settings": {
        "rest_api_id": "api",
        "stage_name": "v1",
        "method_path": "*/*",
        "settings": [{"metrics_enabled": True, "logging_level": "ERROR", "throttling_burst_limit": 10}],
    },
    "aws_api_gateway_model": {
        "rest_api_id": "api",
        "name": "Upload",
        "content_type": "application/json",
        "schema": '{"type": "object"}',
    },
    "aws_api_gateway_request_validator": {"rest_api_id": "api", "name": "it"},
    "aws_api_gateway_resource": {"rest_api_id": "api", "parent_id": "root", "path_part": "{upload_id}"},
    "aws_api_gateway_rest_api": {"name": "it", "endpoint_configuration": [{"types": ["REGIONAL"]}]},
    "aws_api_gateway_rest_api_policy": {"rest_api_id": "api", "policy": POLICY},
    "aws_api_gateway_domain_name": {
        "domain_name": "reports.example.com",
        "regional_certificate_arn": f"arn:aws:acm:eu-central-1:{ACCOUNT}:certificate/0a1b",
        "endpoint_configuration": [{"types": ["REGIONAL"]}],
    },
    "aws_api_gateway_base_path_mapping": {"api_id": "api", "domain_name": "reports.example.com", "stage_name": "v1"},
    "aws_api_gateway_stage": {
        "rest_api_id": "api",
        "deployment_id": "deployment",
        "stage_name": "v1",
        "access_log_settings": [
            {"destination_arn": f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:/it", "format": "$context.requestId"}
        ],
    },
    "aws_api_gateway_usage_plan": {
        "name": "it",
        "api_stages": [{"api_id": "api", "stage": "v1"}],
        "quota_settings": [{"limit": 1, "period": "DAY", "offset": 0}],
        "throttle_settings": [{"burst_limit": 0, "rate_limit": 0.5}],
    },
    "aws_api_gateway_usage_plan_key": {"key_id": "key", "key_type": "API_KEY", "usage_plan_id": "plan"},
    "aws_cloudwatch_log_metric_filter": {
        "name": "it",
        "log_group_name": "/it",
        "pattern": "ERROR",
        "metric_transformation": [
            {"name": "Errors", "namespace": "It", "value": "1", "dimensions": {"Kind": "$.kind"}}
        ],
    },
    "aws_cloudwatch_dashboard": {"dashboard_name": "it", "dashboard_body": '{"widgets": []}'},
    "aws_cloudwatch_event_rule": {"name": "it", "event_pattern": '{"source": ["aws.s3"]}'},
    "aws_cloudwatch_event_target": {
        "rule": "it",
        "target_id": "queue",
        "arn": QUEUE,
        "dead_letter_config": [{"arn": QUEUE}],
        "retry_policy": [{"maximum_event_age_in_seconds": 3600, "maximum_retry_attempts": 0}],
    },
    "aws_cloudwatch_log_group": {"name": "/aws/lambda/it", "retention_in_days": 14},
    "aws_cloudwatch_metric_alarm": {
        "alarm_name": "it",
        "comparison_operator": "GreaterThanThreshold",
        "evaluation_periods": 1,
        "threshold": 0,
        "namespace": "AWS/SQS",
        "metric_name": "Age",
        "period": 60,
        "statistic": "Maximum",
        "dimensions": {"QueueName": "it"},
        "alarm_actions": [TOPIC],
    },
    "aws_dynamodb_table": {
        "name": "it-1.table",
        "billing_mode": "PAY_PER_REQUEST",
        "hash_key": "id",
        "attribute": [{"name": "id", "type": "S"}, {"name": "bank", "type": "S"}],
        "global_secondary_index": [{"name": "by-bank", "hash_key": "bank", "projection_type": "ALL"}],
        "ttl": [{"enabled": True, "attribute_name": "expires"}],
    },
    "aws_dynamodb_table_item": {"table_name": "it", "hash_key": "id", "item": '{"id": {"S": "1"}}'},
    "aws_iam_openid_connect_provider": {"url": "https://example.org", "client_id_list": ["sts.amazonaws.com"]},
    "aws_iam_policy": {"name": "it", "policy": POLICY},
    "aws_iam_role": {"name": "it", "assume_role_policy": POLICY},
    "aws_iam_role_policy": {"name": "it", "role": "it", "policy": POLICY},
    "aws_iam_role_policy_attachment": {"role": "it", "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    "aws_lambda_function": {
        "function_name": "it",
        "role": ROLE,
        "filename": "it.zip",
        "handler": "handler.handle",
        "runtime": "python3.11",
        "architectures": ["arm64"],
        "timeout": 900,
        "memory_size": 10_240,
        "reserved_concurrent_executions": 0,
    },
    "aws_lambda_permission": {
        "statement_id": "Events",
        "function_name": "it",
        "action": "lambda:InvokeFunction",
        "principal": "events.amazonaws.com",
        "source_arn": f"arn:aws:events:eu-central-1:{ACCOUNT}:rule/it",
    },
    "aws_s3_bucket": {"bucket": "it-reports.000"},
    "aws_s3_bucket_cors_configuration": {"bucket": "it-reports", "cors_rule": [_CORS]},
    "aws_s3_bucket_lifecycle_configuration": {"bucket": "it-reports", "rule": [_RULE]},
    "aws_s3_bucket_notification": {"bucket": "it-reports", "eventbridge": True},
    "aws_s3_bucket_policy": {"bucket": "it-reports", "policy": POLICY},
    "aws_s3_bucket_public_access_block": {"bucket": "it-reports", "block_public_acls": True},
    "aws_s3_bucket_server_side_encryption_configuration": {"bucket": "it-reports", "rule": [_ENCRYPTION]},
    "aws_s3_bucket_versioning": {"bucket": "it-reports", "versioning_configuration": [{"status": "Enabled"}]},
    "aws_sfn_state_machine": {"name": "it", "role_arn": ROLE, "definition": '{"StartAt": "A", "States": {}}'},
    "aws_sns_topic": {"name": "it"},
    "aws_sns_topic_subscription": {"topic_arn": TOPIC, "protocol": "sqs", "endpoint": QUEUE},
    "aws_sqs_queue": {"name": "it", "message_retention_seconds": 1_209_600, "visibility_timeout_seconds": 43_200},
    "aws_sqs_queue_policy": {"queue_url": "http://localhost/it", "policy": POLICY},
    "aws_wafv2_web_acl": {
        "name": "it",
        "scope": "REGIONAL",
        "default_action": [{"allow": [{}]}],
        "visibility_config": _METRICS,
        "rule": [_RATE],
    },
    "aws_wafv2_web_acl_association": {
        "resource_arn": "arn:aws:apigateway:eu-central-1::/restapis/api/stages/v1",
        "web_acl_arn": f"arn:aws:wafv2:eu-central-1:{ACCOUNT}:regional/webacl/it/0a1b",
    },
}


def lifecycle_rule(**changes: Any) -> dict[str, Any]:
    """A bucket's lifecycle with one rule, into which changes are put."""
    return {"rule": [{**_RULE, **changes}]}


def rate_rule(*, limit: int = 10, window: int = 300, **changes: Any) -> dict[str, Any]:
    """A web ACL's rules: one, into which changes are put."""
    statement = [{"rate_based_statement": [{"limit": limit, "evaluation_window_sec": window}]}]
    return {"rule": [{**_RATE, "statement": statement, **changes}]}


def metric_query(*queries: dict[str, Any]) -> dict[str, Any]:
    """An alarm on queries instead of on one metric."""
    of_one_metric = ("namespace", "metric_name", "period", "statistic", "dimensions")
    return {**dict.fromkeys(of_one_metric), "metric_query": list(queries)}
