"""Query parameters that several lists have."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from functions.common.http import ProblemError
from shared.contracts.api import CURSOR_PARAMETER, LIMIT_PARAMETER
from shared.contracts.problems import ProblemType

_T = TypeVar("_T")


def read_limit(query: Mapping[str, str], *, default: int, most: int) -> int:
    """How many entries to return at most.

    Raises:
        ProblemError: 400 if the limit is invalid.
    """
    text = query.get(LIMIT_PARAMETER, str(default))
    # As many ASCII digits as the largest limit has: int() alone accepts more than that, "1_0" and "१०" too.
    if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most:
        return int(text)
    raise invalid_parameter(LIMIT_PARAMETER, f"a whole number from 1 to {most:,}")


def read_cursor(query: Mapping[str, str], decode: Callable[[str], _T]) -> _T | None:
    """What the cursor says; None without one, to start at the beginning.

    Args:
        query: the query parameters.
        decode: reads a cursor of this list, and raises ValueError for any other.

    Raises:
        ProblemError: 400 if the cursor is invalid.
    """
    cursor = query.get(CURSOR_PARAMETER)
    if cursor is None:
        return None
    try:
        return decode(cursor)
    except ValueError as error:
        detail = (
            f"The parameter {CURSOR_PARAMETER} is invalid. Send the next_cursor of your last response with the same"
            " parameters, or omit it to start at the beginning of the list."
        )
        raise ProblemError(ProblemType.INVALID_CURSOR, detail) from error


def invalid_parameter(name: str, expected: str) -> ProblemError:
    """The problem that a parameter is not what is expected of it, like "a date"."""
    return ProblemError(ProblemType.INVALID_PARAMETER, f"The parameter {name} is not {expected}.")
