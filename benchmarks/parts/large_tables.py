"""Shows an estimate for large reports: what it is computed from, limits, figures and prices, as tables in Markdown."""

from collections.abc import Callable, Sequence
from typing import Final

from benchmarks.parts.large_estimate import Estimate, Limit, Model
from benchmarks.parts.page import table
from tools.costs.prices import Costs

_LINES: Final[Sequence[tuple[str, Callable[[Estimate], str]]]] = (
    ("rows/s while loading", lambda each: f"{each.rows_per_second:,.0f}"),
    ("validation", lambda each: _time(each.seconds["validation"])),
    ("loading", lambda each: _time(each.seconds["loading"])),
    ("notification", lambda each: _time(each.seconds["notification"])),
    ("**all together**", lambda each: f"**{_time(each.total_seconds)}**"),
    ("GB-seconds of Lambda", lambda each: f"{each.bought['Lambda']['lambda-gb-second']:,.0f}"),
    ("write units", lambda each: f"{each.bought['DynamoDB']['dynamodb-write-unit']:,.0f}"),
    ("PUT and LIST requests of S3", lambda each: f"{each.bought['S3']['s3-put']:,}"),
    ("GET requests of S3", lambda each: f"{each.bought['S3']['s3-get']:,}"),
    ("state transitions", lambda each: f"{each.bought['Step Functions']['states-transition']:,}"),
    ("Express executions", lambda each: f"{each.bought['Step Functions']['states-express-request']:,}"),
    ("DynamoDB", lambda each: f"${each.dollars['DynamoDB']:.2f}"),
    ("Lambda", lambda each: f"${each.dollars['Lambda']:.2f}"),
    ("S3", lambda each: f"${each.dollars['S3']:.2f}"),
    ("Step Functions", lambda each: f"${each.dollars['Step Functions']:.2f}"),
    ("**dollars**", lambda each: f"**${each.total_dollars:.2f}**"),
    ("dollars a million rows", lambda each: f"${each.total_dollars / each.rows * 1_000_000:.2f}"),
)


def inputs(model: Model) -> str:
    """What the figures are computed from."""
    measured, sizes, shape = model.measured, model.sizes, model.shape
    alone, waiting = model.worker(wait=0), model.worker(wait=model.wait)
    return f"""\
Computed from:

- processor time of one whole core: {measured.validator * 1e9:,.0f} ns a row in the validator (random ids, \
{measured.validator_rows:,} rows, measured {measured.validator_day}), {measured.loader * 1e6:.0f} µs a row in the \
loader and {measured.request * 1e6:,.0f} µs a single request (measured {measured.loader_day})
- {sizes.validation_mb:,} MB for Validation, {sizes.notification_mb:,} MB for Notification, and {sizes.workers} \
workers of {sizes.worker_mb} MB: each loads {alone:,.0f} rows/s, or {waiting:,.0f} if it waits \
{model.wait * 1000:g} ms for each batch of {sizes.batch_rows} rows, which is an assumption (`--wait-ms`)
- {shape.row_bytes:.1f} bytes a row in the report, {shape.range_rows:,.0f} rows a range, and {shape.write_units} write \
unit for a row in the table and as much in its index `by-time`"""


def limits_table(limits: Sequence[Limit]) -> str:
    """Rows a second that each limit allows."""
    return table(
        ["limit", "rows/s", "what to raise"],
        ([limit.name, f"{limit.rows_per_second:,.0f}", limit.remedy] for limit in limits),
    )


def estimates_table(estimates: Sequence[tuple[str, Estimate]]) -> str:
    """A column for each estimate."""
    head = ["", *(title for title, _ in estimates)]
    return table(head, ([title, *(show(each) for _, each in estimates)] for title, show in _LINES))


def prices_table(costs: Costs) -> str:
    """The prices, and where and when each was looked up."""
    return table(
        ["price", "dollars", "region", "looked up"],
        (
            [price.unit, f"{price.dollars.normalize():f}", price.region, _source(price.page, str(price.looked_up))]
            for price in costs.prices.values()
        ),
    )


def _source(page: str, day: str) -> str:
    return f"[{day}]({page})" if page else "given"


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
