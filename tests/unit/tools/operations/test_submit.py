"""`./dev submit`: what is printed, how a wait is resumed, and the exit code."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from shared.contracts.api import MAX_REPORT_BYTES
from tests.unit.tools.client.test_uploads import PassingTime, ScriptedApi, answer, state
from tools.client.api import Answer
from tools.client.uploads import Submission
from tools.operations import submit as command
from tools.operations.submit import INTERRUPTED, main, submit
from tools.terminal import Terminal

PUT = {"url": "https://bucket/key", "method": "PUT", "headers": {}}


@dataclass(frozen=True, kw_only=True)
class InterruptedApi(ScriptedApi):
    """The user presses Ctrl-C at the n-th question for the upload's state, or while the report is being stored."""

    at: int | None = None
    asked: list[str] = field(default_factory=list)

    def store(self, *arguments: Any) -> None:
        if self.at is None:
            raise KeyboardInterrupt
        super().store(*arguments)

    def upload_state(self, upload_id: str) -> Answer:
        self.asked.append(upload_id)
        if len(self.asked) == self.at:
            raise KeyboardInterrupt
        return super().upload_state(upload_id)


def run(api: ScriptedApi, path: Path, *, terminal: bool = False) -> tuple[str, str]:
    """What is printed, and how it ended."""
    file = io.StringIO()
    out = Terminal(Console(file=file, width=200, force_terminal=terminal, color_system=None))
    try:
        upload = submit(api, Submission(bank_id="nordbank", path=path), PassingTime().clock(), out)
    except KeyboardInterrupt:
        return file.getvalue(), "interrupted"
    return file.getvalue(), upload.status


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "daily.csv"
    path.write_bytes(b"x")
    return path


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.csv"
    path.write_bytes(b"x" * (MAX_REPORT_BYTES + 1))
    return path


def test_a_report_that_fits_in_one_request_is_sent_in_one(small: Path) -> None:
    completed = state("COMPLETED", rows=1_200, loaded=1_000, repeated=200, conflicts=0, totals={"EUR": "1.50"})
    api = ScriptedApi(answers=[answer(202, status="RECEIVED")], states=[completed])

    text, status = run(api, small)

    assert status == "COMPLETED"
    assert text.splitlines() == [
        "upload u1: RECEIVED",
        "upload u1: COMPLETED",
        "upload u1 is COMPLETED: rows 1,200, loaded 1,000, repeated 200, conflicts 0",
        "  EUR 1.50",
    ]
    assert not api.declared


def test_a_larger_report_is_declared_and_a_log_has_few_lines_of_its_progress(large: Path) -> None:
    loading = [state("LOADING", rows=1_000, rows_processed=done) for done in range(0, 1_000, 7)]
    api = ScriptedApi(
        answers=[answer(201, status="DECLARED", put=PUT)], states=[*loading, state("COMPLETED", rows=1_000)]
    )

    text, status = run(api, large)

    assert (status, len(api.stored)) == ("COMPLETED", 1)
    lines = text.splitlines()
    assert lines[:2] == ["upload u1: DECLARED, 0 % sent", "upload u1: DECLARED, 20 % sent"]
    assert len(lines) == len(set(lines)) < 25
    assert "upload u1: LOADING, 50 % loaded" in lines


def test_a_terminal_shows_a_bar(large: Path) -> None:
    loading = [state("LOADING", rows=10, rows_processed=5)]
    api = ScriptedApi(answers=[answer(200, status="LOADING")], states=[*loading, state("COMPLETED")])

    text, _ = run(api, large, terminal=True)

    assert "━" * 15 in text
    assert "LOADING, 50 % loaded" in text


def test_a_rejected_report_shows_its_first_errors(small: Path) -> None:
    errors = [{"line": line, "code": "amount.zero", "message": "the amount is zero"} for line in range(2, 14)]
    api = ScriptedApi(answers=[answer(422, rows=12, error_count=12, detail="12 validation errors", errors=errors)])

    text, status = run(api, small)

    assert status == "REJECTED"
    assert "upload u1 is REJECTED: rows 12, error_count 12" in text
    assert text.count("amount.zero") == 10
    assert "GET /uploads/u1 lists them" in text


@pytest.mark.parametrize(
    ("at", "said"), [(None, "The report is not stored yet"), (1, "Upload u1 goes on without this command.")]
)
def test_ctrl_c_says_what_goes_on_and_how_to_resume(large: Path, at: int | None, said: str) -> None:
    api = InterruptedApi(answers=[answer(201, status="DECLARED", put=PUT)], states=[state("DECLARED")], at=at)

    text, status = run(api, large)

    assert status == "interrupted"
    assert said in text
    assert "run the same command again" in text


@pytest.mark.parametrize(("status", "code"), [("COMPLETED", 0), ("REJECTED", 1), ("FAILED", 1)])
def test_the_exit_code_says_whether_the_report_is_loaded(
    small: Path, monkeypatch: pytest.MonkeyPatch, status: str, code: int
) -> None:
    api = ScriptedApi(answers=[answer(202, status="RECEIVED")], states=[state(status, detail="so")])
    monkeypatch.setenv("ENVIRONMENT_SUFFIX", "dev")
    monkeypatch.setenv("INIT_CWD", str(small.parent))
    monkeypatch.setattr(command, "read_settings", lambda _: FakeSettings())
    monkeypatch.setattr(command, "find_api", lambda *_: api)
    monkeypatch.setattr(command, "Clock", lambda: PassingTime().clock())

    assert main([small.name, "--bank", "nordbank"]) == code


def test_the_exit_code_after_ctrl_c_is_that_of_an_interrupted_command(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "read_settings", lambda _: FakeSettings())
    monkeypatch.setattr(command, "find_api", lambda *_: InterruptedApi(answers=[answer(202, status="RECEIVED")], at=1))

    assert main([str(small), "--bank", "nordbank"]) == INTERRUPTED


def test_a_report_that_does_not_exist_is_a_wrong_argument(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["gone.csv", "--bank", "nordbank"])
    assert ended.value.code == 2
    assert "gone.csv is not a file" in capsys.readouterr().err


class FakeSettings:
    region = "eu-central-1"
