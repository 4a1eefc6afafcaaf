"""The query parameters of GET /uploads and GET /uploads/{upload_id}/errors."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final

from functions.common.banks import Bank
from functions.common.http import ProblemError
from functions.common.requests import invalid_parameter, read_cursor, read_limit
from functions.common.times import timestamp
from functions.report.rules.fields import timestamp_code
from functions.status.cursor import Position, decode_cursor, decode_errors_cursor
from functions.status.selection import Selection
from shared.contracts.api import (
    DEFAULT_LIMIT,
    DEFAULT_ROWS_LIMIT,
    FROM_PARAMETER,
    MAX_LIMIT,
    MAX_ROWS_LIMIT,
    STATUS_PARAMETER,
    TO_PARAMETER,
)
from shared.contracts.problems import ProblemType
from shared.contracts.uploads import UploadStatus

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LATEST: Final = datetime.max.replace(tzinfo=UTC)
_MOMENT: Final = (
    "a date like 2026-11-20 (UTC) or a time with its zone like 2026-11-20T14:10:50Z; in a URL, + is written as %2B"
)


def read_list(query: Mapping[str, str], bank: Bank) -> tuple[Selection, int, Position | None]:
    """Which uploads to list, how many at most, and after which position.

    Raises:
        ProblemError: 400 if a parameter is invalid.
    """
    selection = _read_selection(query)
    limit = read_limit(query, default=DEFAULT_LIMIT, most=MAX_LIMIT)

    def within(cursor: str) -> Position:
        position = decode_cursor(cursor, bank.bank_id)
        # DynamoDB answers a position outside of the key condition with an error.
        if not selection.earliest <= position.received_at <= selection.latest:
            raise ValueError("a cursor of a list of other times")
        return position

    return selection, limit, read_cursor(query, within)


def read_errors_page(query: Mapping[str, str], upload_id: str) -> tuple[int, int]:
    """How many errors to return at most, and how many of the upload's were shown before.

    Raises:
        ProblemError: 400 if a parameter is invalid.
    """
    limit = read_limit(query, default=DEFAULT_ROWS_LIMIT, most=MAX_ROWS_LIMIT)
    return limit, read_cursor(query, partial(decode_errors_cursor, upload_id=upload_id)) or 0


def _read_selection(query: Mapping[str, str]) -> Selection:
    selection = Selection(
        status=_read_status(query),
        earliest=_read_earliest(query) or Selection.earliest,
        latest=_read_latest(query) or Selection.latest,
    )
    if selection.earliest > selection.latest:
        raise ProblemError(
            ProblemType.INVALID_PARAMETER, f"The parameter {FROM_PARAMETER} is not before the parameter {TO_PARAMETER}."
        )
    return selection


def _read_status(query: Mapping[str, str]) -> UploadStatus | None:
    text = query.get(STATUS_PARAMETER)
    try:
        return None if text is None else UploadStatus(text)
    except ValueError as error:
        raise invalid_parameter(STATUS_PARAMETER, f"one of {', '.join(UploadStatus)}") from error


def _read_earliest(query: Mapping[str, str]) -> str | None:
    match _read_moment(query, FROM_PARAMETER):
        case datetime() as moment:
            return timestamp(moment)
        case date() as day:
            return timestamp(datetime.combine(day, time.min, tzinfo=UTC))
        case _:
            return None


def _read_latest(query: Mapping[str, str]) -> str | None:
    """The last microsecond before a time, or of a day."""
    match _read_moment(query, TO_PARAMETER):
        case datetime() as moment:
            return timestamp(moment - timedelta(microseconds=1))
        case date() as day:
            return timestamp(datetime.combine(day, time.max, tzinfo=UTC))
        case _:
            return None


def _read_moment(query: Mapping[str, str], name: str) -> date | None:
    """A day, or a `datetime` by the rules of a report's timestamps."""
    text = query.get(name)
    if text is None:
        return None
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
        if timestamp_code(text, _LATEST) is None:
            return datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid_parameter(name, _MOMENT) from error
    raise invalid_parameter(name, _MOMENT)
