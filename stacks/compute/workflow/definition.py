"""The whole definition, put together from its three parts.

    FindAttempt -> Validation -> Route -> Load (Map of Transformation) -> Notification -> Done
    any failure -> MarkFailed -> SendDeadLetter -> PublishFailed -> RecordDeadLetter -> Failed

An Express workflow may run twice, or start again from its beginning: every step may be repeated (see
`shared/contracts/uploads.py`).
"""

import json
from dataclasses import dataclass

from shared.infra.refs import FunctionRef, QueueRef, TableRef, TopicRef
from stacks.compute.workflow import attempt, failure_path, main_path


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
            "StartAt": "FindAttempt",
            "States": {
                **attempt.states(parts.uploads),
                **main_path.states(parts.validation, parts.transformation, parts.notification),
                **failure_path.states(parts.uploads, parts.outcomes, parts.dead_letters),
            },
        }
    )
