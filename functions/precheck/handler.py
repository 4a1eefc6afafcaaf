"""Lambda entry of POST /validate."""

from functools import cache
from http import HTTPStatus

from functions.common.aws import clients
from functions.common.aws.banks_table import BanksTable
from functions.common.banks import Banks
from functions.common.http import ProxyEvent, ProxyResponse, Request, Response, calling_bank, serve
from functions.common.logs import LambdaContext, log_fields
from functions.common.settings import require
from functions.common.times import utc_now
from functions.intake.form import read_report
from functions.precheck.responses import render
from functions.report.validator import validate_report
from shared.contracts.environment import BANKS_TABLE

clients.create_during_init(clients.dynamodb)


def handle(event: ProxyEvent, context: LambdaContext) -> ProxyResponse:
    """Answer API Gateway."""
    return serve(event, context, lambda request: post_validate(request, wire()))


def post_validate(request: Request, banks: Banks) -> Response:
    """Identify the bank, read the form, validate the report."""
    bank = calling_bank(request, banks)
    with log_fields(bank_id=bank.bank_id):
        report = read_report(request)
        result = validate_report(report.content, bank_id=bank.bank_id, now=utc_now())
        return Response(status=HTTPStatus.OK.value, body=render(result))


@cache
def wire() -> Banks:
    """Connect to AWS, once per Lambda environment."""
    return BanksTable(clients.dynamodb(), require(BANKS_TABLE)[BANKS_TABLE])
