"""Lambda entry of the workflow's state Transformation."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import SystemRandom

from functions.common.aws import clients
from functions.common.aws.objects import Objects
from functions.common.logs import LambdaContext, invocation
from functions.common.settings import require
from functions.common.times import utc_now
from functions.common.uploads import UploadsTable
from functions.transformation.adapters import DynamoDBTransactions
from functions.transformation.loader import Backoff
from functions.transformation.transformation import Transformation
from shared.contracts.environment import TRANSACTIONS_TABLE, UPLOADS_TABLE
from shared.contracts.workflow import RangeLoaded, TransformationInput

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class InvocationTime:
    """The time that Lambda gives one invocation."""

    context: LambdaContext
    sleep: Callable[[float], None]

    def remaining(self) -> float:
        """Seconds until Lambda ends it."""
        return self.context.get_remaining_time_in_millis() / 1000


def handle(event: TransformationInput, context: LambdaContext) -> RangeLoaded:
    """Load one range."""
    with invocation(context, upload_id=event["upload_id"], bank_id=event["bank_id"]):
        backoff = Backoff(patience=InvocationTime(context=context, sleep=time.sleep), random=SystemRandom())
        loaded = wire().run(event, backoff)
        counts = {name: loaded[name] for name in ("loaded", "repeated", "conflicts")}
        _log.info("loaded a range", extra={"fields": {"first_line": event["range"]["first_line"], **counts}})
        return loaded


@cache
def wire() -> Transformation:
    """Join the use case to AWS as the environment says, once per Lambda environment."""
    uploads, transactions = require(UPLOADS_TABLE, TRANSACTIONS_TABLE)
    return Transformation(
        uploads=UploadsTable(clients.dynamodb(), uploads),
        objects=Objects(clients.s3()),
        table=DynamoDBTransactions(clients.dynamodb(), transactions),
        clock=utc_now,
    )
