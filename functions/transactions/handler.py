"""Lambda entry of GET /transactions."""

from functools import cache

from functions.common.aws import clients
from functions.common.aws.banks_table import BanksTable
from functions.common.banks import Banks
from functions.common.http import ProxyEvent, ProxyResponse, Request, Response, calling_bank, serve
from functions.common.logs import LambdaContext, log_fields
from functions.common.settings import require
from functions.transactions.requests import read_listing
from functions.transactions.responses import render_day
from functions.transactions.transactions import Transactions
from functions.transactions.transactions_by_time import TransactionsIndex
from shared.contracts.environment import BANKS_TABLE, TRANSACTIONS_TABLE

clients.create_during_init(clients.dynamodb)


def handle(event: ProxyEvent, context: LambdaContext) -> ProxyResponse:
    """Answer API Gateway."""
    return serve(event, context, lambda request: get_transactions(request, *wire()))


def get_transactions(request: Request, banks: Banks, transactions: Transactions) -> Response:
    """Identify the bank, then answer with a page of its transactions of the day."""
    bank = calling_bank(request, banks)
    with log_fields(bank_id=bank.bank_id):
        listing = read_listing(request.query, bank)
        page = transactions.of_day(
            bank, listing.date, currency=listing.currency, limit=listing.limit, after=listing.after
        )
        return render_day(page, bank.bank_id, listing.date)


@cache
def wire() -> tuple[Banks, Transactions]:
    """Connect the use case to AWS, once per Lambda environment."""
    names = require(BANKS_TABLE, TRANSACTIONS_TABLE)
    transactions = Transactions(by_time=TransactionsIndex(clients.dynamodb(), names[TRANSACTIONS_TABLE]))
    return BanksTable(clients.dynamodb(), names[BANKS_TABLE]), transactions
