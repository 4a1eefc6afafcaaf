"""What each function runs with, what it may do, and why. Logging and tracing come with the function itself.

The arithmetic of the functions for large reports is in `docs/adr/0013-large-reports.md`.
"""

from dataclasses import dataclass
from typing import Final

from shared.contracts import environment
from shared.contracts.objects import ERRORS_PREFIX, LOADS_PREFIX, MANIFESTS_PREFIX, REPORTS_PREFIX
from shared.contracts.tables import BY_BANK, BY_DUE, BY_TIME, Index
from shared.infra.constructs.python_function import MAX_STORAGE_MB, MAX_TIMEOUT_SECONDS, FunctionSpec
from shared.infra.policies import Grant
from shared.infra.refs import StateMachineRef, TableRef
from stacks.data.stack import DataOutputs

_API_MEMORY_MB: Final = 1024
"""A bank waits: 1024/1769 of a core answers the largest report within a second after a cold start (ADR 11)."""
_MEMORY_MB: Final = 512
"""No bank waits for the others to the second, and what they themselves wait for costs by memory (ADR 11)."""
_DISTINGUISH: Final = "distinguish a missing report from a forbidden one"
"""S3 answers 403 for either to who may not list the whole bucket: the listing tells (`functions/common/aws`)."""
_API_TIMEOUT_SECONDS: Final = 29
"""As long as API Gateway waits."""
_WEB_TIMEOUT_SECONDS: Final = 5
"""It calls nothing: it has no reason to take longer."""
STEP_TIMEOUT_SECONDS: Final = 60
"""Of Validation and Transformation, which also look at the execution's time (`stacks/compute/workflow/retries.py`)."""
NOTIFICATION_TIMEOUT_SECONDS: Final = 30
_SWEEP_TIMEOUT_SECONDS: Final = 55
"""Less than the minute after which the next sweep begins."""
_WHOLE_CORE_MB: Final = 1_769
"""With it a function has one whole core (Lambda's guide, "Memory"); Python uses no second one."""
LARGE_VALIDATION_TIMEOUT_SECONDS: Final = MAX_TIMEOUT_SECONDS
LARGE_NOTIFICATION_TIMEOUT_SECONDS: Final = 300


@dataclass(frozen=True, kw_only=True)
class WorkflowRefs:
    """The workflow of small reports, and that of large ones."""

    small: StateMachineRef
    large: StateMachineRef


def intake(data: DataOutputs) -> FunctionSpec:
    """Accepts reports: identifies the bank, validates, stores, records."""
    return FunctionSpec(
        timeout_seconds=_API_TIMEOUT_SECONDS,
        memory_mb=_API_MEMORY_MB,
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
            _list(data, REPORTS_PREFIX, why=_DISTINGUISH),
        ],
    )


def declaration(data: DataOutputs, workflows: WorkflowRefs) -> FunctionSpec:
    """Takes declarations: identifies the bank, records, makes a link."""
    return FunctionSpec(
        timeout_seconds=_API_TIMEOUT_SECONDS,
        memory_mb=_API_MEMORY_MB,
        environment=_reports(data) | _uploads(data) | _banks(data) | _workflows(workflows),
        grants=[
            _identify_bank(data),
            Grant(actions=["dynamodb:GetItem", "dynamodb:PutItem"], on=[data.uploads.arn], why="record the upload"),
            # A link permits what the role that has signed it may do.
            Grant(actions=["s3:PutObject"], on=[_objects(data, REPORTS_PREFIX)], why="let banks store reports"),
            _read_reports(data, why="see whether a report is stored already"),
            _list(data, REPORTS_PREFIX, why=_DISTINGUISH),
            _start(workflows, why="run a stored report again"),
        ],
    )


def precheck(data: DataOutputs) -> FunctionSpec:
    """Validates reports that are not submitted: it can store nothing."""
    return FunctionSpec(
        timeout_seconds=_API_TIMEOUT_SECONDS,
        memory_mb=_API_MEMORY_MB,
        environment=_banks(data),
        grants=[_identify_bank(data)],
    )


def web(data: DataOutputs) -> FunctionSpec:
    """Answers without an API key: it can reach nothing."""
    return FunctionSpec(
        timeout_seconds=_WEB_TIMEOUT_SECONDS,
        memory_mb=_MEMORY_MB,
        # The page may send reports there, by links.
        environment=_reports(data),
        grants=[],
    )


