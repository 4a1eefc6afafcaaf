"""What would be cheaper, each computed by itself, and what is lost by it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from shared.contracts.metrics import METRICS
from tools.costs.bill import Bill, bill
from tools.costs.prices import Costs
from tools.costs.workload import Upload

_SECONDS_OF_AN_HOUR: Final = 3_600
_KEPT_MONTHS: Final = 3
_SLOW_SWEEP_MINUTES: Final = 5
_ROWS: Final = ("writes of rows", "writes of rows in by-time")


@dataclass(frozen=True, kw_only=True)
class Saving:
    """A change that makes a month cheaper; with a negative number, it would make it dearer."""

    name: str
    dollars: Decimal
    how: str
    lost: str


def savings(upload: Upload, costs: Costs) -> list[Saving]:
    """All of them, the largest first."""
    found = [*_of_capacity(upload, costs), *_of_index(upload, costs), *_of_settings(upload, costs)]
    return sorted(found, key=lambda each: -each.dollars)


def _of_capacity(upload: Upload, costs: Costs) -> Iterator[Saving]:
    now = bill(upload, costs)
    units = sum(now.of(name).quantity for name in _ROWS)
    on_demand = sum((now.of(name).dollars for name in _ROWS), Decimal())
    use, hours = upload.assumed["provisioned-use"], upload.assumed["hours"]
    capacity = units / (hours * _SECONDS_OF_AN_HOUR) / use
    provisioned = costs.dollars("dynamodb-write-capacity-hour", capacity * hours)
    hour_on_demand = costs.dollars("dynamodb-write-unit", _SECONDS_OF_AN_HOUR)
    if not hour_on_demand:
        return
    even = costs.dollars("dynamodb-write-capacity-hour", 1) / hour_on_demand
    yield Saving(
        name="provisioned capacity of the transactions table",
        dollars=on_demand - provisioned,
        how=f"{capacity:,.0f} write capacity units for table and index, of which {use:.0%} are used; it pays from "
        f"{even:.0%} on",
        lost="a burst beyond it is throttled: reports that all come in one hour need much more, for that hour",
    )


def _of_index(upload: Upload, costs: Costs) -> Iterator[Saving]:
    now, rows = bill(upload, costs), upload.workload.rows
    index = now.of("storage of by-time")
    saved = index.dollars * (1 - Decimal(upload.key_bytes) / upload.row_bytes)
    yield Saving(
        name="keys only in the index by-time",
        dollars=saved,
        how=f"{upload.key_bytes} bytes a row in place of {upload.row_bytes}; the writes cost the same, because "
        "a whole row is one unit, too",
        lost="GET /transactions then reads each row from the table: one read unit a row",
    )
    yield Saving(
        name="no index by-time",
        dollars=now.of("writes of rows in by-time").dollars + index.dollars,
        how=f"{rows:,} write units an upload, and the copy of every row",
        lost="GET /transactions",
    )
    months = upload.workload.months
    if months > _KEPT_MONTHS:
        share = Decimal(months - _KEPT_MONTHS) / months
        stored = ("storage of rows", "storage of by-time", "point-in-time recovery")
        yield Saving(
            name=f"rows expire after {_KEPT_MONTHS} months",
            dollars=sum((now.of(name).dollars for name in stored), Decimal()) * share,
            how=f"{months - _KEPT_MONTHS} of {months} months of rows are not stored; DynamoDB deletes for nothing",
            lost="an older row that is submitted again is loaded again: 'exactly once' holds for these months only",
        )
    yield Saving(
        name="no point-in-time recovery",
        dollars=now.of("point-in-time recovery").dollars,
        how="of the transactions table",
        lost="the table cannot be restored; its rows can only be loaded again from the stored reports",
    )


def _of_settings(upload: Upload, costs: Costs) -> Iterator[Saving]:
    now, deployed = bill(upload, costs), upload.deployed
    yield _changed(
        upload,
        costs,
        now,
        name="the workflow logs errors only",
        how=f"no {upload.workflow_events} events an execution",
        lost="the states of executions that succeeded: an Express workflow keeps its history in its log only",
        workflow_logs_all=False,
    )
    yield _changed(
        upload,
        costs,
        now,
        name="no metrics of the API's methods",
        how=f"the stage's own metrics stay, which are free, of {deployed.api_methods} methods",
        lost="latency and errors by method; the access log has them by request",
        api_methods=0,
    )
    of_banks = sum(each.of_bank for each in METRICS)
    yield Saving(
        name="no metrics of single banks",
        dollars=costs.dollars("metric-month", of_banks * deployed.calendars)
        + costs.dollars("alarm-metric-month", deployed.bank_alarm_metrics),
        how=f"{of_banks} of each of {deployed.calendars} banks with a calendar, and what their alarms read",
        lost="the alarms on a bank's overdue report",
    )
    traces = now.of("traces").dollars
    yield Saving(name="no traces", dollars=traces, how="sampling rules of 0", lost="where the time of a request went")
    yield _changed(
        upload,
        costs,
        now,
        name=f"a sweep every {_SLOW_SWEEP_MINUTES} minutes",
        how="fewer calls, lists and log lines",
        lost="an upload that is stuck waits up to 5 minutes longer",
        sweep_minutes=_SLOW_SWEEP_MINUTES,
    )
    if not now.of("archive").quantity:
        yield Saving(
            name="reports move to the archive",
            dollars=Decimal(),
            how=f"a report of {upload.report_bytes / 1000:,.1f} kB: S3 moves no object of less than 128 KB"
            if deployed.report_archive_days
            else "report_archive_days is 0",
            lost="nothing is saved",
        )


def _changed(  # a saving's texts, and what is computed with
    upload: Upload, costs: Costs, now: Bill, *, name: str, how: str, lost: str, **changes: int | bool
) -> Saving:
    then = bill(replace(upload, deployed=replace(upload.deployed, **changes)), costs)  # type: ignore[arg-type]
    return Saving(name=name, dollars=now.dollars - then.dollars, how=how, lost=lost)
