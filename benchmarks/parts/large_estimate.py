"""What a large report takes on AWS, computed: seconds, units, requests and dollars.

The arithmetic is simple on purpose: each phase takes as long as its slowest part, nothing overlaps, nothing is tried
again, and no cold start is counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Final

from benchmarks.parts.measured import Measured
from shared.contracts.tables import TIME_SHARDS
from tools.costs.prices import Costs

WORKERS: Final = "workers"
"""The limit that is the configuration's, not AWS's."""
_FREE_STORAGE_MB: Final = 512
"""Ephemeral storage that every function has (Lambda pricing)."""
_LISTED_KEYS: Final = 1_000
"""Keys in one answer of S3 (ListObjectsV2)."""
_OTHER_PUTS: Final = 5
"""The report, its manifest, and three files of the ResultWriter."""
_OTHER_GETS: Final = 2
"""The manifest, for the Map, and the report's metadata."""
_HOUR: Final = 3_600
_BILLED_TENTHS: Final = 10
"""An Express workflow's time is billed in steps of 100 ms (Step Functions pricing)."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How the functions and the workflow for large reports are configured."""

    validation_mb: int
    validation_storage_mb: int
    worker_mb: int
    notification_mb: int
    workers: int
    """Ranges that are loaded at the same time."""
    read_bytes: int
    """That Validation reads of the report with one request."""
    batch_rows: int
    """Rows that are inserted with one request."""
    states: int
    """That one execution enters, beside those of the Map's children."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a report of random ids looks like, and its rows in the table."""

    row_bytes: float
    range_rows: float
    write_units: int
    """Of one copy of a row."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What allows no more than so many rows a second, and what raises it."""

    short: str
    name: str
    rows_per_second: float
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One report at one speed of loading; seconds by phase, units and dollars by service."""

    rows: int
    rows_per_second: float
    seconds: Mapping[str, float]
    bought: Mapping[str, Mapping[str, float]]
    """Service -> name of the price -> units."""
    dollars: Mapping[str, Decimal]

    @property
    def total_seconds(self) -> float:
        """From the stored report to the announced outcome."""
        return sum(self.seconds.values())

    @property
    def total_dollars(self) -> Decimal:
        """All together."""
        return sum(self.dollars.values(), Decimal())


@dataclass(frozen=True, kw_only=True)
class Model:
    """Everything that an estimate is computed from."""

    measured: Measured
    sizes: Sizes
    shape: Shape
    costs: Costs
    wait: float
    """Seconds that a worker waits for the answer to one batch of inserts, without using its core."""

    def worker(self, *, wait: float) -> float:
        """Rows a second of one worker that waits so long for each batch."""
        return 1 / (self.measured.loader / self._share(self.sizes.worker_mb) + wait / self.sizes.batch_rows)

    def limits(self) -> list[Limit]:
        """All limits of loading, the lowest first."""
        costs, units, workers = self.costs, self.shape.write_units, self.sizes.workers
        waiting, alone = self.worker(wait=self.wait), self.worker(wait=0)
        found = [
            Limit(
                short="new table",
                name="the throughput of a new table, and as much of its index",
                rows_per_second=costs.quota("dynamodb-new-table-write-units") / units,
                remedy="the warm throughput of the table and of its index, before the first large report",
            ),
            Limit(
                short="shards",
                name=f"the {TIME_SHARDS} partitions that a bank's day has in the index `by-time`",
                rows_per_second=TIME_SHARDS * costs.quota("dynamodb-partition-write-units") / units,
                remedy="`TIME_SHARDS` (rows that are in the table keep their shard)",
            ),
            Limit(
                short="table quota",
                name="the quota of DynamoDB for a table, and as much for its index",
                rows_per_second=costs.quota("dynamodb-table-write-units") / units,
                remedy="the quota, by a request to AWS",
            ),
            Limit(
                short=WORKERS,
                name=f"the speed of {workers} workers that wait {self.wait * 1000:g} ms for each batch of rows",
                rows_per_second=workers * waiting,
                remedy="`large_load_concurrency`",
            ),
            Limit(
                short="workers without waits",
                name=f"the speed of {workers} workers that never wait",
                rows_per_second=workers * alone,
                remedy="`large_load_concurrency`",
            ),
            Limit(
                short="Lambda concurrency",
                name="the concurrency of an account's functions",
                rows_per_second=costs.quota("lambda-concurrency") * waiting,
                remedy="the quota, by a request to AWS",
            ),
            Limit(
                short="Map children",
                name="the children of one Distributed Map",
                rows_per_second=costs.quota("states-map-children") * waiting,
                remedy="nothing: it is fixed",
            ),
            Limit(
                short="S3 prefix",
                name="PUT requests of one prefix in S3, one for each range",
                rows_per_second=costs.quota("s3-puts") * self.shape.range_rows,
                remedy="nothing: S3 divides prefixes by itself",
            ),
        ]
        return sorted(found, key=lambda limit: limit.rows_per_second)

    def most_rows_validated(self) -> float:
        """Rows that Validation can read before Lambda ends it."""
        return self.costs.quota("lambda-seconds") * self._share(self.sizes.validation_mb) / self.measured.validator

    def estimate(self, rows: int, rows_per_second: float) -> Estimate:
        """One report of so many rows, loaded at this speed or at that of the workers, whichever is lower.

        Raises:
            ToolError: a price is missing.
        """
        speed = min(rows_per_second, self.sizes.workers * self.worker(wait=self.wait))
        ranges = ceil(rows / self.shape.range_rows)
        seconds = {
            "validation": rows * self.measured.validator / self._share(self.sizes.validation_mb),
            "loading": rows / speed,
            "notification": ranges * self.measured.request / self._share(self.sizes.notification_mb),
        }
        bought: dict[str, Mapping[str, float]] = {
            # The row, and its copy in the index.
            "DynamoDB": {"dynamodb-write-unit": 2.0 * rows * self.shape.write_units},
            "Lambda": self._lambda(seconds, ranges),
            "S3": {
                "s3-put": _OTHER_PUTS + ranges + ceil(ranges / _LISTED_KEYS),
                "s3-get": _OTHER_GETS + ceil(rows * self.shape.row_bytes / self.sizes.read_bytes) + 2 * ranges,
            },
            "Step Functions": self._step_functions(seconds["loading"], ranges),
        }
        return Estimate(
            rows=rows,
            rows_per_second=speed,
            seconds=seconds,
            bought=bought,
            dollars={service: self._pay(units) for service, units in bought.items()},
        )

    def _lambda(self, seconds: Mapping[str, float], ranges: int) -> dict[str, float]:
        sizes = self.sizes
        memory = {
            "validation": sizes.validation_mb,
            "loading": sizes.worker_mb * sizes.workers,
            "notification": sizes.notification_mb,
        }
        return {
            "lambda-gb-second": sum(_gb(memory[phase]) * took for phase, took in seconds.items()),
            "lambda-storage-gb-second": _gb(sizes.validation_storage_mb - _FREE_STORAGE_MB) * seconds["validation"],
            "lambda-request": ranges + 2,  # Validation and Notification
        }

    def _step_functions(self, loading: float, ranges: int) -> dict[str, float]:
        child = ceil(loading * self.sizes.workers / ranges * _BILLED_TENTHS) / _BILLED_TENTHS
        return {
            "states-transition": self.sizes.states + ranges,
            "states-express-request": ranges,
            "states-express-gb-hour": ranges * child * _gb(self.costs.quota("states-express-memory-mb")) / _HOUR,
        }

    def workers_for(self, rows_per_second: float) -> int:
        """How many workers reach a speed."""
        return ceil(rows_per_second / self.worker(wait=self.wait))

    def _share(self, memory_mb: int) -> float:
        """Of a core; Python uses no more than one."""
        return min(1, memory_mb / self.costs.quota("lambda-core-mb"))

    def _pay(self, units: Mapping[str, float]) -> Decimal:
        return sum((self.costs.dollars(name, count) for name, count in units.items()), Decimal())


def _gb(megabytes: float) -> float:
    return megabytes / 1024
