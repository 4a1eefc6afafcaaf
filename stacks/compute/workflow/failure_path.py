"""The failure path: mark the upload as FAILED, keep a dead letter, and announce it. It calls no function.

- Every write is conditional on the attempt. If it no longer is the upload's, or has ended otherwise, the execution ends
  quietly. A report without any upload gets a dead letter.
- An upload without an attempt, which only the version before attempts writes, gets that of the execution.
- Only the last write takes the upload from the sweeper's index. If the execution ends before, the sweeper starts it
  again, and Validation leads it here again: the first error stays.
- A message or a dead letter may be sent twice for one attempt, as by SNS and SQS themselves.
"""

from typing import Final

from shared.contracts.outcomes import BANK_ID_ATTRIBUTE, OUTCOME_VERSION, STATUS_ATTRIBUTE, message_id_intrinsic
from shared.contracts.tables import BY_DUE, UPLOADS
from shared.contracts.uploads import PREDECESSORS, UploadStatus
from shared.infra.refs import QueueRef, TableRef, TopicRef
from stacks.compute.workflow.retries import SHORT, never
from stacks.compute.workflow.states import (
    BANK_ID,
    CONDITION_FAILED,
    EVENT,
    UPLOAD_ID,
    UPLOAD_KEY,
    State,
    go_on_at,
    is_present,
    read_upload,
    task,
)

_UNFINISHED: Final = sorted(PREDECESSORS[UploadStatus.FAILED])
_NAMES: Final = {"#status": "status"}
_NOW: Final = {":now": {"S.$": "$$.State.EnteredTime"}}
_WHOSE: Final = {":attempt": {"S.$": "$.attempt"}, ":failed": {"S": UploadStatus.FAILED}}


def states(uploads: TableRef, outcomes: TopicRef, dead_letters: QueueRef) -> dict[str, State]:
    """The states of an execution that fails."""
    return {
        "UnknownNext": _failure("UnknownNext", "Validation asked for a route that the workflow does not have"),
        "FailedBefore": _failure("FailedBefore", "an earlier run failed and did not keep a dead letter"),
        "DescribeFailure": {
            "Type": "Pass",
            "Parameters": {
                "attempt.$": "$.attempt",
                "error.$": "$.failure.Error",
                # All of it, because not every error comes with a Cause, and a path that does not exist is an error.
                "cause.$": "States.JsonToString($.failure)",
            },
            "Next": "MarkFailed",
        },
        "MarkFailed": _mark_failed(uploads),
        "FindUpload": read_upload(uploads, *SHORT) | {"Catch": [go_on_at("SendDeadLetter")], "Next": "UploadExists"},
        "UploadExists": _choose("$.read.Item", "Superseded", default="SendDeadLetter"),
        "Superseded": {"Type": "Succeed"},
        "DescribeOutcome": _describe_outcome(),
        "SendDeadLetter": _send_dead_letter(dead_letters),
        "IsMarked": _choose("$.outcome", "PublishFailed", default="Failed"),
        "PublishFailed": _publish_failed(outcomes),
        "RecordDeadLetter": _record_dead_letter(uploads),
        "Failed": {"Type": "Fail", "ErrorPath": "$.error", "CausePath": "$.cause"},
    }


def _failure(error: str, cause: str) -> State:
    result = {"Error": error, "Cause": cause}
    return {"Type": "Pass", "Result": result, "ResultPath": "$.failure", "Next": "DescribeFailure"}


def _choose(path: str, present: str, *, default: str) -> State:
    return {"Type": "Choice", "Choices": [is_present(path) | {"Next": present}], "Default": default}


