"""Cursors: where in each shard of a bank's day the next page starts."""

import re
from datetime import date
from functools import partial
from typing import Any, Final

from functions.common import cursors
from functions.report.rules.fields import transaction_id_code
from functions.transactions.listed_transactions import Mark
from functions.transactions.transactions import Marks
from shared.contracts.tables import TIME_SHARDS

_TIME_OF_DAY: Final = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_DATE_PREFIX: Final = len(f"{date.min.isoformat()}T")


def encode_cursor(bank_id: str, day: str, marks: Marks) -> str:
    """Write the marks of a bank's day as a URL-safe text."""
    at = [each and [each.timestamp[_DATE_PREFIX:], each.transaction_id] for each in marks]
    return cursors.encode([bank_id, day, at])


def decode_cursor(cursor: str, *, bank_id: str, day: str) -> Marks:
    """Read a cursor that `encode_cursor` wrote for the same bank and day.

    Raises:
        ValueError: the cursor is damaged, invented, or of another bank or day.
    """
    match cursors.decode(cursor):
        case [str() as owner, str() as of, list() as marks] if (owner, of, len(marks)) == (bank_id, day, TIME_SHARDS):
            return tuple(map(partial(_mark, day), marks))
    raise ValueError("not a cursor of this bank's day")


def _mark(day: str, value: Any) -> Mark | None:
    match value:
        case None:
            return None
        # DynamoDB rejects a position whose parts are too long for its keys, or are not Unicode.
        case [str() as at, str() as transaction_id] if (
            _TIME_OF_DAY.fullmatch(at) and transaction_id_code(transaction_id) is None
        ):
            return Mark(timestamp=f"{day}T{at}", transaction_id=transaction_id)
    raise ValueError("not a position in a shard")
