"""The main path: validate, load, announce. Its payloads are in `shared/contracts/workflow.py`.

What the path of large reports (`large_path.py`) has in common with it is made by the functions without an underscore.
"""

from typing import Final

from shared.contracts.workflow import PAYLOAD_VERSION
from shared.infra.refs import FunctionRef
from stacks.compute.function_specs import NOTIFICATION_TIMEOUT_SECONDS, STEP_TIMEOUT_SECONDS
from stacks.compute.workflow.retries import INIT_SECONDS, OF_FUNCTIONS, Retrier
from stacks.compute.workflow.states import EVENT, State, fail_at, task

MAX_CONCURRENCY: Final = 10
"""Ranges that one report loads at the same time, so a large one leaves room for others."""

_ROUTES: Final = {"LOAD": "Load", "NOTIFY": "NothingLoaded", "FAIL": "FailedBefore", "END": "Done"}
_RUN: Final = ("upload_id", "bank_id", "attempt", "started_at")
_STARTED: Final[State] = {"started_at.$": "$$.Execution.StartTime"}


def states(validation: FunctionRef, transformation: FunctionRef, notification: FunctionRef) -> dict[str, State]:
    """The states from Validation to the end of an execution that succeeds."""
    notified = payload_of(*_RUN, "bucket") | {"loads.$": "$.ranges"}
    return {
        "Validation": validation_by(call(validation, validation_payload(_STARTED), STEP_TIMEOUT_SECONDS)),
        "Route": route(),
        "Load": _load(transformation),
        "NothingLoaded": {"Type": "Pass", "Result": [], "ResultPath": "$.ranges", "Next": "Notification"},
        "Notification": notification_by(call(notification, notified, NOTIFICATION_TIMEOUT_SECONDS)),
        "Done": {"Type": "Succeed"},
    }


def validation_payload(started: State) -> State:
    """A `ValidationInput`; `started` is its `started_at`."""
    return {
        "version": PAYLOAD_VERSION,
        "event.$": EVENT,
        "attempt.$": "$.attempt",
        "execution.$": "$$.Execution.Id",
        **started,
    }


def validation_by(function: State) -> State:
    """The state Validation, of the call of a function: its output is what the function returns."""
    return function | {"OutputPath": "$.Payload", "Catch": [fail_at("DescribeFailure")], "Next": "Route"}


def route() -> State:
    """The state that follows Validation, and does what it has asked for."""
    choices = [{"Variable": "$.next", "StringEquals": value, "Next": state} for value, state in _ROUTES.items()]
    return {"Type": "Choice", "Choices": choices, "Default": "UnknownNext"}


def notification_by(function: State) -> State:
    """The state Notification, of the call of a function."""
    return function | {"ResultPath": None, "Catch": [fail_at("DescribeFailure")], "Next": "Done"}


def _load(function: FunctionRef) -> State:
    item = payload_of(*_RUN, "bucket", "key", "etag", "columns") | {"range.$": "$$.Map.Item.Value"}
    of_range = call(function, {"Payload.$": "$"}, STEP_TIMEOUT_SECONDS)
    transformation = of_range | {"ResultSelector": {"key.$": "$.Payload.key"}, "End": True}
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


def call(function: FunctionRef, payload: State, seconds: int, *, retries: tuple[Retrier, ...] = OF_FUNCTIONS) -> State:
    """A call of a function that Lambda ends after some seconds.

    Args:
        function: which.
        payload: its input; with `Payload.$`, the path of it.
        seconds: the function's time-out.
        retries: after which errors it is called again.
    """
    given = payload if "Payload.$" in payload else {"Payload": payload}
    parameters = {"FunctionName": function.arn, **given}
    return task("lambda:invoke", parameters, *retries, seconds=seconds + INIT_SECONDS)


def payload_of(*names: str) -> State:
    """A payload of this version, with these fields of the state's input."""
    return {"version": PAYLOAD_VERSION, **{f"{name}.$": f"$.{name}" for name in names}}
