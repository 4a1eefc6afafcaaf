"""Step Functions: state machines."""

from collections.abc import Mapping
from typing import Final

from terraform_provider.rules import ARN, OBJECT, matches
from terraform_provider.session import Session
from terraform_provider.spec import Call, Read, Request, ResourceType, Response
from terraform_provider.tagging import TagOperations
from terraform_provider.values import State

_MACHINE: Final = {"stateMachineArn": "{id}"}
_PREPARED: Final = frozenset({"logging_configuration.log_destination"})


def _destinations(_session: Session, request: Request, state: State) -> Request:
    """The API has a list of destinations, Terraform one log group's ARN (with `:*` at its end)."""
    (logging,) = state.get("logging_configuration") or [None]
    if not logging or not logging.get("log_destination"):
        return request
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": logging["log_destination"]}}
    configuration = {**request.get("loggingConfiguration", {}), "destinations": [destination]}
    return {**request, "loggingConfiguration": configuration}


def _read_machine(_session: Session, response: Response, _prior: State) -> State:
    logging = response.get("loggingConfiguration")
    if not logging:
        return {"logging_configuration": []}
    groups = [one["cloudWatchLogsLogGroup"]["logGroupArn"] for one in logging.get("destinations", [])]
    return {
        "logging_configuration": [
            {
                "include_execution_data": logging.get("includeExecutionData", False),
                "level": logging.get("level"),
                "log_destination": groups[0] if groups else None,
            }
        ]
    }


TYPES: Final[Mapping[str, ResourceType]] = {
    "aws_sfn_state_machine": ResourceType(
        service="stepfunctions",
        create=Call("CreateStateMachine", prepare=_destinations, prepared=_PREPARED),
        reads=(Read("DescribeStateMachine", keys=_MACHINE, interpret=_read_machine),),
        delete=Call("DeleteStateMachine", keys=_MACHINE),
        id="{stateMachineArn}",
        updates=(
            Call(
                "UpdateStateMachine",
                keys=_MACHINE,
                attributes={"definition", "role_arn", "logging_configuration", "tracing_configuration", "publish"},
                prepare=_destinations,
                prepared=_PREPARED,
            ),
        ),
        names={"arn": "stateMachineArn", "encryption_configuration": None},
        tagging=TagOperations(member="resourceArn", resource="id", keys="tagKeys"),
        replaced_by={"name", "type"},
        defaults={"type": "STANDARD", "publish": False},
        kept={"logging_configuration", "tracing_configuration"},
        volatile={"revision_id"},
        rules={
            "name": matches(r"[\w-]{1,80}", "1 to 80 letters, digits, hyphens and underscores"),
            "definition": OBJECT,
            "role_arn": ARN,
        },
    ),
}
