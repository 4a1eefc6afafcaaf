"""Lambda entry of POST /validate."""

import logging
from functools import cache

from functions.common.aws import clients
from functions.common.aws.banks_table import BanksTable
from functions.common.banks import Banks
from functions.common.form.submission import read_submission
from functions.common.http import ProxyEvent, ProxyResponse, Request, Response, calling_bank, serve
from functions.common.logs import LambdaContext, log_fields
from functions.common.settings import require
from functions.common.times import Clock, utc_now
from functions.precheck.responses import render
from functions.report.format.definition import MAX_ERRORS
from shared.contracts.environment import BANKS_TABLE

_log = logging.getLogger(__name__)
clients.create_during_init(clients.dynamodb)


def handle(event: ProxyEvent, context: LambdaContext) -> ProxyResponse:
    """Answer API Gateway."""
    return serve(event, context, lambda request: post_validate(request, wire(), utc_now))


def post_validate(request: Request, banks: Banks, clock: Clock) -> Response:
    """Identify the bank, read the form, validate the report. Nothing is stored."""
    bank = calling_bank(request, banks)
    with log_fields(bank_id=bank.bank_id):
        result = read_submission(request).validated(bank, now=clock(), max_errors=MAX_ERRORS)
        _log.info("validated a report for its bank", extra={"fields": {"valid": result.valid, "rows": result.rows}})
        return render(result)


@cache
def wire() -> Banks:
    """Connect to AWS, once per Lambda environment."""
    return BanksTable(clients.dynamodb(), require(BANKS_TABLE)[BANKS_TABLE])
