"""Answers that a browser lets a web page of another origin read (CORS, Fetch standard)."""

import os
from collections.abc import Mapping

from shared.contracts.api import READABLE_HEADERS
from shared.contracts.environment import ALLOWED_ORIGINS


def cors_headers(request_headers: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Headers that let the calling page read an answer; the page's origin must be one of `ALLOWED_ORIGINS`.

    No header allows credentials: a bank is identified by its key, which a browser never sends by itself.

    Args:
        request_headers: of the request; names in any case.
        environ: has `ALLOWED_ORIGINS`, separated by spaces; without it, there are no headers.
    """
    allowed = environ.get(ALLOWED_ORIGINS, "").split()
    if not allowed:
        return {}
    origin = next((value for name, value in request_headers.items() if name.lower() == "origin"), "")
    if origin not in allowed:
        return {"vary": "origin"}
    return {
        "access-control-allow-origin": origin,
        "access-control-expose-headers": ", ".join(READABLE_HEADERS),
        "vary": "origin",
    }
