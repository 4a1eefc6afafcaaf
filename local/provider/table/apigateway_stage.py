"""API Gateway (REST): how APIs are made available: deployments, stages, keys, usage plans, account settings."""

from collections.abc import Mapping
from typing import Any, Final

from local.provider.errors import ProviderError
from local.provider.mapping import text
from local.provider.patches import Patch, camel
from local.provider.session import Session
from local.provider.spec import EVERYTHING, Call, Read, Request, ResourceType, Response, Style
from local.provider.table.apigateway import API, TAGS
from local.provider.values import State

_DEPLOYMENT: Final = {**API, "deploymentId": "{id}"}
_STAGE: Final = {**API, "stageName": "{stage_name}"}
_KEY: Final = {"apiKey": "{id}"}
_PLAN: Final = {"usagePlanId": "{id}"}
_PLAN_KEY: Final = {"usagePlanId": "{usage_plan_id}", "keyId": "{key_id}"}


def _replace(path: str, value: Any) -> Patch:
    return {"op": "replace", "path": path, "value": text(value)}


# Stages


def _access_log(_session: Session, request: Request, state: State) -> Request:
    patches: list[Patch] = [{"op": "remove", "path": "/accessLogSettings"}]
    for settings in state.get("access_log_settings") or []:
        patches = [
            _replace("/accessLogSettings/destinationArn", settings["destination_arn"]),
            _replace("/accessLogSettings/format", settings["format"]),
        ]
    return {**request, "patchOperations": patches}


_METHOD_SETTINGS: Final = {
    "metrics_enabled": ("metrics/enabled", "metricsEnabled"),
    "logging_level": ("logging/loglevel", "loggingLevel"),
    "data_trace_enabled": ("logging/dataTrace", "dataTraceEnabled"),
    "throttling_burst_limit": ("throttling/burstLimit", "throttlingBurstLimit"),
    "throttling_rate_limit": ("throttling/rateLimit", "throttlingRateLimit"),
    "caching_enabled": ("caching/enabled", "cachingEnabled"),
    "cache_ttl_in_seconds": ("caching/ttlInSeconds", "cacheTtlInSeconds"),
    "cache_data_encrypted": ("caching/dataEncrypted", "cacheDataEncrypted"),
    "require_authorization_for_cache_control": (
        "caching/requireAuthorizationForCacheControl",
        "requireAuthorizationForCacheControl",
    ),
    "unauthorized_cache_control_header_strategy": (
        "caching/unauthorizedCacheControlHeaderStrategy",
        "unauthorizedCacheControlHeaderStrategy",
    ),
}
"""Attribute -> end of the path of its patch, member that shows it."""


def _set_methods(_session: Session, request: Request, state: State) -> Request:
    (settings,) = state["settings"]
    patches = [
        _replace(f"/{state['method_path']}/{path}", settings[name])
        for name, (path, _) in _METHOD_SETTINGS.items()
        if settings.get(name) is not None
    ]
    return {**request, "patchOperations": patches}


def _read_methods(_session: Session, response: Response, prior: State) -> State | None:
    shown = response.get("methodSettings", {}).get(prior["method_path"])
    if shown is None:
        return None
    return {"settings": [{name: shown.get(member) for name, (_, member) in _METHOD_SETTINGS.items()}]}


def _unset_methods(_session: Session, request: Request, state: State) -> Request:
    return {**request, "patchOperations": [{"op": "remove", "path": f"/{state['method_path']}"}]}


# Usage plans


def _refuse_stage_throttle(_session: Session, request: Request, state: State) -> Request:
    if any(stage.get("throttle") for stage in state.get("api_stages") or []):
        raise ProviderError(
            "the local provider does not send throttle settings of single methods", path=("api_stages",)
        )
    return request


def _update_plan(session: Session, request: Request, state: State) -> Request:
    """Nested settings as patches, against what the plan has now."""
    _refuse_stage_throttle(session, request, state)
    present = session.client("apigateway", state.get("region")).get_usage_plan(usagePlanId=state["id"])
    patches = [_replace("/name", state["name"]), _replace("/description", state.get("description"))]
    patches += _limits("quota", present, state.get("quota_settings"))
    patches += _limits("throttle", present, state.get("throttle_settings"))
    patches += _stages(present, state)
    return {**request, "patchOperations": patches}


def _limits(member: str, present: Mapping[str, Any], blocks: list[State] | None) -> list[Patch]:
    if not blocks:
        return [{"op": "remove", "path": f"/{member}"}] if present.get(member) else []
    (wanted,) = blocks
    return [_replace(f"/{member}/{camel(name)}", value) for name, value in wanted.items() if value is not None]


