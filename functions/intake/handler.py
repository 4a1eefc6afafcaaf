"""Lambda entry of POST /upload."""

import logging
from functools import cache

from functions.common.aws import clients
from functions.common.aws.reports_bucket import ReportsBucket
from functions.common.banks import Banks, BanksTable, identify
from functions.common.http import ProxyEvent, ProxyResponse, Request, Response, serve
from functions.common.logs import LambdaContext, log_fields
from functions.common.settings import require
from functions.common.times import utc_now
from functions.common.uploads import UploadsTable
from functions.intake.form import read_report
from functions.intake.intake import Intake
from shared.contracts.environment import BANKS_TABLE, REPORTS_BUCKET, UPLOADS_TABLE

_log = logging.getLogger(__name__)


def handle(event: ProxyEvent, context: LambdaContext) -> ProxyResponse:
    """Answer API Gateway."""
    return serve(event, context, lambda request: post_upload(request, *wire()))


def post_upload(request: Request, banks: Banks, intake: Intake) -> Response:
    """Find the bank, read the form, take the report in."""
    bank = identify(request, banks)
    with log_fields(bank_id=bank.bank_id):
        response = intake.take(bank, read_report(request))
        known = {"upload_id": response.body["upload_id"], "answer": response.status}
        _log.info("took a report in", extra={"fields": known})
        return response


@cache
def wire() -> tuple[Banks, Intake]:
    """Join the use case to AWS as the environment says, once per Lambda environment."""
    banks, uploads, bucket = require(BANKS_TABLE, UPLOADS_TABLE, REPORTS_BUCKET)
    intake = Intake(
        uploads=UploadsTable(clients.dynamodb(), uploads),
        reports=ReportsBucket(clients.s3(), bucket),
        clock=utc_now,
    )
    return BanksTable(clients.dynamodb(), banks), intake
