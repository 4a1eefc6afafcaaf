"""Finders of the types of resources that can be adopted, and why the other types are not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shared.infra.adoption import compute, rest_api, storage
from shared.infra.adoption.aws import Aws
from shared.infra.adoption.ownership import Found
from shared.infra.adoption.storage import Names

Find = Callable[[Aws, Names], Iterator[Found]]
"""Returns everything in AWS that has these names."""


@dataclass(frozen=True, kw_only=True)
class Finder:
    """Finds a type whose creation fails, makes a duplicate, or overwrites a foreign resource if its name is taken."""

    title: str
    """What people call the type."""
    find: Find
    keys: tuple[str, ...]
    """Terraform's attributes by which a resource is found; the last is the name that people use."""
    name: str = ""
    """The name that people use, where there are no such attributes."""
    needs: str = ""
    """Where names are not unique, the right to find them: without an answer, a deploy could make a second one."""


FINDERS: Final[Mapping[str, Finder]] = MappingProxyType(
    {
        "aws_s3_bucket": Finder(title="bucket", find=storage.bucket, keys=("bucket",)),
        "aws_dynamodb_table": Finder(title="table", find=storage.table, keys=("name",)),
        "aws_sqs_queue": Finder(title="queue", find=storage.queue, keys=("name",)),
        "aws_sns_topic": Finder(title="topic", find=storage.topic, keys=("name",)),
        "aws_cloudwatch_log_group": Finder(title="log group", find=storage.log_group, keys=("name",)),
        "aws_lambda_function": Finder(title="function", find=compute.function, keys=("function_name",)),
        "aws_lambda_permission": Finder(
            title="permission", find=compute.permission, keys=("function_name", "statement_id")
        ),
        "aws_iam_role": Finder(title="role", find=compute.role, keys=("name",)),
        "aws_iam_policy": Finder(title="policy", find=compute.managed_policy, keys=("name",)),
        "aws_iam_openid_connect_provider": Finder(
            title="identity provider", find=compute.identity_provider, keys=("url",)
        ),
        "aws_sfn_state_machine": Finder(title="state machine", find=compute.state_machine, keys=("name",)),
        "aws_cloudwatch_event_rule": Finder(title="event rule", find=compute.event_rule, keys=("name",)),
        "aws_cloudwatch_dashboard": Finder(title="dashboard", find=compute.dashboard, keys=("dashboard_name",)),
        "aws_cloudwatch_metric_alarm": Finder(title="alarm", find=compute.alarm, keys=("alarm_name",)),
        "aws_xray_group": Finder(title="X-Ray group", find=compute.xray_group, keys=("group_name",)),
        "aws_xray_sampling_rule": Finder(
            title="X-Ray sampling rule", find=compute.xray_sampling_rule, keys=("rule_name",)
        ),
        "aws_api_gateway_rest_api": Finder(
            title="REST API", find=rest_api.rest_api, keys=("name",), needs="apigateway:GET on /restapis"
        ),
        "aws_api_gateway_resource": Finder(
            title="API path", find=rest_api.resource, keys=("rest_api_id", "parent_id", "path_part")
        ),
        "aws_api_gateway_method": Finder(
            title="API method", find=rest_api.method, keys=("rest_api_id", "resource_id", "http_method")
        ),
        "aws_api_gateway_request_validator": Finder(
            title="request validator",
            find=rest_api.request_validator,
            keys=("rest_api_id", "name"),
            needs="apigateway:GET on /restapis/*/requestvalidators",
        ),
        "aws_api_gateway_model": Finder(title="API model", find=rest_api.model, keys=("rest_api_id", "name")),
        "aws_api_gateway_stage": Finder(title="stage", find=rest_api.stage, keys=("rest_api_id", "stage_name")),
        "aws_api_gateway_usage_plan": Finder(
            title="usage plan", find=rest_api.usage_plan, keys=("name",), needs="apigateway:GET on /usageplans"
        ),
        "aws_api_gateway_api_key": Finder(
            title="API key", find=rest_api.api_key, keys=("name",), needs="apigateway:GET on /apikeys"
        ),
        "aws_api_gateway_domain_name": Finder(title="domain name", find=rest_api.domain_name, keys=("domain_name",)),
        "aws_api_gateway_base_path_mapping": Finder(
            title="base path mapping", find=rest_api.base_path_mapping, keys=("domain_name", "base_path")
        ),
        "aws_wafv2_web_acl": Finder(title="web ACL", find=rest_api.web_acl, keys=("name",)),
        "aws_api_gateway_usage_plan_key": Finder(
            title="usage plan's key", find=rest_api.usage_plan_key, keys=("usage_plan_id", "key_id")
        ),
    }
)
"""By Terraform's type."""

GUARDED: Final[Mapping[str, Finder]] = MappingProxyType(
    {
        "aws_api_gateway_account": Finder(
            title="CloudWatch role", find=rest_api.foreign_logging_role, keys=(), name="of API Gateway"
        ),
    }
)
"""Types that are put, and never adopted, but must not replace what is foreign; their finders find only that."""

NOT_ADOPTED: Final[Mapping[str, str]] = {
    "aws_api_gateway_account": "a setting of the account, which is put unless it is foreign",
    "aws_api_gateway_deployment": "has no name; the stage moves to the new one, the old one is deleted with its API",
    "aws_api_gateway_gateway_response": "a setting of its API, which is put",
    "aws_api_gateway_integration": "a setting of its method, which is put",
    "aws_api_gateway_method_settings": "a setting of its stage, which is patched",
    "aws_api_gateway_rest_api_policy": "a setting of its API, which is patched",
    "aws_cloudwatch_event_target": "put into its rule by its id",
    "aws_cloudwatch_log_metric_filter": "put into its log group by its name",
    "aws_dynamodb_table_item": "cannot be imported; each state has items with keys of its own",
    "aws_iam_role_policy": "put into its role by its name",
    "aws_iam_role_policy_attachment": "attaching again changes nothing",
    "aws_s3_bucket_cors_configuration": "a setting of its bucket, which is put",
    "aws_s3_bucket_lifecycle_configuration": "a setting of its bucket, which is put",
    "aws_s3_bucket_notification": "a setting of its bucket, which is put",
    "aws_s3_bucket_policy": "a setting of its bucket, which is put",
    "aws_s3_bucket_public_access_block": "a setting of its bucket, which is put",
    "aws_s3_bucket_server_side_encryption_configuration": "a setting of its bucket, which is put",
    "aws_s3_bucket_versioning": "a setting of its bucket, which is put",
    "aws_sns_topic_subscription": "subscribing an endpoint again changes nothing",
    "aws_sqs_queue_policy": "a setting of its queue, which is put",
    "aws_wafv2_web_acl_association": "associating again changes nothing",
    "terraform_data": "is in Terraform's state only",
}
"""Types that can be created even though they exist, with the reason."""
