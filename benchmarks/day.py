"""A day of 10,000 uploads of ten banks through the deployed local cloud: rates, times, memory, and the law.

All banks submit at once through the API; some reports are invalid, repeated, or overlap with others. At the end, a
count of its own compares every upload, row and message with the reports. MiniStack, one process, does the work of all
of AWS, so the times say nothing about AWS; with other work on the machine they are longer.
"""

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from pathlib import Path
from statistics import fmean
from typing import Any, Final

from rich.text import Text

from benchmarks.parts.content import row_count
from benchmarks.parts.day_law import Found, repeated_messages, violations
from benchmarks.parts.day_plan import ReportKind, day_reports
from benchmarks.parts.day_run import Answered, DayRun
from benchmarks.parts.day_tables import items_of
from benchmarks.parts.memory import MemoryWatch, memory_watch
from benchmarks.parts.outcome import BenchmarkError
from benchmarks.parts.page import facts, publish, table
from local.cloud.paths import find_paths
from local.demo.notifications import Mailbox, mailbox
from local.deployment.environment import forget_aws
from local.deployment.launch import launch
from local.deployment.outputs import Pipeline
from local.processes.interrupts import InterruptedRunError, interruptible
from local.processes.parent import exit_with_parent
from shared.contracts.outcomes import Outcome
from shared.contracts.tables import TRANSACTIONS, UPLOADS, transaction_key
from tools.errors import ToolError
from tools.terminal import Terminal

_SERVER: Final = "ministack_server"
"""In MiniStack's command line; the workers of the functions are its children."""
_MEGABYTE: Final = 1_000_000
SETTINGS: Final = Path(__file__).with_suffix(".toml")
_SAID_SECONDS: Final = 15.0
"""Between two lines about the progress."""
_SHOWN_VIOLATIONS: Final = 20
_PERCENTILES: Final = (50, 95, 99)
_QUIET_SECONDS: Final = 15.0
"""How long messages may still come after the last upload has ended."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """One run; times in seconds, memory in bytes."""

    wanted: int
    rows_each: int
    load: float
    """Processes that run or wait for a core (load average), on average over the run."""
    seconds: float
    answered: Sequence[Answered]
    completion: Sequence[float]
    """From when each report was received to COMPLETED, by the upload's own times."""
    rows_loaded: int
    repeated_messages: int
    memory: Mapping[str, int]
    """At the start, the most, and at the end."""


def main(arguments: Sequence[str]) -> int:
    """Run it, and print the figures; the exit code: 130 or 143 when interrupted."""
    options = _options(arguments)
    out = Terminal.of_stdout()
    try:
        with interruptible():
            result = _run(options, out)
    except InterruptedRunError as interrupt:
        out.say("", f"Stopped ({interrupt}); nothing is left running.")
        return interrupt.exit_code
    except (BenchmarkError, ToolError) as error:
        print(f"benchmarks.day: {error}", file=sys.stderr)
        return 1
    publish("day", _body(result), write=options.write)
    print("\n".join(f"ratio {name} {value:.3f}" for name, value in ratios(result).items()))
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.day", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--uploads", type=int, default=10_000, help="reports to submit (default: %(default)s)")
    parser.add_argument("--rows", type=int, default=20, help="of each report, at least 2 (default: %(default)s)")
    parser.add_argument(
        "--minutes", type=float, default=60, help="after which no more are submitted (default: %(default)s)"
    )
    parser.add_argument(
        "--open", type=int, default=1, help="uploads that each bank has at work at once (default: %(default)s)"
    )
    parser.add_argument(
        "--memory-mb", type=int, default=16_000, help="that the local cloud may use (default: %(default)s)"
    )
    parser.add_argument("--write", action="store_true", help="write the results into docs/")
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace, out: Terminal) -> Result:
    user = dict(os.environ)
    forget_aws(os.environ)
    with (
        launch(find_paths(user), out, user=user, settings=SETTINGS) as launched,
        memory_watch(_SERVER, limit=options.memory_mb * _MEGABYTE) as watch,
        mailbox(launched.pipeline.cloud, launched.pipeline.outcomes_topic_arn) as letters,
        _collected(letters) as messages,
    ):
        pipeline = launched.pipeline
        watch.look()
        start = watch.now
        run = DayRun(
            client_of=pipeline.client,
            items_of=lambda keys: {item["upload_id"]: item for item in _uploads(pipeline, keys)},
            open_uploads=options.open,
        )
        reports = day_reports(sorted(pipeline.keys), uploads=options.uploads, rows=options.rows)
        progress = _Progress(watch, options.uploads)
        with out.live(progress.render) as progress.changed:
            run.submit_all(reports, most_seconds=options.minutes * 60, show=progress.show)
        watch.look()
        memory = {"at the start": start, "at most": watch.peak, "at the end": watch.now}
        with out.step("Comparing uploads, rows and messages with the reports"):
            found = _found(pipeline, run.answered, messages)
            _check_law(run.answered, found, launched.run.logs)
        return Result(
            wanted=options.uploads,
            rows_each=options.rows,
            load=fmean(progress.loads),
            seconds=run.seconds,
            answered=run.answered,
            completion=[_seconds(item) for item in run.ended.values()],
            rows_loaded=found.row_count,
            repeated_messages=repeated_messages(found.messages),
            memory=memory,
        )


