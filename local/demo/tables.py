"""The demo's tables, and the comparison of control totals behind one of them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from rich.console import Group
from rich.table import Table
from rich.text import Text

from shared.contracts.outcomes import Outcome
from shared.contracts.uploads import UploadStatus
from tools.client.progress import progress_bar
from tools.client.uploads import Submission, SubmittedUpload

_STYLES: Mapping[UploadStatus, str] = {
    UploadStatus.COMPLETED: "green",
    UploadStatus.REJECTED: "yellow",
    UploadStatus.FAILED: "red",
}
_NONE = "-"
_NEVER_WRAPPED = frozenset({"Code", "Upload"})
"""Columns whose words are to be copied whole."""


def upload_table(uploads: Iterable[SubmittedUpload], pending: Iterable[Submission] = ()) -> Table:
    """Bank, report, rows, status and time of each upload, followed by the reports that are not submitted yet."""
    table = _table("Uploads", "Bank", "Report", ">Rows", "Status", ">Time")
    for upload in uploads:
        rows = str(upload.facts.get("rows", _NONE))
        status = Text(upload.status, style=_STYLES.get(upload.status, ""))
        progress = progress_bar(upload)
        shown = Group(status, progress) if progress else status
        table.add_row(*_named(upload.submission), rows, shown, f"{upload.seconds:.1f} s")
    for sample in pending:
        table.add_row(*_named(sample), _NONE, _NONE, _NONE)
    return table


def _named(sample: Submission) -> tuple[Text, Text]:
    return Text(sample.bank_id), Text(sample.path.name + (" (again)" if sample.again else ""))


def totals_table(uploads: Iterable[SubmittedUpload], sums: Mapping[str, Mapping[str, Decimal]]) -> Table:
    """Control totals of each report, and the sums of its rows in the transactions table.

    Args:
        uploads: the loaded ones.
        sums: by upload id and currency.
    """
    table = _table("Control totals", "Bank", "Currency", ">Report", ">Transactions table", "")
    for upload in uploads:
        for currency, total, sum_ in totals_of(upload, sums):
            same = Text("equal", style="green") if total == sum_ else Text("DIFFERENT", style="red")
            shown = [_NONE if amount is None else f"{amount:,f}" for amount in (total, sum_)]
            table.add_row(Text(upload.submission.bank_id), Text(currency), *shown, same)
    return table


def totals_of(
    upload: SubmittedUpload, sums: Mapping[str, Mapping[str, Decimal]]
) -> list[tuple[str, Decimal | None, Decimal | None]]:
    """Each currency with the report's control total and the sum in the transactions table."""
    reported = {currency: Decimal(total) for currency, total in upload.facts.get("totals", {}).items()}
    loaded = sums.get(upload.upload_id, {})
    currencies = sorted(reported.keys() | loaded.keys())
    return [(currency, reported.get(currency), loaded.get(currency)) for currency in currencies]


def error_table(upload: SubmittedUpload) -> Table:
    """The validation errors of a rejected report, in order of line. The code or the message names the column."""
    table = _table(f"Validation errors of {upload.submission.path.name}", ">Line", "Code", "Message", "Value")
    for error in upload.errors:
        texts = [error.get(key) for key in ("code", "message", "value")]
        table.add_row(str(error.get("line", _NONE)), *(Text(_NONE if text is None else str(text)) for text in texts))
    return table


def notification_table(notifications: Iterable[Outcome]) -> Table:
    """The messages that the outcomes topic has sent to its subscribers."""
    table = _table("Notifications", "Bank", "Status", ">Rows", ">Loaded", ">Repeated", ">Conflicts", "Upload")
    for each in notifications:
        fields = ("bank_id", "status", "rows", "loaded", "repeated", "conflicts", "upload_id")
        table.add_row(*(Text(str(each.get(field, _NONE))) for field in fields))
    return table


def time_table(times: Sequence[tuple[str, float]]) -> Table:
    """Seconds of each part of a run, and their sum."""
    table = _table("Times", "Part", ">Seconds")
    for title, seconds in times:
        table.add_row(Text(title), f"{seconds:.1f}")
    table.add_section()
    table.add_row("Sum", f"{sum(seconds for _, seconds in times):.1f}")
    return table


def _table(title: str, *headings: str) -> Table:
    """An empty table; a column whose heading begins with > holds numbers."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading in headings:
        number = heading.startswith(">")
        whole = heading in _NEVER_WRAPPED
        table.add_column(
            heading.removeprefix(">"), justify="right" if number else "left", overflow="fold", no_wrap=whole
        )
    return table


def unequal(uploads: Sequence[SubmittedUpload], sums: Mapping[str, Mapping[str, Decimal]]) -> list[str]:
    """The control totals that differ from the transactions table, a line each."""
    return [
        f"{upload.submission.path.name}: the {currency} total is {total} in the report, {sum_} in the table"
        for upload in uploads
        for currency, total, sum_ in totals_of(upload, sums)
        if total != sum_
    ]
