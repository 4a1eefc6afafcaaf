"""Gathers a report's blocks into byte ranges, so that its rows can be loaded side by side."""

from typing import Final

from shared.contracts.workflow import ByteRange

MAX_RANGE_ROWS: Final = 5_000
"""RowsValidator of a range: 200 batch inserts, some seconds, far from Lambda's and the workflow's time limits.

A block has fewer: the shortest row takes 31 bytes, so that `blocks.BLOCK_BYTES` hold 4,228 of them.
"""
MAX_RANGE_BYTES: Final = 1_048_576
"""Bytes of a range: memory stays bounded, empty lines or not."""


class RangeCutter:
    """Puts neighbouring blocks together to ranges of `MAX_RANGE_ROWS` and `MAX_RANGE_BYTES` at most."""

    def __init__(self) -> None:
        self._cut: list[ByteRange] = []

    def take(self, block: ByteRange) -> None:
        """Take the next block; one without rows, all of its lines empty, belongs to no range."""
        if not block["rows"]:
            return
        for last in self._cut[-1:]:
            rows = last["rows"] + block["rows"]
            if rows <= MAX_RANGE_ROWS and block["end"] - last["start"] <= MAX_RANGE_BYTES:
                last["end"], last["rows"] = block["end"], rows
                return
        self._cut.append(block)

    def ranges(self) -> tuple[ByteRange, ...]:
        """The ranges, one after the other; between them, and after the header, are empty lines at most."""
        return tuple(self._cut)
