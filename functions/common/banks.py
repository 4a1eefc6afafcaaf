"""A bank is identified by its API key alone: the banks table knows the SHA-256 of each of its keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Bank:
    """A partner bank."""

    bank_id: str
    name: str
    allowed_ips: tuple[Sequence[str], ...] = ()
    """Ranges in CIDR notation, an address has to be in one of each sequence; empty: any address."""

    def allows(self, source_ip: str) -> bool:
        """Whether the bank may call from an address.

        Raises:
            ValueError: it is no IP address, and the bank may not call from everywhere.
        """
        return all(any(ip_address(source_ip) in ip_network(each) for each in ranges) for ranges in self.allowed_ips)


class Banks(Protocol):
    """Finds banks."""

    def find(self, api_key_sha256: str) -> Bank | None:
        """The bank whose API key has this SHA-256 (lower-case hexadecimal), or None."""
        ...


def identify(api_key: str, banks: Banks) -> Bank | None:
    """The bank to which an API key belongs, or None."""
    return banks.find(sha256(api_key.encode()).hexdigest())
