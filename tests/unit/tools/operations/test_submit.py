"""`./dev submit`: what is printed, how a wait is resumed, and the exit code."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from functions.common.uploads import derive_upload_id
from shared.contracts.api import MAX_REPORT_BYTES
from tests.unit.tools.client.test_uploads import PassingTime, ScriptedApi, answer, state
from tools.client.api import Answer
from tools.client.uploads import Submission
from tools.errors import ToolError
from tools.operations import submit as command
from tools.operations.submit import INTERRUPTED, main, submit
from tools.terminal import Terminal

PUT = {"url": "https://bucket/key", "method": "PUT", "headers": {}}


@dataclass(frozen=True, kw_only=True)
class KnowingApi(ScriptedApi):
    """Is asked first for the id that derives from bank and report."""

    known: Answer = field(default_factory=lambda: answer(404))
    derived: list[str] = field(default_factory=list)

    def upload_state(self, upload_id: str) -> Answer:
        if upload_id != "u1":
            self.derived.append(upload_id)
            return self.known
        return super().upload_state(upload_id)


@dataclass(frozen=True, kw_only=True)
class InterruptedApi(KnowingApi):
    """The user presses Ctrl-C at the n-th question for the upload's state, or while the report is being stored."""

    at: int | None = None
    asked: list[str] = field(default_factory=list)

    def store(self, *arguments: Any) -> None:
        if self.at is None:
            raise KeyboardInterrupt
        super().store(*arguments)

    def upload_state(self, upload_id: str) -> Answer:
        if upload_id == "u1":
            self.asked.append(upload_id)
            if len(self.asked) == self.at:
                raise KeyboardInterrupt
        return super().upload_state(upload_id)


def run(api: ScriptedApi, path: Path, *, terminal: bool = False, again: bool = False) -> tuple[str, str]:
    """What is printed, and how it ended."""
    file = io.StringIO()
    out = Terminal(Console(file=file, width=200, force_terminal=terminal, color_system=None))
    try:
        upload = submit(api, Submission(bank_id="nordbank", path=path), PassingTime().clock(), out, again=again)
    except KeyboardInterrupt:
        return file.getvalue(), "interrupted"
    except ToolError as error:
        return file.getvalue(), str(error)
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
    api = KnowingApi(answers=[answer(202, status="RECEIVED")], states=[completed])

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
    api = KnowingApi(
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
    api = KnowingApi(answers=[answer(200, status="LOADING")], states=[*loading, state("COMPLETED")])

    text, _ = run(api, large, terminal=True)

    assert "━" * 15 in text
    assert "LOADING, 50 % loaded" in text


def test_a_rejected_report_shows_its_first_errors(small: Path) -> None:
    errors = [{"line": line, "code": "amount.zero", "message": "the amount is zero"} for line in range(2, 14)]
    api = KnowingApi(answers=[answer(422, rows=12, error_count=12, detail="12 validation errors", errors=errors)])

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


@pytest.mark.parametrize("size", [1, MAX_REPORT_BYTES + 1])
def test_an_upload_at_work_is_followed_and_not_submitted_again(tmp_path: Path, size: int) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes(b"x" * size)
    api = KnowingApi(answers=[], known=state("LOADING"), states=[state("COMPLETED")])

    text, status = run(api, path)

    assert status == "COMPLETED"
    assert api.derived == [derive_upload_id("nordbank", b"x" * size)]
    assert text.splitlines() == ["upload u1: LOADING", "upload u1: COMPLETED", "upload u1 is COMPLETED"]


@pytest.mark.parametrize("ended", ["COMPLETED", "REJECTED", "FAILED"])
def test_an_upload_that_has_ended_is_shown_and_not_submitted_again(large: Path, ended: str) -> None:
    api = KnowingApi(answers=[], known=state(ended, rows=3))

    text, status = run(api, large)

    assert status == ended
    assert f"upload u1 is {ended}: rows 3" in text
    assert "It had ended before this command, which has submitted nothing." in text
    assert ("add --again" in text) is (ended != "COMPLETED")


def test_an_upload_that_ends_while_it_is_followed_was_not_known_before(small: Path) -> None:
    text, _ = run(KnowingApi(answers=[], known=state("LOADING"), states=[state("FAILED")]), small)

    assert "had ended before" not in text


def test_one_that_is_only_declared_goes_on(large: Path) -> None:
    api = KnowingApi(
        answers=[answer(200, status="DECLARED", put=PUT)], known=state("DECLARED"), states=[state("COMPLETED")]
    )

    _, status = run(api, large)

    assert (status, len(api.stored)) == ("COMPLETED", 1)


def test_again_submits_it_in_any_case(large: Path) -> None:
    api = KnowingApi(
        answers=[answer(200, status="RECEIVED")], known=state("FAILED"), states=[state("COMPLETED", rows=3)]
    )

    text, status = run(api, large, again=True)

    assert (status, api.derived, len(api.declared)) == ("COMPLETED", [], 1)
    assert "had ended before" not in text


def test_a_wait_that_is_given_up_says_how_to_resume(large: Path) -> None:
    api = KnowingApi(answers=[answer(200, status="LOADING")], states=[answer(503, detail="busy")])

    text, ended = run(api, large)

    assert "no usable answer" in ended
    assert "Upload u1 goes on without this command." in text
    assert "run the same command again" in text


def test_of_a_report_that_is_not_accepted_there_is_nothing_to_resume(large: Path) -> None:
    text, ended = run(KnowingApi(answers=[answer(413, detail="too large")]), large)

    assert "the API answered 413: too large" in ended
    assert "again" not in text


@pytest.mark.parametrize(("options", "code"), [([], 1), (["--again"], 0)])
def test_the_option_again_is_given_on_the_command_line(
    small: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], code: int
) -> None:
    api = KnowingApi(answers=[answer(202, status="RECEIVED")], known=state("FAILED"), states=[state("COMPLETED")])
    monkeypatch.setattr(command, "read_settings", lambda _: FakeSettings())
    monkeypatch.setattr(command, "find_api", lambda *_: api)
    monkeypatch.setattr(command, "Clock", lambda: PassingTime().clock())

    assert main([str(small), "--bank", "nordbank", *options]) == code


@pytest.mark.parametrize(("status", "code"), [("COMPLETED", 0), ("REJECTED", 1), ("FAILED", 1)])
def test_the_exit_code_says_whether_the_report_is_loaded(
    small: Path, monkeypatch: pytest.MonkeyPatch, status: str, code: int
) -> None:
    api = KnowingApi(answers=[answer(202, status="RECEIVED")], states=[state(status, detail="so")])
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
    local_cloud = False
