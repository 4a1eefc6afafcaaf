"""What each function runs with, what it may do, and why. Logging and tracing come with the function itself."""

from typing import Final

from shared.contracts import environment
from shared.contracts.objects import ERRORS_PREFIX, REPORTS_PREFIX
from shared.contracts.tables import BY_BANK
from shared.infra.constructs.python_function import FunctionSpec
from shared.infra.policies import Grant
from stacks.data.stack import DataOutputs

_MEMORY_MB: Final = 512
_API_TIMEOUT_SECONDS: Final = 29
"""As long as API Gateway waits."""
_STEP_TIMEOUT_SECONDS: Final = 60
"""Each step of a workflow can use up all its attempts, and an Express execution still reaches its Catch: after five
minutes it would end without."""
_NOTIFICATION_TIMEOUT_SECONDS: Final = 30


def intake(data: DataOutputs) -> FunctionSpec:
    """Accepts reports: identifies the bank, validates, stores, records."""
    return FunctionSpec(
        timeout_seconds=_API_TIMEOUT_SECONDS,
        memory_mb=_MEMORY_MB,
        environment=_reports(data) | _uploads(data) | _banks(data),
        grants=[
            _identify_bank(data),
            Grant(actions=["dynamodb:GetItem", "dynamodb:PutItem"], on=[data.uploads.arn], why="record the upload"),
            Grant(
                actions=["s3:PutObject"],
                on=[_objects(data, REPORTS_PREFIX), _objects(data, ERRORS_PREFIX)],
                why="store reports and errors",
            ),
            _read_reports(data, why="see whether a report is stored already"),
            Grant(
                actions=["s3:ListBucket"],
                on=[data.reports.arn],
                # Without it S3 answers 403 instead of 404 for an object that does not exist.
                why="distinguish a missing report from a forbidden one",
                condition={"StringLike": {"s3:prefix": f"{REPORTS_PREFIX}*"}},
            ),
        ],
    )


def validation(data: DataOutputs) -> FunctionSpec:
    """Validates the stored object again and cuts it into ranges."""
    return FunctionSpec(
        timeout_seconds=_STEP_TIMEOUT_SECONDS,
        memory_mb=_MEMORY_MB,
        environment=_reports(data) | _uploads(data),
        grants=[
            _read_reports(data, why="validate the report"),
            Grant(actions=["s3:PutObject"], on=[_objects(data, ERRORS_PREFIX)], why="store errors"),
            Grant(
                actions=["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
                on=[data.uploads.arn],
                why="record the result",
            ),
        ],
    )


def transformation(data: DataOutputs) -> FunctionSpec:
    """Loads one range of a report."""
    return FunctionSpec(
        timeout_seconds=_STEP_TIMEOUT_SECONDS,
        memory_mb=_MEMORY_MB,
        environment=_uploads(data) | {environment.TRANSACTIONS_TABLE: data.transactions.name},
        grants=[
            _read_reports(data, why="read its range"),
            Grant(actions=["dynamodb:PartiQLInsert"], on=[data.transactions.arn], why="insert rows"),
            Grant(actions=["dynamodb:BatchGetItem"], on=[data.transactions.arn], why="compare rows that exist already"),
            Grant(actions=["dynamodb:UpdateItem"], on=[data.uploads.arn], why="mark the upload as loading"),
        ],
    )


def notification(data: DataOutputs) -> FunctionSpec:
    """Ends the upload and publishes its outcome."""
    return FunctionSpec(
        timeout_seconds=_NOTIFICATION_TIMEOUT_SECONDS,
        memory_mb=_MEMORY_MB,
        environment=_uploads(data) | {environment.OUTCOMES_TOPIC_ARN: data.outcomes.arn},
        grants=[
            Grant(actions=["dynamodb:GetItem", "dynamodb:UpdateItem"], on=[data.uploads.arn], why="end the upload"),
            Grant(actions=["sns:Publish"], on=[data.outcomes.arn], why="publish the outcome"),
        ],
    )


def status(data: DataOutputs) -> FunctionSpec:
    """Answers the banks' questions."""
    by_bank = f"{data.uploads.arn}/index/{BY_BANK.name}"
    return FunctionSpec(
        timeout_seconds=_API_TIMEOUT_SECONDS,
        memory_mb=_MEMORY_MB,
        environment=_reports(data) | _uploads(data) | _banks(data),
        grants=[
            _identify_bank(data),
            Grant(actions=["dynamodb:GetItem"], on=[data.uploads.arn], why="show an upload"),
            Grant(actions=["dynamodb:Query"], on=[by_bank], why="list uploads of a bank"),
            Grant(actions=["s3:GetObject"], on=[_objects(data, ERRORS_PREFIX)], why="show errors"),
        ],
    )


def _identify_bank(data: DataOutputs) -> Grant:
    return Grant(actions=["dynamodb:Query"], on=[data.banks.arn], why="identify the bank by its key")


def _read_reports(data: DataOutputs, *, why: str) -> Grant:
    return Grant(actions=["s3:GetObject"], on=[_objects(data, REPORTS_PREFIX)], why=why)


def _objects(data: DataOutputs, prefix: str) -> str:
    return f"{data.reports.arn}/{prefix}*"


def _reports(data: DataOutputs) -> dict[str, str]:
    return {environment.REPORTS_BUCKET: data.reports.name}


def _uploads(data: DataOutputs) -> dict[str, str]:
    return {environment.UPLOADS_TABLE: data.uploads.name}


def _banks(data: DataOutputs) -> dict[str, str]:
    return {environment.BANKS_TABLE: data.banks.name}
