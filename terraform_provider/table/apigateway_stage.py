"""API Gateway (REST): how APIs are published: deployments, stages, keys, usage plans, account settings."""

from collections.abc import Mapping
from typing import Any, Final

from terraform_provider.mapping import text
from terraform_provider.patch_operations import PatchOperation
from terraform_provider.rules import ARN, at_least, length, one_of
from terraform_provider.session import Session
from terraform_provider.spec import EVERYTHING, Call, Read, Request, ResourceType, Response, Style
from terraform_provider.table.apigateway import API, TAGS
from terraform_provider.values import State

_DEPLOYMENT: Final = {**API, "deploymentId": "{id}"}
_STAGE: Final = {**API, "stageName": "{stage_name}"}
_KEY: Final = {"apiKey": "{id}"}
_PLAN: Final = {"usagePlanId": "{id}"}
_PLAN_KEY: Final = {"usagePlanId": "{usage_plan_id}", "keyId": "{key_id}"}


def _replace(path: str, value: Any) -> PatchOperation:
    return {"op": "replace", "path": path, "value": text(value)}


# Stages


_METHOD_SETTINGS: Final = {
    "metrics_enabled": ("metrics/enabled", "metricsEnabled"),
    "logging_level": ("logging/loglevel", "loggingLevel"),
    "data_trace_enabled": ("logging/dataTrace", "dataTraceEnabled"),
    "throttling_burst_limit": ("throttling/burstLimit", "throttlingBurstLimit"),
    "throttling_rate_limit": ("throttling/rateLimit", "throttlingRateLimit"),
}
"""Attribute -> end of its operation's path, member that shows it."""


def _set_methods(_session: Session, request: Request, state: State) -> Request:
    (settings,) = state["settings"]
    operations = [
        _replace(f"/{state['method_path']}/{path}", settings[name])
        for name, (path, _) in _METHOD_SETTINGS.items()
        if settings.get(name) is not None
    ]
    return {**request, "patchOperations": operations}


def _read_methods(_session: Session, response: Response, prior: State) -> State | None:
    methods = response.get("methodSettings", {})
    path = prior["method_path"]
    # MiniStack shows a path that begins with `~1` decoded.
    shown = methods.get(path) or methods.get(path.replace("~1", "/"))
    if shown is None:
        return None
    return {"settings": [{name: shown.get(member) for name, (_, member) in _METHOD_SETTINGS.items()}]}


def _unset_methods(_session: Session, request: Request, state: State) -> Request:
    return {**request, "patchOperations": [{"op": "remove", "path": f"/{state['method_path']}"}]}


# The account


def _logging_role(_session: Session, request: Request, state: State) -> Request:
    return {**request, "patchOperations": [_replace("/cloudwatchRoleArn", state.get("cloudwatch_role_arn"))]}


def _read_account(_session: Session, response: Response, _prior: State) -> State:
    """An account without a role has an empty one, as with the real provider."""
    return {"cloudwatch_role_arn": response.get("cloudwatchRoleArn") or ""}


_SET_ROLE: Final = Call(
    "UpdateAccount", attributes=frozenset(), prepare=_logging_role, prepared={"cloudwatch_role_arn"}
)
_SET_METHODS: Final = Call(
    "UpdateStage",
    keys=_STAGE,
    attributes=frozenset(),
    prepare=_set_methods,
    prepared={f"settings.{name}" for name in _METHOD_SETTINGS},
)

TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_api_gateway_deployment": ResourceType(
        service="apigateway",
        create=Call("CreateDeployment", attributes={"rest_api_id", "description", "variables"}),
        reads=(Read("GetDeployment", keys=_DEPLOYMENT),),
        delete=Call("DeleteDeployment", keys=_DEPLOYMENT),
        id="{id}",
        import_id="{rest_api_id}/{id}",
        updates=(Call("UpdateDeployment", keys=_DEPLOYMENT, style=Style.PATCH, attributes={"description"}),),
        replaced_by={"rest_api_id", "triggers", "variables"},
        unsent={"triggers"},
    ),
    "aws_api_gateway_stage": ResourceType(
        service="apigateway",
        create=Call("CreateStage", names={"canary_settings": None}),
        reads=(Read("GetStage", keys=_STAGE, names={"canary_settings": None}),),
        delete=Call("DeleteStage", keys=_STAGE),
        id="ags-{rest_api_id}-{stage_name}",
        import_id="{rest_api_id}/{stage_name}",
        updates=(Call("UpdateStage", keys=_STAGE, style=Style.PATCH, names={"access_log_settings": None}),),
        settings=(Call("UpdateStage", keys=_STAGE, style=Style.PATCH, attributes={"access_log_settings"}),),
        names={"xray_tracing_enabled": "tracingEnabled"},
        tagging=TAGS,
        replaced_by={"rest_api_id", "stage_name"},
        derived={
            "arn": "arn:{partition}:apigateway:{region}::/restapis/{rest_api_id}/stages/{stage_name}",
            "execution_arn": "arn:{partition}:execute-api:{region}:{account}:{rest_api_id}/{stage_name}",
            "invoke_url": "https://{rest_api_id}.execute-api.{region}.amazonaws.com/{stage_name}",
        },
        rules={"access_log_settings.destination_arn": ARN},
    ),
    "aws_api_gateway_method_settings": ResourceType(
        service="apigateway",
        create=_SET_METHODS,
        reads=(Read("GetStage", keys=_STAGE, attributes=frozenset(), interpret=_read_methods),),
        delete=Call("UpdateStage", keys=_STAGE, prepare=_unset_methods),
        id="{rest_api_id}-{stage_name}-{method_path}",
        import_id="{rest_api_id}/{stage_name}/{method_path}",
        updates=(_SET_METHODS,),
        replaced_by={"rest_api_id", "stage_name", "method_path"},
        unsent={"method_path"},
        rules={"settings.logging_level": one_of("ERROR", "INFO", "OFF")},
    ),
    "aws_api_gateway_api_key": ResourceType(
        service="apigateway",
        create=Call("CreateApiKey"),
        reads=(Read("GetApiKey", keys=_KEY, constants={"includeValue": True}),),
        delete=Call("DeleteApiKey", keys=_KEY),
        id="{id}",
        updates=(Call("UpdateApiKey", keys=_KEY, style=Style.PATCH),),
        tagging=TAGS,
        replaced_by={"value"},
        defaults={"description": "Managed by Terraform", "enabled": True},
        derived={"arn": "arn:{partition}:apigateway:{region}::/apikeys/{id}"},
        sensitive={"value"},
        volatile={"last_updated_date"},
        rules={"value": length(20, 128)},
    ),
    "aws_api_gateway_usage_plan": ResourceType(
        service="apigateway",
        create=Call("CreateUsagePlan"),
        reads=(Read("GetUsagePlan", keys=_PLAN),),
        delete=Call("DeleteUsagePlan", keys=_PLAN),
        id="{id}",
        updates=(Call("UpdateUsagePlan", keys=_PLAN, style=Style.PATCH),),
        names={"quota_settings": "quota", "throttle_settings": "throttle", "api_stages.throttle": None},
        tagging=TAGS,
        defaults={
            "quota_settings.offset": 0,
            "throttle_settings.burst_limit": 0,
            "throttle_settings.rate_limit": 0,
        },
        derived={"arn": "arn:{partition}:apigateway:{region}::/usageplans/{id}"},
        rules={"quota_settings.limit": at_least(1), "quota_settings.offset": at_least(0)},
    ),
    "aws_api_gateway_usage_plan_key": ResourceType(
        service="apigateway",
        create=Call("CreateUsagePlanKey"),
        reads=(Read("GetUsagePlanKey", keys=_PLAN_KEY, names={"key_id": "id", "key_type": "type"}),),
        delete=Call("DeleteUsagePlanKey", keys=_PLAN_KEY),
        id="{id}",
        import_id="{usage_plan_id}/{key_id}",
        replaced_by=EVERYTHING,
    ),
    "aws_api_gateway_account": ResourceType(
        service="apigateway",
        create=_SET_ROLE,
        reads=(Read("GetAccount", interpret=_read_account),),
        delete=Call(
            "UpdateAccount",
            constants={"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": ""}]},
        ),
        id="api-gateway-account",
        updates=(_SET_ROLE,),
        defaults={"cloudwatch_role_arn": ""},
        cleared={"cloudwatch_role_arn"},
        rules={"cloudwatch_role_arn": ARN},
    ),
}
