"""What is known of an upload: from its item, its report's bytes, the transactions table, and the functions' logs.

A large report is not read. Its execution is described instead, which Step Functions does for Standard workflows only.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Protocol

from botocore.exceptions import ClientError

from functions.common.aws.errors import error_code
from functions.common.errors import ReportMissingError
from functions.common.uploads import Upload, derive_upload_id
from functions.report.parsing.records import lines
from functions.report.result.validation_result import ValidationResult
from functions.report.transactions import read_rows
from functions.report.validator import validate_report
from functions.status.selection import Selection
from functions.transformation.stored_transactions import StoredTransaction
from shared.contracts.functions import FunctionName
from shared.contracts.objects import report_key
from shared.contracts.uploads import is_large
from shared.contracts.workflow import Conflict
from tools.client.uploads import Clock
from tools.operations.uploads.deployed import Deployed

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient

_KEYS: Final = 100
"""Of one BatchGetItem (DynamoDB limit)."""
_PAUSE_SECONDS: Final = 0.2
_LOGGED: Final = (FunctionName.VALIDATION, FunctionName.TRANSFORMATION, FunctionName.NOTIFICATION)
_LOGGED_OF_LARGE: Final = (
    FunctionName.LARGE_VALIDATION,
    FunctionName.TRANSFORMATION,
    FunctionName.LARGE_NOTIFICATION,
)
_STATUSES_OF_RANGES: Final = ("pending", "running", "succeeded", "failed", "timedOut", "aborted")
_MAX_LOG_LINES: Final = 40
_MAX_SEARCHED: Final = 1_000
"""Uploads of a bank, the newest ones, in which a transaction's conflicts are looked for."""
_PAGE: Final = 100
_AROUND: Final = timedelta(minutes=15)


class Row(StrEnum):
    """What the table has for a row of a report."""

    LOADED = "loaded"
    REPEATED = "repeated"
    CONFLICT = "conflict"
    MISSING = "not loaded"


@dataclass(frozen=True, kw_only=True)
class Report:
    """A stored report, read and validated again. An id that does not match was not made of these bytes."""

    content: bytes
    digest: str
    matches: bool
    validation: ValidationResult

    def line(self, number: int) -> str:
        """A physical line as it is in the report."""
        found = (each.content for each in lines(self.content) if each.number == number)
        return next(found, b"").decode(errors="backslashreplace")


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of a report, as the table has them."""

    counts: Mapping[tuple[Row, str], int]
    """By what the table has, and the id of the upload that owns the stored row ("" without one)."""
    conflicts: Sequence[Conflict]
    """The first ones; the table has another upload's row of other content."""


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """A line that a function has logged about an upload."""

    at: datetime
    function: str
    message: str
    trace_id: str
    details: str


@dataclass(frozen=True, kw_only=True)
class LargeExecution:
    """An execution of the workflow for large reports, as Step Functions describes it."""

    status: str
    error: str
    cause: str
    ranges: Mapping[str, int]
    """How many of them are in which status; empty until they are being loaded."""


class Transactions(Protocol):
    """The part of the transactions table that is used."""

    def read(self, keys: Sequence[str]) -> Mapping[str, StoredTransaction | None]:
        """Up to 100 transactions by key; keys that the table could not serve are left out."""
        ...


def read_report(deployed: Deployed, upload: Upload) -> Report | None:
    """An upload's report, or None if it is not stored, or too large to be read here."""
    if is_large(upload.size or 0):
        return None
    try:
        content = deployed.reports.read(report_key(upload.bank_id, upload.upload_id)).content
    except ReportMissingError:
        return None
    return Report(
        content=content,
        digest=sha256(content).hexdigest(),
        matches=derive_upload_id(upload.bank_id, content) == upload.upload_id,
        validation=validate_report(content, bank_id=upload.bank_id, now=datetime.now(UTC)),
    )


def read_execution(deployed: Deployed, upload: Upload) -> LargeExecution | None:
    """The last execution that has validated a large report; None for a small one, and after Step Functions' 90 days."""
    if not upload.execution or not is_large(upload.size or 0):
        return None
    client = deployed.stepfunctions
    try:
        found = client.describe_execution(executionArn=upload.execution)
    except client.exceptions.ExecutionDoesNotExist:
        return None
    ranges = Counter[str]()
    for run in client.list_map_runs(executionArn=upload.execution)["mapRuns"]:
        counts: Mapping[str, Any] = client.describe_map_run(mapRunArn=run["mapRunArn"])["itemCounts"]
        ranges.update({name: counts.get(name, 0) for name in _STATUSES_OF_RANGES})
    return LargeExecution(
        status=found["status"], error=found.get("error", ""), cause=found.get("cause", ""), ranges=+ranges
    )


