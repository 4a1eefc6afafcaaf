"""Lambda entry of POST /uploads."""

import logging
from functools import cache

from functions.common.attempts import new_attempt
from functions.common.aws import clients
from functions.common.aws.banks_table import BanksTable
from functions.common.aws.reports_bucket import ReportsBucket
from functions.common.aws.state_machine import StateMachines
from functions.common.aws.uploads_table import UploadsTable
from functions.common.banks import Banks
from functions.common.http import ProblemError, ProxyEvent, ProxyResponse, Request, Response, calling_bank, serve
from functions.common.logs import LambdaContext, log_fields
from functions.common.restarts import Restarts
from functions.common.settings import require
from functions.common.times import utc_now
from functions.common.uploads import ConcurrentChangeError
from functions.declaration.declaration import Declarations
from functions.declaration.put_links import PutLinks
from functions.declaration.requests import read_declaration
from functions.declaration.responses import render
from shared.contracts.environment import (
    BANKS_TABLE,
    LARGE_STATE_MACHINE_ARN,
    REPORTS_BUCKET,
    STATE_MACHINE_ARN,
    UPLOADS_TABLE,
)
from shared.contracts.problems import ProblemType

_log = logging.getLogger(__name__)
clients.create_during_init(clients.dynamodb, clients.s3, clients.stepfunctions)


def handle(event: ProxyEvent, context: LambdaContext) -> ProxyResponse:
    """Answer API Gateway."""
    return serve(event, context, lambda request: post_uploads(request, *wire()))


def post_uploads(request: Request, banks: Banks, declarations: Declarations) -> Response:
    """Identify the bank, read the declaration, answer with a link."""
    bank = calling_bank(request, banks)
    with log_fields(bank_id=bank.bank_id):
        try:
            decision = declarations.declare(bank, read_declaration(request))
        except ConcurrentChangeError as error:
            detail = "Another request is changing this upload. Declare the report again."
            raise ProblemError(ProblemType.CONCURRENT_CHANGE, detail) from error
        response = render(decision)
        known = {"upload_id": decision.upload.upload_id, "response": response.status}
        _log.info("answered a declaration", extra={"fields": known})
        return response


@cache
def wire() -> tuple[Banks, Declarations]:
    """Connect the use case to AWS, once per Lambda environment."""
    names = require(BANKS_TABLE, UPLOADS_TABLE, REPORTS_BUCKET, STATE_MACHINE_ARN, LARGE_STATE_MACHINE_ARN)
    bucket = names[REPORTS_BUCKET]
    uploads = UploadsTable(clients.dynamodb(), names[UPLOADS_TABLE])
    restarts = Restarts(
        uploads=uploads,
        workflow=StateMachines(
            clients.stepfunctions(), small=names[STATE_MACHINE_ARN], large=names[LARGE_STATE_MACHINE_ARN]
        ),
        bucket=bucket,
        clock=utc_now,
        new_attempt=new_attempt,
    )
    declarations = Declarations(
        uploads=uploads,
        reports=ReportsBucket(clients.s3(), bucket),
        links=PutLinks(clients.s3(), bucket),
        restarts=restarts,
        clock=utc_now,
        new_attempt=new_attempt,
    )
    return BanksTable(clients.dynamodb(), names[BANKS_TABLE]), declarations
