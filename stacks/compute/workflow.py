"""The workflow's definition in Amazon States Language: what happens to a report after it is stored.

    Validation -> Route -> Load (Map of Transformation) -> Notification
    any failure -> MarkFailed -> PublishFailed -> SendDeadLetter -> Failed

The failure path calls no function, so it works when the functions do not. An Express workflow
may run twice or start again from its beginning: every step may be repeated (see `shared/contracts/uploads.py`).
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from shared.contracts.errors import TEMPORARY_ERROR
from shared.contracts.outcomes import BANK_ID_ATTRIBUTE, STATUS_ATTRIBUTE
from shared.contracts.uploads import PREDECESSORS, UploadStatus
from shared.infra.refs import FunctionRef, QueueRef, TableRef, TopicRef

State = dict[str, Any]

MAX_CONCURRENCY: Final = 10
"""Ranges that one report loads at the same time, so a large one leaves room for others."""

RETRIED_ERRORS: Final = (
    TEMPORARY_ERROR,
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
)
"""Errors that a function or Lambda itself calls temporary; a retry would not help against any other."""

# All of it, because not every error comes with a Cause, and a path that does not exist would lose the message.
CAUSE: Final = "States.JsonToString($.failure)"
EVENT: Final = "$$.Execution.Input"
KEY: Final = f"{EVENT}.detail.object.key"
# Of the key reports/{bank_id}/{upload_id} (shared/contracts/objects.py). The suffix gives a key without ids two that no
# bank or upload has, so the event of an object with such a key becomes a dead letter, too.
KEY_PARTS: Final = f"States.StringSplit(States.Format('{{}}/-/-', {KEY}), '/')"
BANK_ID: Final = f"States.ArrayGetItem({KEY_PARTS}, 1)"
UPLOAD_ID: Final = f"States.ArrayGetItem({KEY_PARTS}, 2)"


@dataclass(frozen=True, kw_only=True)
class WorkflowParts:
    """What the workflow calls, writes to and sends to."""

    validation: FunctionRef
    transformation: FunctionRef
    notification: FunctionRef
    uploads: TableRef
    outcomes: TopicRef
    dead_letters: QueueRef


def definition(parts: WorkflowParts) -> str:
    """The state machine's definition as JSON."""
    return json.dumps(
        {
            "Comment": "Validates, loads and announces one report",
            "StartAt": "Validation",
            "States": {**_main_path(parts), **_failure_path(parts)},
        }
    )


def _main_path(parts: WorkflowParts) -> dict[str, State]:
    return {
        "Validation": _call(parts.validation, {"Payload.$": "$"})
        | {"OutputPath": "$.Payload", "Catch": [_catch_all("MarkFailed")], "Next": "Route"},
        "Route": _route(),
        "Load": _load(parts),
        "NothingLoaded": {"Type": "Pass", "Result": [], "ResultPath": "$.loads", "Next": "Notification"},
        "Notification": _call(parts.notification, {"Payload": _pick("upload_id", "bank_id", "loads")})
        | {"ResultPath": None, "Catch": [_catch_all("MarkFailed")], "Next": "Done"},
        "Done": {"Type": "Succeed"},
    }


def _route() -> State:
    routes = {"LOAD": "Load", "NOTIFY": "NothingLoaded", "END": "Done"}
    choices = [{"Variable": "$.next", "StringEquals": value, "Next": state} for value, state in routes.items()]
    return {"Type": "Choice", "Choices": choices, "Default": "UnknownNext"}


def _load(parts: WorkflowParts) -> State:
    item = _pick("upload_id", "bank_id", "bucket", "key", "etag", "columns") | {"range.$": "$$.Map.Item.Value"}
    transformation = _call(parts.transformation, {"Payload.$": "$"}) | {"OutputPath": "$.Payload", "End": True}
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
        "ResultPath": "$.loads",
        "Catch": [_catch_all("MarkFailed")],
        "Next": "Notification",
    }


