"""All uploads with broken calls: run side by side, run again where they failed, and held to the law."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from decimal import Decimal
from itertools import cycle
from typing import Final

from local.demo.notifications import Mailbox, mailbox
from local.deployment.outputs import Pipeline
from shared.contracts.functions import FunctionName
from shared.contracts.uploads import UploadStatus
from tests.broken_calls.breaks import Break, Extent, Way
from tests.broken_calls.calls import Call
from tests.broken_calls.proxy import proxy
from tests.broken_calls.redirection import quick_retries, redirected
from tests.broken_calls.uploads import Broken, Help, Runner
from tests.e2e.uploads import operate, take_dead_letters

JOBS: Final = 6
"""Uploads at a time: they wait most of the time."""
Rows = list[tuple[str, Decimal]]
"""Ids and amounts of transactions."""


class Matrix:
    """Breaks calls on one deployed pipeline."""

    def __init__(self, runner: Runner, outcomes: Mailbox) -> None:
        self._runner = runner
        self._outcomes = outcomes
        self._announced = set[tuple[str, str]]()

    def calls(self) -> list[Call]:
        """The calls of one normal upload, in order.

        Raises:
            AssertionError: the upload was not completed.
        """
        run = self._runner.run(next(iter(self._runner.pipeline.keys)))
        self._check([run])
        assert run.result == "ok", run.violations
        return run.watched.calls

    def run(
        self, breaks: Sequence[Break], *, jobs: int = JOBS, show: Callable[[Broken], None] = lambda _: None
    ) -> list[Broken]:
        """Break each in an upload of its own, and check all at the end.

        Args:
            breaks: what to break.
            jobs: how many uploads at a time.
            show: called with each upload when its workflow has ended.
        """
        banks = cycle(self._runner.pipeline.keys)
        runs = list[Broken]()
        with ThreadPoolExecutor(jobs) as pool:
            try:
                for each in as_completed([pool.submit(self._runner.run, next(banks), planned) for planned in breaks]):
                    runs.append(each.result())
                    show(runs[-1])
            except BaseException:  # Ctrl-C as well: the pool would run all that is left
                self._runner.stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        self._redrive([each for each in runs if Help.REDRIVE in each.help])
        self._check(runs)
        return runs

    def _redrive(self, runs: Sequence[Broken]) -> None:
        if not runs:
            return
        ids = [each.upload_id for each in runs]
        done = operate(self._runner.pipeline, "redrive", *ids)
        for run in runs:
            if done.code:
                run.violations.append(f"redrive: {done.output}")
            if letters := take_dead_letters(self._runner.pipeline, run.upload_id):
                run.violations.append(f"a dead letter is left: {letters}")

    def _check(self, runs: Sequence[Broken]) -> None:
        """Hold uploads to the law: COMPLETED, announced, and the rows of the table are those of the report."""
        table = rows_by_upload(self._runner.pipeline)
        self._collect({(each.upload_id, UploadStatus.COMPLETED.value) for each in runs})
        for run in runs:
            run.violations += self._violations(run, table.get(run.upload_id, []))

    def _violations(self, run: Broken, found: Rows) -> Iterator[str]:
        upload, expected = self._runner.read(run.upload_id), rows_of_report(run.content)
        if upload is None or upload.status is not UploadStatus.COMPLETED:
            yield f"not COMPLETED: {upload}"
            return
        if (upload.rows, upload.loaded, upload.repeated, upload.conflicts) != (len(expected), len(expected), 0, 0):
            yield f"{len(expected)} rows, counted as {upload}"
        if sorted(found) != sorted(expected):
            yield f"the report has {expected}, the table {found}"
        if (run.upload_id, upload.status.value) not in self._announced:
            yield "its end was not announced"

    def _collect(self, expected: set[tuple[str, str]]) -> None:
        """Receive outcomes until all that are expected have come, or none comes for some seconds."""
        while not expected <= self._announced:
            received = self._outcomes.collect(1)
            if not received:
                return
            self._announced |= {(each["upload_id"], each["status"]) for each in received}


@contextmanager
def matrix(pipeline: Pipeline) -> Iterator[Matrix]:
    """Send the calls of a pipeline's functions through a proxy, as long as the context lasts."""
    cloud = pipeline.cloud
    with (
        proxy(cloud.endpoint_url) as between,
        redirected(cloud, between.url),
        quick_retries(cloud),
        mailbox(cloud, pipeline.outcomes_topic_arn) as outcomes,
    ):
        yield Matrix(Runner(pipeline, between), outcomes)


def all_breaks(calls: Sequence[Call]) -> list[Break]:
    """Every way to break every call, those that take longest first."""
    extents = (Extent.EVERY, Extent.CALL, Extent.REQUEST)
    ways = (Way.TIME_OUT, Way.ERROR_AFTER, Way.ERROR_BEFORE)
    return [
        Break(call=call, way=way, extent=extent)
        for extent in extents
        for way in ways
        for call in calls
        if is_distinct(call, extent)
    ]


def is_distinct(call: Call, extent: Extent) -> bool:
    """Whether breaking every call differs from breaking one: only the bank repeats what `intake` has not done."""
    return extent is not Extent.EVERY or call.kind.function != FunctionName.INTAKE


def rows_of_report(content: bytes) -> Rows:
    """The rows of a report."""
    rows = csv.DictReader(io.StringIO(content.decode(), newline=""))
    return [(row["transaction_id"], Decimal(row["amount"])) for row in rows]


def rows_by_upload(pipeline: Pipeline) -> dict[str, Rows]:
    """The rows of the transactions table, by the upload that loaded them."""
    rows: dict[str, Rows] = defaultdict(list)
    for page in pipeline.cloud.dynamodb.get_paginator("scan").paginate(TableName=pipeline.transactions_table):
        for item in page["Items"]:
            rows[item["upload_id"]["S"]].append((item["transaction_id"]["S"], Decimal(item["amount"]["N"])))
    return rows
