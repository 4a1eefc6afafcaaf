"""Cursors: the position after a page of a bank's uploads, or of an upload's errors, bound to the bank or the upload."""

import re
from dataclasses import dataclass
from typing import Final

from functions.common import cursors
from functions.common.uploads import is_upload_id

_TIMESTAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


@dataclass(frozen=True, kw_only=True)
class Position:
    """An upload's position among a bank's uploads."""

    received_at: str
    upload_id: str


def encode_cursor(bank_id: str, position: Position) -> str:
    """Write a position as a URL-safe string."""
    return cursors.encode([bank_id, position.received_at, position.upload_id])


def decode_cursor(cursor: str, bank_id: str) -> Position:
    """Read a cursor that `encode_cursor` wrote for the same bank.

    Raises:
        ValueError: the cursor is damaged, invented, or another bank's.
    """
    match cursors.decode(cursor):
        # DynamoDB rejects a position whose parts are too long for its keys, or are not Unicode.
        case [str() as owner, str() as received_at, str() as upload_id] if (
            owner == bank_id and _TIMESTAMP.fullmatch(received_at) and is_upload_id(upload_id)
        ):
            return Position(received_at=received_at, upload_id=upload_id)
    raise ValueError("not a cursor of this bank")


def encode_errors_cursor(upload_id: str, seen: int) -> str:
    """Write how many of an upload's validation errors were shown as a URL-safe string."""
    return cursors.encode([upload_id, seen])


def decode_errors_cursor(cursor: str, upload_id: str) -> int:
    """Read a cursor that `encode_errors_cursor` wrote for the same upload: how many of its errors were shown.

    Raises:
        ValueError: the cursor is damaged, invented, or another upload's.
    """
    match cursors.decode(cursor):
        case [str() as owner, int() as seen] if owner == upload_id and not isinstance(seen, bool) and seen > 0:
            return seen
    raise ValueError("not a cursor of this upload")