def read_rows_of(report: Report, upload: Upload, table: Transactions, *, clock: Clock, shown: int) -> Rows:
    """Look up every row of a valid report in the table.

    Args:
        report: the report.
        upload: its upload.
        table: the transactions.
        clock: for the pauses, if the table is busy.
        shown: how many conflicts are listed.
    """
    counts, conflicts = Counter[tuple[Row, str]](), list[Conflict]()
    rows = _rows(report, upload)
    while batch := list(islice(rows, _KEYS)):
        found = read_all([row.key for row in batch], table, clock)
        for row in batch:
            state, owner = _compare(row, found[row.key])
            counts[state, owner] += 1
            if state is Row.CONFLICT and len(conflicts) < shown:
                conflicts.append(Conflict(line=row.line, transaction_id=row.transaction_id, first_upload_id=owner))
    return Rows(counts=counts, conflicts=conflicts)


def read_all(keys: Sequence[str], table: Transactions, clock: Clock) -> dict[str, StoredTransaction | None]:
    """Read transactions, those that a busy table leaves out again."""
    found: dict[str, StoredTransaction | None] = {}
    while left := [key for key in keys if key not in found]:
        if found:
            clock.sleep(_PAUSE_SECONDS)
        found |= table.read(left)
    return found


def find_conflicts(deployed: Deployed, bank_id: str, transaction_id: str) -> Iterator[tuple[Upload, Conflict]]:
    """Uploads of a bank whose listed conflicts have a transaction, among the newest 1,000."""
    after = None
    for _ in range(_MAX_SEARCHED // _PAGE):
        page = deployed.by_bank.page(bank_id, Selection(), limit=_PAGE, after=after)
        for upload in page.uploads:
            for conflict in upload.conflict_samples or ():
                if conflict["transaction_id"] == transaction_id:
                    yield upload, conflict
        if (after := page.last) is None:
            return


def read_log(deployed: Deployed, upload: Upload) -> list[LogLine]:
    """What the functions have logged about an upload, in order of time; as long as the logs are kept."""
    began = datetime.fromisoformat(upload.attempts[0]["began_at"] if upload.attempts else upload.received_at)
    ended = datetime.fromisoformat(upload.notified_at or upload.updated_at)
    found: list[LogLine] = []
    for function in _LOGGED_OF_LARGE if is_large(upload.size or 0) else _LOGGED:
        found += _log_of(
            deployed.logs,
            deployed.log_group(function),
            function,
            upload.upload_id,
            since=began - _AROUND,
            until=ended + _AROUND,
        )
    return sorted(found, key=lambda each: each.at)[-_MAX_LOG_LINES:]


def _log_of(
    client: "CloudWatchLogsClient", group: str, function: str, upload_id: str, *, since: datetime, until: datetime
) -> list[LogLine]:
    paginator = client.get_paginator("filter_log_events")
    try:
        pages = paginator.paginate(
            logGroupName=group,
            filterPattern=f'"{upload_id}"',
            startTime=int(since.timestamp() * 1000),
            endTime=int(until.timestamp() * 1000),
            PaginationConfig={"MaxItems": _MAX_LOG_LINES},
        )
        events = [event for page in pages for event in page["events"]]
    except ClientError as error:
        if error_code(error) == "ResourceNotFoundException":
            return []  # it has not logged anything yet
        raise
    return [line for event in events if (line := _log_line(event["message"], function))]


def _log_line(text: str, function: str) -> LogLine | None:
    try:
        logged = json.loads(text)
        at = datetime.fromisoformat(logged["timestamp"])
    except (ValueError, LookupError, TypeError):
        return None  # not a line of ours
    details = {
        name: logged[name] for name in ("first_line", "loaded", "repeated", "conflicts", "next") if name in logged
    }
    return LogLine(
        at=at,
        function=function,
        message=str(logged.get("message", "")),
        trace_id=_root(str(logged.get("trace_id", ""))),
        details=", ".join(f"{name} {value}" for name, value in details.items()),
    )


def _root(header: str) -> str:
    """The trace's id of a trace header (`Root=1-...;Parent=...;Sampled=1`)."""
    return header.split(";", maxsplit=1)[0].removeprefix("Root=")


def _rows(report: Report, upload: Upload) -> Iterator[StoredTransaction]:
    for part in report.validation.ranges:
        content = report.content[part["start"] : part["end"]]
        for row in read_rows(content, columns=report.validation.columns, first_line=part["first_line"]):
            yield StoredTransaction.of(row, bank_id=upload.bank_id, upload_id=upload.upload_id)


def _compare(row: StoredTransaction, found: StoredTransaction | None) -> tuple[Row, str]:
    if found is None:
        return Row.MISSING, ""
    if not row.same_content(found):
        return Row.CONFLICT, found.upload_id
    return (Row.LOADED if found.upload_id == row.upload_id else Row.REPEATED), found.upload_id