class _Progress:
    """How far the run is, in a line."""

    def __init__(self, watch: MemoryWatch, wanted: int) -> None:
        self._watch, self._wanted = watch, wanted
        self._began, self._said = time.monotonic(), 0.0
        self._line = "The banks begin"
        self.loads = [os.getloadavg()[0]]
        """Load averages of a minute, now and then."""
        self.changed: Callable[[str], None] = lambda _: None

    def render(self) -> Text:
        """The line."""
        return Text(self._line)

    def show(self, run: DayRun) -> None:
        """Look how far it is.

        Raises:
            BenchmarkError: the local cloud uses too much memory.
        """
        self._watch.check()
        seconds = time.monotonic() - self._began
        if seconds - self._said >= _SAID_SECONDS:
            self._said = seconds
            self.loads.append(os.getloadavg()[0])
            self._line = (
                f"{len(run.answered):,} of {self._wanted:,} reports submitted, {len(run.ended):,} uploads ended after "
                f"{seconds:,.0f} s; the local cloud uses {self._watch.now // _MEGABYTE:,} MB"
            )
            self.changed(self._line)


def _check_law(answered: Sequence[Answered], found: Found, logs: Path) -> None:
    if wrong := violations(answered, found):
        shown = [*wrong[:_SHOWN_VIOLATIONS], f"The logs: {logs}"]
        raise BenchmarkError("\n".join([f"the law does not hold, {len(wrong):,} times:", *shown]))


class _Messages:
    """Receives what the topic sends, while the run goes on: a queue that grows makes the local cloud slow."""

    def __init__(self, letters: Mailbox) -> None:
        self._letters = letters
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._receive, daemon=True)
        self._found: list[Outcome] = []
        self._thread.start()

    def _receive(self) -> None:
        while not self._stopped.is_set():
            self._found += self._letters.collect(expected=1)

    def until_quiet(self, expected: int) -> list[Outcome]:
        """All messages, once as many as expected are there and no more come for some seconds."""
        quiet = threading.Event()
        for _ in range(ceil(_QUIET_SECONDS)):
            before = len(self._found)
            quiet.wait(1.0)
            if before == len(self._found) and before >= expected:
                break
        return list(self._found)

    def stop(self) -> None:
        """Receive no more."""
        self._stopped.set()
        self._thread.join()


@contextmanager
def _collected(letters: Mailbox) -> Iterator[_Messages]:
    messages = _Messages(letters)
    try:
        yield messages
    finally:
        messages.stop()


