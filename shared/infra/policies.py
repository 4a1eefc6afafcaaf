"""Permissions, each with its reason; the reason becomes the statement's Sid, so it can be read in AWS."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

_VERSION: Final = "2012-10-17"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Permission for actions on resources.

    Attributes:
        actions: such as `dynamodb:PutItem`; never with a wildcard.
        on: ARNs. `*` only where AWS has no finer resource.
        why: the reason in a few words, unique in the policy.
        condition: IAM condition block.
    """

    actions: Sequence[str]
    on: Sequence[str]
    why: str
    condition: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if any("*" in action for action in self.actions):
            raise ValueError(f"grant {self.why!r}: {list(self.actions)} holds a wildcard; name the actions one by one")

    def statement(self) -> dict[str, Any]:
        """The grant as a statement of a policy document."""
        statement: dict[str, Any] = {
            "Sid": sid(self.why),
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.on),
        }
        return statement | ({"Condition": self.condition} if self.condition else {})


def sid(why: str) -> str:
    """Reason as a statement id, which may have letters and digits only: `write loaded rows` -> `WriteLoadedRows`."""
    return "".join(word[0].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", why))


def document(statements: Sequence[dict[str, Any]]) -> str:
    """Policy document as JSON.

    Raises:
        ValueError: two statements give the same reason.
    """
    sids = [statement["Sid"] for statement in statements]
    duplicates = sorted({each for each in sids if sids.count(each) > 1})
    if duplicates:
        raise ValueError(f"policy: duplicate Sid {', '.join(duplicates)}; give each statement its own reason")
    return json.dumps({"Version": _VERSION, "Statement": list(statements)})


def grants_document(grants: Sequence[Grant]) -> str:
    """Policy document of a role, as JSON."""
    return document([grant.statement() for grant in grants])


def trust(service: str, *, account_id: str = "") -> str:
    """Document that lets an AWS service assume a role.

    Args:
        service: such as `lambda.amazonaws.com`.
        account_id: where given, only for resources of this account, against the confused deputy.
    """
    statement: dict[str, Any] = {
        "Sid": "AssumeRole",
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if account_id:
        statement["Condition"] = {"StringEquals": {"aws:SourceAccount": account_id}}
    return document([statement])


def trust_token(provider_arn: str, claims: Mapping[str, str]) -> str:
    """Document that lets the holder of an identity provider's token assume a role.

    Args:
        provider_arn: of the OIDC provider.
        claims: condition key -> the only value that it may have.
    """
    statement = {
        "Sid": "AssumeRole",
        "Effect": "Allow",
        "Principal": {"Federated": provider_arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": dict(claims)},
    }
    return document([statement])


def service_may_send(service: str, *, queue_arn: str, source_arns: Sequence[str], why: str) -> dict[str, Any]:
    """Statement of a queue's own policy: an AWS service may send messages on behalf of some resources.

    Args:
        service: such as `events.amazonaws.com`.
        queue_arn: to which.
        source_arns: the resources on whose behalf the service sends.
        why: the reason in a few words.
    """
    return {
        "Sid": sid(why),
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": list(source_arns)}},
    }


def deny_without_tls(actions: str, resources: Sequence[str]) -> dict[str, Any]:
    """Statement of a resource's own policy: plain HTTP is denied to every caller.

    Args:
        actions: all of the service's, such as `s3:*`: a denial may have wildcards.
        resources: ARNs.
    """
    return {
        "Sid": "DenyWithoutTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": actions,
        "Resource": list(resources),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


TRACING: Final = Grant(
    actions=("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
    # X-Ray has no resources for these actions (Service Authorization Reference).
    on=("*",),
    why="send traces",
)


def tracing_of_workflows() -> Grant:
    """What Step Functions needs for X-Ray (its developer guide, "X-Ray and Step Functions")."""
    sampling = ("xray:GetSamplingRules", "xray:GetSamplingTargets")
    return Grant(actions=(*TRACING.actions, *sampling), on=("*",), why="send traces by the sampling rules")


def log_delivery() -> Grant:
    """What Step Functions needs for logging: CloudWatch Logs has no resources for log deliveries (same guide)."""
    return Grant(
        actions=(
            "logs:CreateLogDelivery",
            "logs:GetLogDelivery",
            "logs:UpdateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:DescribeResourcePolicies",
            "logs:DescribeLogGroups",
        ),
        on=("*",),
        why="deliver logs of executions",
    )
