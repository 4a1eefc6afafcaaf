"""Lambda entry of GET /transactions."""

import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Final

from functions.common.aws import clients
from functions.common.aws.banks_table import BanksTable
from functions.common.banks import Banks
from functions.common.http import ProblemError, ProxyEvent, ProxyResponse, Request, Response, calling_bank, serve
from functions.common.logs import LambdaContext, log_fields
from functions.common.settings import require
from functions.transactions.transactions_by_time import TransactionsIndex
from shared.contracts.api import DATE_PARAMETER, DEFAULT_LIMIT
from shared.contracts.environment import BANKS_TABLE, TRANSACTIONS_TABLE

clients.create_during_init(clients.dynamodb)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def handle(event: ProxyEvent, context: LambdaContext) -> ProxyResponse:
    """Answer API Gateway."""
    return serve(event, context, lambda request: get_transactions(request, *wire()))


def get_transactions(request: Request, banks: Banks, by_time: TransactionsIndex) -> Response:
    """Identify the bank, then answer with its first transactions of the day."""
    bank = calling_bank(request, banks)
    with log_fields(bank_id=bank.bank_id):
        found = by_time.first(bank.bank_id, _date(request.query), limit=DEFAULT_LIMIT)
        return Response(status=HTTPStatus.OK.value, body={"transactions": found, "next_cursor": None})


@cache
def wire() -> tuple[Banks, TransactionsIndex]:
    """Connect to AWS, once per Lambda environment."""
    names = require(BANKS_TABLE, TRANSACTIONS_TABLE)
    index = TransactionsIndex(clients.dynamodb(), names[TRANSACTIONS_TABLE])
    return BanksTable(clients.dynamodb(), names[BANKS_TABLE]), index


def _date(query: Mapping[str, str]) -> str:
    date = query.get(DATE_PARAMETER, "")
    if not _DATE.fullmatch(date):
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"The parameter {DATE_PARAMETER} is not a date like 2026-11-20.")
    return date
