"""Joins a report's blocks into byte ranges whose rows can be loaded in parallel."""

from typing import Final

from shared.contracts.workflow import ByteRange

MAX_RANGE_ROWS: Final = 5_000
"""Rows of a range: 200 batch inserts, some seconds, far below the time limits of Lambda and the workflow.

A block has fewer: the shortest row has 31 bytes, and `blocks.BLOCK_BYTES` is room for 4,228 of them.
"""
MAX_RANGE_BYTES: Final = 1_048_576
"""Bytes of a range: memory stays bounded even if most lines are empty."""


class RangeCutter:
    """Joins neighboring blocks into ranges of at most `MAX_RANGE_ROWS` and `MAX_RANGE_BYTES`."""

    def __init__(self) -> None:
        self._cut: list[ByteRange] = []

    def add(self, block: ByteRange) -> None:
        """Add the next block; one without rows, with empty lines only, belongs to no range."""
        if not block["rows"]:
            return
        for last in self._cut[-1:]:
            rows = last["rows"] + block["rows"]
            if rows <= MAX_RANGE_ROWS and block["end"] - last["start"] <= MAX_RANGE_BYTES:
                last["end"], last["rows"] = block["end"], rows
                return
        self._cut.append(block)

    def ranges(self) -> tuple[ByteRange, ...]:
        """The ranges in order; between them, and after the header, are only empty lines."""
        return tuple(self._cut)
