"""What a month costs, item by item."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil
from typing import Final

from shared.contracts.metrics import METRICS
from shared.contracts.tables import TRANSACTIONS
from tools.costs.prices import Costs
from tools.costs.workload import Upload

_GB: Final = 1_000_000_000
_MINUTES_OF_A_DAY: Final = 24 * 60
_SECONDS_OF_A_DAY: Final = 86_400
_LISTED_KEYS: Final = 1_000
"""Keys in one answer of S3 (ListObjectsV2)."""
_PREFIXES: Final = 256
"""Of which the sweeper looks at one in each sweep (`functions/sweeper/sweeper.py`)."""
_ARCHIVED_BYTES: Final = 128 * 1_024
"""S3 archives no smaller object (`shared/infra/constructs/retention.py`)."""
_LETTER_REQUESTS: Final = 3
"""To send a dead letter, to receive it, and to delete it."""
_STEP_SECONDS: Final = 0.1
"""An Express workflow's time is billed in such steps (Step Functions pricing)."""
_MB_OF_GB: Final = 1_024
_SUBSCRIPTION_PRICES: Final = {"https": "sns-https", "email": "sns-email"}
"""Deliveries to queues are free."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One item of the bill; the quantity is a month's."""

    service: str
    item: str
    price: str
    """Its name in the table of prices."""
    quantity: float
    how: str
    """The quantity came about."""
    dollars: Decimal = Decimal()


@dataclass(frozen=True, kw_only=True)
class Bill:
    """A month."""

    lines: Sequence[Line]

    @property
    def dollars(self) -> Decimal:
        """All together."""
        return sum((each.dollars for each in self.lines), Decimal())

    @property
    def by_service(self) -> Mapping[str, Decimal]:
        """The dearest first."""
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        for each in self.lines:
            sums[each.service] += each.dollars
        return dict(sorted(sums.items(), key=lambda entry: -entry[1]))

    def of(self, item: str) -> Line:
        """The line of an item; one of nothing, if the month has none."""
        nothing = Line(service="", item=item, price="", quantity=0, how="")
        return next((each for each in self.lines if each.item == item), nothing)


def bill(upload: Upload, costs: Costs) -> Bill:
    """What a month costs.

    Raises:
        ToolError: a price is not in the table, and was not given.
    """
    lines = [
        replace(each, dollars=costs.dollars(each.price, each.quantity))
        for each in _Month(upload, costs).lines()
        if each.quantity
    ]
    return Bill(lines=lines)


