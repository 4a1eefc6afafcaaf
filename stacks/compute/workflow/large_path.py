"""The main path of a large report: its ranges are in a manifest in S3, and a Distributed Map loads them.

Each range is an Express execution of its own, with its own five minutes. It returns nothing: results are in S3, under
the attempt. The execution around them is a Standard one and has no such end, so Validation and Notification get no
start from which they would count.
"""

from typing import Any, Final

from shared.contracts.objects import MAP_RESULTS_PREFIX
from shared.contracts.uploads import LARGE_STUCK_AFTER
from shared.infra.refs import FunctionRef
from stacks.compute.function_specs import (
    LARGE_NOTIFICATION_TIMEOUT_SECONDS,
    LARGE_VALIDATION_TIMEOUT_SECONDS,
    STEP_TIMEOUT_SECONDS,
)
from stacks.compute.workflow.main_path import (
    call,
    notification_by,
    payload_of,
    route,
    validation_by,
    validation_payload,
)
from stacks.compute.workflow.retries import OF_LONG_FUNCTIONS, OF_MANIFESTS
from stacks.compute.workflow.states import State, fail_at, go_on_at

LABEL: Final = "load"
"""Of the Map Run: part of the ARNs of its executions."""

_RUN: Final = ("upload_id", "bank_id", "attempt")
_ITEM: Final = (*_RUN, "bucket", "key", "etag", "columns")
_NO_END: Final[State] = {"started_at": ""}
_NOTIFIED: Final[State] = payload_of(*_RUN, "bucket") | _NO_END | {"loads": []}


def states(
    validation: FunctionRef, transformation: FunctionRef, notification: FunctionRef, *, concurrency: int
) -> dict[str, State]:
    """The states from Validation to the end of an execution that succeeds.

    Args:
        validation: the function for large reports.
        transformation: the same as of small ones.
        notification: the function for large reports.
        concurrency: ranges that one report loads at the same time.
    """
    validated = validation_payload(_NO_END)
    loaded = {"loads_prefix.$": "$.manifest.loads_prefix", "range_count.$": "$.manifest.ranges"}
    return {
        "Validation": validation_by(_call(validation, validated, LARGE_VALIDATION_TIMEOUT_SECONDS)),
        "Route": route(),
        "Load": _load(transformation, concurrency),
        "Loaded": {"Type": "Pass", "Parameters": _NOTIFIED | loaded, "Next": "Notification"},
        "NothingLoaded": {"Type": "Pass", "Parameters": _NOTIFIED, "Next": "Notification"},
        "Notification": notification_by(_call(notification, {"Payload.$": "$"}, LARGE_NOTIFICATION_TIMEOUT_SECONDS)),
        "Done": {"Type": "Succeed"},
    }


def _load(function: FunctionRef, concurrency: int) -> State:
    """The Map. One range that cannot be loaded ends it, and all other ranges: `ToleratedFailure...` is not set."""
    item = {f"{name}.$": f"$.{name}" for name in _ITEM} | {"range.$": "$$.Map.Item.Value"}
    payload: dict[str, Any] = {
        **payload_of(*_ITEM, "range"),
        # Of the range's own execution.
        "started_at.$": "$$.Execution.StartTime",
        "stuck_after": int(LARGE_STUCK_AFTER.total_seconds()),
    }
    transformation = call(function, payload, STEP_TIMEOUT_SECONDS) | {"OutputPath": None, "End": True}
    return {
        "Type": "Map",
        "Label": LABEL,
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSONL"},
            "Parameters": {"Bucket.$": "$.bucket", "Key.$": "$.manifest.key"},
        },
        "ItemSelector": item,
        "MaxConcurrency": concurrency,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "Transformation",
            "States": {"Transformation": transformation},
        },
        # Without it, the Map fails once `{}` of all ranges together is more than 256 KiB. No one reads it.
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {
                "Bucket.$": "$.bucket",
                "Prefix.$": f"States.Format('{MAP_RESULTS_PREFIX}{{}}/{{}}', $.upload_id, $.attempt)",
            },
        },
        "ResultPath": None,
        "Retry": list(OF_MANIFESTS),
        # Notification sees whether all ranges are loaded; it does not need what the writer has not written.
        "Catch": [go_on_at("Loaded", "States.ResultWriterFailed"), fail_at("DescribeFailure")],
        "Next": "Loaded",
    }


def _call(function: FunctionRef, payload: State, seconds: int) -> State:
    return call(function, payload, seconds, retries=OF_LONG_FUNCTIONS)
