"""The app's progress: printed if it was asked for, and recognized by the program that reads it."""

import pytest

from shared.infra.progress import PROGRESS_VARIABLE, progress_in, report_progress


def test_what_the_app_is_doing_is_recognized_in_its_output(capsys: pytest.CaptureFixture[str]) -> None:
    report_progress("building data-stack", {PROGRESS_VARIABLE: "1"})
    line = capsys.readouterr().out
    assert progress_in(line) == "building data-stack"
    assert progress_in(f"    {line}") == "building data-stack"


@pytest.mark.parametrize("variables", [{}, {PROGRESS_VARIABLE: ""}])
def test_nothing_is_printed_unless_it_was_asked_for(
    variables: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    report_progress("building data-stack", variables)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("line", ["", "Generated Terraform code for the stacks: api-stack", "no progress: none"])
def test_any_other_line_is_no_progress(line: str) -> None:
    assert progress_in(line) is None
