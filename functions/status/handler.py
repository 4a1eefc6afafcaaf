"""Lambda entry of GET /uploads, GET /uploads/{upload_id} and GET /uploads/{upload_id}/errors."""

from functools import cache

from functions.common.aws import clients
from functions.common.aws.banks_table import BanksTable
from functions.common.aws.loads_bucket import LoadsBucket
from functions.common.aws.reports_bucket import ReportsBucket
from functions.common.aws.uploads_table import UploadsTable
from functions.common.banks import Banks
from functions.common.http import ProxyEvent, ProxyResponse, Request, Response, calling_bank, serve
from functions.common.logs import LambdaContext, log_fields
from functions.common.settings import require
from functions.common.times import utc_now
from functions.status.requests import read_errors_page, read_list
from functions.status.responses import render_errors, render_page, render_upload
from functions.status.status import Status
from functions.status.uploads_by_bank import UploadsIndex
from shared.contracts.api import ERRORS_PATH, UPLOAD_ID_PARAMETER
from shared.contracts.environment import BANKS_TABLE, REPORTS_BUCKET, UPLOADS_TABLE

clients.create_during_init(clients.dynamodb, clients.s3)


def handle(event: ProxyEvent, context: LambdaContext) -> ProxyResponse:
    """Answer API Gateway."""
    return serve(event, context, lambda request: get_uploads(request, *wire()))


def get_uploads(request: Request, banks: Banks, status: Status) -> Response:
    """Identify the bank, then answer with the upload that the path names, its errors, or a page of all uploads."""
    bank = calling_bank(request, banks)
    upload_id = request.path.get(UPLOAD_ID_PARAMETER)
    with log_fields(bank_id=bank.bank_id, upload_id=upload_id):
        if upload_id is None:
            selection, limit, after = read_list(request.query, bank)
            return render_page(status.newest(bank, selection, limit=limit, after=after), bank)
        if request.resource.endswith(f"/{ERRORS_PATH}"):
            limit, seen = read_errors_page(request.query, upload_id)
            return render_errors(status.errors(bank, upload_id, limit=limit, seen=seen))
        return render_upload(status.one(bank, upload_id))


@cache
def wire() -> tuple[Banks, Status]:
    """Connect the use case to AWS, once per Lambda environment."""
    names = require(BANKS_TABLE, UPLOADS_TABLE, REPORTS_BUCKET)
    status = Status(
        uploads=UploadsTable(clients.dynamodb(), names[UPLOADS_TABLE]),
        by_bank=UploadsIndex(clients.dynamodb(), names[UPLOADS_TABLE]),
        rejected=ReportsBucket(clients.s3(), names[REPORTS_BUCKET]),
        loads=LoadsBucket(clients.s3(), names[REPORTS_BUCKET]),
        clock=utc_now,
    )
    return BanksTable(clients.dynamodb(), names[BANKS_TABLE]), status
