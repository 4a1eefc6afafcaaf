"""What counts as a yes on a real terminal, and what happens where there is none."""

import os
import pty
import subprocess
import sys

import pytest

from shared.repository import ROOT
from tools.errors import ToolError
from tools.operations.command import exit_code

PROGRAM = "from tools.operations.command import ask; print(ask('Continue?'))"


@pytest.mark.parametrize(
    ("typed", "answer"), [(b"YES\n", "True"), (b"no\n", "False"), (b"\n", "False"), (b"\x04", "False")]
)
def test_only_a_yes_is_one(typed: bytes, answer: str) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, typed)
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, stdin=theirs, capture_output=True, check=True)
    os.close(theirs)
    os.close(ours)
    assert done.stdout.decode().endswith(f"[yes/no] {answer}\n")


def test_without_a_terminal_the_option_that_skips_the_question_is_named() -> None:
    line = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(line, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert "To skip the confirmation, pass --auto-approve." in done.stderr


def test_an_expected_failure_is_a_message_and_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ToolError("terraform plan failed")

    assert exit_code(fail) == 1
    assert capsys.readouterr().err == "\nterraform plan failed\n"
