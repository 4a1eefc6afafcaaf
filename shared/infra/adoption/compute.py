"""Finds what runs (functions, permissions, identities, state machines, rules), and what monitors it."""

import json
from collections.abc import Iterator

from shared.infra.adoption.aws import Aws
from shared.infra.adoption.ownership import Found, tags_in
from shared.infra.adoption.storage import Names, pairs
from shared.infra.naming import PROJECT


def function(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the name."""
    name = names["function_name"]
    answer = aws.ask("lambda", "get_function", FunctionName=name)
    if answer is not None:
        yield Found(import_id=name, tags=answer.get("Tags", {}))


def permission(aws: Aws, names: Names) -> Iterator[Found]:
    """A statement of the function's own policy; import id: function/statement."""
    answer = aws.ask("lambda", "get_policy", FunctionName=names["function_name"])
    statements = json.loads(answer["Policy"])["Statement"] if answer else []
    for statement in statements:
        if statement["Sid"] == names["statement_id"]:
            yield Found(import_id=f"{names['function_name']}/{statement['Sid']}", tags=None)


def role(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the name."""
    answer = aws.ask("iam", "get_role", RoleName=names["name"])
    if answer is not None:
        yield Found(import_id=names["name"], tags=pairs(answer["Role"].get("Tags", [])))


def managed_policy(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the ARN."""
    arn = f"arn:{aws.partition}:iam::{aws.account_id}:policy/{names['name']}"
    answer = aws.ask("iam", "get_policy", PolicyArn=arn)
    if answer is not None:
        yield Found(import_id=arn, tags=pairs(answer["Policy"].get("Tags", [])))


def identity_provider(aws: Aws, names: Names) -> Iterator[Found]:
    """An account has one for a URL; import id: the ARN."""
    host = names["url"].removeprefix("https://")
    arn = f"arn:{aws.partition}:iam::{aws.account_id}:oidc-provider/{host}"
    answer = aws.ask("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=arn)
    if answer is not None:
        note = f"is not ours: to use it, set ci.oidc_provider_arn to {arn}"
        yield Found(import_id=arn, tags=pairs(answer.get("Tags", [])), note=note)


def state_machine(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the ARN."""
    arn = f"arn:{aws.partition}:states:{aws.region}:{aws.account_id}:stateMachine:{names['name']}"
    if aws.ask("stepfunctions", "describe_state_machine", stateMachineArn=arn) is not None:
        tags = aws.ask("stepfunctions", "list_tags_for_resource", resourceArn=arn) or {}
        yield Found(import_id=arn, tags={each["key"]: each["value"] for each in tags.get("tags", [])})


def event_rule(aws: Aws, names: Names) -> Iterator[Found]:
    """Of the default bus; import id: bus/name."""
    answer = aws.ask("events", "describe_rule", Name=names["name"])
    if answer is not None:
        tags = aws.ask("events", "list_tags_for_resource", ResourceARN=answer["Arn"]) or {}
        yield Found(import_id=f"default/{names['name']}", tags=pairs(tags.get("Tags", [])))


def alarm(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the name."""
    name = names["alarm_name"]
    for each in aws.all("cloudwatch", "describe_alarms", AlarmNamePrefix=f"{PROJECT}-").get("MetricAlarms", []):
        if each["AlarmName"] == name:
            tags = aws.ask("cloudwatch", "list_tags_for_resource", ResourceARN=each["AlarmArn"]) or {}
            yield Found(import_id=name, tags=pairs(tags.get("Tags", [])))


def dashboard(aws: Aws, names: Names) -> Iterator[Found]:
    """A deploy would overwrite a foreign one. hashicorp/aws 6.25 gives it no tags: its text has them.

    Import id: the name.
    """
    name = names["dashboard_name"]
    answer = aws.ask("cloudwatch", "get_dashboard", DashboardName=name)
    if answer is not None:
        yield Found(import_id=name, tags=tags_in(answer["DashboardBody"]))


def xray_group(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the ARN."""
    for group in aws.all("xray", "get_groups").get("Groups", []):
        if group["GroupName"] == names["group_name"]:
            yield Found(import_id=group["GroupARN"], tags=_xray_tags(aws, group["GroupARN"]))


def xray_sampling_rule(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the name."""
    name = names["rule_name"]
    for record in aws.all("xray", "get_sampling_rules").get("SamplingRuleRecords", []):
        rule = record["SamplingRule"]
        if rule["RuleName"] == name:
            yield Found(import_id=name, tags=_xray_tags(aws, rule["RuleARN"]))


def _xray_tags(aws: Aws, arn: str) -> dict[str, str]:
    return pairs(aws.all("xray", "list_tags_for_resource", ResourceARN=arn).get("Tags", []))
