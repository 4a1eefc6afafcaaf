"""The query parameters of GET /uploads."""

from collections.abc import Mapping

from functions.common.banks import Bank
from functions.common.http import ProblemError
from functions.status.cursor import Position, decode_cursor
from shared.contracts.api import CURSOR_PARAMETER, DEFAULT_LIMIT, LIMIT_PARAMETER, MAX_LIMIT
from shared.contracts.problems import ProblemType


def read_limit(query: Mapping[str, str]) -> int:
    """How many uploads to return.

    Raises:
        ProblemError: 400 if the limit is invalid.
    """
    text = query.get(LIMIT_PARAMETER, str(DEFAULT_LIMIT))
    # At most three ASCII digits: int() alone accepts more than that, "1_0" and "१०" too.
    if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_LIMIT)) and 1 <= int(text) <= MAX_LIMIT:
        return int(text)
    raise ProblemError(
        ProblemType.INVALID_PARAMETER, f"The parameter {LIMIT_PARAMETER} is not a whole number from 1 to {MAX_LIMIT}."
    )


def read_cursor(query: Mapping[str, str], bank: Bank) -> Position | None:
    """The position after which to start; None to start with the newest.

    Raises:
        ProblemError: 400 if the cursor is invalid.
    """
    cursor = query.get(CURSOR_PARAMETER)
    if cursor is None:
        return None
    try:
        return decode_cursor(cursor, bank.bank_id)
    except ValueError as error:
        detail = (
            f"The parameter {CURSOR_PARAMETER} is invalid."
            " Send the next_cursor of your last response, or omit it to start with the newest upload."
        )
        raise ProblemError(ProblemType.INVALID_CURSOR, detail) from error
