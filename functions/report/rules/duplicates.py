"""Finds ids that a report has more than once, exactly and in bounded memory, however long the report is.

Most banks number their transactions: as long as each id is greater than the one before, none can be a duplicate.
Otherwise a set of the ids' hashes shows it while the set is small: ids with different hashes are different. All ids are
logged meanwhile. Only when the set would grow too large, or a hash occurs twice, which proves nothing, the log is
distributed to partitions by hash: equal ids meet in the same partition, and each partition is searched by itself at the
end. Log and partitions are moved to disk once they are large.
"""

from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from operator import call, lt
from tempfile import SpooledTemporaryFile
from typing import Final, NamedTuple

PARTITIONS: Final = 256
"""One for each value of a byte. Of 10 million ids each has about 40,000."""
_FEW: Final = 512
"""Fewer ids are collected first: to process a batch has a fixed cost."""
MAX_SET: Final = 1_048_576
"""As many hashes in a set take some 70 MB."""
_ROWS_IN_MEMORY: Final = 131_072
_BYTES_IN_MEMORY: Final = 33_554_432
_SEPARATOR: Final = ","
_HASH_BYTES: Final = array("q").itemsize


class Duplicate(NamedTuple):
    """An id on `line` that is already on `first_line`."""

    line: int
    transaction_id: str
    first_line: int


class DuplicateFinder:
    """Collects the ids of a report's rows, each with its line. Ids are well-formed: ASCII, no comma, no line break.

    The hashes of up to `max_set` ids are kept in a set.
    """

    def __init__(self, max_set: int = MAX_SET) -> None:
        self._max_set = max_set
        self._pending: tuple[list[str], list[int]] = ([], [])
        self._count = 0
        self._log = _Spool()
        self._greatest: str | None = ""
        self._seen: set[int] = set()
        self._partitions: _Partitions | None = None

    def add(self, transaction_id: str, line: int) -> None:
        """Add one id; lines rise from call to call."""
        ids, lines = self._pending
        ids.append(transaction_id)
        lines.append(line)
        if len(ids) >= _FEW:
            self._flush()

    def extend(self, ids: Sequence[str], lines: Sequence[int]) -> None:
        """Add many ids; where their lines are consecutive, a range of them saves space."""
        if len(ids) < _FEW:
            self._pending[0].extend(ids)
            self._pending[1].extend(lines)
        else:
            self._flush()
            self._take(ids, lines)

    def duplicates(self) -> Iterator[Duplicate]:
        """Every id's second and later lines, in no order. To be called once, at the end."""
        self._flush()
        if self._partitions:
            yield from self._partitions.duplicates()

    def close(self) -> None:
        """Free the disk space of the ids."""
        self._log.close()
        if self._partitions:
            self._partitions.close()

    def _flush(self) -> None:
        ids, lines = self._pending
        if ids:
            self._take(ids, lines)
            self._pending = ([], [])

    def _take(self, ids: Sequence[str], lines: Sequence[int]) -> None:
        if self._partitions:
            self._partitions.take(ids, lines)
            return
        self._log.write(0, ids, lines)
        self._count += len(ids)
        if not (self._ascend(ids) or self._are_new(ids)):
            self._seen.clear()
            self._partitions = _Partitions()
            for part in self._log.read(0):
                self._partitions.take(*part)

    def _ascend(self, ids: Sequence[str]) -> bool:
        if self._greatest is None or ids[0] <= self._greatest or not all(map(lt, ids, islice(ids, 1, None))):
            self._greatest = None
            return False
        self._greatest = ids[-1]
        return True

    def _are_new(self, ids: Sequence[str]) -> bool:
        if self._count > self._max_set:
            return False
        if not self._seen:
            for earlier, _ in self._log.read(0):
                self._seen.update(map(hash, earlier))
        self._seen.update(map(hash, ids))
        return len(self._seen) == self._count


class _Partitions:
    """Ids by hash: those of some blocks in memory, the others in a spool."""

    def __init__(self) -> None:
        self._spool = _Spool()
        self._rows = 0
        self._ids: list[list[str]] = [[] for _ in range(PARTITIONS)]
        self._lines = [array("Q") for _ in range(PARTITIONS)]
        self._take_id = [ids.append for ids in self._ids]
        self._take_line = [lines.append for lines in self._lines]

    def take(self, ids: Sequence[str], lines: Sequence[int]) -> None:
        # Any byte of a str's hash (SipHash with a key of this process) is evenly distributed for any ids.
        places = array("q", map(hash, ids)).tobytes()[::_HASH_BYTES]
        # A deque of length 0 runs an iterator to its end without executing bytecode for each element.
        deque(map(call, map(self._take_id.__getitem__, places), ids), maxlen=0)
        deque(map(call, map(self._take_line.__getitem__, places), lines), maxlen=0)
        self._rows += len(ids)
        if self._rows >= _ROWS_IN_MEMORY:
            self._spill()

    def duplicates(self) -> Iterator[Duplicate]:
        for partition in range(PARTITIONS):
            yield from self._duplicates_in(partition)

    def close(self) -> None:
        self._spool.close()

    def _spill(self) -> None:
        for partition, (ids, lines) in enumerate(zip(self._ids, self._lines, strict=True)):
            if ids:
                self._spool.write(partition, ids, lines)
                ids.clear()
                del lines[:]
        self._rows = 0

    def _duplicates_in(self, partition: int) -> Iterator[Duplicate]:
        parts = [*self._spool.read(partition), (self._ids[partition], self._lines[partition])]
        ids = [transaction_id for part, _ in parts for transaction_id in part]
        if len(set(ids)) == len(ids):
            return
        first_lines: dict[str, int] = {}
        lines = (line for _, part in parts for line in part)
        for transaction_id, line in zip(ids, lines, strict=True):
            first = first_lines.setdefault(transaction_id, line)
            if first != line:
                yield Duplicate(line, transaction_id, first)


class _Spooled(NamedTuple):
    """Where a part is stored: ids joined, then lines packed; only the first line if they are consecutive."""

    offset: int
    ids_size: int
    lines_size: int
    first_line: int


class _Spool:
    """A file of ids and lines, in parts that belong to partitions; in memory until it is large."""

    def __init__(self) -> None:
        # It lives as long as this object, which its owner closes.
        self._file = SpooledTemporaryFile(max_size=_BYTES_IN_MEMORY)  # noqa: SIM115 # pylint: disable=consider-using-with
        self._end = 0
        self._parts: dict[int, list[_Spooled]] = {}

    def write(self, partition: int, ids: Sequence[str], lines: Sequence[int]) -> None:
        joined = _SEPARATOR.join(ids).encode()
        packed = b"" if isinstance(lines, range) else array("Q", lines).tobytes()
        self._file.seek(self._end)
        self._file.write(joined)
        self._file.write(packed)
        part = _Spooled(self._end, len(joined), len(packed), lines[0])
        self._parts.setdefault(partition, []).append(part)
        self._end += len(joined) + len(packed)

    def read(self, partition: int) -> Iterator[tuple[list[str], Sequence[int]]]:
        for offset, ids_size, lines_size, first_line in self._parts.get(partition, ()):
            self._file.seek(offset)
            ids = self._file.read(ids_size).decode().split(_SEPARATOR)
            packed = array("Q", self._file.read(lines_size))
            yield ids, packed or range(first_line, first_line + len(ids))

    def close(self) -> None:
        self._file.close()
