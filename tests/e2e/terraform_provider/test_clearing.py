"""An attribute that is no longer configured returns to its default, also in the cloud, without a new resource."""

import copy
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terraform_provider.cases import Configuration, compute, messages, rest_api
from tests.e2e.terraform_provider.terraform import Cloud, Terraform

pytestmark = pytest.mark.e2e

CLEARED = {
    "messages": {
        "aws_sqs_queue.it": ("redrive_policy", "tags", "delay_seconds", "max_message_size"),
        "aws_sns_topic.it": ("display_name", "tags"),
        "aws_sns_topic_subscription.it": ("filter_policy",),
        "aws_cloudwatch_event_rule.it": ("description", "state", "tags"),
        "aws_cloudwatch_event_target.it": ("dead_letter_config", "retry_policy"),
        "aws_cloudwatch_event_target.unnamed": ("input",),
    },
    "compute": {
        "aws_iam_role.it": ("description", "max_session_duration", "tags"),
        "aws_lambda_function.it": ("description", "environment", "reserved_concurrent_executions", "tags", "timeout"),
        "aws_sfn_state_machine.it": ("tags",),
        "aws_cloudwatch_log_group.it": ("tags",),
        "aws_cloudwatch_metric_alarm.errors": ("alarm_actions", "alarm_description", "tags", "treat_missing_data"),
        "aws_cloudwatch_metric_alarm.depth": ("datapoints_to_alarm",),
    },
    "api": {
        "aws_api_gateway_rest_api.it": ("description", "binary_media_types", "tags"),
        "aws_api_gateway_model.it": ("description",),
        "aws_api_gateway_method.it": ("api_key_required", "request_models", "request_parameters"),
        "aws_api_gateway_method_response.it": ("response_models", "response_parameters"),
        "aws_api_gateway_integration.it": ("timeout_milliseconds",),
        "aws_api_gateway_integration.mock": ("request_templates",),
        "aws_api_gateway_gateway_response.it": ("response_parameters",),
        "aws_api_gateway_request_validator.it": ("validate_request_body", "validate_request_parameters"),
        "aws_api_gateway_stage.it": ("access_log_settings", "description", "tags", "variables", "xray_tracing_enabled"),
        "aws_api_gateway_api_key.it": ("description", "tags"),
        "aws_api_gateway_usage_plan.it": ("description", "quota_settings", "tags", "throttle_settings"),
        "aws_wafv2_web_acl.it": ("rule", "tags"),
    },
}
"""Case -> resource -> attributes that are removed from its second form."""

SECOND = {case.name: case.second for case in (*messages.CASES, *compute.CASES, *rest_api.CASES)}
OPTIONAL_AND_COMPUTED = {
    "aws_api_gateway_rest_api.binary_media_types",
    "aws_api_gateway_rest_api.description",
    "aws_sqs_queue.redrive_policy",
}
"""Not configured means "leave as it is", also with the real provider."""


def _without(configuration: Configuration, cleared: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    bare: dict[str, Any] = copy.deepcopy(dict(configuration))
    for address, names in cleared.items():
        type_name, name = address.split(".")
        for attribute in names:
            del bare["resource"][type_name][name][attribute]
    return bare


@pytest.mark.parametrize("name", CLEARED)
def test_an_attribute_that_is_no_longer_configured_is_cleared(name: str, cloud: Cloud, tmp_path: Path) -> None:
    compute.write_archive(cloud.assets)
    terraform = Terraform(folder=tmp_path, cloud=cloud)
    terraform.configure(SECOND[name])
    terraform.run("init", "-no-color", "-input=false")
    terraform.apply()

    terraform.configure(_without(SECOND[name], CLEARED[name]))
    changes = {change.address: change for change in terraform.planned_changes()}
    for address, attributes in CLEARED[name].items():
        wanted = {one for one in attributes if f"{address.split('.')[0]}.{one}" not in OPTIONAL_AND_COMPUTED}
        if wanted:
            assert changes[address].actions == ("update",)
            assert wanted <= changes[address].attributes
    terraform.run("apply", "-no-color", "plan")
    terraform.plan()
    terraform.run("destroy", "-auto-approve", "-no-color", "-input=false")
