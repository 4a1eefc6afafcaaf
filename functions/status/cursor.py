"""Cursors: the position after a page of a bank's uploads, opaque to the caller and bound to the bank."""

import base64
import json
import re
from dataclasses import dataclass
from typing import Final

from functions.common.uploads import is_upload_id

_MAX_LENGTH: Final = 512
"""Of a cursor; `encode_cursor` writes some 200 characters with the longest bank id."""
_TIMESTAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


@dataclass(frozen=True, kw_only=True)
class Position:
    """An upload's position among a bank's uploads."""

    received_at: str
    upload_id: str


def encode_cursor(bank_id: str, position: Position) -> str:
    """Write a position as a URL-safe string."""
    text = json.dumps([bank_id, position.received_at, position.upload_id])
    return base64.urlsafe_b64encode(text.encode()).decode()


def decode_cursor(cursor: str, bank_id: str) -> Position:
    """Read a cursor that `encode_cursor` wrote for the same bank.

    Raises:
        ValueError: the cursor is damaged, invented, or another bank's.
    """
    if len(cursor) > _MAX_LENGTH:
        raise ValueError("too long for a cursor")
    try:
        values = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as error:
        raise ValueError("not a valid cursor") from error
    match values:
        # DynamoDB rejects a position whose parts are too long for its keys, or are not Unicode.
        case [str() as owner, str() as received_at, str() as upload_id] if (
            owner == bank_id and _TIMESTAMP.fullmatch(received_at) and is_upload_id(upload_id)
        ):
            return Position(received_at=received_at, upload_id=upload_id)
    raise ValueError("not a cursor of this bank")
