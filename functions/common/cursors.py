"""Cursors: positions in a list as texts that are opaque to the caller. What reads one checks each of its values."""

import base64
import json
from typing import Any, Final

_MAX_LENGTH: Final = 2_048
"""Of a cursor: the longest one, of transactions, has some 1,500 characters with the longest ids."""


def encode(values: list[Any]) -> str:
    """Write values that JSON has as a URL-safe text."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode()


def decode(cursor: str) -> Any:
    """Read the values of a cursor, which may be invented: they can be anything that JSON has.

    Raises:
        ValueError: it is none.
    """
    if len(cursor) > _MAX_LENGTH:
        raise ValueError("too long for a cursor")
    try:
        return json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as error:
        raise ValueError("not a valid cursor") from error
