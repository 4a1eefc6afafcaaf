"""Finds resources of API Gateway. Its names are not unique: several APIs, plans and keys can share one.

The parts of an API have no tags of their own, or need none: their owner is the API's.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.infra.adoption.aws import Aws
from shared.infra.adoption.ownership import Found
from shared.infra.adoption.storage import Names
from shared.infra.naming import SharedNamer


def rest_api(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the id."""
    for api in _items(aws, "get_rest_apis"):
        if api["name"] == names["name"]:
            # MiniStack returns an API's root in get_rest_api only; AWS in both.
            roots = [each["id"] for each in _resources(aws, api["id"]) if each["path"] == "/"]
            attributes = {"root_resource_id": roots[0]} if roots else {}
            yield Found(import_id=api["id"], tags=api.get("tags", {}), attributes=attributes)


def api_key(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the id."""
    for key in _items(aws, "get_api_keys"):
        if key["name"] == names["name"]:
            yield Found(import_id=key["id"], tags=key.get("tags", {}))


def usage_plan(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the id."""
    for plan in _items(aws, "get_usage_plans"):
        if plan["name"] == names["name"]:
            yield Found(import_id=plan["id"], tags=plan.get("tags", {}))


def usage_plan_key(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: plan/key."""
    plan, key = names["usage_plan_id"], names["key_id"]
    if aws.ask("apigateway", "get_usage_plan_key", usagePlanId=plan, keyId=key) is not None:
        yield Found(import_id=f"{plan}/{key}", tags=None)


def resource(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: API/resource."""
    api = names["rest_api_id"]
    for each in _resources(aws, api):
        if (each.get("parentId"), each.get("pathPart")) == (names["parent_id"], names["path_part"]):
            yield Found(import_id=f"{api}/{each['id']}", tags=None, attributes={"id": each["id"]})


def method(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: API/resource/method."""
    api, http_method = names["rest_api_id"], names["http_method"]
    for each in _resources(aws, api):
        if each["id"] == names["resource_id"] and http_method in each.get("resourceMethods", {}):
            yield Found(import_id=f"{api}/{each['id']}/{http_method}", tags=None)


def request_validator(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: API/validator."""
    api = names["rest_api_id"]
    for each in _items(aws, "get_request_validators", restApiId=api):
        if each["name"] == names["name"]:
            yield Found(import_id=f"{api}/{each['id']}", tags=None, attributes={"id": each["id"]})


def model(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: API/model."""
    api, name = names["rest_api_id"], names["name"]
    if aws.ask("apigateway", "get_model", restApiId=api, modelName=name) is not None:
        yield Found(import_id=f"{api}/{name}", tags=None, attributes={"name": name})


def stage(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: API/stage."""
    api, name = names["rest_api_id"], names["stage_name"]
    if aws.ask("apigateway", "get_stage", restApiId=api, stageName=name) is not None:
        yield Found(import_id=f"{api}/{name}", tags=None)


def domain_name(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: the domain name."""
    name = names["domain_name"]
    found = aws.ask("apigateway", "get_domain_name", domainName=name)
    if found is not None:
        yield Found(import_id=name, tags=found.get("tags", {}), attributes={"domain_name": name})


def base_path_mapping(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: domain name/base path."""
    domain, path = names["domain_name"], names["base_path"]
    if aws.ask("apigateway", "get_base_path_mapping", domainName=domain, basePath=path) is not None:
        yield Found(import_id=f"{domain}/{path}", tags=None)


def web_acl(aws: Aws, names: Names) -> Iterator[Found]:
    """Import id: id/name/scope."""
    scope, page = "REGIONAL", dict[str, str]()
    while True:  # botocore has no paginator for it
        found = aws.ask("wafv2", "list_web_acls", **page, Scope=scope) or {}
        for each in found.get("WebACLs", []):
            if each["Name"] == names["name"]:
                listed = aws.ask("wafv2", "list_tags_for_resource", ResourceARN=each["ARN"]) or {}
                pairs = listed.get("TagInfoForResource", {}).get("TagList", [])
                tags = {pair["Key"]: pair["Value"] for pair in pairs}
                yield Found(import_id=f"{each['Id']}/{each['Name']}/{scope}", tags=tags)
        if not found.get("NextMarker"):
            return
        page = {"NextMarker": found["NextMarker"]}


def foreign_logging_role(aws: Aws, _: Names) -> Iterator[Found]:
    """The role with which all APIs of account and region write logs, unless it is ours: there is only one."""
    arn = (aws.ask("apigateway", "get_account") or {}).get("cloudwatchRoleArn", "")
    ours = SharedNamer(account_id=aws.account_id, region=aws.region).api_logging_role
    if arn and arn != f"arn:{aws.partition}:iam::{aws.account_id}:role/{ours}":
        note = (
            f"is {arn}: a deploy of state-stack would replace it for every API of this account and region. If none "
            "needs it, remove it: `aws apigateway update-account --patch-operations "
            "op=replace,path=/cloudwatchRoleArn,value=`; otherwise use another account or region"
        )
        yield Found(import_id=arn, tags={}, note=note)


def _resources(aws: Aws, api: str) -> list[Mapping[str, Any]]:
    return _items(aws, "get_resources", restApiId=api, embed=["methods"])


def _items(aws: Aws, operation: str, **parameters: Any) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = aws.all("apigateway", operation, **parameters).get("items", [])
    return found
