"""Responses of GET /transactions."""

from decimal import Decimal
from http import HTTPStatus
from typing import Any

from functions.common.http import Response
from functions.report.format.currencies import MINOR_UNITS
from functions.transactions.cursor import encode_cursor
from functions.transactions.listed_transactions import ListedTransaction
from functions.transactions.transactions import DayPage


def render_day(page: DayPage, bank_id: str, date: str) -> Response:
    """A page of the bank's transactions of a day."""
    body = {
        "transactions": [_shown(each) for each in page.transactions],
        "next_cursor": encode_cursor(bank_id, date, page.marks) if page.marks else None,
    }
    return Response(status=HTTPStatus.OK.value, body=body)


def _shown(row: ListedTransaction) -> dict[str, Any]:
    return {
        "transaction_id": row.transaction_id,
        "amount": _amount(row.amount, row.currency),
        "currency": row.currency,
        "timestamp": row.timestamp,
        "upload_id": row.upload_id,
        "line": row.line,
    }


def _amount(amount: Decimal, currency: str) -> str:
    """The amount with all decimals of its currency, as totals have; DynamoDB drops the zeros at the end.

    A currency may since have lost decimals, or be in use no longer: no digit of the amount is left out.
    """
    decimals = -int(amount.as_tuple().exponent)
    return f"{amount:.{max(decimals, MINOR_UNITS.get(currency, 0), 0)}f}"
