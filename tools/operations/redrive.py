"""`./dev redrive`: lists the dead letters of an environment, and runs some or all of them again."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Final

from rich.table import Table
from rich.text import Text

from tools.errors import ToolError
from tools.operations.uploads.dead_letters import DeadLetters
from tools.operations.uploads.deployed import exit_code, find
from tools.operations.uploads.held import Queues
from tools.operations.uploads.reruns import Action, Redrive, Rerun
from tools.operations.uploads.shown import run_shown
from tools.terminal import Terminal

_NONE: Final = "-"
_EPILOG: Final = (
    "Exit code: 0 if every letter that was run has ended COMPLETED or REJECTED, or had been run again before; 1 if one "
    "has FAILED or did not end; 130 after Ctrl-C. It can be interrupted and repeated at any time."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Redrive the environment that `ENVIRONMENT_SUFFIX` names; the exit code."""
    options = _parser().parse_args(arguments)

    def work() -> int:
        deployed = find(os.environ)
        urls = [deployed.queue_url(purpose) for purpose in ("dead-letters", "event-dead-letters")]
        redrive_ = Redrive(letters=DeadLetters(Queues(deployed.sqs), urls), restarts=deployed.restarts)
        return redrive(
            redrive_, Terminal.of_stdout(), upload_ids=options.upload, every=options.all, dry_run=options.dry_run
        )

    return exit_code("redrive", work)


def redrive(redrive_: Redrive, out: Terminal, *, upload_ids: Sequence[str], every: bool, dry_run: bool) -> int:
    """List letters, and run those that are chosen again.

    Args:
        redrive_: of the environment.
        out: for the user.
        upload_ids: uploads whose letters are chosen.
        every: whether all letters are chosen.
        dry_run: whether only to show what would be done with them.

    Returns:
        The exit code.

    Raises:
        ToolError: an upload has no letter.
    """
    found = redrive_.find()
    try:
        if not found and not upload_ids:
            out.say("There are no dead letters.")
            return 0
        chosen = _choose(found, upload_ids) if upload_ids else found
        if dry_run or not (upload_ids or every):
            out.show(_table(chosen))
            out.say("", _hint(dry_run=dry_run))
            return 0
        return _run(redrive_, out, chosen)
    finally:
        redrive_.release(found)


def _run(redrive_: Redrive, out: Terminal, chosen: Sequence[Rerun]) -> int:
    def run(changed: Callable[[str], None]) -> None:
        redrive_.run(chosen, lambda each: changed(f"{each.letter.upload_id or _NONE}: {each.result}"))

    interrupted = "; the other letters stay. Repeat the command."
    return run_shown(out, chosen, run=run, table=lambda: _table(chosen), interrupted=interrupted)


def _choose(found: Sequence[Rerun], upload_ids: Sequence[str]) -> list[Rerun]:
    known = {each.letter.upload_id for each in found}
    if missing := [each for each in upload_ids if each not in known]:
        raise ToolError(f"No dead letter of {', '.join(missing)}. ./dev redrive lists them all.")
    return [each for each in found if each.letter.upload_id in upload_ids]


def _hint(*, dry_run: bool) -> str:
    if dry_run:
        return "Nothing was changed. Without --dry-run, this is done."
    return "To run them again: ./dev redrive UPLOAD ..., or ./dev redrive --all. Why one failed: ./dev explain UPLOAD."


def _table(reruns: Sequence[Rerun]) -> Table:
    table = Table(title="Dead letters", title_justify="left", title_style="bold")
    for heading in ("Bank", "Upload", "Report", "Error", "Since", "Attempts", "Then"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "Upload")
    for each in reruns:
        letter, upload = each.letter, each.upload
        report = upload.file_name if upload else None
        table.add_row(
            letter.bank_id or _NONE,
            letter.upload_id or _NONE,
            Text(report or _NONE),
            Text(letter.error),
            f"{letter.since:%Y-%m-%d %H:%M}",
            str(len(upload.attempts) or 1) if upload else _NONE,
            Text(each.result or each.action, style=_style(each)),
        )
    return table


def _style(each: Rerun) -> str:
    if not each.ended:
        return "bold red" if each.action is Action.KEEP else ""
    return "green" if each.ok else "red"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev redrive",
        description="List the dead letters: uploads that failed, and events that were not delivered. Those of the "
        "uploads that are named, or all, are run again, each as a new attempt, and followed to the end.",
        epilog=_EPILOG,
    )
    parser.add_argument("upload", nargs="*", metavar="UPLOAD", help="id of an upload whose letter is run again")
    parser.add_argument("--all", action="store_true", help="run all letters again")
    parser.add_argument("--dry-run", action="store_true", help="show what would be done, and change nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
