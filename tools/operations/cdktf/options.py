"""The command line of the commands for stacks: which ones, and whether to ask."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

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
    approval: Path | None = None
    """For deploy: file with the digests of the only plans that may be applied; for diff: where to write it."""
    summary: Path | None = None
    """Where diff writes its plans as text."""


def parse(
    command: str,
    description: str,
    arguments: Sequence[str] | None,
    *,
    asks: bool,
    approval: Literal["reads", "writes"] | None = None,
) -> Options:
    """Read the command line of `./dev COMMAND`; ends the program after `--help` or an invalid option.

    Args:
        command: name of the nox session.
        description: what it does.
        arguments: by default the program's own.
        asks: whether the command asks before it changes anything.
        approval: what it does with a file of approved plans.
    """
    parser = argparse.ArgumentParser(prog=f"./dev {command}", description=description)
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="ids of stacks (default: all of the environment)")
    parser.add_argument(
        "--output", type=Path, default=ROOT / "cdktf.out", help="folder for what is synthesized (default: cdktf.out)"
    )
    if asks:
        parser.add_argument("--auto-approve", action="store_true", help="do not ask before anything is changed")
    if approval == "writes":
        parser.add_argument(
            "--summary", type=_path, metavar="FILE", help="file to write the plans to, as they are shown"
        )
        help_ = "file to write a digest of each plan to, for deploy --approved"
        parser.add_argument("--digests", dest="approval", type=_path, metavar="FILE", help=help_)
    if approval == "reads":
        help_ = "deploy without a question, but nothing if a plan is not the one whose digest diff wrote to FILE"
        parser.add_argument("--approved", dest="approval", type=_path, metavar="FILE", help=help_)
    values = vars(parser.parse_args(arguments))
    return Options(
        # As in `cdktf deploy '*'`: all of them.
        stacks=tuple(each for each in values["stacks"] if each != "*"),
        approved=not asks or values["auto_approve"],
        output=values["output"].absolute(),
        approval=values.get("approval"),
        summary=values.get("summary"),
    )


def _path(text: str) -> Path:
    # `./dev` works in the root of the repository; INIT_CWD is the user's folder.
    return Path(os.environ.get("INIT_CWD", ".")).absolute() / text


def choose(stacks: Sequence[Stack], asked: Sequence[str]) -> list[Stack]:
    """The stacks that were asked for, in the order of `stacks`; all of them if none was named.

    Raises:
        ToolError: there is no such stack.
    """
    known = [each.id for each in stacks]
    if unknown := sorted(set(asked) - set(known)):
        raise ToolError(f"There is no stack {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [each for each in stacks if not asked or each.id in asked]
