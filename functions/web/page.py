"""The page for people, and the headers that keep it to itself."""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_name("page.html")


@cache
def page() -> str:
    """The page: one file, without a build step and without assets of others."""
    return _FILE.read_text(encoding="utf-8")


def headers(bucket: str, region: str) -> Mapping[str, str]:
    """The headers of the page.

    The content security policy allows its own script and style, by their hashes, and no others. It may reach the API
    that it comes from, and the bucket in which it stores reports by links.

    Args:
        bucket: the reports bucket's name.
        region: the bucket's region.
    """
    policy = {
        "default-src": "'none'",
        "script-src": _hashes("script"),
        "style-src": _hashes("style"),
        "img-src": "data:",
        "connect-src": f"'self' https://{bucket}.s3.{region}.amazonaws.com",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "strict-transport-security": "max-age=31536000",
    }


def _hashes(element: str) -> str:
    """The hashes of all inline elements of a name, as a source list (Content Security Policy Level 3, 2.3.1)."""
    texts = re.findall(rf"<{element}>(.*?)</{element}>", page(), flags=re.DOTALL)
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts)
