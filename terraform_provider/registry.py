"""Every resource type that the local provider supports, from the table's modules."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from terraform_provider.spec import ResourceType
from terraform_provider.table import (
    apigateway,
    apigateway_stage,
    cloudwatch,
    dynamodb,
    dynamodb_item,
    events,
    iam,
    lambda_,
    s3,
    sns,
    sqs,
    stepfunctions,
    wafv2,
)

RESOURCE_TYPES: Final[Mapping[str, ResourceType]] = MappingProxyType(
    {
        **apigateway.TYPES,
        **apigateway_stage.TYPES,
        **cloudwatch.TYPES,
        **dynamodb.TYPES,
        **dynamodb_item.TYPES,
        **events.TYPES,
        **iam.TYPES,
        **lambda_.TYPES,
        **s3.TYPES,
        **sns.TYPES,
        **sqs.TYPES,
        **stepfunctions.TYPES,
        **wafv2.TYPES,
    }
)
"""Resource types by their Terraform names."""
