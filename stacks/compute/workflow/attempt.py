"""How the definition begins: it finds the attempt that the execution is to run.

The sweeper and the operators name the attempt that they have begun. EventBridge's event names none: then it is the
upload's current one, or, for a report that was stored without an upload, the execution's name. The workflow reads it
itself, because its failure path has to know the attempt even if no function works.
"""

from shared.contracts.uploads import NO_ATTEMPT
from shared.infra.refs import TableRef
from stacks.compute.workflow.retries import PATIENT
from stacks.compute.workflow.states import State, fail_at, is_present, read_upload

_GIVEN = is_present("$.attempt")


def states(uploads: TableRef) -> dict[str, State]:
    """The states before Validation; after them, `$.attempt` is set."""
    return {
        "FindAttempt": {
            "Type": "Choice",
            "Choices": [
                {"And": [_GIVEN, is_present("$.give_up")], "Next": "GiveUp"},
                _GIVEN | {"Next": "Validation"},
            ],
            "Default": "ReadUpload",
        },
        "GiveUp": {"Type": "Pass", "InputPath": "$.give_up", "ResultPath": "$.failure", "Next": "DescribeFailure"},
        "ReadUpload": read_upload(uploads, *PATIENT) | {"Catch": [fail_at("AttemptUnknown")], "Next": "HasAttempt"},
        "HasAttempt": {
            "Type": "Choice",
            "Choices": [
                is_present("$.read.Item.attempt.S") | {"Next": "AttemptOfUpload"},
                is_present("$.read.Item") | {"Next": "NoAttempt"},
            ],
            "Default": "AttemptOfExecution",
        },
        "AttemptOfUpload": _attempt(InputPath="$.read.Item.attempt.S"),
        # An upload that a version without attempts wrote.
        "NoAttempt": _attempt(Result=NO_ATTEMPT),
        "AttemptOfExecution": _attempt(InputPath="$$.Execution.Name"),
        # Nothing may be written without knowing the attempt: the sweeper looks after the upload.
        "AttemptUnknown": {
            "Type": "Pass",
            "Parameters": {
                "attempt.$": "$$.Execution.Name",
                "error.$": "$.failure.Error",
                "cause.$": "States.JsonToString($.failure)",
            },
            "Next": "SendDeadLetter",
        },
    }


def _attempt(**value: str) -> State:
    return {"Type": "Pass", **value, "ResultPath": "$.attempt", "Next": "Validation"}
