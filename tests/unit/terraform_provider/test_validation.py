"""Mistakes that are told before anything is made."""

from typing import Any

import pytest

from terraform_provider.registry import RESOURCE_TYPES
from terraform_provider.resource import Definition
from terraform_provider.schema import load_schemas
from terraform_provider.validation import Problem, problems
from terraform_provider.values import UNKNOWN, fill


def _problems(type_name: str, **config: Any) -> list[Problem]:
    block = load_schemas().resources[type_name]
    return problems(Definition(kind=RESOURCE_TYPES[type_name], block=block), fill(block, config))


def test_a_good_configuration_has_no_problems() -> None:
    lambda_function = {"function_name": "it", "role": "arn:aws:iam::000000000000:role/it", "runtime": "python3.11"}
    assert not _problems("aws_lambda_function", **lambda_function, reserved_concurrent_executions=-1)


@pytest.mark.parametrize(
    ("type_name", "config", "path", "message"),
    [
        (
            "aws_cloudwatch_event_rule",
            {"state": "SLEEPING"},
            ("state",),
            "expected state to be one of ENABLED, DISABLED, ENABLED_WITH_",
        ),
        (
            "aws_lambda_function",
            {"memory_size": 64},
            ("memory_size",),
            "expected memory_size to be 128 to ",
        ),
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
        (
            "aws_s3_bucket",
            {"acl": "private"},
            ("acl",),
            "the local provider does not send acl: add it to terraform_provider/table/",
        ),
        (
            "aws_api_gateway_usage_plan",
            {"api_stages": [{"api_id": "a", "stage": "b", "throttle": [{"path": "/", "burst_limit": 1}]}]},
            ("api_stages", 0, "throttle"),
            "the local provider does not send api_stages.0.throttle",
        ),
    ],
)
def test_a_problem_names_its_place_and_its_rule(
    type_name: str, config: dict[str, Any], path: tuple[Any, ...], message: str
) -> None:
    (problem,) = _problems(type_name, **config)
    assert problem.path == path
    assert problem.message.startswith(message)


def test_what_is_not_known_yet_is_not_validated() -> None:
    assert not _problems("aws_cloudwatch_event_rule", state=UNKNOWN, name=UNKNOWN)
