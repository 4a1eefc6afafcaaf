"""How the definition begins: it finds the attempt that the execution is to run.

The sweeper and the operators name the attempt that they have begun. EventBridge's event names none: then it is the
upload's current one. A report that was stored without an upload gets one whose attempt is the execution's name, as does
an upload that a version without attempts wrote. The workflow reads the attempt itself, because its failure path has to
know it even if no function works.
"""

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
            "Choices": [is_present("$.read.Item.attempt.S") | {"Next": "AttemptOfUpload"}],
            "Default": "AttemptOfExecution",
        },
        "AttemptOfUpload": _attempt("$.read.Item.attempt.S"),
        "AttemptOfExecution": _attempt("$$.Execution.Name"),
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


def _attempt(path: str) -> State:
    return {"Type": "Pass", "InputPath": path, "ResultPath": "$.attempt", "Next": "Validation"}
