"""Lambda entry of the workflow's state Transformation."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import SystemRandom
from typing import Final

from functions.common.aws import clients
from functions.common.aws.loads_bucket import LoadsBucket
from functions.common.aws.reports_bucket import ReportsBucket
from functions.common.aws.uploads_table import UploadsTable
from functions.common.deadline import RESERVE_SECONDS, Deadline
from functions.common.errors import TemporaryError
from functions.common.logs import LambdaContext, invocation
from functions.common.settings import require
from functions.common.times import utc_now
from functions.transformation.backoff import Backoff
from functions.transformation.transactions_table import DynamoDBTransactions
from functions.transformation.transformation import Transformation
from functions.transformation.upload_statuses import UploadStatusesTable
from shared.contracts.environment import TRANSACTIONS_TABLE, UPLOADS_TABLE
from shared.contracts.uploads import NO_ATTEMPT
from shared.contracts.workflow import RangeLoaded, RangeStored, TransformationInput

_log = logging.getLogger(__name__)
_VERSION_1: Final = TransformationInput(version=1, attempt=NO_ATTEMPT, started_at="")  # type: ignore[typeddict-item]


@dataclass(frozen=True, kw_only=True)
class InvocationTime:
    """Implements `TimeLeft`: what is left of one invocation, and of the execution to which it belongs."""

    context: LambdaContext
    deadline: Deadline
    sleep: Callable[[float], None]

    def check(self) -> None:
        """See `TimeLeft.check`."""
        self.deadline.check()
        if self._of_invocation() <= 0:
            raise TemporaryError("Lambda would end this run before the longest call of AWS ends")

    def remaining(self) -> float:
        """See `TimeLeft.remaining`."""
        return min(self.deadline.remaining(), self._of_invocation())

    def _of_invocation(self) -> float:
        return self.context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS


clients.create_during_init(clients.dynamodb, clients.s3)


def handle(event: TransformationInput, context: LambdaContext) -> RangeStored | RangeLoaded:
    """Load one range. A workflow of version 1 gets the result itself: its Notification adds up what it is passed."""
    task: TransformationInput = {**_VERSION_1, **event}
    deadline = Deadline.of(task["started_at"], utc_now)
    with invocation(context, upload_id=task["upload_id"], bank_id=task["bank_id"]), deadline.guard():
        left = InvocationTime(context=context, deadline=deadline, sleep=time.sleep)
        backoff = Backoff(time_left=left, random=SystemRandom())
        transformation = wire(task["bucket"])
        loaded = transformation.run(task, backoff)
        counts = {name: loaded[name] for name in ("loaded", "repeated", "conflicts", "replaced")}
        _log.info("loaded a range", extra={"fields": {"first_line": task["range"]["first_line"], **counts}})
        return loaded if task["version"] == 1 else transformation.store(task, loaded, backoff)


@cache
def wire(bucket: str) -> Transformation:
    """Connect the use case to AWS, once per Lambda environment (there is one bucket)."""
    names = require(UPLOADS_TABLE, TRANSACTIONS_TABLE)
    uploads, transactions = names[UPLOADS_TABLE], names[TRANSACTIONS_TABLE]
    return Transformation(
        uploads=UploadsTable(clients.dynamodb(), uploads),
        statuses=UploadStatusesTable(clients.dynamodb(), uploads),
        reports=ReportsBucket(clients.s3(), bucket),
        loads=LoadsBucket(clients.s3(), bucket),
        table=DynamoDBTransactions(clients.dynamodb(), transactions, uploads_table=uploads),
        clock=utc_now,
    )
