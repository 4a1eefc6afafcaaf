"""Lambda entry of the workflow's state Transformation."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import SystemRandom

from functions.common.aws import clients
from functions.common.aws.reports_bucket import ReportsBucket
from functions.common.aws.uploads_table import UploadsTable
from functions.common.logs import LambdaContext, invocation
from functions.common.settings import require
from functions.common.times import utc_now
from functions.transformation.loader import Backoff
from functions.transformation.transactions_table import DynamoDBTransactions
from functions.transformation.transformation import Transformation
from shared.contracts.environment import TRANSACTIONS_TABLE, UPLOADS_TABLE
from shared.contracts.workflow import RangeLoaded, TransformationInput

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class LambdaTime:
    """The time that is left to one invocation."""

    context: LambdaContext
    sleep: Callable[[float], None]

    def remaining(self) -> float:
        """Seconds until Lambda ends it."""
        return self.context.get_remaining_time_in_millis() / 1000


def handle(event: TransformationInput, context: LambdaContext) -> RangeLoaded:
    """Load one range."""
    with invocation(context, upload_id=event["upload_id"], bank_id=event["bank_id"]):
        backoff = Backoff(time_left=LambdaTime(context=context, sleep=time.sleep), random=SystemRandom())
        loaded = wire(event["bucket"]).run(event, backoff)
        counts = {name: loaded[name] for name in ("loaded", "repeated", "conflicts")}
        _log.info("loaded a range", extra={"fields": {"first_line": event["range"]["first_line"], **counts}})
        return loaded


@cache
def wire(bucket: str) -> Transformation:
    """Connect the use case to AWS, once per Lambda environment (there is one bucket)."""
    names = require(UPLOADS_TABLE, TRANSACTIONS_TABLE)
    return Transformation(
        uploads=UploadsTable(clients.dynamodb(), names[UPLOADS_TABLE]),
        reports=ReportsBucket(clients.s3(), bucket),
        table=DynamoDBTransactions(clients.dynamodb(), names[TRANSACTIONS_TABLE]),
        clock=utc_now,
    )
