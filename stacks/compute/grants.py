"""What each function may do, and why. Logging and tracing come with the function itself."""

from shared.contracts.objects import ERRORS_PREFIX, REPORTS_PREFIX
from shared.contracts.tables import BY_BANK
from shared.infra.policies import Grant
from stacks.data.stack import DataOutputs


def intake(data: DataOutputs) -> list[Grant]:
    """Takes reports in: knows the bank, validates, stores, records."""
    return [
        Grant(actions=["dynamodb:Query"], on=[data.banks.arn], why="know the bank by its key"),
        Grant(actions=["dynamodb:GetItem", "dynamodb:PutItem"], on=[data.uploads.arn], why="record the upload"),
        Grant(
            actions=["s3:PutObject"],
            on=[_objects(data, REPORTS_PREFIX), _objects(data, ERRORS_PREFIX)],
            why="store reports and problems",
        ),
        _read_reports(data, why="see whether a report is stored already"),
        Grant(
            actions=["s3:ListBucket"],
            on=[data.reports.arn],
            # Without it S3 answers 403 instead of 404 for an object that is not there.
            why="tell a missing report from a forbidden one",
            condition={"StringLike": {"s3:prefix": f"{REPORTS_PREFIX}*"}},
        ),
    ]


def validation(data: DataOutputs) -> list[Grant]:
    """Validates the stored object again and cuts it into ranges."""
    return [
        _read_reports(data, why="validate the report"),
        Grant(actions=["s3:PutObject"], on=[_objects(data, ERRORS_PREFIX)], why="store problems"),
        Grant(
            actions=["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            on=[data.uploads.arn],
            why="record the result",
        ),
    ]


def transformation(data: DataOutputs) -> list[Grant]:
    """Loads one range of a report."""
    return [
        _read_reports(data, why="read its range"),
        Grant(actions=["dynamodb:PartiQLInsert"], on=[data.transactions.arn], why="insert rows"),
        Grant(actions=["dynamodb:BatchGetItem"], on=[data.transactions.arn], why="compare rows that are there already"),
        Grant(actions=["dynamodb:UpdateItem"], on=[data.uploads.arn], why="mark the upload as loading"),
    ]


def notification(data: DataOutputs) -> list[Grant]:
    """Closes the upload and tells how it ended."""
    return [
        Grant(actions=["dynamodb:GetItem", "dynamodb:UpdateItem"], on=[data.uploads.arn], why="close the upload"),
        Grant(actions=["sns:Publish"], on=[data.outcomes.arn], why="tell how it ended"),
    ]


def status(data: DataOutputs) -> list[Grant]:
    """Answers the banks' questions."""
    return [
        Grant(actions=["dynamodb:Query"], on=[data.banks.arn], why="know the bank by its key"),
        Grant(actions=["dynamodb:GetItem"], on=[data.uploads.arn], why="show an upload"),
        Grant(
            actions=["dynamodb:Query"], on=[f"{data.uploads.arn}/index/{BY_BANK.name}"], why="list uploads of a bank"
        ),
        Grant(actions=["s3:GetObject"], on=[_objects(data, ERRORS_PREFIX)], why="show problems"),
    ]


def _read_reports(data: DataOutputs, *, why: str) -> Grant:
    return Grant(actions=["s3:GetObject"], on=[_objects(data, REPORTS_PREFIX)], why=why)


def _objects(data: DataOutputs, prefix: str) -> str:
    return f"{data.reports.arn}/{prefix}*"
