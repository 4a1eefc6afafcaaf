"""Which hashes occur more than once among the hashes of many ids, in bounded memory.

The first hashes are a set, as long as it fits a processor's cache: a larger one would miss it with every hash. From
then on hashes are distributed to partitions by one of their bytes, eight bytes for each, and at the end one partition
after the other becomes a set. Partitions are moved to disk once they are large.
"""

from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from struct import pack
from typing import Any, Final, TypeVar

from functions.report.rules.spool import Spool

MAX_SET: Final = 98_304
"""More than a report that fits one request has ids."""
PARTITIONS: Final = 256
"""One for each value of a byte. Of 10 million hashes each has about 40,000."""
MAX_REPEATED: Final = 131_072
"""More hashes that occur more than once are not told apart."""
_CODE: Final = "l" if array("l").itemsize == array("q").itemsize else "q"
"""Eight bytes with a sign. CPython converts to a C long faster than to a long long, where these are the same."""
_BYTES: Final = array(_CODE).itemsize

T = TypeVar("T")


def partitions_of(hashes: Sequence[int]) -> bytes:
    """The number of each hash's partition: one of its bytes.

    Any byte of a str's hash (SipHash with a key of this process) is evenly distributed for any ids.
    """
    # struct reads an int in two thirds of the time that array needs.
    return pack(f"{len(hashes)}{_CODE}", *hashes)[::_BYTES]


def distribute(append: Callable[[Any, T], None], parts: Sequence[Any], numbers: bytes, items: Sequence[T]) -> None:
    """Append each item to the part that has its number."""
    # An itemgetter of one number returns no tuple: it has one more, which no item is left for. A deque of length 0 runs
    # an iterator to its end without executing bytecode for each element.
    deque(map(append, itemgetter(*numbers, 0)(parts), items), maxlen=0)


class Hashes:
    """The hashes of ids: up to `max_set` in a set as long as all differ, otherwise in partitions.

    Up to `in_memory` hashes of the partitions are kept in memory.
    """

    def __init__(self, max_set: int, in_memory: int) -> None:
        self._max_set = max_set
        self._in_memory = in_memory
        self._set: set[int] = set()
        self._count = 0
        self._partitions: list[array[int]] = []  # pylint: disable=unsubscriptable-object
        self._left = in_memory
        self._spool = Spool()

    def add(self, ids: Sequence[str]) -> None:
        """Add the hashes of some ids."""
        hashes = list(map(hash, ids))
        if self._partitions:
            self._distribute(hashes)
            return
        self._set.update(hashes)
        self._count += len(hashes)
        differ = len(self._set) == self._count
        if not differ or self._count > self._max_set:
            self._partitions = [array(_CODE) for _ in range(PARTITIONS)]
            self._distribute(list(self._set))
            self._set.clear()
        if not differ:
            # Which of them were in the set before is not known any more: all count as repeated.
            self._distribute(hashes)

    def repeated(self) -> set[int] | None:
        """Those that occur more than once, and few others; None if they are too many to be kept. To be called once."""
        found: set[int] = set()
        for number in range(len(self._partitions)):
            if self._repeats(number):
                times = Counter[int]()
                for part in self._parts(number):
                    times.update(part)
                found.update(each for each, count in times.items() if count > 1)
                if len(found) > MAX_REPEATED:
                    return None
        return found

    def close(self) -> None:
        """Free the space."""
        self._set.clear()
        self._partitions.clear()
        self._spool.close()

    def _distribute(self, hashes: Sequence[int]) -> None:
        distribute(array.append, self._partitions, partitions_of(hashes), hashes)
        self._left -= len(hashes)
        if self._left <= 0:
            for number, each in enumerate(self._partitions):
                self._spool.write(number, each.tobytes())
                del each[:]
            self._left = self._in_memory

    def _repeats(self, number: int) -> bool:
        seen: set[int] = set()
        count = 0
        for part in self._parts(number):
            seen.update(part)
            count += len(part)
        return len(seen) < count

    def _parts(self, number: int) -> "Iterator[array[int]]":
        """A partition's hashes, not all at once: if every row has the same id, all are in one partition."""
        for part in self._spool.read(number):
            yield array(_CODE, part)
        yield self._partitions[number]
