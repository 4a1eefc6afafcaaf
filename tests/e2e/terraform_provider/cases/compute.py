"""IAM, Lambda, Step Functions and CloudWatch."""

import json
from pathlib import Path
from typing import Any

from tests.e2e.terraform_provider.cases import Case, Configuration

ARCHIVE = "assets/code/0A1B2C/archive.zip"
"""Written by the test into one stack's folder of the assets, as cdktf does."""

EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
"""An archive without files: nothing here calls the function."""


def write_archive(assets: Path) -> None:
    """Put the archive where cdktf would."""
    archive = assets / "stacks" / "compute" / ARCHIVE
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.write_bytes(EMPTY_ZIP)


READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def _assume(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _allow(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


def _definition(comment: str) -> str:
    return json.dumps({"Comment": comment, "StartAt": "End", "States": {"End": {"Type": "Succeed"}}})


def _identity(*, second: bool) -> dict[str, Any]:
    kind = "second" if second else "first"
    return {
        "aws_iam_role": {
            "it": {
                "name": "compute-it",
                "description": kind,
                "assume_role_policy": _assume("states.amazonaws.com" if second else "lambda.amazonaws.com"),
                "max_session_duration": 7200 if second else 3600,
                "permissions_boundary": READ_ONLY if second else "${aws_iam_policy.it.arn}",
                "tags": {"Kind": kind},
            },
            "unbounded": {
                "name": "compute-unbounded",
                "assume_role_policy": _assume("lambda.amazonaws.com"),
                **({} if second else {"permissions_boundary": "${aws_iam_policy.it.arn}"}),
            },
        },
        "aws_iam_policy": {
            "it": {
                "name": "compute-it",
                "description": "first and second",
                "policy": _allow("logs:*" if second else "logs:PutLogEvents"),
                "tags": {"Kind": kind},
            }
        },
        "aws_iam_openid_connect_provider": {
            "it": {"url": "https://compute.example.org", "client_id_list": ["sts.amazonaws.com"]},
        },
        "aws_iam_role_policy": {
            "it": {
                "name": "compute-it",
                "role": "${aws_iam_role.it.name}",
                "policy": _allow("logs:*" if second else "logs:PutLogEvents"),
            }
        },
        "aws_iam_role_policy_attachment": {"it": {"role": "${aws_iam_role.it.name}", "policy_arn": READ_ONLY}},
    }


def _code(*, second: bool) -> dict[str, Any]:
    kind = "second" if second else "first"
    return {
        "aws_lambda_function": {
            "it": {
                "function_name": "compute-it",
                "description": kind,
                "role": "${aws_iam_role.it.arn}",
                "handler": "handler.handle",
                "runtime": "python3.11",
                "architectures": ["arm64"],
                "filename": ARCHIVE,
                "source_code_hash": kind,
                "memory_size": 512 if second else 256,
                "ephemeral_storage": {"size": 10_240 if second else 512},
                "timeout": 30 if second else 20,
                "reserved_concurrent_executions": 20 if second else 0,
                "environment": {"variables": {"KIND": kind}},
                "tracing_config": {"mode": "Active"},
                "logging_config": {
                    "log_format": "JSON",
                    "log_group": "${aws_cloudwatch_log_group.it.name}",
                    "application_log_level": "INFO",
                    "system_log_level": "WARN",
                },
                "tags": {"Kind": kind},
            }
        },
        "aws_lambda_permission": {
            "it": {
                "statement_id": "Events",
                "function_name": "${aws_lambda_function.it.function_name}",
                "action": "lambda:InvokeFunction",
                "principal": "events.amazonaws.com",
                "source_arn": f"arn:aws:events:eu-central-1:000000000000:rule/{kind}",
            }
        },
        "aws_sfn_state_machine": {
            "it": {
                "name": "compute-it",
                "type": "EXPRESS",
                "role_arn": "${aws_iam_role.it.arn}",
                "definition": _definition(kind),
                "logging_configuration": {
                    "include_execution_data": second,
                    "level": "ALL" if second else "ERROR",
                    "log_destination": "${aws_cloudwatch_log_group.it.arn}:*",
                },
                "tracing_configuration": {"enabled": True},
                "tags": {"Kind": kind},
            },
            "standard": {
                "name": "compute-standard",
                "type": "STANDARD",
                "role_arn": "${aws_iam_role.it.arn}",
                "definition": _definition(f"{kind} standard"),
                "tracing_configuration": {"enabled": second},
                "tags": {"Kind": kind},
            },
        },
    }


def _query(name: str, metric: str) -> dict[str, Any]:
    dimensions = {"FunctionName": "compute-it"}
    return {
        "id": name,
        "return_data": False,
        "metric": {
            "namespace": "AWS/Lambda",
            "metric_name": metric,
            "dimensions": dimensions,
            "period": 300,
            "stat": "Sum",
        },
    }


def _watch(*, second: bool) -> dict[str, Any]:
    kind = "second" if second else "first"
    return {
        "aws_cloudwatch_log_group": {
            "it": {
                "name": "/compute/it",
                "retention_in_days": 14 if second else 7,
                "tags": {"Kind": kind},
            },
        },
        "aws_cloudwatch_log_metric_filter": {
            "it": {
                "name": "compute-it",
                "log_group_name": "${aws_cloudwatch_log_group.it.name}",
                "pattern": f'{{ $.kind = "{kind}" }}',
                "metric_transformation": {
                    "name": "Second" if second else "First",
                    "namespace": "Compute",
                    "value": "1",
                    "unit": "Count",
                    "dimensions": {"Kind": "$.kind"},
                },
            },
            # Its name continues the other's: the API searches by prefix.
            "longer": {
                "name": "compute-it-longer",
                "log_group_name": "${aws_cloudwatch_log_group.it.name}",
                "pattern": "ERROR",
                "metric_transformation": {"name": "Errors", "namespace": "Compute", "value": "2" if second else "1"},
            },
        },
        "aws_cloudwatch_metric_alarm": {
            "errors": {
                "alarm_name": "compute-errors",
                "alarm_description": kind,
                "comparison_operator": "GreaterThanThreshold",
                "evaluation_periods": 1,
                "threshold": 10 if second else 5,
                "treat_missing_data": "notBreaching",
                "alarm_actions": ["arn:aws:sns:eu-central-1:000000000000:alarms"],
                "metric_query": [
                    {
                        "id": "rate",
                        "expression": "100 * errors / FILL(calls, 1)",
                        "label": "Errors in per cent",
                        "return_data": True,
                    },
                    _query("errors", "Errors"),
                    _query("calls", "Invocations"),
                ],
                "tags": {"Kind": kind},
            },
            "depth": {
                "alarm_name": "compute-depth",
                "comparison_operator": "GreaterThanOrEqualToThreshold",
                "evaluation_periods": 4 if second else 2,
                "datapoints_to_alarm": 3 if second else 2,
                "threshold": 1,
                "namespace": "AWS/SQS",
                "metric_name": "ApproximateNumberOfMessagesVisible",
                "dimensions": {"QueueName": "compute-it"},
                "period": 60,
                "statistic": "Maximum",
            },
        },
        "aws_cloudwatch_dashboard": {
            "it": {
                "dashboard_name": "compute-it",
                "dashboard_body": json.dumps(
                    {"widgets": [{"type": "text", "width": 6, "height": 3, "properties": {"markdown": kind}}]}
                ),
            }
        },
    }


def _compute(*, second: bool) -> Configuration:
    return {"resource": {**_identity(second=second), **_code(second=second), **_watch(second=second)}}


CASES = (
    Case(
        name="compute",
        first=_compute(second=False),
        second=_compute(second=True),
        replaced=frozenset({"aws_lambda_permission"}),
        after_import=frozenset(
            {
                "aws_lambda_function.filename",
                "aws_lambda_function.source_code_hash",
            }
        ),
    ),
)
