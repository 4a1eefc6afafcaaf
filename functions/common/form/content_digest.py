"""The digest of a request's body in its Content-Digest header (RFC 9530), a dictionary of byte sequences (RFC 8941)."""

import binascii
import hashlib
import re
from base64 import b64decode
from typing import Final

from functions.common.http import ProblemError, Request
from shared.contracts.problems import ProblemType

_HEADER: Final = "content-digest"
_ALGORITHMS: Final = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
"""Those that RFC 9530 calls secure; others are ignored, as it asks."""
_KEY: Final = r"[a-z*][a-z0-9_.*-]*+"
_BARE: Final = r"(?::[A-Za-z0-9+/]*+={0,2}:|\"(?:[ !#-\[\]-~]|\\[\"\\])*+\"|[A-Za-z0-9*?-][!-+\--:<-~]*+)"
_MEMBER: Final = re.compile(rf"({_KEY})=:([A-Za-z0-9+/]*+={{0,2}}):(?:;[ ]*+{_KEY}(?:={_BARE})?)*+[ \t]*+(,[ \t]*+|\Z)")


def require_content_digest(request: Request) -> None:
    """Compare the body, as it was received, with its digests; without the header there is nothing to compare.

    Raises:
        ProblemError: 400 if the header is malformed, or the body has another digest.
    """
    for algorithm, expected in _digests(request.headers.get(_HEADER, "")).items():
        if algorithm in _ALGORITHMS and _ALGORITHMS[algorithm](request.body).digest() != expected:
            raise ProblemError(
                ProblemType.DIGEST_MISMATCH,
                f"The body has another {algorithm} digest than its Content-Digest header says: it was changed on its"
                " way, or the digest is of something else than the whole body. Send the request again.",
            )


def _digests(header: str) -> dict[str, bytes]:
    """Algorithm -> digest."""
    text = header.strip(" \t")
    found: dict[str, bytes] = {}
    position, more = 0, bool(text)
    while more:
        member = _MEMBER.match(text, position)
        if not member:
            raise _malformed()
        found[member[1]] = _decoded(member[1], member[2])
        position, more = member.end(), bool(member[3])
    return found


def _decoded(algorithm: str, text: str) -> bytes:
    try:
        # Padding may be missing (RFC 8941, 4.2.7).
        digest = b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), validate=True)
    except binascii.Error as error:
        raise _malformed() from error
    if algorithm in _ALGORITHMS and len(digest) != _ALGORITHMS[algorithm]().digest_size:
        raise _malformed()
    return digest


def _malformed() -> ProblemError:
    return ProblemError(
        ProblemType.INVALID_REQUEST,
        "The Content-Digest header is malformed. Send it as RFC 9530 says, such as sha-256=:BASE64:, or leave it out.",
    )
