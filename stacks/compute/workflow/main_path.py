"""The main path: validate, load, announce. Its payloads are in `shared/contracts/workflow.py`."""

from typing import Final

from shared.contracts.workflow import PAYLOAD_VERSION
from shared.infra.refs import FunctionRef
from stacks.compute.function_specs import NOTIFICATION_TIMEOUT_SECONDS, STEP_TIMEOUT_SECONDS
from stacks.compute.workflow.retries import INIT_SECONDS, OF_FUNCTIONS
from stacks.compute.workflow.states import EVENT, State, fail_at, task

MAX_CONCURRENCY: Final = 10
"""Ranges that one report loads at the same time, so a large one leaves room for others."""

_ROUTES: Final = {"LOAD": "Load", "NOTIFY": "NothingLoaded", "FAIL": "FailedBefore", "END": "Done"}
_RUN: Final = ("upload_id", "bank_id", "attempt", "started_at")


def states(validation: FunctionRef, transformation: FunctionRef, notification: FunctionRef) -> dict[str, State]:
    """The states from Validation to the end of an execution that succeeds."""
    return {
        "Validation": _validation(validation),
        "Route": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.next", "StringEquals": value, "Next": state} for value, state in _ROUTES.items()
            ],
            "Default": "UnknownNext",
        },
        "Load": _load(transformation),
        "NothingLoaded": {"Type": "Pass", "Result": [], "ResultPath": "$.ranges", "Next": "Notification"},
        "Notification": _notification(notification),
        "Done": {"Type": "Succeed"},
    }


def _validation(function: FunctionRef) -> State:
    payload = {
        "version": PAYLOAD_VERSION,
        "event.$": EVENT,
        "attempt.$": "$.attempt",
        "execution.$": "$$.Execution.Id",
        "started_at.$": "$$.Execution.StartTime",
    }
    call = _call(function, payload, STEP_TIMEOUT_SECONDS)
    return call | {"OutputPath": "$.Payload", "Catch": [fail_at("DescribeFailure")], "Next": "Route"}


def _load(function: FunctionRef) -> State:
    item = _payload(*_RUN, "bucket", "key", "etag", "columns") | {"range.$": "$$.Map.Item.Value"}
    call = _call(function, {"Payload.$": "$"}, STEP_TIMEOUT_SECONDS)
    transformation = call | {"ResultSelector": {"key.$": "$.Payload.key"}, "End": True}
    return {
        "Type": "Map",
        "ItemsPath": "$.ranges",
        "ItemSelector": item,
        "MaxConcurrency": MAX_CONCURRENCY,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "INLINE"},
            "StartAt": "Transformation",
            "States": {"Transformation": transformation},
        },
        # In place of the ranges: payloads stay small.
        "ResultPath": "$.ranges",
        "Catch": [fail_at("DescribeFailure")],
        "Next": "Notification",
    }


def _notification(function: FunctionRef) -> State:
    payload = _payload(*_RUN, "bucket") | {"loads.$": "$.ranges"}
    call = _call(function, payload, NOTIFICATION_TIMEOUT_SECONDS)
    return call | {"ResultPath": None, "Catch": [fail_at("DescribeFailure")], "Next": "Done"}


def _call(function: FunctionRef, payload: State, seconds: int) -> State:
    """A call of a function that Lambda ends after some seconds."""
    given = payload if "Payload.$" in payload else {"Payload": payload}
    parameters = {"FunctionName": function.arn, **given}
    return task("lambda:invoke", parameters, *OF_FUNCTIONS, seconds=seconds + INIT_SECONDS)


def _payload(*names: str) -> State:
    return {"version": PAYLOAD_VERSION, **{f"{name}.$": f"$.{name}" for name in names}}
