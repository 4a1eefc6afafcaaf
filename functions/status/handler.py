"""Lambda entry of GET /uploads and GET /uploads/{upload_id}."""

from functools import cache

from functions.common.aws import clients
from functions.common.aws.reports_bucket import ReportsBucket
from functions.common.banks import Banks, BanksTable, identify
from functions.common.http import ProxyEvent, ProxyResponse, Request, Response, serve
from functions.common.logs import LambdaContext, log_fields
from functions.common.settings import require
from functions.common.uploads import UploadsTable
from functions.status.adapters import UploadsIndex
from functions.status.status import Status
from shared.contracts.api import UPLOAD_ID_PARAMETER
from shared.contracts.environment import BANKS_TABLE, REPORTS_BUCKET, UPLOADS_TABLE


def handle(event: ProxyEvent, context: LambdaContext) -> ProxyResponse:
    """Answer API Gateway."""
    return serve(event, context, lambda request: get_uploads(request, *wire()))


def get_uploads(request: Request, banks: Banks, status: Status) -> Response:
    """Find the bank, then one upload where the path names it, else a page of all."""
    bank = identify(request, banks)
    upload_id = request.path.get(UPLOAD_ID_PARAMETER)
    with log_fields(bank_id=bank.bank_id, upload_id=upload_id):
        return status.newest(bank, request.query) if upload_id is None else status.one(bank, upload_id)


@cache
def wire() -> tuple[Banks, Status]:
    """Join the use case to AWS as the environment says, once per Lambda environment."""
    banks, uploads, bucket = require(BANKS_TABLE, UPLOADS_TABLE, REPORTS_BUCKET)
    status = Status(
        uploads=UploadsTable(clients.dynamodb(), uploads),
        by_bank=UploadsIndex(clients.dynamodb(), uploads),
        errors=ReportsBucket(clients.s3(), bucket),
    )
    return BanksTable(clients.dynamodb(), banks), status
