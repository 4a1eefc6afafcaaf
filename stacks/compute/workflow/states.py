"""What the parts of the definition have in common: paths into the execution's input, calls, and catches."""

from typing import Any, Final

from shared.contracts.tables import UPLOADS
from shared.infra.refs import TableRef
from stacks.compute.workflow.retries import CALL_SECONDS, Retrier

State = dict[str, Any]

EVENT: Final = "$$.Execution.Input"
KEY: Final = f"{EVENT}.detail.object.key"
# Of the key reports/{bank_id}/{upload_id} (shared/contracts/objects.py). The suffix gives a key without ids two that no
# bank or upload has, so the event of an object with such a key becomes a dead letter, too.
KEY_PARTS: Final = f"States.StringSplit(States.Format('{{}}/-/-', {KEY}), '/')"
BANK_ID: Final = f"States.ArrayGetItem({KEY_PARTS}, 1)"
UPLOAD_ID: Final = f"States.ArrayGetItem({KEY_PARTS}, 2)"
UPLOAD_KEY: Final = {UPLOADS.partition_key: {"S.$": UPLOAD_ID}}

CONDITION_FAILED: Final = "DynamoDB.ConditionalCheckFailedException"
"""A conditional write that did not meet its condition, as Step Functions' own integration names it."""


def task(resource: str, parameters: State, *retries: Retrier, seconds: int = CALL_SECONDS) -> State:
    """A call of a service; the caller adds what follows.

    Args:
        resource: Step Functions' integration, such as `sqs:sendMessage`.
        parameters: of the call.
        retries: the first one that names the error decides.
        seconds: after which the call counts as failed.
    """
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{resource}",
        "Parameters": parameters,
        "TimeoutSeconds": seconds,
        "Retry": list(retries),
    }


def read_upload(uploads: TableRef, *retries: Retrier) -> State:
    """Reads the upload's attempt; if there is no upload, `$.read` has no `Item`."""
    parameters = {
        "TableName": uploads.name,
        "Key": UPLOAD_KEY,
        "ConsistentRead": True,
        # With the key, so that an item without an attempt is an item.
        "ProjectionExpression": f"{UPLOADS.partition_key}, attempt",
    }
    return task("dynamodb:getItem", parameters, *retries) | {"ResultPath": "$.read"}


def fail_at(state: str) -> State:
    """Catch of every error, which is then in `$.failure`."""
    return {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": state}


def go_on_at(state: str, error: str = "States.ALL") -> State:
    """Catch that forgets the error."""
    return {"ErrorEquals": [error], "ResultPath": None, "Next": state}


def is_present(path: str) -> State:
    """Rule of a Choice: the path exists."""
    return {"Variable": path, "IsPresent": True}