class _Month:
    """The quantities of the last of so many months."""

    def __init__(self, upload: Upload, costs: Costs) -> None:
        self._upload = upload
        self._costs = costs
        self._assumed = upload.assumed
        self._deployed = upload.deployed
        self._months = upload.workload.months
        self._days = self._assumed["days"]
        self._uploads = upload.workload.uploads_a_day * self._days
        self._rows = self._uploads * upload.workload.rows
        self._new_rows = self._rows * (1 - upload.workload.repeated_share)
        self._api_requests = self._uploads * self._assumed["requests-per-upload"]
        self._sweeps = (
            _MINUTES_OF_A_DAY / self._deployed.sweep_minutes * self._days if self._deployed.sweep_minutes else 0
        )

    def lines(self) -> Iterator[Line]:
        """Every item, also those of which there is nothing."""
        yield from self._api()
        yield from self._lambda()
        yield from self._states()
        yield from self._s3()
        yield from self._dynamodb()
        yield from self._messages()
        yield from self._cloudwatch()
        yield from self._traces()

    def _api(self) -> Iterator[Line]:
        asked = f"{self._assumed['requests-per-upload']:g} an upload"
        yield _line("API Gateway", "requests", "api-gateway-request", self._api_requests, asked)
        sent = self._api_requests * self._assumed["answer-bytes"] / _GB
        yield _line("Data transfer", "answers", "data-out-gb", sent, f"{self._assumed['answer-bytes']:g} bytes each")

    def _lambda(self) -> Iterator[Line]:
        calls = [(call, count * self._uploads) for call, count in self._upload.calls()]
        calls.append((self._upload.sweep(), self._sweeps))
        total = sum(count for _, count in calls)
        yield _line("Lambda", "calls", "lambda-request", total, "of all functions below")
        for call, count in calls:
            memory, seconds = self._deployed.memory_mb[call.function], self._upload.seconds(call)
            how = f"{count:,.0f} calls of {memory:,} MB and {seconds * 1000:,.0f} ms, and cold starts"
            gb_seconds = self._upload.gb_seconds(call) * count
            yield _line("Lambda", f"GB-seconds of {call.function}", "lambda-gb-second", gb_seconds, how)

    def _states(self) -> Iterator[Line]:
        seconds = ceil(self._upload.workflow_seconds / _STEP_SECONDS) * _STEP_SECONDS
        memory = self._costs.quota("states-express-memory-mb")
        hours = self._uploads * seconds / 3_600 * memory / _MB_OF_GB
        yield _line("Step Functions", "executions", "states-express-request", self._uploads, "one an upload")
        how = f"{seconds:.1f} s of {memory} MB an execution"
        yield _line("Step Functions", "GB-hours", "states-express-gb-hour", hours, how)

    def _s3(self) -> Iterator[Line]:
        requests, banks = self._upload.requests, self._deployed.banks
        how = f"the report and the result of each of {self._upload.ranges} range(s)"
        yield _line("S3", "PUT", "s3-put", self._uploads * requests.puts, how)
        yield _line("S3", "GET", "s3-get", self._uploads * requests.gets, "Validation, Transformation, Notification")
        pages = max(ceil(self._uploads * self._months / _PREFIXES / max(banks, 1) / _LISTED_KEYS), 1)
        how = f"each sweep lists the banks, and {pages} page(s) of each of {banks} banks"
        yield _line("S3", "LIST", "s3-put", self._sweeps * (1 + banks * pages), how)
        stored, size = self._uploads * self._upload.report_bytes / _GB, self._upload.report_bytes
        archive_after = self._deployed.report_archive_days / self._days
        archives = bool(archive_after) and size >= _ARCHIVED_BYTES
        standard = min(self._months, archive_after) if archives else self._months
        how = f"reports of {size / 1000:,.1f} kB, of {standard:g} month(s)"
        yield _line("S3", "storage", "s3-gb-month", stored * standard, how)
        archived = max(self._months - standard, 0)
        how = f"reports after {self._deployed.report_archive_days} days"
        yield _line("S3", "archive", "s3-archive-gb-month", stored * archived, how)
        yield _line("S3", "moves to the archive", "s3-archive-put", self._uploads if archived else 0, how)

    def _dynamodb(self) -> Iterator[Line]:
        upload, units = self._upload, self._upload.row_units
        new, known = self._new_rows * units, (self._rows - self._new_rows) * units
        yield _line("DynamoDB", "writes of rows", "dynamodb-write-unit", new, f"{units} a row, which is new")
        how = f"{units} a row: it projects all attributes"
        yield _line(
            "DynamoDB", "writes of rows in by-time", "dynamodb-write-unit", new * len(TRANSACTIONS.indexes), how
        )
        how = f"{2 * units} a row that another upload has: it is marked, in the table and in by-time"
        yield _line("DynamoDB", "marks of repeated rows", "dynamodb-write-unit", 2 * known, how)
        yield _line("DynamoDB", "reads of repeated rows", "dynamodb-read-unit", known, "1 a row, to compare it")
        how = f"{upload.requests.writes} an upload: its item and two indexes"
        yield _line("DynamoDB", "writes of uploads", "dynamodb-write-unit", self._uploads * upload.requests.writes, how)
        per_question = 1.5  # the bank's look-up, which may lag behind, and the upload
        reads = upload.requests.reads + per_question * upload.questions
        how = f"{reads:g} an upload, {per_question} of them for each question"
        yield _line("DynamoDB", "reads of uploads", "dynamodb-read-unit", self._uploads * reads, how)
        stored = self._new_rows * self._months * upload.row_bytes / _GB
        how = f"{upload.row_bytes} bytes a row, of {self._months} month(s): rows never expire"
        yield _line("DynamoDB", "storage of rows", "dynamodb-gb-month", stored, how)
        how = "as much again"
        yield _line("DynamoDB", "storage of by-time", "dynamodb-gb-month", stored * len(TRANSACTIONS.indexes), how)
        yield _line(
            "DynamoDB", "point-in-time recovery", "dynamodb-pitr-gb-month", stored, "of the table, not of by-time"
        )
        yield from self._stored_uploads()

    def _stored_uploads(self) -> Iterator[Line]:
        stored = self._uploads * self._months * self._upload.upload_bytes / _GB
        how = f"{self._upload.upload_bytes} bytes an upload, of {self._months} month(s): uploads never expire"
        yield _line("DynamoDB", "storage of uploads", "dynamodb-gb-month", stored, how)
        how = "as much again; by-due has only what has not ended"
        yield _line("DynamoDB", "storage of by-bank", "dynamodb-gb-month", stored, how)
        how = "of the table, not of its indexes"
        yield _line("DynamoDB", "point-in-time recovery of uploads", "dynamodb-pitr-gb-month", stored, how)

    def _messages(self) -> Iterator[Line]:
        how = "each object that is stored in the bucket, also a range's result"
        events = self._uploads * self._upload.requests.puts
        yield _line("EventBridge", "events of S3", "eventbridge-event", events, how)
        yield _line("SNS", "publications", "sns-publish", self._uploads, "one outcome an upload")
        for protocol, count in sorted(self._deployed.subscriptions.items()):
            if protocol in _SUBSCRIPTION_PRICES:
                delivered = self._uploads * count / max(self._deployed.banks, 1)
                how = f"{count} of {self._deployed.banks} banks"
                yield _line("SNS", f"deliveries ({protocol})", _SUBSCRIPTION_PRICES[protocol], delivered, how)
        letters = self._uploads * self._assumed["failed-share"] * _LETTER_REQUESTS
        yield _line(
            "SQS", "requests", "sqs-request", letters, f"{self._assumed['failed-share']:.1%} of the uploads fail"
        )

    def _cloudwatch(self) -> Iterator[Line]:
        calls = [(call, count * self._uploads) for call, count in self._upload.calls()]
        calls.append((self._upload.sweep(), self._sweeps))
        of_functions = sum(call.log_bytes * count for call, count in calls) / _GB
        events = self._upload.workflow_events if self._deployed.workflow_logs_all else 0
        of_workflow = self._uploads * events * self._assumed["state-log-bytes"] / _GB
        of_api = self._api_requests * self._assumed["access-log-bytes"] / _GB
        yield _line("CloudWatch", "logs of functions", "logs-gb", of_functions, "Lambda's lines, ours, and metrics")
        yield _line("CloudWatch", "logs of the workflow", "logs-gb", of_workflow, f"{events} events an execution")
        yield _line("CloudWatch", "access log", "logs-gb", of_api, "a line each request")
        kept = min(self._deployed.log_retention_days / self._days, self._months)
        stored = (of_functions + of_workflow + of_api) * kept
        how = f"of {kept:.1f} month(s), not compressed"
        yield _line("CloudWatch", "stored logs", "logs-gb-month", stored, how)
        yield _line("CloudWatch", "metrics of the pipeline", "metric-month", *self._metrics())
        detailed = self._deployed.api_methods * self._assumed["api-metrics"]
        how = f"{self._assumed['api-metrics']:g} of each of {self._deployed.api_methods} methods"
        yield _line("CloudWatch", "metrics of the API's methods", "metric-month", detailed, how)
        how = "metrics that the alarms read"
        yield _line("CloudWatch", "alarms", "alarm-metric-month", self._deployed.alarm_metrics, how)
        yield _line("CloudWatch", "dashboards", "dashboard-month", self._deployed.dashboards, "of the environment")

    def _metrics(self) -> tuple[int, str]:
        of_banks = sum(each.of_bank for each in METRICS)
        others, banks = len(METRICS) - of_banks, self._deployed.calendars
        return others + of_banks * banks, f"{others}, and {of_banks} of each of {banks} banks with a calendar"

    def _traces(self) -> Iterator[Line]:
        rate = self._deployed.sampling_rate
        traced = self._traced(self._api_requests, rate) + self._traced(self._uploads, rate)
        how = f"the first request and execution of each second and {rate:.0%} of the others, if spread evenly"
        yield _line("X-Ray", "traces", "xray-trace", traced, how)

    def _traced(self, requests: float, rate: float) -> float:
        first = min(requests, _SECONDS_OF_A_DAY * self._days)
        return first + (requests - first) * rate


def _line(service: str, item: str, price: str, quantity: float, how: str) -> Line:
    return Line(service=service, item=item, price=price, quantity=quantity, how=how)
