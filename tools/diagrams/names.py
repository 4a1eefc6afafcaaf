"""What people call the resources that are counted in the diagrams."""

from collections.abc import Mapping
from typing import Final

NAMES: Final[Mapping[str, str]] = {
    "aws_api_gateway_account": "account setting",
    "aws_api_gateway_api_key": "API key",
    "aws_api_gateway_deployment": "API deployment",
    "aws_api_gateway_gateway_response": "gateway response",
    "aws_api_gateway_integration": "integration",
    "aws_api_gateway_method": "method",
    "aws_api_gateway_method_settings": "method setting",
    "aws_api_gateway_model": "request model",
    "aws_api_gateway_request_validator": "request validator",
    "aws_api_gateway_resource": "API path",
    "aws_api_gateway_rest_api_policy": "API policy",
    "aws_api_gateway_stage": "stage",
    "aws_api_gateway_usage_plan": "usage plan",
    "aws_api_gateway_usage_plan_key": "usage plan key",
    "aws_cloudwatch_dashboard": "dashboard",
    "aws_cloudwatch_event_target": "rule target",
    "aws_cloudwatch_log_group": "log group",
    "aws_cloudwatch_log_metric_filter": "metric filter",
    "aws_cloudwatch_metric_alarm": "alarm",
    "aws_dynamodb_table_item": "table item",
    "aws_iam_policy": "managed policy",
    "aws_iam_role": "role",
    "aws_iam_role_policy": "role policy",
    "aws_iam_role_policy_attachment": "policy attachment",
    "aws_lambda_permission": "function permission",
    "aws_s3_bucket_cors_configuration": "CORS configuration",
    "aws_s3_bucket_lifecycle_configuration": "lifecycle configuration",
    "aws_s3_bucket_notification": "bucket notification",
    "aws_s3_bucket_policy": "bucket policy",
    "aws_s3_bucket_public_access_block": "public access block",
    "aws_s3_bucket_server_side_encryption_configuration": "encryption configuration",
    "aws_s3_bucket_versioning": "versioning configuration",
    "aws_sqs_queue_policy": "queue policy",
    "aws_xray_group": "trace group",
    "aws_xray_sampling_rule": "sampling rule",
    "terraform_data": "key revision",
}
"""Terraform's type -> the name of one."""


def counted(count: int, name: str) -> str:
    """So many of them, such as "1 queue policy", "2 queue policies" and "2 roles"."""
    if count == 1:
        return f"1 {name}"
    return f"{count} {name.removesuffix('y')}ies" if name.endswith("policy") else f"{count} {name}s"
