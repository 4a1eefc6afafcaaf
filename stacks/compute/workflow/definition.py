"""The whole definitions, each put together from three parts.

    FindAttempt -> Validation -> Route -> Load (Map of Transformation) -> Notification -> Done
    any failure -> MarkFailed -> SendDeadLetter -> PublishFailed -> RecordDeadLetter -> Failed

That of large reports differs in the main path alone. An Express workflow may run twice, or start again from its
beginning: every step may be repeated (see `shared/contracts/uploads.py`).
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from shared.infra.refs import FunctionRef, QueueRef, TableRef, TopicRef
from stacks.compute.workflow import attempt, failure_path, large_path, main_path
from stacks.compute.workflow.states import State

LARGE_EXECUTION_SECONDS: Final = 24 * 3_600
"""After which a large report's execution ends without reaching its Catch, and the sweeper restarts the upload. The
largest report, of the shortest rows, takes 13 hours even if DynamoDB accepts only the 4,000 rows a second of a new
table: `docs/adr/0013-large-reports.md` adds it up."""


@dataclass(frozen=True, kw_only=True)
class WorkflowParts:
    """What a workflow calls, writes to and sends to."""

    validation: FunctionRef
    transformation: FunctionRef
    notification: FunctionRef
    uploads: TableRef
    outcomes: TopicRef
    dead_letters: QueueRef


def definition(parts: WorkflowParts) -> str:
    """The state machine's definition as JSON."""
    path = main_path.states(parts.validation, parts.transformation, parts.notification)
    return json.dumps(_machine("Validates, loads and announces one report", parts, path))


def large_definition(parts: WorkflowParts, *, concurrency: int) -> str:
    """The definition for large reports as JSON.

    Args:
        parts: with the functions for large reports.
        concurrency: ranges that one report loads at the same time.
    """
    path = large_path.states(parts.validation, parts.transformation, parts.notification, concurrency=concurrency)
    machine = _machine("Validates, loads and announces one large report", parts, path)
    return json.dumps(machine | {"TimeoutSeconds": LARGE_EXECUTION_SECONDS})


def _machine(comment: str, parts: WorkflowParts, path: dict[str, State]) -> dict[str, Any]:
    return {
        "Comment": comment,
        "StartAt": "FindAttempt",
        "States": {
            **attempt.states(parts.uploads),
            **path,
            **failure_path.states(parts.uploads, parts.outcomes, parts.dead_letters),
        },
    }