def _mark_failed(uploads: TableRef) -> State:
    """Writes FAILED, also again as long as the dead letter is not recorded."""
    unfinished = {f":{status.lower()}": {"S": status} for status in _UNFINISHED}
    whose = "(attempt = :attempt OR attribute_not_exists(attempt))"
    changes = (
        "#status = :failed",
        "#error = if_not_exists(#error, :error)",
        "attempt = :attempt",
        "updated_at = :now",
    )
    again = "#status = :failed AND attribute_not_exists(dead_letter_at)"
    parameters = {
        "TableName": uploads.name,
        "Key": UPLOAD_KEY,
        # A declared upload that fails must not expire.
        "UpdateExpression": f"SET {', '.join(changes)} REMOVE {UPLOADS.expiry}, declared_after",
        "ConditionExpression": f"{whose} AND (#status IN ({', '.join(unfinished)}) OR ({again}))",
        "ExpressionAttributeNames": {**_NAMES, "#error": "error"},
        "ExpressionAttributeValues": {**unfinished, **_WHOSE, **_NOW, ":error": {"S.$": "$.error"}},
        "ReturnValues": "ALL_NEW",
    }
    return task("dynamodb:updateItem", parameters, never(CONDITION_FAILED), *SHORT) | {
        "ResultSelector": {f"{name}.$": f"$.Attributes.{name}.S" for name in ("bank_id", "error")},
        "ResultPath": "$.marked",
        "Catch": [go_on_at("FindUpload", CONDITION_FAILED), go_on_at("SendDeadLetter")],
        "Next": "DescribeOutcome",
    }


def _describe_outcome() -> State:
    """Makes a `shared.contracts.outcomes.Outcome`. The error is the attempt's first one, as the upload has it."""
    outcome = {
        "version": OUTCOME_VERSION,
        "message_id.$": message_id_intrinsic(UPLOAD_ID, "$.attempt", UploadStatus.FAILED),
        "upload_id.$": UPLOAD_ID,
        "bank_id.$": "$.marked.bank_id",
        "attempt.$": "$.attempt",
        "status": UploadStatus.FAILED,
        "error.$": "$.marked.error",
    }
    described = {"attempt.$": "$.attempt", "error.$": "$.marked.error", "cause.$": "$.cause", "outcome": outcome}
    return {"Type": "Pass", "Parameters": described, "Next": "SendDeadLetter"}


def _send_dead_letter(dead_letters: QueueRef) -> State:
    """Sends a `shared.contracts.workflow.DeadLetter`."""
    body = {
        "upload_id.$": UPLOAD_ID,
        "bank_id.$": BANK_ID,
        "attempt.$": "$.attempt",
        "execution.$": "$$.Execution.Id",
        "error.$": "$.error",
        "cause.$": "$.cause",
        # Without the attempt that the input may have: a rerun is a new one.
        "event": {"detail.$": f"{EVENT}.detail"},
    }
    return task("sqs:sendMessage", {"QueueUrl": dead_letters.url, "MessageBody": body}, *SHORT) | {
        "ResultPath": None,
        "Catch": [go_on_at("Failed")],
        "Next": "IsMarked",
    }


def _publish_failed(outcomes: TopicRef) -> State:
    names = {BANK_ID_ATTRIBUTE: "$.outcome.bank_id", STATUS_ATTRIBUTE: "$.outcome.status"}
    attributes = {name: {"DataType": "String", "StringValue.$": path} for name, path in names.items()}
    parameters = {
        "TopicArn": outcomes.arn,
        "Message.$": "States.JsonToString($.outcome)",
        "MessageAttributes": attributes,
    }
    return task("sns:publish", parameters, *SHORT) | {
        "ResultPath": None,
        "Catch": [go_on_at("Failed")],
        "Next": "RecordDeadLetter",
    }


def _record_dead_letter(uploads: TableRef) -> State:
    """Writes that nothing is left to do for the attempt."""
    due = f"{BY_DUE.partition_key}, {BY_DUE.sort_key}"
    parameters = {
        "TableName": uploads.name,
        "Key": UPLOAD_KEY,
        "UpdateExpression": f"SET dead_letter_at = :now, notified_at = :now REMOVE {due}",
        "ConditionExpression": "attempt = :attempt AND #status = :failed",
        "ExpressionAttributeNames": _NAMES,
        "ExpressionAttributeValues": {**_WHOSE, **_NOW},
    }
    return task("dynamodb:updateItem", parameters, never(CONDITION_FAILED), *SHORT) | {
        "ResultPath": None,
        "Catch": [go_on_at("Failed")],
        "Next": "Failed",
    }