def _failure_path(parts: WorkflowParts) -> dict[str, State]:
    unknown = {"Error": "UnknownNext", "Cause": "Validation asked for a route that the workflow does not have"}
    return {
        "UnknownNext": {"Type": "Pass", "Result": unknown, "ResultPath": "$.failure", "Next": "MarkFailed"},
        "MarkFailed": _mark_failed(parts),
        "PublishFailed": _publish_failed(parts),
        "SendDeadLetter": _send_dead_letter(parts),
        "Failed": {"Type": "Fail", "ErrorPath": "$.failure.Error", "CausePath": CAUSE},
    }


def _mark_failed(parts: WorkflowParts) -> State:
    """Write FAILED, unless the upload has ended already: then only the dead letter records the failure."""
    before = sorted(PREDECESSORS[UploadStatus.FAILED])
    values: State = {f":{status.lower()}": {"S": status} for status in before}
    values |= {":failed": {"S": UploadStatus.FAILED}, ":error": {"S.$": "$.failure.Error"}}
    values |= {":now": {"S.$": "$$.State.EnteredTime"}}
    parameters = {
        "TableName": parts.uploads.name,
        "Key": {"upload_id": {"S.$": UPLOAD_ID}},
        "UpdateExpression": "SET #status = :failed, #error = :error, updated_at = :now",
        "ConditionExpression": f"#status IN ({', '.join(f':{status.lower()}' for status in before)})",
        "ExpressionAttributeNames": {"#status": "status", "#error": "error"},
        "ExpressionAttributeValues": values,
        "ReturnValues": "ALL_NEW",
    }
    written = {f"{each}.$": f"$.Attributes.{each}.S" for each in ("upload_id", "bank_id", "status", "error")}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:updateItem",
        "Parameters": parameters,
        "ResultSelector": written,
        "ResultPath": "$.outcome",
        "Retry": [
            {"ErrorEquals": ["DynamoDB.ConditionalCheckFailedException"], "MaxAttempts": 0},
            _retry("States.TaskFailed"),
        ],
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "SendDeadLetter"}],
        "Next": "PublishFailed",
    }


def _publish_failed(parts: WorkflowParts) -> State:
    names = {BANK_ID_ATTRIBUTE: "$.outcome.bank_id", STATUS_ATTRIBUTE: "$.outcome.status"}
    attributes = {name: {"DataType": "String", "StringValue.$": path} for name, path in names.items()}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sns:publish",
        "Parameters": {
            "TopicArn": parts.outcomes.arn,
            "Message.$": "States.JsonToString($.outcome)",
            "MessageAttributes": attributes,
        },
        "ResultPath": None,
        "Retry": [_retry("States.TaskFailed")],
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "SendDeadLetter"}],
        "Next": "SendDeadLetter",
    }


def _send_dead_letter(parts: WorkflowParts) -> State:
    """Send a `shared.contracts.workflow.DeadLetter`."""
    body = {
        "upload_id.$": UPLOAD_ID,
        "bank_id.$": BANK_ID,
        "execution.$": "$$.Execution.Id",
        "error.$": "$.failure.Error",
        "cause.$": CAUSE,
        "event.$": EVENT,
    }
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": parts.dead_letters.url, "MessageBody": body},
        "ResultPath": None,
        "Retry": [_retry("States.TaskFailed")],
        "Next": "Failed",
    }


def _call(function: FunctionRef, payload: State) -> State:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function.arn, **payload},
        "Retry": [_retry(*RETRIED_ERRORS)],
    }


def _retry(*errors: str) -> State:
    """Up to three retries within 14 seconds of waiting, at random times so executions do not retry together."""
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": 2,
        "BackoffRate": 2,
        "MaxAttempts": 3,
        "JitterStrategy": "FULL",
    }


def _catch_all(state: str) -> State:
    return {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": state}


def _pick(*names: str) -> State:
    return {f"{name}.$": f"$.{name}" for name in names}
