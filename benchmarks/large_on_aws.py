"""What a report of many million rows takes on AWS: time, units, requests and dollars, and the limit that binds first.

Nothing is measured here. The processor times are those that `./dev bench growth` and `./dev bench load` have written,
prices and quotas are in `tools/costs/prices.toml`, each with its page, and sizes are those of the stacks.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from benchmarks.parts.large_estimate import WORKERS, Estimate, Model, Shape, Sizes
from benchmarks.parts.large_tables import estimates_table, inputs, limits_table, prices_table
from benchmarks.parts.loading import units_of_item
from benchmarks.parts.measured import read_measured
from benchmarks.parts.outcome import BenchmarkError
from benchmarks.parts.page import DOCS, publish
from benchmarks.parts.reports import KINDS, lines
from benchmarks.parts.submission import BANK, NOW
from functions.common.aws.reports_bucket import CHUNK_BYTES
from functions.report.transactions import read_rows
from functions.report.validator import validate_report
from functions.transformation.loader import BATCH_ROWS
from functions.transformation.stored_transactions import StoredTransaction
from shared.contracts.api import MAX_DECLARED_BYTES
from shared.infra.refs import AlarmTopics, BucketRef, QueueRef, TableRef, TopicRef
from shared.infra.settings.settings import LARGE_LOAD_CONCURRENCY
from stacks.compute import function_specs
from stacks.data.stack import DataOutputs
from tools.costs.prices import read_costs
from tools.errors import ToolError

_SAMPLE_ROWS: Final = 50_000
"""Of a report with random ids, to see how long its rows are, and how many make a range."""
_SAMPLE_ITEMS: Final = 1_000
"""Of those, to see how large they are in the table."""
_WAIT_MS: Final = 10.0
"""DynamoDB answers within single-digit milliseconds (its guide, "Read/write capacity mode"); nothing says how long it
takes for a batch."""
STATES: Final = (
    *("FindAttempt", "ReadUpload", "HasAttempt", "AttemptOfUpload"),
    *("Validation", "Route", "Load", "Loaded", "Notification", "Done"),
)
"""That one execution enters, if nothing fails."""


def main(arguments: Sequence[str]) -> int:
    """Compute, and print the tables; the exit code."""
    options = _options(arguments)
    try:
        model = Model(
            measured=read_measured((DOCS / "performance.md").read_text(encoding="utf-8")),
            sizes=_sizes(),
            shape=_shape(),
            costs=read_costs(given=options.price),
            wait=options.wait_ms / 1000,
        )
        body = _body(model, options.rows)
    except (BenchmarkError, ToolError) as error:
        print(f"benchmarks.large_on_aws: {error}", file=sys.stderr)
        return 1
    publish("large_on_aws", body, write=options.write)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.large_on_aws", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--rows", nargs="+", type=int, default=[10_000_000, 50_000_000], help="of each report (default: %(default)s)"
    )
    parser.add_argument(
        "--wait-ms", type=float, default=_WAIT_MS, help="a worker's wait for each batch of rows (default: %(default)s)"
    )
    parser.add_argument(
        "--price",
        action="append",
        default=[],
        metavar="NAME=DOLLARS",
        help="a price for one unit, instead of that in tools/costs/prices.toml",
    )
    parser.add_argument("--write", action="store_true", help="write the results into docs/")
    return parser.parse_args(arguments)


def _sizes() -> Sizes:
    """What the stacks give the functions and the workflow for large reports."""
    table, bucket, topic = TableRef(name="", arn=""), BucketRef(name="", arn=""), TopicRef(name="", arn="")
    queue = QueueRef(name="", arn="", url="")
    data = DataOutputs(
        reports=bucket,
        uploads=table,
        transactions=table,
        banks=table,
        dead_letters=queue,
        event_dead_letters=queue,
        undelivered=queue,
        outcomes=topic,
        alarms=AlarmTopics(all=topic, urgent=topic),
    )
    validation = function_specs.large_validation(data)
    return Sizes(
        validation_mb=validation.memory_mb,
        validation_storage_mb=validation.storage_mb,
        worker_mb=function_specs.transformation(data).memory_mb,
        notification_mb=function_specs.large_notification(data).memory_mb,
        workers=LARGE_LOAD_CONCURRENCY,
        read_bytes=CHUNK_BYTES,
        batch_rows=BATCH_ROWS,
        states=len(STATES),
    )


def _shape() -> Shape:
    """Validate a report of random ids, as the function does, and look at its ranges and rows."""
    header, *rows = lines(KINDS["random"], _SAMPLE_ROWS)
    content = "".join(rows).encode()
    result = validate_report([header.encode(), content], bank_id=BANK, now=NOW, max_bytes=len(header) + len(content))
    full = result.ranges[:-1]  # the last one is what is left
    read = islice(read_rows(content, columns=result.columns, first_line=2), _SAMPLE_ITEMS)
    return Shape(
        row_bytes=len(content) / len(rows),
        range_rows=sum(part["rows"] for part in full) / len(full),
        write_units=max(units_of_item(StoredTransaction.of(row, bank_id=BANK, upload_id="0" * 32)) for row in read),
    )


def _body(model: Model, sizes: Sequence[int]) -> str:
    limits = model.limits()
    lowest, next_lowest = limits[:2]
    return f"""\
{inputs(model)}

Rows a second that each limit allows, the lowest first:

{limits_table(limits)}

- What binds first is {lowest.name}. Raise {lowest.remedy}.
- Then it is {next_lowest.name}. Raise {next_lowest.remedy}.
- {model.workers_for(lowest.rows_per_second)} workers are enough for {lowest.rows_per_second:,.0f} rows/s, and \
{model.workers_for(next_lowest.rows_per_second)} for {next_lowest.rows_per_second:,.0f}: more of them wait for \
DynamoDB, and waiting is paid for.
- DynamoDB raises the first two by itself after a while: a table gets twice the highest rate that it has had, and a
  partition that is hot is split. The figures below count on neither, so they are upper bounds of the time.

{estimates_table([estimate for rows in sizes for estimate in _estimates(model, rows)])}

Not counted: cold starts, calls that are repeated, the upload's own item (some write units for each range), storage,
logs and traces, the bank's own time to send the report, and no free tier. A child of the Map is counted as one
transition of the execution around it, which AWS's page does not say: this is an upper bound.

Validation can read {model.most_rows_validated() / 1e6:,.0f} million such rows before Lambda ends it after \
{model.costs.quota("lambda-seconds")} s; the {MAX_DECLARED_BYTES / 1e9:.0f} GB of one PUT hold \
{MAX_DECLARED_BYTES / model.shape.row_bytes / 1e6:,.0f} million.

The prices, the region that they are of, and the page where each was looked up, on which day:

{prices_table(model.costs)}
"""


def _estimates(model: Model, rows: int) -> Iterator[tuple[str, Estimate]]:
    """The same report with nothing raised, with the lowest limit raised, and so on up to the workers' own speed."""
    limits = model.limits()
    for number, limit in enumerate(limits):
        raised = " and ".join(each.short for each in limits[:number]) or "nothing"
        yield f"{rows / 1e6:g} M rows, {raised} raised", model.estimate(rows, limit.rows_per_second)
        if limit.short == WORKERS:
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
