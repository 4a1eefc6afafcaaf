"""Lambda entry of the sweeper, which a rule of EventBridge calls every minute."""

import logging
import os
from functools import cache

from functions.common.attempts import new_attempt
from functions.common.aws import clients
from functions.common.aws.reports_bucket import ReportsBucket
from functions.common.aws.state_machine import StateMachines
from functions.common.aws.uploads_table import UploadsTable
from functions.common.logs import LambdaContext, invocation
from functions.common.restarts import Restarts
from functions.common.settings import require
from functions.common.times import utc_now
from functions.sweeper.calendars import read_calendars
from functions.sweeper.overdue import OverdueReports
from functions.sweeper.reports_by_prefix import ReportsListing
from functions.sweeper.sweeper import Sweeper
from functions.sweeper.uploads_by_bank import BankIndex
from functions.sweeper.uploads_by_due import DueIndex
from shared.contracts.environment import (
    BANK_CALENDARS,
    LARGE_STATE_MACHINE_ARN,
    REPORTS_BUCKET,
    STATE_MACHINE_ARN,
    UPLOADS_TABLE,
)

_log = logging.getLogger(__name__)
clients.create_during_init(clients.dynamodb, clients.s3, clients.stepfunctions)


def handle(event: object, context: LambdaContext) -> dict[str, int]:
    """Sweep once; returns what was done, and how often."""
    del event  # only says that a minute has passed
    with invocation(context):
        done = dict(wire().run(lambda: context.get_remaining_time_in_millis() / 1000))
        _log.info("swept", extra={"fields": {"done": done}})
        return done


@cache
def wire() -> Sweeper:
    """Connect the use case to AWS, once per Lambda environment."""
    names = require(UPLOADS_TABLE, REPORTS_BUCKET, STATE_MACHINE_ARN, LARGE_STATE_MACHINE_ARN)
    bucket, table = names[REPORTS_BUCKET], names[UPLOADS_TABLE]
    return Sweeper(
        restarts=Restarts(
            uploads=UploadsTable(clients.dynamodb(), table),
            workflow=StateMachines(
                clients.stepfunctions(), small=names[STATE_MACHINE_ARN], large=names[LARGE_STATE_MACHINE_ARN]
            ),
            bucket=bucket,
            clock=utc_now,
            new_attempt=new_attempt,
        ),
        reports=ReportsBucket(clients.s3(), bucket),
        by_due=DueIndex(clients.dynamodb(), table),
        by_prefix=ReportsListing(clients.s3(), bucket),
        overdue=OverdueReports(
            calendars=read_calendars(os.environ.get(BANK_CALENDARS, "")),
            by_bank=BankIndex(clients.dynamodb(), table),
        ),
    )
