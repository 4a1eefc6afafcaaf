"""From chunks of any size to blocks of whole lines, cut at the same places for any chunks."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
BLOCK_BYTES: Final = 131_072
"""A block ends with the last line that ends within this size, which fits a processor's cache."""
MAX_LINE_BYTES: Final = 65_536
"""A longer line is invalid as a whole, so that memory stays bounded. Valid ones have some 200 bytes."""


class Block(NamedTuple):
    """Whole lines; only the file's last one may lack its end.

    `offset` is that of the first byte in the file. `text` has one character for each byte (Latin-1): offsets count
    bytes, and nothing can fail to decode. A line too long for a block is alone in its block, without an end, and cut
    after `MAX_LINE_BYTES` and one more.
    """

    offset: int
    text: str


def read_blocks(chunks: Iterable[bytes]) -> Iterator[Block]:
    """Cut a file, read in chunks, into blocks without the byte-order mark. Holds two blocks and a chunk in memory."""
    rest = b""
    offset = 0
    skipping = False
    for piece in _pieces(chunks):
        data = rest + piece if rest else piece
        position = len(BYTE_ORDER_MARK) if not offset and data.startswith(BYTE_ORDER_MARK) else 0
        while len(data) - position >= BLOCK_BYTES or (not piece and position < len(data)):
            end, ended = _end_of_lines(data, position, at_end=not piece, skipping=skipping)
            if not skipping:
                shown = end if ended else position + MAX_LINE_BYTES + 1
                yield Block(offset + position, str(memoryview(data)[position:shown], "latin-1"))
            skipping = not ended
            position = end
        offset += position
        rest = data[position:]


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Chunks joined to pieces of at least a block's size, except the last; then an empty piece."""
    small: list[bytes] = []
    size = 0
    for chunk in chunks:
        small.append(chunk)
        size += len(chunk)
        if size >= BLOCK_BYTES:
            yield b"".join(small) if len(small) > 1 else chunk
            small, size = [], 0
    if size:
        yield b"".join(small)
    yield b""


def _end_of_lines(data: bytes, start: int, *, at_end: bool, skipping: bool) -> tuple[int, bool]:
    """Where the block at `start`, or the rest of an overlong line, ends; and whether a line ends there."""
    left = len(data) - start
    if skipping:
        end = data.find(b"\n", start) + 1
        return (end, True) if end else (len(data), at_end)
    if at_end and left < BLOCK_BYTES:
        return len(data), True
    end = data.rfind(b"\n", start, start + BLOCK_BYTES) + 1
    return (end, True) if end else (start + BLOCK_BYTES, False)
