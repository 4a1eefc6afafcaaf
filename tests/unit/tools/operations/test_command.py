"""What counts as a yes on a real terminal, and what happens where there is none."""

import os
import pty
import subprocess
import sys

import pytest

from shared.repository import ROOT

PROGRAM = "from tools.operations.command import ask; print(ask('Go on?'))"


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


def test_without_a_terminal_the_way_without_a_question_is_told() -> None:
    line = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(line, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert "To go ahead without a question: -- --auto-approve" in done.stderr
