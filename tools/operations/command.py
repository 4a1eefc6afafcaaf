"""How the commands for operators talk: steps, questions, and one message when they fail."""

import os
import sys
from collections.abc import Callable
from typing import Protocol

from shared.infra.settings.settings import DEFAULT_SUFFIX, SUFFIX_VARIABLE
from shared.repository import ROOT
from tools.errors import ToolError
from tools.operations.cdktf.cli import Cdktf
from tools.operations.cdktf.options import Options
from tools.operations.own_lock import free_own
from tools.terminal import Terminal


class Ask(Protocol):
    """Asks the user."""

    def __call__(self, question: str) -> bool:
        """Whether the answer is yes.

        Raises:
            ToolError: nobody is there to answer.
        """
        ...


def ask(question: str) -> bool:
    """Ask on the terminal; anything but yes is no, Ctrl-C and Ctrl-D as well."""
    if not sys.stdin.isatty():
        raise ToolError("Nobody is there to be asked. To go ahead without a question: -- --auto-approve")
    try:
        return input(f"{question} [yes/no] ").strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        return False


def run(command: str, options: Options, work: Callable[[Options, Cdktf, Terminal, Ask], None]) -> int:
    """Do a command's work with the real cdktf and the real terminal.

    Returns:
        Exit code: 0, or 1 after a failure, whose message has been printed.
    """
    suffix = os.environ.get(SUFFIX_VARIABLE) or DEFAULT_SUFFIX
    log = ROOT / ".local" / "logs" / f"{command}-{suffix}.log"
    log.unlink(missing_ok=True)
    cdktf = Cdktf(environ=os.environ, output=options.output, log=log, free_own=free_own)
    try:
        work(options, cdktf, Terminal.of_stdout(), ask)
    except ToolError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0