def validation(data: DataOutputs) -> FunctionSpec:
    """Validates the stored object again and cuts it into ranges."""
    return FunctionSpec(
        timeout_seconds=STEP_TIMEOUT_SECONDS,
        memory_mb=_MEMORY_MB,
        environment=_reports(data) | _uploads(data),
        grants=[
            _read_reports(data, why="validate the report"),
            _list(data, REPORTS_PREFIX, why=_DISTINGUISH),
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
        timeout_seconds=STEP_TIMEOUT_SECONDS,
        memory_mb=_MEMORY_MB,
        environment=_uploads(data) | _transactions(data),
        grants=[
            _read_reports(data, why="read its range"),
            _list(data, REPORTS_PREFIX, why=_DISTINGUISH),
            Grant(actions=["s3:PutObject"], on=[_objects(data, LOADS_PREFIX)], why="store what was loaded"),
            Grant(actions=["dynamodb:PartiQLInsert"], on=[data.transactions.arn], why="insert rows"),
            Grant(actions=["dynamodb:BatchGetItem"], on=[data.transactions.arn], why="compare rows that exist already"),
            Grant(
                actions=["dynamodb:PartiQLUpdate"],
                on=[data.transactions.arn],
                why="mark rows that another upload has, too",
            ),
            Grant(actions=["dynamodb:PutItem"], on=[data.transactions.arn], why="replace rows of failed uploads"),
            Grant(
                actions=["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem"],
                on=[data.uploads.arn],
                why="look whether the upload of a row has failed",
            ),
            Grant(
                actions=["dynamodb:UpdateItem"],
                on=[data.uploads.arn],
                why="mark the upload as loading and count replaced rows",
            ),
        ],
    )


def notification(data: DataOutputs) -> FunctionSpec:
    """Ends the upload and publishes its outcome."""
    return FunctionSpec(
        timeout_seconds=NOTIFICATION_TIMEOUT_SECONDS,
        memory_mb=_MEMORY_MB,
        environment=_uploads(data) | {environment.OUTCOMES_TOPIC_ARN: data.outcomes.arn},
        grants=[
            Grant(actions=["dynamodb:GetItem", "dynamodb:UpdateItem"], on=[data.uploads.arn], why="end the upload"),
            Grant(actions=["s3:GetObject"], on=[_objects(data, LOADS_PREFIX)], why="add up what was loaded"),
            Grant(actions=["sns:Publish"], on=[data.outcomes.arn], why="publish the outcome"),
        ],
    )


def status(data: DataOutputs) -> FunctionSpec:
    """Answers the banks' questions."""
    return FunctionSpec(
        timeout_seconds=_API_TIMEOUT_SECONDS,
        memory_mb=_API_MEMORY_MB,
        environment=_reports(data) | _uploads(data) | _banks(data),
        grants=[
            _identify_bank(data),
            Grant(actions=["dynamodb:GetItem"], on=[data.uploads.arn], why="show an upload"),
            Grant(actions=["dynamodb:Query"], on=[_index(data.uploads, BY_BANK)], why="list uploads of a bank"),
            Grant(actions=["s3:GetObject"], on=[_objects(data, ERRORS_PREFIX)], why="show errors"),
            _list(data, LOADS_PREFIX, why="count the rows that are loaded so far"),
        ],
    )


def transactions(data: DataOutputs) -> FunctionSpec:
    """Lists a bank's transactions."""
    return FunctionSpec(
        timeout_seconds=_API_TIMEOUT_SECONDS,
        memory_mb=_API_MEMORY_MB,
        environment=_transactions(data) | _banks(data),
        grants=[
            _identify_bank(data),
            Grant(
                actions=["dynamodb:Query"],
                on=[_index(data.transactions, BY_TIME)],
                why="list transactions of a bank",
            ),
        ],
    )


def large_validation(data: DataOutputs) -> FunctionSpec:
    """Validates a stored object of up to 5 GB, and writes its ranges to a manifest."""
    return FunctionSpec(
        timeout_seconds=LARGE_VALIDATION_TIMEOUT_SECONDS,
        memory_mb=_WHOLE_CORE_MB,
        storage_mb=MAX_STORAGE_MB,
        environment=_reports(data) | _uploads(data),
        grants=[
            _read_reports(data, why="validate the report"),
            _list(data, REPORTS_PREFIX, why=_DISTINGUISH),
            Grant(actions=["s3:PutObject"], on=[_objects(data, ERRORS_PREFIX)], why="store errors"),
            Grant(
                actions=["s3:AbortMultipartUpload"],
                on=[_objects(data, ERRORS_PREFIX)],
                why="leave no parts of corrections behind",
            ),
            Grant(actions=["s3:PutObject"], on=[_objects(data, MANIFESTS_PREFIX)], why="store the ranges"),
            Grant(
                actions=["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
                on=[data.uploads.arn],
                why="record the result",
            ),
        ],
    )


def large_notification(data: DataOutputs) -> FunctionSpec:
    """Adds up the results of thousands of ranges, ends the upload and publishes its outcome."""
    small = notification(data)
    return FunctionSpec(
        timeout_seconds=LARGE_NOTIFICATION_TIMEOUT_SECONDS,
        memory_mb=_WHOLE_CORE_MB,
        environment=small.environment,
        grants=[*small.grants, _list(data, LOADS_PREFIX, why="find what was loaded")],
    )


def sweeper(data: DataOutputs, workflows: WorkflowRefs, *, bank_calendars: str = "") -> FunctionSpec:
    """Starts the workflow again for uploads that are stuck, and for reports without an upload; sees what is overdue."""
    overdue = [
        Grant(actions=["dynamodb:Query"], on=[_index(data.uploads, BY_BANK)], why="see whether a report has come")
    ]
    return FunctionSpec(
        timeout_seconds=_SWEEP_TIMEOUT_SECONDS,
        memory_mb=_MEMORY_MB,
        environment=(
            _reports(data)
            | _uploads(data)
            | _workflows(workflows)
            | ({environment.BANK_CALENDARS: bank_calendars} if bank_calendars else {})
        ),
        grants=[
            Grant(actions=["dynamodb:Query"], on=[_index(data.uploads, BY_DUE)], why="find uploads that are due"),
            # Without a calendar nothing is expected, and nothing looked up.
            *(overdue if bank_calendars else ()),
            Grant(actions=["dynamodb:GetItem"], on=[data.uploads.arn], why="see how far uploads have come"),
            Grant(
                actions=["dynamodb:PutItem", "dynamodb:UpdateItem"],
                on=[data.uploads.arn],
                why="begin attempts and claim uploads",
            ),
            Grant(actions=["dynamodb:DeleteItem"], on=[data.uploads.arn], why="withdraw abandoned declarations"),
            _list(data, REPORTS_PREFIX, why="find reports without an upload"),
            _read_reports(data, why="see whether a report is stored"),
            _start(workflows, why="start the workflow again"),
        ],
    )


def _identify_bank(data: DataOutputs) -> Grant:
    return Grant(actions=["dynamodb:Query"], on=[data.banks.arn], why="identify the bank by its key")


def _read_reports(data: DataOutputs, *, why: str) -> Grant:
    return Grant(actions=["s3:GetObject"], on=[_objects(data, REPORTS_PREFIX)], why=why)


def _list(data: DataOutputs, prefix: str, *, why: str) -> Grant:
    condition = {"StringLike": {"s3:prefix": f"{prefix}*"}}
    return Grant(actions=["s3:ListBucket"], on=[data.reports.arn], why=why, condition=condition)


def _start(workflows: WorkflowRefs, *, why: str) -> Grant:
    return Grant(actions=["states:StartExecution"], on=[workflows.small.arn, workflows.large.arn], why=why)


def _index(table: TableRef, index: Index) -> str:
    return f"{table.arn}/index/{index.name}"


def _objects(data: DataOutputs, prefix: str) -> str:
    return f"{data.reports.arn}/{prefix}*"


def _reports(data: DataOutputs) -> dict[str, str]:
    return {environment.REPORTS_BUCKET: data.reports.name}


def _uploads(data: DataOutputs) -> dict[str, str]:
    return {environment.UPLOADS_TABLE: data.uploads.name}


def _transactions(data: DataOutputs) -> dict[str, str]:
    return {environment.TRANSACTIONS_TABLE: data.transactions.name}


def _workflows(workflows: WorkflowRefs) -> dict[str, str]:
    return {
        environment.STATE_MACHINE_ARN: workflows.small.arn,
        environment.LARGE_STATE_MACHINE_ARN: workflows.large.arn,
    }


def _banks(data: DataOutputs) -> dict[str, str]:
    return {environment.BANKS_TABLE: data.banks.name}
