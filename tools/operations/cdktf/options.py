"""The command line of the commands for stacks: which ones, and whether to ask."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.infra.stack_names import StackName
from shared.repository import ROOT
from tools.errors import ToolError
from tools.operations.cdktf.assembly import Stack

STATE_STACK: Final = StackName.STATE
"""Holds the state of every environment of the account and region."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the user asked for."""

    stacks: tuple[str, ...]
    """Ids; empty: all."""
    approved: bool
    """Whether to go ahead without a question."""
    output: Path


def parse(command: str, description: str, arguments: Sequence[str] | None, *, asks: bool) -> Options:
    """Read the command line of `./dev COMMAND`; ends the program after `--help` or an invalid option.

    Args:
        command: name of the nox session.
        description: what it does.
        arguments: by default the program's own.
        asks: whether the command asks before it changes anything.
    """
    parser = argparse.ArgumentParser(prog=f"./dev {command}", description=description)
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="ids of stacks (default: all of the environment)")
    parser.add_argument(
        "--output", type=Path, default=ROOT / "cdktf.out", help="folder for what is synthesized (default: cdktf.out)"
    )
    if asks:
        parser.add_argument("--auto-approve", action="store_true", help="do not ask before anything is changed")
    values = parser.parse_args(arguments)
    return Options(
        # As in `cdktf deploy '*'`: all of them.
        stacks=tuple(each for each in values.stacks if each != "*"),
        approved=not asks or values.auto_approve,
        output=values.output.absolute(),
    )


def choose(stacks: Sequence[Stack], asked: Sequence[str]) -> list[Stack]:
    """The stacks that were asked for, in the order of `stacks`; all of them if none was named.

    Raises:
        ToolError: there is no such stack.
    """
    known = [each.id for each in stacks]
    if unknown := sorted(set(asked) - set(known)):
        raise ToolError(f"There is no stack {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [each for each in stacks if not asked or each.id in asked]