def _stages(present: Mapping[str, Any], state: State) -> list[Patch]:
    old = {f"{one['apiId']}:{one['stage']}" for one in present.get("apiStages", [])}
    new = {f"{one['api_id']}:{one['stage']}" for one in state.get("api_stages") or []}
    lost: list[Patch] = [{"op": "remove", "path": "/apiStages", "value": stage} for stage in sorted(old - new)]
    return lost + [{"op": "add", "path": "/apiStages", "value": stage} for stage in sorted(new - old)]


def _leave_stages(session: Session, request: Request, state: State) -> Request:
    """A plan that still has stages cannot be deleted."""
    client = session.client("apigateway", state.get("region"))
    present = client.get_usage_plan(usagePlanId=state["id"])
    patches = _stages(present, {"api_stages": []})
    if patches:
        client.update_usage_plan(usagePlanId=state["id"], patchOperations=patches)
    return request


# The account


def _logging_role(_session: Session, request: Request, state: State) -> Request:
    return {**request, "patchOperations": [_replace("/cloudwatchRoleArn", state.get("cloudwatch_role_arn"))]}


_SET_ROLE: Final = Call(
    "UpdateAccount", attributes=frozenset(), prepare=_logging_role, prepared={"cloudwatch_role_arn"}
)
_SET_METHODS: Final = Call(
    "UpdateStage", keys=_STAGE, attributes=frozenset(), prepare=_set_methods, prepared={"settings"}
)

TYPES: Final = {
    "aws_api_gateway_deployment": ResourceType(
        service="apigateway",
        create=Call("CreateDeployment", attributes={"rest_api_id", "description", "variables"}),
        reads=(Read("GetDeployment", keys=_DEPLOYMENT),),
        delete=Call("DeleteDeployment", keys=_DEPLOYMENT),
        id="{id}",
        import_id="{rest_api_id}/{id}",
        updates=(
            Call("UpdateDeployment", keys=_DEPLOYMENT, style=Style.PATCH, attributes={"description"}),
        ),
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
        updates=(Call("UpdateStage", keys=_STAGE, style=Style.PATCH),),
        settings=(
            Call(
                "UpdateStage",
                keys=_STAGE,
                attributes={"access_log_settings"},
                style=Style.PATCH,
                prepare=_access_log,
            ),
        ),
        names={"xray_tracing_enabled": "tracingEnabled"},
        tagging=TAGS,
        replaced_by={"rest_api_id", "stage_name"},
        derived={
            "arn": "arn:{partition}:apigateway:{region}::/restapis/{rest_api_id}/stages/{stage_name}",
            "execution_arn": "arn:{partition}:execute-api:{region}:{account}:{rest_api_id}/{stage_name}",
            "invoke_url": "https://{rest_api_id}.execute-api.{region}.amazonaws.com/{stage_name}",
        },
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
    ),
    "aws_api_gateway_usage_plan": ResourceType(
        service="apigateway",
        create=Call("CreateUsagePlan", prepare=_refuse_stage_throttle),
        reads=(Read("GetUsagePlan", keys=_PLAN),),
        delete=Call("DeleteUsagePlan", keys=_PLAN, prepare=_leave_stages),
        id="{id}",
        updates=(
            Call(
                "UpdateUsagePlan",
                keys=_PLAN,
                attributes=frozenset(),
                prepare=_update_plan,
                prepared={"name", "description", "api_stages", "quota_settings", "throttle_settings"},
            ),
        ),
        names={"quota_settings": "quota", "throttle_settings": "throttle", "api_stages.throttle": None},
        tagging=TAGS,
        defaults={
            "quota_settings.offset": 0,
            "throttle_settings.burst_limit": 0,
            "throttle_settings.rate_limit": 0,
        },
        derived={"arn": "arn:{partition}:apigateway:{region}::/usageplans/{id}"},
    ),
    "aws_api_gateway_usage_plan_key": ResourceType(
        service="apigateway",
        create=Call("CreateUsagePlanKey"),
        reads=(Read("GetUsagePlanKey", keys=_PLAN_KEY, names={"key_id": "id", "key_type": "type"}),),
        delete=Call("DeleteUsagePlanKey", keys=_PLAN_KEY),
        id="{id}",
        import_id="{usage_plan_id}/{key_id}",
        replaced_by=EVERYTHING,
        sensitive={"value"},
    ),
    "aws_api_gateway_account": ResourceType(
        service="apigateway",
        create=_SET_ROLE,
        reads=(Read("GetAccount"),),
        delete=Call(
            "UpdateAccount",
            constants={"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": ""}]},
        ),
        id="api-gateway-account",
        updates=(_SET_ROLE,),
    ),
}