def _uploads(pipeline: Pipeline, keys: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    return items_of(pipeline.cloud, pipeline.uploads_table, UPLOADS.partition_key, keys)


def _found(pipeline: Pipeline, answered: Sequence[Answered], messages: _Messages) -> Found:
    accepted = {each.upload_id for each in answered if each.report.kind is not ReportKind.INVALID}
    # Once each: a request may not name one key twice.
    keys = dict.fromkeys(
        transaction_key(each.report.bank_id, row.transaction_id)
        for each in answered
        if each.report.kind is not ReportKind.INVALID
        for row in each.report.rows
    )
    cloud, uploads = pipeline.cloud, dict.fromkeys(each.upload_id for each in answered)
    rows = items_of(cloud, pipeline.transactions_table, TRANSACTIONS.partition_key, keys)
    return Found(
        uploads={item["upload_id"]: item for item in _uploads(pipeline, list(uploads))},
        upload_count=row_count(cloud, pipeline.uploads_table),
        rows={(item["bank_id"], item["transaction_id"]): item for item in rows},
        row_count=row_count(cloud, pipeline.transactions_table),
        messages=[dict(each) for each in messages.until_quiet(len(accepted))],
        dead_letters=pipeline.dead_letters(),
    )


def _seconds(item: Mapping[str, Any]) -> float:
    began, ended = (datetime.fromisoformat(item[name]) for name in ("received_at", "updated_at"))
    return (ended - began).total_seconds()


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of the values do not exceed (nearest rank)."""
    return sorted(values)[max(ceil(len(values) * percent / 100), 1) - 1]


def ratios(result: Result) -> Mapping[str, float]:
    """Rates in a second, times in seconds, memory in megabytes, and the share of the reports that was submitted."""
    answers = [each.seconds for each in result.answered]
    return {
        "day-share": len(result.answered) / result.wanted,
        "day-uploads-per-second": len(result.answered) / result.seconds,
        "day-rows-per-second": result.rows_loaded / result.seconds,
        **{f"day-answer-p{percent}": percentile(answers, percent) for percent in _PERCENTILES},
        **{f"day-completed-p{percent}": percentile(result.completion, percent) for percent in _PERCENTILES},
        **{f"day-memory-{name.rpartition(' ')[2]}": value / _MEGABYTE for name, value in result.memory.items()},
    }


def _body(result: Result) -> str:
    kinds = {kind: sum(each.report.kind is kind for each in result.answered) for kind in ReportKind}
    answers = [each.seconds for each in result.answered]
    share = len(result.answered) / result.wanted
    reached = "" if share == 1 else f" The time was up after {share:.1%} of {result.wanted:,}."
    times = [
        [name, *(f"{percentile(values, percent) * 1000:,.0f} ms" for percent in _PERCENTILES)]
        for name, values in (("answer to POST /upload", answers), ("from received to COMPLETED", result.completion))
    ]
    memory = ", ".join(f"{value / _MEGABYTE:,.0f} MB {name}" for name, value in result.memory.items())
    repeated = f", {result.repeated_messages} of them more than once" if result.repeated_messages else " once"
    banks = len({each.report.bank_id for each in result.answered})
    named = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
    return f"""\
{len(result.answered):,} reports of {result.rows_each} rows ({named}), by {banks} banks at once, in
{result.seconds / 60:,.1f} minutes.{reached}
Measured {facts()}. Wall time, with MiniStack, all functions and the banks'
clients on these cores; the load average was {result.load:.1f} over the run, other work included:

{len(result.answered) / result.seconds:,.2f} uploads/s, {result.rows_loaded / result.seconds:,.0f} rows/s; \
{result.rows_loaded:,} rows are in the table.

{table(["", *(f"p{percent}" for percent in _PERCENTILES)], times)}

The local cloud's memory (resident, with all workers): {memory}.
The law holds: every accepted upload is COMPLETED with its report's totals, every row is in the table once, the ledger's
totals are what the uploads say, every outcome was announced{repeated}, and there are no dead letters.
"""


if __name__ == "__main__":
    exit_with_parent()
    sys.exit(main(sys.argv[1:]))
