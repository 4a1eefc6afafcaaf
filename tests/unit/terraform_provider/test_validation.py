"""Configurations are validated before anything is created."""

from typing import Any

import pytest

from terraform_provider.rules import ConfigurationError
from terraform_provider.validation import configuration_errors
from terraform_provider.values import fill
from tests.unit.terraform_provider.configurations import VALID
from tests.unit.terraform_provider.fakes import definition


def _errors(type_name: str, **config: Any) -> list[ConfigurationError]:
    it = definition(type_name)
    return configuration_errors(it, fill(it.block, {**VALID[type_name], **config}))


@pytest.mark.parametrize(
    ("type_name", "config", "path", "message"),
    [
        (
            "aws_lambda_function",
            {"tracing_config": [{"mode": "Sometimes"}]},
            ("tracing_config", 0, "mode"),
            "expected tracing_config.0.mode to be one of Active, PassThrough; got Sometimes",
        ),
        (
            "aws_cloudwatch_metric_alarm",
            {"alarm_name": "a" * 256},
            ("alarm_name",),
            "expected alarm_name to have 1 to 255 characters; it has 256",
        ),
    ],
)
def test_an_error_names_its_path_and_the_rule(
    type_name: str, config: dict[str, Any], path: tuple[Any, ...], message: str
) -> None:
    (error,) = _errors(type_name, **config)
    assert error.path == path
    assert error.message.startswith(message)


@pytest.mark.parametrize(
    ("type_name", "config", "path"),
    [
        ("aws_s3_bucket", {"acl": "private"}, ("acl",)),
        ("aws_s3_bucket_notification", {"queue": [{"queue_arn": "arn:it"}]}, ("queue",)),
        ("aws_sqs_queue", {"fifo_queue": True}, ("fifo_queue",)),
        ("aws_dynamodb_table", {"stream_enabled": True}, ("stream_enabled",)),
        (
            "aws_dynamodb_table",
            {"global_secondary_index": [{"name": "by-bank", "hash_key": "bank", "read_capacity": 1}]},
            ("global_secondary_index", 0, "read_capacity"),
        ),
        (
            "aws_api_gateway_method_settings",
            {"settings": [{"caching_enabled": True}]},
            ("settings", 0, "caching_enabled"),
        ),
        (
            "aws_api_gateway_usage_plan",
            {"api_stages": [{"api_id": "a", "stage": "b", "throttle": [{"path": "/", "burst_limit": 1}]}]},
            ("api_stages", 0, "throttle"),
        ),
    ],
)
def test_an_attribute_that_is_not_sent_is_refused_with_what_to_do(
    type_name: str, config: dict[str, Any], path: tuple[Any, ...]
) -> None:
    (error,) = _errors(type_name, **config)
    assert error.path == path
    name = ".".join(map(str, path))
    assert error.message == (
        f"the local provider does not send {name}: add it to terraform_provider/table/, "
        "or deploy with `--provider registry`"
    )
