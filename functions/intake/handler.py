"""Lambda entry of POST /upload."""

import logging
from functools import cache

from functions.common.attempts import new_attempt
from functions.common.aws import clients
from functions.common.aws.banks_table import BanksTable
from functions.common.aws.reports_bucket import ReportsBucket
from functions.common.aws.uploads_table import UploadsTable
from functions.common.banks import Banks
from functions.common.form.submission import read_submission
from functions.common.http import ProblemError, ProxyEvent, ProxyResponse, Request, Response, calling_bank, serve
from functions.common.logs import LambdaContext, log_fields
from functions.common.settings import require
from functions.common.times import utc_now
from functions.common.uploads import ConcurrentChangeError
from functions.intake.intake import Intake
from functions.intake.responses import render
from shared.contracts.environment import BANKS_TABLE, REPORTS_BUCKET, UPLOADS_TABLE
from shared.contracts.problems import ProblemType

_log = logging.getLogger(__name__)
clients.create_during_init(clients.dynamodb, clients.s3)


def handle(event: ProxyEvent, context: LambdaContext) -> ProxyResponse:
    """Answer API Gateway."""
    return serve(event, context, lambda request: post_upload(request, *wire()))


def post_upload(request: Request, banks: Banks, intake: Intake) -> Response:
    """Identify the bank, read the form, submit the report."""
    bank = calling_bank(request, banks)
    with log_fields(bank_id=bank.bank_id):
        try:
            decision = intake.submit(bank, read_submission(request))
        except ConcurrentChangeError as error:
            detail = "Another request is changing this upload. Submit the report again."
            raise ProblemError(ProblemType.CONCURRENT_CHANGE, detail) from error
        response = render(decision)
        known = {"upload_id": decision.upload.upload_id, "response": response.status}
        _log.info("answered a submitted report", extra={"fields": known})
        return response


@cache
def wire() -> tuple[Banks, Intake]:
    """Connect the use case to AWS, once per Lambda environment."""
    names = require(BANKS_TABLE, UPLOADS_TABLE, REPORTS_BUCKET)
    bucket = ReportsBucket(clients.s3(), names[REPORTS_BUCKET])
    uploads = UploadsTable(clients.dynamodb(), names[UPLOADS_TABLE])
    intake = Intake(uploads=uploads, reports=bucket, rejected=bucket, clock=utc_now, new_attempt=new_attempt)
    return BanksTable(clients.dynamodb(), names[BANKS_TABLE]), intake
