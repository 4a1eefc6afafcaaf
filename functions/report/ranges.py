"""Cuts a good report into byte ranges of whole records, so that they can be loaded side by side."""

from typing import Final

from functions.report.records import BYTE_ORDER_MARK, lines
from shared.contracts.workflow import ByteRange

MAX_RANGE_ROWS: Final = 5_000
"""Rows of a range: 200 batch inserts, some seconds, far from Lambda's and the workflow's time limits."""
MAX_RANGE_BYTES: Final = 1_048_576
"""A range takes no further record once it has reached this size: memory stays bounded, empty lines or not.

A report of `MAX_REPORT_BYTES` has at most 35 ranges, some 3 KB of the workflow's 256 KiB payload.
"""


def cut(data: bytes, *, max_rows: int = MAX_RANGE_ROWS, max_bytes: int = MAX_RANGE_BYTES) -> list[ByteRange]:
    """Cut a report that the judge has accepted: every record is one physical line.

    The ranges follow each other without gaps from the line after the header to the end of the file. `first_line` is
    the physical line at `start`, which may be an empty one; empty lines belong to the range of the record after them,
    at the end to the last one.
    """
    body = data.removeprefix(BYTE_ORDER_MARK)
    records = lines(body, offset=len(data) - len(body))
    header = next(records)
    ranges: list[ByteRange] = []
    start = end = _after(data, header.offset)
    first_line = next_line = header.number + 1
    rows = 0
    for line in records:
        if rows and (rows >= max_rows or end - start >= max_bytes):
            ranges.append(ByteRange(start=start, end=end, first_line=first_line, rows=rows))
            start, first_line, rows = end, next_line, 0
        end, next_line, rows = _after(data, line.offset), line.number + 1, rows + 1
    return [*ranges, ByteRange(start=start, end=len(data), first_line=first_line, rows=rows)]


def _after(data: bytes, offset: int) -> int:
    """Offset of the line after the one that holds `offset`."""
    return data.find(b"\n", offset) + 1 or len(data)
