"""A bank is identified by its API key alone: the banks table knows the SHA-256 of each of its keys."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Bank:
    """A partner bank."""

    bank_id: str
    name: str


class Banks(Protocol):
    """Finds banks."""

    def find(self, api_key_sha256: str) -> Bank | None:
        """The bank whose API key has this SHA-256 (lower-case hexadecimal), or None."""
        ...


def identify(api_key: str, banks: Banks) -> Bank | None:
    """The bank to which an API key belongs, or None."""
    return banks.find(sha256(api_key.encode()).hexdigest())
