"""Parts of bytes in a temporary file, in memory until they are many."""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import Final

_BYTES_IN_MEMORY: Final = 33_554_432


class Spool:
    """Parts that belong to partitions. What is remembered of a part outside the file are 16 bytes."""

    def __init__(self) -> None:
        # It lives as long as this object, which its owner closes.
        self._file = SpooledTemporaryFile(max_size=_BYTES_IN_MEMORY)  # noqa: SIM115 # pylint: disable=consider-using-with
        self._end = 0
        self._is_at_end = True
        # Start and size of each part, in turn.
        self._parts = defaultdict[int, "array[int]"](_numbers)

    def write(self, partition: int, content: bytes) -> None:
        """Add a part to a partition."""
        # To seek empties the file's buffer: only where that is necessary.
        if not self._is_at_end:
            self._file.seek(self._end)
            self._is_at_end = True
        self._file.write(content)
        self._parts[partition].extend((self._end, len(content)))
        self._end += len(content)

    def read(self, partition: int) -> Iterator[bytes]:
        """The parts of a partition, in the order in which they were added."""
        numbers = iter(self._parts[partition])
        for start, size in zip(numbers, numbers, strict=True):
            self._is_at_end = False
            self._file.seek(start)
            yield self._file.read(size)

    def close(self) -> None:
        """Free the space."""
        self._file.close()


def _numbers() -> "array[int]":
    return array("Q")
