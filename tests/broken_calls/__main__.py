"""`./dev breakcalls`: break every AWS call of an upload, and write what became of it to docs/reliability.md."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from local.cloud.paths import find_paths
from local.deployment.environment import forget_aws
from local.deployment.launch import launch
from local.processes.interrupts import InterruptedRunError, interruptible
from local.processes.parent import exit_with_parent
from tests.broken_calls.breaks import Break
from tests.broken_calls.calls import Call
from tests.broken_calls.matrix import JOBS, all_breaks, matrix
from tests.broken_calls.section import PAGE, table, write
from tests.broken_calls.uploads import Broken
from tools.errors import ToolError
from tools.terminal import Terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    options = _parser().parse_args(arguments)
    out, user = Terminal.of_stdout(), dict(os.environ)
    forget_aws(os.environ)
    try:
        with interruptible(), launch(find_paths(user), out, user=user) as launched, matrix(launched.pipeline) as on:
            calls = on.calls()
            breaks = [each for each in all_breaks(calls) if options.only in each.name]
            began = time.monotonic()
            runs = on.run(breaks, jobs=options.jobs, show=lambda run: out.say(_described(run)))
            return _report(out, calls, breaks, runs, seconds=time.monotonic() - began)
    except InterruptedRunError as interrupt:
        out.say("", f"Stopped ({interrupt}); nothing is left running.")
        return interrupt.exit_code
    except ToolError as error:
        print(f"./dev breakcalls: {error}", file=sys.stderr)
        return 1


def _report(
    out: Terminal, calls: Sequence[Call], breaks: Sequence[Break], runs: Sequence[Broken], *, seconds: float
) -> int:
    against = [run for run in runs if run.violations]
    for run in against:
        out.say(f"{_described(run)} (upload {run.upload_id}):", *(f"   {each}" for each in run.violations))
    summary = f"{len(calls)} calls, {len(runs)} uploads, {len(against)} of them break the law; {seconds:.0f} s."
    out.say(summary)
    if len(breaks) == len(all_breaks(calls)):
        write(f"\n{datetime.now(UTC):%Y-%m-%d}: {summary}\n\n{table(calls, runs)}\n")
        out.say(f"written: {PAGE.name}")
    return 1 if against else 0


def _described(run: Broken) -> str:
    return f"{run.planned.name if run.planned else ''}: {run.result} ({run.seconds:.1f} s)"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev breakcalls",
        description="Deploy to a local cloud, break every AWS call of an upload in every way, each in an upload of its "
        "own, and check that each is COMPLETED and everything is loaded exactly once.",
        epilog="Exit code: 1 if an upload breaks the law. Writes docs/reliability.md, unless --only is given.",
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="only those whose names contain a text")
    parser.add_argument("--jobs", type=int, default=JOBS, help=f"how many uploads at a time ({JOBS})")
    return parser


if __name__ == "__main__":
    exit_with_parent()
    sys.exit(main())
