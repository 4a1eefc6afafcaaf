"""Port of the results of loading: what became of each range of an attempt."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from shared.contracts.workflow import RangeLoaded


class Loads(Protocol):
    """Stores results of ranges, each under its key (`shared/contracts/objects.py`)."""

    def store(self, key: str, loaded: RangeLoaded) -> None:
        """Store a range's result; an earlier one is overwritten."""
        ...

    def read(self, key: str) -> RangeLoaded:
        """Read a range's result."""
        ...

    def read_all(self, keys: Sequence[str]) -> Iterator[RangeLoaded]:
        """Read results side by side; they come in the order of their keys."""
        ...

    def keys(self, prefix: str) -> Sequence[str]:
        """Keys of the results with a prefix, in order of the ranges."""
        ...
