"""Finds ids that a report has more than once, exactly and in bounded memory, however long the report is.

Most banks number their transactions: as long as each id is greater than the one before, none can be a duplicate.
Otherwise their hashes show it: ids with different hashes are different. All ids are logged meanwhile. Only where a
hash occurs more than once, which proves nothing, the ids that have it are taken from the log and distributed to
partitions by hash: equal ids meet in the same partition, and each partition is searched by itself. Log, hashes and
partitions are moved to disk once they are large.
"""

from array import array
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from itertools import chain, compress, islice
from operator import lt
from typing import Final, NamedTuple

from functions.report.rules.hashes import MAX_SET, PARTITIONS, Hashes, distribute, partitions_of
from functions.report.rules.spool import Spool

_FEW: Final = 128
"""Fewer ids are collected first: to process a batch has a fixed cost."""
HASHES_IN_MEMORY: Final = 1_048_576
"""They take 8 MB."""
_HASHES_FOR_AN_ID: Final = 8
"""So many hashes need the memory of an id with its line, more or less."""
_LOG: Final = 0
"""The log is one partition."""
_SEPARATOR: Final = ","


class Duplicate(NamedTuple):
    """An id on `line` that is already on `first_line`."""

    line: int
    transaction_id: str
    first_line: int


class DuplicateFinder:
    """Collects the ids of a report's rows, each with its line. Ids are well-formed: ASCII, no comma, no line break.

    Up to `max_set` hashes are a set; more of them are partitions, of which up to `hashes_in_memory` stay in memory.
    """

    def __init__(self, max_set: int = MAX_SET, hashes_in_memory: int = HASHES_IN_MEMORY) -> None:
        self._pending: tuple[list[str], list[int]] = ([], [])
        self._log = _Rows()
        self._greatest = ""
        self._hashes: Hashes | None = None
        self._limits = (max_set, hashes_in_memory)

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
        repeated = self._hashes.repeated() if self._hashes else set[int]()
        if self._hashes:
            self._hashes.close()
        if repeated is None or repeated:
            with closing(_Partitions(self._limits[1] // _HASHES_FOR_AN_ID)) as partitions:
                for ids, lines in self._log.read(_LOG):
                    partitions.take(*((ids, lines) if repeated is None else _having(repeated, ids, lines)))
                yield from partitions.duplicates()

    def close(self) -> None:
        """Free the disk space of the ids."""
        self._log.close()
        if self._hashes:
            self._hashes.close()

    def _flush(self) -> None:
        ids, lines = self._pending
        if ids:
            self._take(ids, lines)
            self._pending = ([], [])

    def _take(self, ids: Sequence[str], lines: Sequence[int]) -> None:
        self._log.write(_LOG, ids, lines)
        if self._hashes:
            self._hashes.add(ids)
        elif ids[0] > self._greatest and all(map(lt, ids, islice(ids, 1, None))):
            self._greatest = ids[-1]
        else:
            self._hashes = Hashes(*self._limits)
            for logged, _ in self._log.read(_LOG):
                self._hashes.add(logged)


def _having(hashes: AbstractSet[int], ids: Sequence[str], lines: Sequence[int]) -> tuple[Sequence[str], Sequence[int]]:
    """The ids that have one of the hashes, and their lines."""
    having = list(map(hashes.__contains__, map(hash, ids)))
    return list(compress(ids, having)), list(compress(lines, having))


class _Partitions:
    """Ids by hash: those of some blocks in memory, the others in a spool."""

    def __init__(self, rows_in_memory: int) -> None:
        self._spooled = _Rows()
        self._rows_in_memory = rows_in_memory
        self._rows = 0
        self._ids: list[list[str]] = [[] for _ in range(PARTITIONS)]
        self._lines = [array("Q") for _ in range(PARTITIONS)]

    def take(self, ids: Sequence[str], lines: Sequence[int]) -> None:
        numbers = partitions_of(list(map(hash, ids)))
        distribute(list.append, self._ids, numbers, ids)
        distribute(array.append, self._lines, numbers, lines)
        self._rows += len(ids)
        if self._rows >= self._rows_in_memory:
            self._spill()

    def duplicates(self) -> Iterator[Duplicate]:
        for partition in range(PARTITIONS):
            yield from self._duplicates_in(partition)

    def close(self) -> None:
        self._spooled.close()

    def _spill(self) -> None:
        for partition, (ids, lines) in enumerate(zip(self._ids, self._lines, strict=True)):
            if ids:
                self._spooled.write(partition, ids, lines)
                ids.clear()
                del lines[:]
        self._rows = 0

    def _duplicates_in(self, partition: int) -> Iterator[Duplicate]:
        first_lines: dict[str, int] = {}
        for ids, lines in chain(self._spooled.read(partition), [(self._ids[partition], self._lines[partition])]):
            for transaction_id, line in zip(ids, lines, strict=True):
                first = first_lines.setdefault(transaction_id, line)
                if first != line:
                    yield Duplicate(line, transaction_id, first)


class _Rows:
    """Ids and lines in a spool: ids joined, then lines packed; only the first line if they are consecutive."""

    def __init__(self) -> None:
        self._spool = Spool()

    def write(self, partition: int, ids: Sequence[str], lines: Sequence[int]) -> None:
        self._spool.write(partition, _SEPARATOR.join(ids).encode())
        self._spool.write(partition, array("Q", lines[:1] if isinstance(lines, range) else lines).tobytes())

    def read(self, partition: int) -> Iterator[tuple[list[str], Sequence[int]]]:
        parts = self._spool.read(partition)
        for joined, packed in zip(parts, parts, strict=True):
            ids, lines = joined.decode().split(_SEPARATOR), array("Q", packed)
            yield ids, lines if len(lines) == len(ids) else range(lines[0], lines[0] + len(ids))

    def close(self) -> None:
        self._spool.close()
