"""`./dev replay`: runs reports again that were stored since a time to which tables were restored."""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from rich.table import Table
from rich.text import Text

from functions.sweeper.reports_by_prefix import ReportsListing
from tools.operations.uploads.deployed import exit_code, find
from tools.operations.uploads.replays import Action, Replay, Replays
from tools.operations.uploads.shown import run_shown
from tools.terminal import Terminal

_SHOWN: Final = 50
"""Rows of the table; a bank's day can be thousands."""
_EPILOG: Final = (
    "Exit code: 0 if every report that was run has ended COMPLETED or REJECTED; 1 if one has FAILED or did not end; "
    "130 after Ctrl-C. It can be interrupted and repeated at any time."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Replay reports of the environment that `ENVIRONMENT_SUFFIX` names; the exit code."""
    options = _parser().parse_args(arguments)

    def work() -> int:
        deployed = find(os.environ)
        reports = ReportsListing(deployed.s3, deployed.bucket)
        replays = Replays(reports=reports, by_bank=deployed.by_bank, restarts=deployed.restarts)
        found = replays.find(options.since, bank_id=options.bank, failed=options.failed)
        return replay(replays, found, Terminal.of_stdout(), since=options.since, run=options.run)

    return exit_code("replay", work)


def replay(replays: Replays, found: Sequence[Replay], out: Terminal, *, since: datetime, run: bool) -> int:
    """List the reports that were found, and run those again that have not ended.

    Args:
        replays: of the environment.
        found: by it.
        out: for the user.
        since: the time.
        run: whether to run them, not only to list them.

    Returns:
        The exit code.
    """
    counts = Counter(each.action for each in found)
    failed = sum(each.report.had_failed for each in found)
    before = f", and {failed} had failed before" if failed else ""
    out.say(
        f"{len(found) - failed} reports were stored since {since:%Y-%m-%d %H:%M:%S} UTC{before}; {_summary(counts)}."
    )
    to_run = [each for each in found if each.action is not Action.LEAVE]
    if not to_run:
        return 0
    if not run:
        out.show(_table(to_run))
        out.say("", "Nothing was changed. To run them in this order: the same command with --run.")
        return 0
    return _run(replays, out, to_run)


def _run(replays: Replays, out: Terminal, chosen: Sequence[Replay]) -> int:
    def run(changed: Callable[[str], None]) -> None:
        replays.run(chosen, lambda each: changed(f"{each.report.upload_id}: {each.result}"))

    interrupted = ". Repeat the command for the others."
    return run_shown(out, chosen, run=run, table=lambda: _table(chosen), interrupted=interrupted)


def _summary(counts: Counter[Action]) -> str:
    return ", ".join(f"{each}: {counts[each]}" for each in Action)


def _table(replays: Sequence[Replay]) -> Table:
    """Those that failed and those at work first, then in order; only so many."""
    shown = sorted(replays, key=lambda each: (each.ok, not each.result))[:_SHOWN]
    more = f" ({_SHOWN} of {len(replays)})" if len(replays) > _SHOWN else ""
    done = sum(each.ended for each in replays)
    table = Table(title=f"Reports: {done} of {len(replays)} ended{more}", title_justify="left", title_style="bold")
    for heading in ("Bank", "Upload", "Bytes", "Stored", "Status", "Then"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "Upload")
    for each in shown:
        report, upload = each.report, each.upload
        table.add_row(
            report.bank_id,
            report.upload_id,
            str(report.size),
            f"{report.stored_at:%Y-%m-%d %H:%M:%S}",
            upload.status if upload else "no upload",
            Text(each.result or each.action, style=("green" if each.ok else "red") if each.ended else ""),
        )
    return table


def _time(text: str) -> datetime:
    expected = f"{text!r} is no time: expected one like 2026-11-24T12:00:00Z, with its zone"
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(expected) from error
    if time.tzinfo is None:
        raise argparse.ArgumentTypeError(expected)
    return time.astimezone(UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev replay",
        description="List the reports that were stored since a time, and with --run, run those again that no upload "
        "has brought to an end: after the tables were restored to that time. Each bank's run one after the other, in "
        "the order in which they were stored.",
        epilog=_EPILOG,
    )
    parser.add_argument("--since", required=True, type=_time, metavar="TIME", help="such as 2026-11-24T12:00:00Z")
    parser.add_argument("--bank", default="", metavar="BANK", help="only this bank's reports")
    parser.add_argument(
        "--failed",
        action="store_true",
        help="also uploads that had FAILED by then: one that was run again since has no dead letter any more",
    )
    parser.add_argument("--run", action="store_true", help="run them again")
    return parser


if __name__ == "__main__":
    sys.exit(main())
