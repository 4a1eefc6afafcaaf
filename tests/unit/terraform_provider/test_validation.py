"""Configurations are validated before anything is created."""

from typing import Any

import pytest

from terraform_provider.validation import ConfigurationError, configuration_errors
from terraform_provider.values import UNKNOWN, fill
from tests.unit.terraform_provider.fakes import definition


def _errors(type_name: str, **config: Any) -> list[ConfigurationError]:
    it = definition(type_name)
    return configuration_errors(it, fill(it.block, config))


def test_a_valid_configuration_has_no_errors() -> None:
    assert not _errors("aws_lambda_function", function_name="it", role="arn:aws:iam::000000000000:role/it", timeout=3)


@pytest.mark.parametrize(
    ("type_name", "config", "path", "message"),
    [
        (
            "aws_cloudwatch_event_rule",
            {"state": "SLEEPING"},
            ("state",),
            "expected state to be one of ENABLED, DISABLED, ENABLED_WITH_",
        ),
        ("aws_lambda_function", {"memory_size": 64}, ("memory_size",), "expected memory_size to be 128 to "),
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
        (
            "aws_cloudwatch_metric_alarm",
            {"evaluation_periods": 0},
            ("evaluation_periods",),
            "expected evaluation_periods to be at least 1; got 0",
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
            {"global_secondary_index": [{"name": "by-day", "read_capacity": 1}]},
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


def test_an_unknown_value_is_not_validated() -> None:
    assert not _errors("aws_cloudwatch_event_rule", state=UNKNOWN, name=UNKNOWN)
