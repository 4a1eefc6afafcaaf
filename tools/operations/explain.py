"""`./dev explain`: what happened to an upload or a transaction, from evidence."""

import argparse
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from rich.table import Table
from rich.text import Text

from functions.common.uploads import Attempt, Upload
from functions.transformation.stored_transactions import StoredTransaction
from shared.contracts.objects import report_key
from shared.contracts.tables import transaction_key
from shared.contracts.uploads import AttemptBy, UploadStatus, is_large
from tools.client.uploads import Clock
from tools.errors import ToolError
from tools.operations.uploads.deployed import Deployed, exit_code, find
from tools.operations.uploads.evidence import (
    LargeExecution,
    LogLine,
    Report,
    Row,
    Rows,
    find_conflicts,
    read_all,
    read_execution,
    read_log,
    read_report,
    read_rows_of,
)
from tools.terminal import Terminal

_UPLOAD_ID: Final = re.compile(r"[0-9a-f]{32}")
_SHOWN: Final = 20
"""Conflicts and validation errors that are listed."""
_NONE: Final = "-"
_ADVICE: Final = {
    UploadStatus.FAILED: "Run it again: ./dev redrive {upload_id}. Or the bank submits the same file again.",
    UploadStatus.REJECTED: "The bank corrects the report and submits it.",
    UploadStatus.COMPLETED: "Nothing is left to do.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Explain an upload or a transaction of the environment that `ENVIRONMENT_SUFFIX` names; the exit code."""
    options = _parser().parse_args(arguments)

    def work() -> int:
        explain(find(os.environ), Terminal.of_stdout(), options.id, bank_id=options.bank)
        return 0

    return exit_code("explain", work)


def explain(deployed: Deployed, out: Terminal, identity: str, *, bank_id: str | None) -> None:
    """Print what happened to an upload, or with a bank to a transaction.

    Raises:
        ToolError: there is none of this id.
    """
    if bank_id:
        _explain_transaction(deployed, out, bank_id, identity)
        return
    if not _UPLOAD_ID.fullmatch(identity):
        raise ToolError(f"{identity!r} is not an upload's id (32 digits 0-9a-f). Of a transaction, add --bank BANK.")
    upload = deployed.uploads.get(identity)
    if upload is None:
        raise ToolError(f"{deployed.suffix} has no upload {identity}. Check the id and ENVIRONMENT_SUFFIX.")
    _explain_upload(deployed, out, upload)


def _explain_upload(deployed: Deployed, out: Terminal, upload: Upload) -> None:
    report = read_report(deployed, upload)
    out.say(
        f"Upload {upload.upload_id} of {upload.bank_id}: {upload.status}"
        + (f" ({upload.error})" if upload.error else ""),
        f"  Received    {upload.received_at}, {upload.file_name or 'stored without a file name'}",
        *_report_lines(deployed, upload, report),
        *_execution_lines(read_execution(deployed, upload)),
        *_result_lines(upload),
    )
    out.show(_attempt_table(upload))
    if report and report.validation.ranges:
        rows = read_rows_of(report, upload, deployed.transactions, clock=Clock(), shown=_SHOWN)
        statuses = _statuses(deployed, {owner for _, owner in rows.counts if owner})
        out.show(_row_table(rows, upload, statuses))
        if rows.conflicts:
            out.show(_conflict_table(rows, statuses))
    if log := read_log(deployed, upload):
        out.show(_log_table(log))
    out.say("", _next_step(upload))


def _explain_transaction(deployed: Deployed, out: Terminal, bank_id: str, transaction_id: str) -> None:
    key = transaction_key(bank_id, transaction_id)
    stored = read_all([key], deployed.transactions, Clock())[key]
    conflicts = list(find_conflicts(deployed, bank_id, transaction_id))
    if stored is None and not conflicts:
        raise ToolError(f"{deployed.suffix} has no transaction {transaction_id!r} of {bank_id!r}.")
    if stored:
        out.say(*_transaction_lines(stored))
    for upload, conflict in conflicts:
        first = conflict["first_upload_id"]
        out.say(f"  Conflict    line {conflict['line']} of upload {upload.upload_id} differed from that of {first}")
    if stored is None:
        return
    upload_ = deployed.uploads.get(stored.upload_id)
    if upload_ is None:
        out.say("  Its upload is not in the uploads table.")
        return
    report = read_report(deployed, upload_)
    line = report.line(stored.line) if report else "the report is not stored any more, or too large to be read here"
    out.say(f"  Line {stored.line:<6} {line}", "")
    _explain_upload(deployed, out, upload_)


def _transaction_lines(stored: StoredTransaction) -> list[str]:
    lines = [
        f"Transaction {stored.transaction_id} of {stored.bank_id}",
        f"  Content     {stored.amount:f} {stored.currency}, {stored.timestamp}",
        f"  Loaded by   upload {stored.upload_id}, line {stored.line}",
    ]
    if stored.replaces:
        lines.append(f"  Replaced    the row of upload {stored.replaces}, which had failed")
    if stored.also_in:
        counted = "which counted it as repeated or in conflict: it is never replaced"
        lines.append(f"  Also in     upload {stored.also_in}, {counted}")
    return lines


def _report_lines(deployed: Deployed, upload: Upload, report: Report | None) -> list[str]:
    place = f"s3://{deployed.bucket}/{report_key(upload.bank_id, upload.upload_id)}"
    if is_large(upload.size or 0):
        return [f"  Report      {upload.size:,} bytes, too many to be read here, {place}"]
    if report is None:
        return [f"  Report      is not stored ({place})"]
    matches = "which makes this upload's id" if report.matches else "which makes ANOTHER upload's id"
    validation = report.validation
    lines = [
        f"  Report      {len(report.content):,} bytes, {place}",
        f"  SHA-256     {report.digest}, {matches}",
        f"  Validated   {validation.rows:,} rows, {validation.error_count:,} errors (now, by this version)",
    ]
    return lines + [f"    line {each.line}: {each.code}: {each.message}" for each in validation.errors[:_SHOWN]]


def _execution_lines(execution: LargeExecution | None) -> list[str]:
    if execution is None:
        return []
    ranges = ", ".join(f"{count:,} {name}" for name, count in execution.ranges.items())
    error = f" ({execution.error}: {execution.cause})" if execution.error else ""
    return [
        f"  Execution   {execution.status}{error}",
        *([f"  Ranges      {ranges}"] if ranges else []),
    ]


def _result_lines(upload: Upload) -> list[str]:
    counts = ", ".join(
        f"{count:,} {name}"
        for name, count in (
            ("rows", upload.rows),
            ("loaded", upload.loaded),
            ("repeated", upload.repeated),
            ("in conflict", upload.conflicts),
            ("replaced rows of failed uploads", upload.replaced),
            ("validation errors", upload.error_count),
        )
        if count is not None
    )
    totals = {"Totals": upload.totals, "Loaded": upload.loaded_totals, "Repeated": upload.repeated_totals}
    totals |= {"Conflicts": upload.conflict_totals}
    return [
        f"  Recorded    {counts or 'no counts'}",
        *(f"  {name:<11} {_amounts(amounts)}" for name, amounts in totals.items() if amounts),
        f"  Announced   {upload.notified_at or 'no'}",
        *([f"  Dead letter {upload.dead_letter_at or 'no'}"] if upload.status is UploadStatus.FAILED else []),
        *([f"  Sweeper     looks after it at {upload.due_at}"] if upload.due_at else []),
    ]


def _amounts(totals: Mapping[str, str]) -> str:
    return ", ".join(f"{currency} {amount}" for currency, amount in sorted(totals.items()))


def _next_step(upload: Upload) -> str:
    advice = _ADVICE.get(upload.status, "It is at work; if it gets stuck, the sweeper restarts it.")
    return advice.format(upload_id=upload.upload_id)


def _attempt_table(upload: Upload) -> Table:
    table = _titled("Attempts", "Attempt", "Began", "By", "Execution", "Trace")
    for each in upload.attempts:
        current = each["id"] == upload.attempt
        table.add_row(
            each["id"],
            _to_seconds(each["began_at"]),
            each["by"],
            _execution(each, upload.execution if current else None),
            (upload.trace_id if current else None) or _NONE,
        )
    if not upload.attempts:
        table.add_row("not recorded", _to_seconds(upload.received_at), _NONE, _NONE, _NONE)
    return table


def _execution(attempt: Attempt, arn: str | None) -> str:
    """What an execution's ARN has after the workflow's name. The sweeper and the operators name it like the attempt."""
    if arn:
        return arn.split(":", 7)[-1]
    return attempt["id"] if attempt["by"] in (AttemptBy.SWEEPER, AttemptBy.REDRIVE) else _NONE


def _to_seconds(stored: str) -> str:
    return stored[:19].replace("T", " ")


def _statuses(deployed: Deployed, owners: Iterable[str]) -> dict[str, str]:
    found = {owner: deployed.uploads.get(owner) for owner in sorted(owners)}
    return {owner: upload.status.value if upload else "unknown" for owner, upload in found.items()}


def _row_table(rows: Rows, upload: Upload, statuses: Mapping[str, str]) -> Table:
    table = _titled("Rows in the transactions table", "Rows", "Found as", "Of upload", "Which is")
    for (state, owner), count in sorted(
        rows.counts.items(), key=lambda each: (list(Row).index(each[0][0]), each[0][1])
    ):
        whose = "this one" if owner == upload.upload_id else owner or _NONE
        table.add_row(f"{count:,}", state, whose, statuses.get(owner, _NONE))
    return table


def _conflict_table(rows: Rows, statuses: Mapping[str, str]) -> Table:
    table = _titled(f"Conflicts (the first {_SHOWN})", "Line", "Transaction", "Other upload", "Which is")
    for each in rows.conflicts:
        owner = each["first_upload_id"]
        table.add_row(str(each["line"]), Text(each["transaction_id"]), owner, statuses.get(owner, _NONE))
    return table


def _log_table(log: Sequence[LogLine]) -> Table:
    table = _titled("Log of the functions", "Time", "Function", "Message", "Details", "Trace")
    for each in log:
        at = f"{each.at:%Y-%m-%d %H:%M:%S}"
        table.add_row(at, each.function, Text(each.message), Text(each.details), each.trace_id or _NONE)
    return table


def _titled(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading in headings:
        justify: Literal["right", "left"] = "right" if heading in ("Rows", "Line") else "left"
        table.add_column(heading, overflow="fold", justify=justify, no_wrap=heading in ("Attempt", "Began"))
    return table


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev explain", description=__doc__)
    parser.add_argument("id", metavar="ID", help="id of an upload, or with --bank of a transaction")
    parser.add_argument("--bank", help="the bank whose transaction it is")
    return parser


if __name__ == "__main__":
    sys.exit(main())
