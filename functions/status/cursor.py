"""Cursors: the position after a page of a bank's uploads, opaque to the caller and bound to the bank."""

import base64
import json
from dataclasses import dataclass


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
    try:
        values = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except ValueError as error:
        raise ValueError("not a valid cursor") from error
    match values:
        case [str() as owner, str() as received_at, str() as upload_id] if (
            owner == bank_id and received_at and upload_id
        ):
            return Position(received_at=received_at, upload_id=upload_id)
    raise ValueError("not a cursor of this bank")
