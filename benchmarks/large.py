"""A report of millions of rows through the deployed local cloud: how long it takes, and whether the law holds.

The law is checked by a query of its own: rows, exact sums by currency, and each row of the transactions table, compared
with the report as `csv.DictReader` reads it. Alone on the machine only: MiniStack and the workers take what there is.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from rich.text import Text

from benchmarks.parts.content import Content, differences, report_rows, row_count, stored_rows
from benchmarks.parts.course import Course
from benchmarks.parts.memory import memory_watch
from benchmarks.parts.outcome import BenchmarkError
from benchmarks.parts.page import facts, publish, table
from benchmarks.parts.reports import KINDS, lines, scratch_folder, write
from benchmarks.parts.submission import BANK
from local.cloud.paths import find_paths
from local.deployment.environment import forget_aws
from local.deployment.launch import launch
from local.deployment.outputs import Pipeline
from local.processes.interrupts import InterruptedRunError, interruptible
from local.processes.parent import exit_with_parent
from shared.contracts.uploads import UploadStatus
from tools.client.uploads import LOCAL_PAUSE_SECONDS, Clock, Submission, failed_expectations, send
from tools.errors import ToolError
from tools.terminal import Terminal

_SERVER: Final = "ministack_server"
"""In MiniStack's command line; the workers of the functions are its children."""
_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Result:
    """One run; sizes in bytes, times in seconds since the begin of the submission."""

    rows: int
    size: int
    first_seen: Mapping[UploadStatus, float]
    peak: int
    """Of the local cloud's memory."""


def main(arguments: Sequence[str]) -> int:
    """Run it, and print the figures; the exit code: 130 or 143 when interrupted."""
    options = _options(arguments)
    out = Terminal.of_stdout()
    try:
        with interruptible(), scratch_folder() as folder:
            result = _run(options, out, folder)
    except InterruptedRunError as interrupt:
        out.say("", f"Stopped ({interrupt}); nothing is left running.")
        return interrupt.exit_code
    except (BenchmarkError, ToolError) as error:
        print(f"benchmarks.large: {error}", file=sys.stderr)
        return 1
    publish("large", _body(result), write=options.write)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.large", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=2_000_000, help="of the report (default: %(default)s)")
    parser.add_argument(
        "--minutes", type=float, default=45, help="after which it stops, and says how far it is (default: %(default)s)"
    )
    parser.add_argument(
        "--memory-mb", type=int, default=16_000, help="that the local cloud may use (default: %(default)s)"
    )
    parser.add_argument("--write", action="store_true", help="write the results into docs/")
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace, out: Terminal, folder: Path) -> Result:
    path, user = folder / "report.csv", dict(os.environ)
    forget_aws(os.environ)
    with out.step(f"Writing a report of {options.rows:,} rows"):
        size = write(path, lines(KINDS["random"], options.rows))
    with (
        launch(find_paths(user), out, user=user) as launched,
        memory_watch(_SERVER, limit=options.memory_mb * _MEGABYTE) as watch,
    ):
        said = ["The report is being declared"]

        def say(line: str) -> None:
            said[0] = f"{line}; the local cloud uses {watch.now // _MEGABYTE:,} MB"
            changed(said[0])

        with out.live(lambda: Text(said[0])) as changed:
            course = Course(most_seconds=options.minutes * 60, check=watch.check, say=say, clock=Clock())
            submission = Submission(bank_id=BANK, path=path, rows=options.rows)
            ended = send([submission], launched.pipeline.client, course.clock, course.show, pause=LOCAL_PAUSE_SECONDS)
        if wrong := failed_expectations(ended):
            raise BenchmarkError("\n".join([*wrong, f"The logs: {launched.run.logs}"]))
        with out.step("Comparing the transactions table with the report"):
            _check_law(launched.pipeline, path, ended[0].facts)
        return Result(rows=options.rows, size=size, first_seen=course.first_seen, peak=watch.peak)


def _check_law(pipeline: Pipeline, path: Path, answer: Mapping[str, Any]) -> None:
    """Compare the report with the table, and its sums with those in the API's answer.

    Raises:
        BenchmarkError: they differ.
    """
    cloud, transactions = pipeline.cloud, pipeline.transactions_table
    report = Content.of(report_rows(path))
    found = differences(
        report, Content.of(stored_rows(cloud, transactions, bank_id=BANK, report=path, count=report.rows))
    )
    if (counted := row_count(cloud, transactions)) != report.rows:
        found.append(f"the report has {report.rows:,} rows, the table counts {counted:,}")
    if (totals := {currency: Decimal(total) for currency, total in answer["totals"].items()}) != report.totals:
        found.append(f"the report's sums are {report.totals}, the API says {totals}")
    if found:
        raise BenchmarkError("\n".join(["the law does not hold:", *found]))


def _body(result: Result) -> str:
    seconds = max(result.first_seen.values())
    # The submission leaves DECLARED to itself until the report is stored.
    seen = [
        ["stored" if status is UploadStatus.DECLARED else f"seen as {status}", f"{after:,.1f} s"]
        for status, after in result.first_seen.items()
    ]
    return f"""\
{result.rows:,} rows with random ids, {result.size / 1e6:,.1f} MB. Measured {facts()}. Wall time, with MiniStack and
all functions on these cores:

{table(["", "after"], seen)}

{result.rows / seconds:,.0f} rows/s from the begin of the submission to its end. The local cloud used \
{result.peak / 1e6:,.0f} MB at most.
Every row of the report is in the transactions table once, and nothing else is; the sums of all currencies are equal.
"""


if __name__ == "__main__":
    exit_with_parent()
    sys.exit(main(sys.argv[1:]))
