"""A command that runs in a local cloud: how it ends, and what it says then."""

import errno
import os
import signal
from collections.abc import Mapping

import pytest

from local.deployment.command import run_command
from tools.errors import ToolError
from tools.terminal import Terminal


@pytest.fixture(autouse=True)
def environ(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy, from which the command may drop what other tests need."""
    monkeypatch.setattr(os, "environ", os.environ.copy())


def failing(error: BaseException) -> int:
    def work(out: Terminal, user: Mapping[str, str]) -> None:
        del out, user
        raise error

    return run_command(work)


def test_it_has_the_users_settings_and_the_process_has_none_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")

    def work(out: Terminal, user: Mapping[str, str]) -> None:
        del out
        assert user["AWS_PROFILE"] == "mine"
        assert "AWS_PROFILE" not in os.environ

    assert run_command(work) == 0


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ToolError("no Terraform"), "\nno Terraform\n"),
        (OSError(errno.ENOSPC, "No space left", "build"), "\nbuild: No space left. The disk is full: "),
        (PermissionError(errno.EACCES, "Denied", "build"), "\nbuild: Denied. Use a clone of your own"),
    ],
)
def test_what_a_user_can_do_something_about_is_said(
    error: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing(error) == 1
    assert capsys.readouterr().err.startswith(said)


def test_any_other_error_is_raised() -> None:
    with pytest.raises(ConnectionError):
        failing(ConnectionError())


def test_a_signal_ends_it(capsys: pytest.CaptureFixture[str]) -> None:
    def work(out: Terminal, user: Mapping[str, str]) -> None:
        del out, user
        signal.raise_signal(signal.SIGTERM)

    assert run_command(work) == 143
    assert "nothing is left running" in capsys.readouterr().out
