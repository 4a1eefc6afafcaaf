"""Port of the manifests: where the ranges of a large report are, which do not fit into a payload."""

from collections.abc import Sequence
from typing import Protocol

from shared.contracts.workflow import ByteRange


class Manifests(Protocol):
    """Stores manifests, each under the key of its attempt (`shared/contracts/objects.py`)."""

    def store(self, key: str, ranges: Sequence[ByteRange]) -> None:
        """Store the ranges in their order; an earlier manifest is overwritten."""
        ...
