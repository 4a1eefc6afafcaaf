"""What one upload makes the pipeline do: calls, requests, units, bytes and seconds; a simulated run checks it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Final

from functions.common.aws.uploads_table import to_item
from functions.common.metrics import metric_fields
from functions.common.uploads import Attempt
from functions.common.uploads import Upload as KnownUpload
from functions.report.parsing.blocks import BLOCK_BYTES
from functions.report.result.ranges import MAX_RANGE_ROWS
from functions.transformation.loader import BATCH_ROWS
from functions.transformation.stored_transactions import StoredTransaction
from functions.transformation.transactions_table import item
from shared.contracts.functions import FunctionName
from shared.contracts.metrics import (
    COMPLETION_TIME,
    FAILURES_WITHOUT_LETTER,
    REPORT_OVERDUE,
    ROWS_IN_CONFLICT,
    ROWS_LOADED,
    ROWS_REPEATED,
    UPLOADS_COMPLETED,
    UPLOADS_GIVEN_UP,
    UPLOADS_RECEIVED,
    UPLOADS_STUCK,
    VALIDATION_TIME,
    Metric,
)
from shared.contracts.tables import BY_TIME, TRANSACTIONS
from shared.contracts.uploads import AttemptBy, UploadStatus
from tools.costs.assumptions import Assumed
from tools.costs.deployed import Deployed
from tools.costs.units import item_bytes, units_of

_THOUSAND: Final = 1_000
_MILLION: Final = 1_000_000
_BILLION: Final = 1_000_000_000
_MB_OF_GB: Final = 1_024
_ITEM_OVERHEAD_BYTES: Final = 100
"""That DynamoDB adds to each stored item (its guide, "Estimating table size")."""
_BANK_READ: Final = 0.5
"""Read units of the look-up of a bank by its key, which may lag behind."""


@dataclass(frozen=True, kw_only=True)
class Workload:
    """What banks submit.

    Attributes:
        uploads_a_day: new, valid reports.
        rows: of each.
        repeated_share: of the rows, 0 to 1, that exist already, from another upload.
        months: since the environment began, of the same number of uploads: what is stored has accumulated.
    """

    uploads_a_day: int
    rows: int
    repeated_share: float = 0.0
    months: int = 12


@dataclass(frozen=True, kw_only=True)
class Requests:
    """What functions and workflow ask of DynamoDB and S3 for one upload."""

    reads: float
    """Read units, without those of rows."""
    writes: int
    """Write units of the uploads table and its indexes, if an upload's item has one unit."""
    puts: int
    gets: int


