"""Reports that are read as a stream: for their digest, and for a PUT."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

_BLOCK: Final = 1024 * 1024

Count = Callable[[int], None]
"""Called with the number of bytes so far."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What a report is declared by: its size in bytes, and its SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


def identify(path: Path) -> Identity:
    """Read a file once."""
    digest, size = sha256(), 0
    for block in _blocks(path):
        digest.update(block)
        size += len(block)
    return Identity(size=size, sha256=digest.hexdigest())


def counted(path: Path, count: Count) -> Iterator[bytes]:
    """A file's bytes for an HTTP client; those that it has taken are counted."""
    taken = 0
    for block in _blocks(path):
        yield block
        taken += len(block)
        count(taken)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block
