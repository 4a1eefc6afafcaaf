"""EventBridge: rules and their targets."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from terraform_provider.mapping import from_api, to_api
from terraform_provider.rules import ARN, JSON, OBJECT, any_of, between, matches
from terraform_provider.schema import load_schemas
from terraform_provider.session import Session, service_model
from terraform_provider.spec import Call, Names, Read, Request, ResourceType, Response
from terraform_provider.tagging import TagOperations
from terraform_provider.values import State

_RULE: Final = {"Name": "{name}", "EventBusName": "{event_bus_name}"}
_OF_RULE: Final = {"Rule": "{rule}", "EventBusName": "{event_bus_name}"}
_TARGET: Final = "aws_cloudwatch_event_target"
_NAME: Final = matches(r"[\w.-]{1,64}", "1 to 64 letters, digits, dots, hyphens and underscores")
_TARGET_NAMES: Final[Names] = {"target_id": "Id"}
_TARGET_PARTS: Final = frozenset(
    {
        "arn",
        "dead_letter_config",
        "input",
        "retry_policy",
        "role_arn",
        "target_id",
    }
)


def _target_shape() -> Any:
    members: Any = service_model("events").operation_model("PutTargets").input_shape
    return members.members["Targets"].member


def _put_target(_session: Session, request: Request, state: State) -> Request:
    """A target without an id gets one that depends only on its rule."""
    digest = hashlib.sha256(state["rule"].encode()).hexdigest()[:20]
    state["target_id"] = state.get("target_id") or f"terraform-{digest}"
    values = {name: state.get(name) for name in _TARGET_PARTS}
    return {**request, "Targets": [to_api(_target_shape(), values, _TARGET_NAMES)]}


def _read_target(_session: Session, response: Response, prior: State) -> State | None:
    target = next((one for one in response["Targets"] if one["Id"] == prior["target_id"]), None)
    if target is None:
        return None
    block = load_schemas().resources[_TARGET]
    seen = from_api(_target_shape(), block, target, _TARGET_NAMES)
    return {name: value for name, value in seen.items() if name in _TARGET_PARTS}


def _target_ids(_session: Session, request: Request, state: State) -> Request:
    return {**request, "Ids": [state["target_id"]]}


_PUT_TARGET: Final = Call(
    "PutTargets", keys=_OF_RULE, attributes=frozenset(), prepare=_put_target, prepared=_TARGET_PARTS
)

TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_cloudwatch_event_rule": ResourceType(
        service="events",
        create=Call("PutRule"),
        reads=(Read("DescribeRule", keys=_RULE),),
        delete=Call("DeleteRule", keys=_RULE),
        id="{name}",
        import_id="{event_bus_name}/{name}",
        updates=(
            Call(
                "PutRule",
                keys=_RULE,
                attributes={"description", "event_pattern", "role_arn", "schedule_expression", "state"},
            ),
        ),
        tagging=TagOperations(member="ResourceARN"),
        replaced_by={"name", "event_bus_name"},
        defaults={"event_bus_name": "default", "state": "ENABLED"},
        rules={"event_pattern": OBJECT, "role_arn": ARN},
        checks=(any_of("event_pattern", "schedule_expression"),),
    ),
    _TARGET: ResourceType(
        service="events",
        create=_PUT_TARGET,
        reads=(Read("ListTargetsByRule", keys=_OF_RULE, attributes=frozenset(), interpret=_read_target),),
        delete=Call("RemoveTargets", keys=_OF_RULE, prepare=_target_ids),
        id="{rule}-{target_id}",
        import_id="{event_bus_name}/{rule}/{target_id}",
        updates=(_PUT_TARGET,),
        replaced_by={"rule", "target_id", "event_bus_name"},
        defaults={"event_bus_name": "default"},
        rules={
            "rule": _NAME,
            "target_id": _NAME,
            "arn": ARN,
            "role_arn": ARN,
            "input": JSON,
            "dead_letter_config.arn": ARN,
            "retry_policy.maximum_event_age_in_seconds": between(60, 86_400),
            "retry_policy.maximum_retry_attempts": between(0, 185),
        },
    ),
}
