"""From chunks of any size to blocks of whole lines, cut at the same places however the bytes arrive."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
BLOCK_BYTES: Final = 131_072
"""A block ends with the last line that ends within so many bytes: small enough for a processor's cache."""
MAX_LINE_BYTES: Final = 65_536
"""A longer line is a fault as a whole: memory stays bounded whatever is handed in. Good ones have some 200 bytes."""


class Block(NamedTuple):
    """Whole lines; only the file's last one may lack its end.

    `offset` is the first byte's in the file. `text` has one character for each byte (Latin-1), so that offsets count
    bytes and nothing can fail to decode. A line too long for a block is alone in it, and cut off without an end once
    it has more than `MAX_LINE_BYTES`.
    """

    offset: int
    text: str


def read_blocks(chunks: Iterable[bytes]) -> Iterator[Block]:
    """Cut a file, handed in as chunks, into blocks; a byte-order mark is left out. Holds some blocks at most."""
    buffer = bytearray()
    offset = 0
    skipping = False
    for piece in _pieces(chunks):
        buffer += piece
        while len(buffer) >= BLOCK_BYTES or (not piece and buffer):
            if offset == 0 and buffer.startswith(BYTE_ORDER_MARK):
                offset = len(BYTE_ORDER_MARK)
                del buffer[:offset]
                continue
            end = _end_of_lines(buffer, at_end=not piece, skipping=skipping)
            ended = buffer[end - 1] == ord("\n") or (not piece and end == len(buffer))
            if not skipping:
                yield Block(offset, buffer[: end if ended else MAX_LINE_BYTES + 1].decode("latin-1"))
            skipping = not ended
            offset += end
            del buffer[:end]


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks, none larger than a block, none empty but one at the end."""
    for chunk in chunks:
        for start in range(0, len(chunk), BLOCK_BYTES):
            yield chunk[start : start + BLOCK_BYTES]
    yield b""


def _end_of_lines(buffer: bytearray, *, at_end: bool, skipping: bool) -> int:
    """Where the next block ends, or what is left of an overlong line."""
    if skipping:
        return buffer.find(b"\n") + 1 or len(buffer)
    if at_end and len(buffer) < BLOCK_BYTES:
        return len(buffer)
    return buffer.rfind(b"\n", 0, BLOCK_BYTES) + 1 or BLOCK_BYTES
