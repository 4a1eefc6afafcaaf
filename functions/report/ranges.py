"""Gathers a report's blocks into byte ranges, so that its rows can be loaded side by side."""

from typing import Final

from shared.contracts.workflow import ByteRange

MAX_RANGE_ROWS: Final = 5_000
"""Rows of a range: 200 batch inserts, some seconds, far from Lambda's and the workflow's time limits.

A block has fewer: the shortest row takes 31 bytes, so that `blocks.BLOCK_BYTES` hold 4,228 of them.
"""


class RangeCutter:
    """Puts neighbouring blocks together to ranges of at most `MAX_RANGE_ROWS` rows."""

    def __init__(self) -> None:
        self._cut: list[ByteRange] = []

    def take(self, *, start: int, end: int, first_line: int, rows: int) -> None:
        """Take the next block: its bytes, the physical line at `start`, its rows (none if all lines are empty)."""
        last = self._cut[-1] if self._cut else None
        if last and (not rows or not last["rows"] or last["rows"] + rows <= MAX_RANGE_ROWS):
            last["end"] = end
            last["rows"] += rows
        else:
            self._cut.append(ByteRange(start=start, end=end, first_line=first_line, rows=rows))

    def ranges(self) -> tuple[ByteRange, ...]:
        """The ranges, one after the other without gaps from the line after the header to the end of the file."""
        return tuple(self._cut)
