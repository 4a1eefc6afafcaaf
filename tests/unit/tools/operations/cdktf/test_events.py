"""Terraform's `-json` events, read as progress and as errors: pieces of what it really prints."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tools.operations.cdktf.events import Output


def event(type_: str, message: str, **fields: Any) -> str:
    return json.dumps({"@level": "info", "@message": message, "type": type_, **fields})


def summary(operation: str, *, add: int = 0, change: int = 0, remove: int = 0) -> str:
    changes = {"add": add, "change": change, "import": 0, "remove": remove, "operation": operation}
    return event("change_summary", f"{operation}: {add} to add, ...", changes=changes)


def complete(address: str, action: str) -> str:
    return event(
        "apply_complete", f"{address}: complete after 0s", hook={"resource": {"addr": address}, "action": action}
    )


def diagnostic(summary: str, detail: str = "", severity: str = "error", address: str | None = None) -> str:
    fields = {"severity": severity, "summary": summary, "detail": detail} | ({"address": address} if address else {})
    return event("diagnostic", f"{severity.capitalize()}: {summary}", diagnostic=fields)


def read(*lines: str) -> tuple[Output, list[str]]:
    shown = list[str]()
    output = Output(show=shown.append)
    for line in lines:
        output.read(line)
    return output, shown


def test_progress_counts_the_resources_that_were_planned() -> None:
    _, shown = read(
        summary("plan", add=1, change=1, remove=1),
        complete("aws_x.a", "create"),
        complete("data.aws_y.b", "read"),
        complete("aws_x.c", "update"),
        complete("aws_x.d", "delete"),
        summary("apply", add=1, change=1, remove=1),
    )
    assert shown == [f"{done} of 3 resources" for done in (0, 1, 2, 3)]


def test_the_progress_of_the_app_is_shown_and_no_part_of_an_error() -> None:
    output, shown = read("progress: building data-stack", "Traceback", "    progress: building data-stack")
    assert shown == ["building data-stack"] * 2
    assert output.lines == ["Traceback"]


def test_an_interrupt_is_shown_while_terraform_finishes_its_work() -> None:
    _, shown = read(event("log", "\nInterrupt received.\nPlease wait for Terraform to exit.\n"))
    assert shown == ["Interrupt received. Please wait for Terraform to exit."]


def test_an_error_has_its_summary_address_and_detail_and_is_kept_once() -> None:
    failed = diagnostic("creating queue", "Could not connect\n\nto the endpoint", address="aws_sqs_queue.q")
    output, _ = read(failed, diagnostic("Deprecated", severity="warning"), failed, diagnostic("second"))
    assert output.errors == [
        "Error: creating queue\nin aws_sqs_queue.q\nCould not connect\nto the endpoint",
        "Error: second",
    ]


def test_a_long_error_is_cut_and_whole_in_the_text() -> None:
    output, _ = read(diagnostic("long", "\n".join(f"line {number}" for number in range(30))))
    assert output.errors[0].splitlines()[-1] == "line 10"
    assert output.lines[-1] == "line 29"


def test_the_text_is_what_terraform_prints_without_json() -> None:
    output, _ = read(
        "Initializing the backend...", complete("aws_x.a", "create"), diagnostic("odd", severity="warning")
    )
    assert output.lines == ["Initializing the backend...", "aws_x.a: complete after 0s", "Warning: odd"]


@given(
    st.text()
    | st.recursive(st.none() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each)).map(
        json.dumps
    )
)
def test_any_other_line_is_text(line: str) -> None:
    output = Output()
    assert output.read(line) == line
    assert not output.errors
