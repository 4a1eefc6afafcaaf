"""How often and how long each kind of error is retried, and how long a call may take.

An Express execution ends after five minutes, without reaching a Catch. Functions therefore give up `GIVE_UP_AFTER` its
start (`shared/contracts/workflow.py`), and the failure path is short: `tests/synth/test_workflow_durations.py` adds up
the longest path. A function that Lambda does not start in that time, or does not end, is left to the sweeper.

A large report's Standard execution has time. There, a call and the waits before it must be shorter than the time after
which the sweeper takes the upload for stuck (`LARGE_STUCK_AFTER`, 1,200 s):

    Validation      91 s of waits because of throttling + 910 s                    = 1,001 s until its next sign of life
    Notification    91 s of waits because of throttling + 3 calls of 310 s and 6 s = 1,027 s until it has ended
"""

from typing import Any, Final

from shared.contracts.errors import TEMPORARY_ERROR

Retrier = dict[str, Any]

INIT_SECONDS: Final = 10
"""Longest that a new environment of a function takes before the call begins (Lambda quota of the init phase)."""
CALL_SECONDS: Final = 3
"""Longest that Step Functions' own calls to DynamoDB, SNS and SQS take; they usually need some 20 ms."""

THROTTLED: Final = (TEMPORARY_ERROR, "Lambda.TooManyRequestsException")
"""AWS is too busy: wait longer, and spread."""
INTERRUPTED: Final = (
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    # What ends a function from outside: its time, its memory, its process (Step Functions' and Lambda's guides).
    "Lambda.Unknown",
    "Sandbox.Timedout",
    "Runtime.ExitError",
    "Runtime.OutOfMemory",
    "States.Timeout",
)
"""Lambda failed, or ended a function: it may work elsewhere. No other error of a function is helped by a retry."""


def _retry(*errors: str, interval: int, attempts: int, longest: int) -> Retrier:
    """Retry after waits that double up to `longest` seconds. They are random, so executions do not retry together."""
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": interval,
        "BackoffRate": 2,
        "MaxDelaySeconds": longest,
        "MaxAttempts": attempts,
        "JitterStrategy": "FULL",
    }


def never(*errors: str) -> Retrier:
    """Do not retry errors that a later retrier names, too."""
    return {"ErrorEquals": list(errors), "MaxAttempts": 0}


OF_FUNCTIONS: Final = (
    _retry(*THROTTLED, interval=1, attempts=8, longest=20),
    _retry(*INTERRUPTED, interval=2, attempts=3, longest=20),
)
OF_LONG_FUNCTIONS: Final = (
    # A function that is not started takes no time.
    _retry("Lambda.TooManyRequestsException", interval=1, attempts=8, longest=20),
    _retry(TEMPORARY_ERROR, *INTERRUPTED, interval=2, attempts=2, longest=20),
)
"""Of functions for large reports, which may work for minutes before they fail."""
OF_MANIFESTS: Final = (_retry("States.ItemReaderFailed", interval=2, attempts=3, longest=20),)
"""Of a Map that could not read what it is to run: none of it has begun."""
PATIENT: Final = (_retry("States.ALL", interval=1, attempts=8, longest=20),)
"""Of a call at the beginning, when there is time."""
SHORT: Final = (_retry("States.ALL", interval=1, attempts=2, longest=2),)
"""Of the failure path's calls. If they fail, the sweeper runs the failure path again."""