def requests_of(ranges: int) -> Requests:
    """For one new upload of so many ranges.

    Uploads table: RECEIVED, VALIDATED, LOADING by each range, COMPLETED, announced; each also in the index `by-bank`,
    and in `by-due`, where VALIDATED and COMPLETED change the key (two units), and the last one deletes. Reads: the bank
    and the upload by Intake, the upload by the workflow, by Validation, and twice by Notification.
    """
    of_table = 4 + ranges
    of_by_due = 1 + 2 + ranges + 2 + 1
    return Requests(
        reads=_BANK_READ + 5,
        writes=2 * of_table + of_by_due,
        puts=1 + ranges,
        gets=1 + 2 * ranges,
    )


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a function: processor time on a whole core in seconds, and requests of AWS that it waits for."""

    function: FunctionName
    cpu: float
    requests: int
    log_bytes: float


@dataclass(frozen=True, kw_only=True)
class Upload:
    """Everything about one upload, and about one sweep."""

    workload: Workload
    assumed: Assumed
    deployed: Deployed

    @property
    def ranges(self) -> int:
        """Of the report."""
        return max(ceil(self.workload.rows / _range_rows(self.assumed["row-bytes"])), 1)

    @property
    def requests(self) -> Requests:
        """Of functions and workflow."""
        return requests_of(self.ranges)

    @property
    def report_bytes(self) -> float:
        """Size of the report."""
        return self.workload.rows * self.assumed["row-bytes"]

    @property
    def questions(self) -> float:
        """That the bank asks about it."""
        return max(self.assumed["requests-per-upload"] - 1, 0)

    def calls(self) -> Iterator[tuple[Call, float]]:
        """The calls of functions for one upload, and how many of each."""
        rows, ranges = self.workload.rows, self.ranges
        batches = ceil(rows / ranges / BATCH_ROWS)
        validate = rows * self.assumed["validator-ns"] / _BILLION
        load = rows / ranges * self.assumed["loader-us"] / _MILLION
        received = _metric_line_bytes(UPLOADS_RECEIVED)
        validated = _metric_line_bytes(VALIDATION_TIME)
        completed = _metric_line_bytes(UPLOADS_COMPLETED, ROWS_LOADED, ROWS_REPEATED, ROWS_IN_CONFLICT, COMPLETION_TIME)
        yield self._call(FunctionName.INTAKE, 4, extra=validate, metrics=received), 1
        yield self._call(FunctionName.VALIDATION, 3, extra=validate, metrics=validated), 1
        # What `loader-us` measures includes the requests of the batches.
        yield self._call(FunctionName.TRANSFORMATION, 3, extra=load, waits=batches), ranges
        yield self._call(FunctionName.NOTIFICATION, 5 + ranges, metrics=completed), 1
        yield self._call(FunctionName.STATUS, 2), self.questions

    def sweep(self) -> Call:
        """One call of the sweeper that finds nothing to do."""
        gauges = _metric_line_bytes(UPLOADS_STUCK, UPLOADS_GIVEN_UP, FAILURES_WITHOUT_LETTER)
        overdue = self.deployed.calendars * _metric_line_bytes(REPORT_OVERDUE, bank_id="nordbank")
        return self._call(FunctionName.SWEEPER, 2 + self.deployed.banks, metrics=gauges + overdue)

    def seconds(self, call: Call) -> float:
        """How long a warm call takes."""
        return call.cpu / self._share(call.function) + call.requests * self.assumed["wait-ms"] / _THOUSAND

    def gb_seconds(self, call: Call) -> float:
        """What one call is billed for, with its share of cold starts."""
        cold = self.assumed["cold-share"] * self.assumed["cold-ms"] / _THOUSAND / self._share(call.function)
        return (self.seconds(call) + cold) * self.deployed.memory_mb[call.function] / _MB_OF_GB

    @property
    def workflow_seconds(self) -> float:
        """Of one execution: its functions, those of the ranges side by side, and one request of its own."""
        by_function = {call.function: self.seconds(call) for call, _ in self.calls()}
        rounds = ceil(self.ranges / self.deployed.concurrency)
        return (
            by_function[FunctionName.VALIDATION]
            + rounds * by_function[FunctionName.TRANSFORMATION]
            + by_function[FunctionName.NOTIFICATION]
            + self.assumed["wait-ms"] / _THOUSAND
        )

    @property
    def workflow_events(self) -> int:
        """That the workflow logs of one execution, at the level ALL.

        Begin and end; each state entered and exited; three for each of the three tasks; two for the Map; and for each
        range its iteration begun and ended, its state entered and exited, and its task.
        """
        return 2 + 2 * self.deployed.states + 3 * 3 + 2 + self.ranges * (2 + 2 + 3)

    @property
    def row_units(self) -> int:
        """Write units of one copy of a row."""
        return units_of(_SAMPLE)

    @property
    def row_bytes(self) -> int:
        """Of one stored copy of a row."""
        return item_bytes(_SAMPLE) + _ITEM_OVERHEAD_BYTES

    @property
    def upload_bytes(self) -> int:
        """Of one stored copy of an upload that is COMPLETED."""
        return item_bytes(ENDED_UPLOAD) + _ITEM_OVERHEAD_BYTES

    @property
    def key_bytes(self) -> int:
        """Of one copy of a row in an index that has the keys only."""
        keys = {name: value for name, value in _SAMPLE.items() if name in _KEYS}
        return item_bytes(keys) + _ITEM_OVERHEAD_BYTES

    def _call(
        self,
        function: FunctionName,
        requests: int,
        *,
        extra: float = 0.0,
        waits: int = 0,
        metrics: int = 0,
    ) -> Call:
        cpu = self.assumed["call-ms"] / _THOUSAND + (requests - 1) * self.assumed["request-us"] / _MILLION + extra
        own = self.assumed[f"{function}-log-bytes"]
        return Call(
            function=function,
            cpu=cpu,
            requests=requests + waits,
            log_bytes=self.assumed["platform-log-bytes"] + own + metrics,
        )

    def _share(self, function: FunctionName) -> float:
        """Of a core."""
        return self.deployed.memory_mb[function] / self.assumed["core-mb"]


def _range_rows(row_bytes: float) -> int:
    """Rows of a range: whole blocks, and as many of them as fit into `MAX_RANGE_ROWS`."""
    block_rows = max(int(BLOCK_BYTES / row_bytes), 1)
    return max(MAX_RANGE_ROWS // block_rows, 1) * block_rows


def _metric_line_bytes(*metrics: Metric, bank_id: str | None = None) -> int:
    """Of a log line that CloudWatch makes metrics of (embedded metric format), with the fields of other lines."""
    return len(json.dumps(metric_fields(dict.fromkeys(metrics, 1_000), bank_id=bank_id))) + _LINE_BYTES


_LINE_BYTES: Final = 304
"""Of a log line with no more than the fields of every line, and one (measured on the local cloud on 2026-11-29)."""
_KEYS: Final = frozenset({TRANSACTIONS.partition_key, BY_TIME.partition_key, BY_TIME.sort_key})
_ID: Final = "0123456789abcdef0123456789abcdef"
_TIME: Final = "2026-11-20T10:00:00.000000Z"
_UUID: Final = "01234567-89ab-cdef-0123-456789abcdef"
_SAMPLE: Final = item(
    StoredTransaction(
        bank_id="nordbank",
        transaction_id=_ID,
        amount=Decimal("123.45"),
        currency="EUR",
        timestamp="2026-11-20T10:00:00Z",
        upload_id=_ID,
        line=1_000,
    )
)
"""A row with a random id, as in the benchmarks."""
ENDED_UPLOAD: Final = to_item(
    KnownUpload(
        upload_id=_ID,
        bank_id="nordbank",
        status=UploadStatus.COMPLETED,
        received_at=_TIME,
        updated_at=_TIME,
        attempt=_ID,
        attempts=[Attempt(id=_ID, began_at=_TIME, by=AttemptBy.INTAKE)],
        # EventBridge names an execution by two ids, and Step Functions adds one to the ARN of an Express workflow's.
        execution=f"arn:aws:states:eu-central-1:123456789012:express:txn-load-prod:{_UUID}_{_UUID}:{_UUID}",
        trace_id="1-01234567-0123456789abcdef01234567",
        file_name="nordbank-2026-11-20.csv",
        size=74_900,
        rows=1_000,
        totals={"EUR": "123450.00"},
        loaded=1_000,
        repeated=0,
        conflicts=0,
        loaded_totals={"EUR": "123450.00"},
        repeated_totals={},
        conflict_totals={},
        conflict_samples=[],
        notified_at=_TIME,
    )
)
"""An upload all of whose rows were new, as it stays; a simulated run ends with the same attributes."""
