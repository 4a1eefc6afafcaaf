"""From which IP addresses the API may be called at all.

A resource policy cannot know a bank: it does not see the key. So this is the outer wall, around the ranges of all banks
together, and only once each bank has some. The functions check each bank's own ranges.
"""

import json
from collections.abc import Iterable, Sequence

from cdktf_cdktf_provider_aws.api_gateway_rest_api import ApiGatewayRestApi
from cdktf_cdktf_provider_aws.api_gateway_rest_api_policy import ApiGatewayRestApiPolicy
from constructs import Construct

from shared.infra.settings.settings import Bank


def allowed_ips(banks: Iterable[Bank]) -> list[str]:
    """The ranges of all banks; empty if a bank may call from anywhere."""
    found = [bank.allowed_ips for bank in banks]
    return sorted({each for ranges in found for each in ranges}) if all(found) else []


def policy(scope: Construct, id_: str, *, api: ApiGatewayRestApi, ranges: Sequence[str]) -> ApiGatewayRestApiPolicy:
    """Let the API be called from these ranges only; from anywhere if there are none.

    There is always a policy: a removed one would be in the next deployment once more, because Terraform destroys it
    after that deployment is made.
    """
    resource = f"{api.execution_arn}/*"
    everyone = {"Principal": "*", "Action": "execute-api:Invoke", "Resource": resource}
    statements: list[dict[str, object]] = [{"Effect": "Allow", **everyone}]
    if ranges:
        elsewhere = {"NotIpAddress": {"aws:SourceIp": list(ranges)}}
        statements.append({"Effect": "Deny", **everyone, "Condition": elsewhere})
    document = {"Version": "2012-10-17", "Statement": statements}
    return ApiGatewayRestApiPolicy(scope, id_, rest_api_id=api.id, policy=json.dumps(document))
