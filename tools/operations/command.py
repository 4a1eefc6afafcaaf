"""What the commands for operators have in common: the driver, the question, and one message when they fail."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from shared.infra.settings.settings import DEFAULT_SUFFIX, SUFFIX_VARIABLE
from shared.repository import ROOT
from tools.errors import ToolError
from tools.operations.cdktf.driver import Driver
from tools.setup.steps import SetupError
from tools.setup.terraform import check_terraform

Ask = Callable[[str], bool]
"""Asks the user; whether the answer is yes."""


def ask(question: str) -> bool:
    """Ask on the terminal; anything but yes is no, Ctrl-C and Ctrl-D as well.

    Raises:
        ToolError: there is no terminal.
    """
    require_terminal()
    try:
        return input(f"{question} [yes/no] ").strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        return False


def require_terminal() -> None:
    """Check that the user can be asked.

    Raises:
        ToolError: there is no terminal.
    """
    if not sys.stdin.isatty():
        raise ToolError("Standard input is not a terminal. To skip the confirmation, pass --auto-approve.")


def open_driver(command: str, output: Path) -> Driver:
    """The driver of a command, with an empty log.

    Args:
        command: its name.
        output: folder for what is synthesized.

    Raises:
        SetupError: there is no Terraform, or it is too old.
    """
    suffix = os.environ.get(SUFFIX_VARIABLE) or DEFAULT_SUFFIX
    log = ROOT / ".local" / "logs" / f"{command}-{suffix}.log"
    log.unlink(missing_ok=True)
    environ = {**os.environ, "TERRAFORM_BINARY_NAME": check_terraform(os.environ)}
    return Driver(environ=environ, output=output, log=log)


def exit_code(work: Callable[[], None]) -> int:
    """Do a command's work; 0, or 1 after an expected failure, whose message has been printed."""
    try:
        work()
    except (ToolError, SetupError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0
