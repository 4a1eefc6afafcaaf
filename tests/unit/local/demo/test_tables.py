"""The demo's tables and guidance, as a log file shows them."""

import io
import shlex
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType

from local.cloud.clients import Cloud
from local.demo.next_steps import how_to_go_on
from local.demo.notifications import Notification
from local.demo.tables import error_table, notification_table, totals_table, unequal, upload_table
from local.deployment.outputs import Pipeline
from shared.contracts.uploads import UploadStatus
from tools.client.uploads import Submission, SubmittedUpload
from tools.terminal import Screen

PIPELINE = Pipeline(
    cloud=Cloud(endpoint_url="http://127.0.0.1:4566"),
    api_url="http://127.0.0.1:4566/restapis/abc/v1/_user_request_",
    keys={"bayside": "k-1"},
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


def shown(table: RenderableType) -> str:
    file = io.StringIO()
    Screen(Console(file=file, width=140)).show(table)
    return file.getvalue()


def cells(table: RenderableType) -> list[list[str]]:
    lines = [line for line in shown(table).splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def test_an_upload_has_a_line_with_what_is_known_of_it() -> None:
    received = upload(UploadStatus.RECEIVED)
    pending = Submission(bank_id="bayside", path=Path("next.csv"), again=True)
    assert cells(upload_table([upload(rows=5000), received], [pending])) == [
        ["nordbank", "report.csv", "5000", "COMPLETED", "1.2 s"],
        ["nordbank", "report.csv", "-", "RECEIVED", "1.2 s"],
        ["bayside", "next.csv (again)", "-", "-", "-"],
    ]


def test_totals_stand_beside_the_tables_sums_digit_by_digit() -> None:
    loaded = upload(totals={"EUR": "1000.50", "JPY": "7"})
    booked = {"u1": {"EUR": Decimal("1000.50"), "USD": Decimal(1)}}
    assert cells(totals_table([loaded], booked)) == [
        ["nordbank", "EUR", "1,000.50", "1,000.50", "equal"],
        ["nordbank", "JPY", "7", "-", "DIFFERENT"],
        ["nordbank", "USD", "-", "1", "DIFFERENT"],
    ]
    assert unequal([loaded], booked) == [
        "report.csv: the JPY total is 7 in the report, None in the table",
        "report.csv: the USD total is None in the report, 1 in the table",
    ]


def test_a_problem_is_shown_as_it_is_even_where_it_looks_like_markup() -> None:
    problem = {"line": 3, "column": None, "code": "row.malformed", "message": "m", "value": "[red]x[/red]"}
    assert cells(error_table(upload(errors=[problem]))) == [["3", "row.malformed", "m", "[red]x[/red]"]]


def test_a_notification_shows_what_its_message_says() -> None:
    told = Notification(bank_id="nordbank", status="COMPLETED", body={"rows": 3, "loaded": 3, "upload_id": "u1"})
    assert cells(notification_table([told])) == [["nordbank", "COMPLETED", "3", "3", "-", "-", "u1"]]


def test_without_a_terminal_there_are_no_control_codes_and_long_lines_stay_whole() -> None:
    file = io.StringIO()
    screen = Screen(Console(file=file, width=40))
    with screen.step("Deploying") as detail:
        detail("half-way")
    screen.say("x" * 100)
    first, second, third = file.getvalue().splitlines()
    assert first == "Deploying ..."
    assert second.startswith("Deploying: done (")
    assert third == "x" * 100


def test_the_curl_command_is_one_shell_line_with_the_key_and_the_report() -> None:
    _, _, key, curl = how_to_go_on(PIPELINE, root=Path("/a folder"), keep=True)
    assert key == "  Key  k-1 (bayside)"
    words = shlex.split(curl)
    assert words[1] == "curl"
    assert "x-api-key: k-1" in words
    assert "report=@/a folder/tests/reports/bayside-2026-11-20-no-final-newline.csv;type=text/csv" in words
    assert words[-1] == f"{PIPELINE.api_url}/upload"


def test_without_keep_it_is_said_how_to_keep_it() -> None:
    assert "./dev local -- --keep" in how_to_go_on(PIPELINE, root=Path("/"), keep=False)[0]
    assert "Ctrl-C" in how_to_go_on(PIPELINE, root=Path("/"), keep=True)[0]
