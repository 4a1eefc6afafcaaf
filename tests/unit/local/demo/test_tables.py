"""The demo's tables and next steps, as a log file shows them."""

import io
import shlex
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType

from local.cloud.clients import Cloud
from local.cloud.run_folder import RunFolder
from local.demo.next_steps import how_to_inspect, how_to_operate, how_to_submit
from local.demo.tables import error_table, notification_table, time_table, totals_table, unequal, upload_table
from local.deployment.outputs import Pipeline
from shared.contracts.outcomes import Outcome
from shared.contracts.uploads import UploadStatus
from tools.client.uploads import Submission, SubmittedUpload
from tools.terminal import Terminal

PIPELINE = Pipeline(
    cloud=Cloud(endpoint_url="http://127.0.0.1:4566"),
    api_url="http://127.0.0.1:4566/restapis/abc/v1/_user_request_",
    keys={"nordbank": "k-2", "bayside": "k-1"},
    reports_bucket="reports",
    uploads_table="uploads",
    transactions_table="transactions",
    outcomes_topic_arn="arn",
    dead_letter_queue_url="url",
)


def upload(status: UploadStatus = UploadStatus.COMPLETED, **facts: Any) -> SubmittedUpload:
    sample = Submission(bank_id="nordbank", path=Path("report.csv"))
    return SubmittedUpload(
        submission=sample, upload_id="u1", answered=202, status=status, began=0, seconds=1.25, facts=facts
    )


def test_the_times_have_a_row_for_each_part_and_their_sum() -> None:
    assert cells(time_table([("Starting the local cloud", 0.52), ("Stopping everything", 1.0)])) == [
        ["Starting the local cloud", "0.5"],
        ["Stopping everything", "1.0"],
        ["Sum", "1.5"],
    ]


def shown(table: RenderableType) -> str:
    file = io.StringIO()
    Terminal(Console(file=file, width=140)).show(table)
    return file.getvalue()


def cells(table: RenderableType) -> list[list[str]]:
    lines = [line for line in shown(table).splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def test_an_upload_has_a_row_with_what_is_known_so_far() -> None:
    received = upload(UploadStatus.RECEIVED)
    pending = Submission(bank_id="bayside", path=Path("next.csv"), again=True)
    assert cells(upload_table([upload(rows=5000), received], [pending])) == [
        ["nordbank", "report.csv", "5000", "COMPLETED", "1.2 s"],
        ["nordbank", "report.csv", "-", "RECEIVED", "1.2 s"],
        ["bayside", "next.csv (again)", "-", "-", "-"],
    ]


def test_totals_are_compared_with_the_sums_of_the_transactions_table() -> None:
    loaded = upload(totals={"EUR": "1000.50", "JPY": "7"})
    sums = {"u1": {"EUR": Decimal("1000.50"), "USD": Decimal(1)}}
    assert cells(totals_table([loaded], sums)) == [
        ["nordbank", "EUR", "1,000.50", "1,000.50", "equal"],
        ["nordbank", "JPY", "7", "-", "DIFFERENT"],
        ["nordbank", "USD", "-", "1", "DIFFERENT"],
    ]
    assert unequal([loaded], sums) == [
        "report.csv: the JPY total is 7 in the report, None in the table",
        "report.csv: the USD total is None in the report, 1 in the table",
    ]


def test_a_validation_error_is_shown_unchanged_even_where_it_looks_like_markup() -> None:
    error = {"line": 3, "column": None, "code": "row.malformed", "message": "m", "value": "[red]x[/red]"}
    assert "Validation errors of report.csv" in shown(error_table(upload(errors=[error])))
    assert cells(error_table(upload(errors=[error]))) == [["3", "row.malformed", "m", "[red]x[/red]"]]


def test_a_notification_is_shown_with_its_counts() -> None:
    sent = Outcome(bank_id="nordbank", status="COMPLETED", rows=3, loaded=3, upload_id="u1")
    assert cells(notification_table([sent])) == [["nordbank", "COMPLETED", "3", "3", "-", "-", "u1"]]


def test_without_a_terminal_there_are_no_control_codes_and_long_lines_stay_whole() -> None:
    file = io.StringIO()
    out = Terminal(Console(file=file, width=40))
    with out.step("Deploying") as detail:
        detail("half-way")
    out.say("x" * 100)
    first, second, third = file.getvalue().splitlines()
    assert first == "Deploying ..."
    assert second.startswith("Deploying: done (")
    assert third == "x" * 100


def test_every_banks_key_is_shown_and_a_curl_command_in_one_shell_line() -> None:
    *lines, curl = how_to_submit(PIPELINE, root=Path("/a folder"))
    assert lines[-2:] == ["  Key  k-1 (bayside)", "  Key  k-2 (nordbank)"]
    words = shlex.split(curl)
    assert words[1] == "curl"
    assert "x-api-key: k-1" in words
    assert "report=@/a folder/tests/reports/bayside-2026-11-20-no-final-newline.csv;type=text/csv" in words
    assert words[-1] == f"{PIPELINE.api_url}/upload"


def test_the_operators_commands_are_printed_with_what_they_need() -> None:
    _, submit, explain, redrive = how_to_operate(PIPELINE)
    submitting = "./dev submit -- PATH.csv --bank bayside"
    for line, command in ((submit, submitting), (explain, "./dev explain UPLOAD"), (redrive, "./dev redrive")):
        assert line.endswith(f" AWS_ENDPOINT_URL=http://127.0.0.1:4566 ENVIRONMENT_SUFFIX=local {command}")


def test_uploads_and_transactions_are_seen_in_a_browser_without_other_tools(tmp_path: Path) -> None:
    lines = how_to_inspect(PIPELINE, RunFolder(path=tmp_path, lock=0))
    assert f"  Uploads, transactions  {PIPELINE.api_url}/" in lines
    assert f"  Log files              {tmp_path}/logs" in lines
    assert any("./dev sync --watch" in line for line in lines)
