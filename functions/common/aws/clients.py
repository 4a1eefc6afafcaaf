"""AWS clients, created once per Lambda environment.

boto3 is part of Lambda's runtime; it finds region, credentials and, on a laptop, `AWS_ENDPOINT_URL` by itself.
"""

import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

from functions.common.deadline import CALL_ATTEMPTS, CONNECT_SECONDS, READ_SECONDS

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_stepfunctions import SFNClient

_CONFIG: Final = Config(
    connect_timeout=CONNECT_SECONDS,
    read_timeout=READ_SECONDS,
    retries={"mode": "standard", "total_max_attempts": CALL_ATTEMPTS},
)
# A link for the bucket's regional host, with that region's signature: a redirect would invalidate the signature.
# us-east-1 has none by default; the page (functions/web) may reach that host only.
_S3_CONFIG: Final = _CONFIG.merge(
    Config(signature_version="s3v4", s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"})
)


_IN_LAMBDA: Final = "AWS_LAMBDA_FUNCTION_NAME"
"""The variable that Lambda sets."""


def create_during_init(*makers: Callable[[], object]) -> None:
    """In Lambda, create clients while the handler's module is imported, before the first call (ADR 11).

    Elsewhere they are created when they are first needed, so that a module can be imported without an environment.
    """
    if _IN_LAMBDA in os.environ:
        for make in makers:
            make()


@cache
def dynamodb() -> "DynamoDBClient":
    """DynamoDB."""
    return boto3.client("dynamodb", config=_CONFIG)


@cache
def s3() -> "S3Client":
    """S3."""
    return boto3.client("s3", config=_S3_CONFIG)


@cache
def sns() -> "SNSClient":
    """SNS."""
    return boto3.client("sns", config=_CONFIG)


@cache
def stepfunctions() -> "SFNClient":
    """Step Functions."""
    return boto3.client("stepfunctions", config=_CONFIG)
