"""The bounded log of a report's validation errors."""

from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest
from operator import itemgetter

from functions.report.errors.hints import hint
from functions.report.errors.validation_error import ValidationError, Violation, printable
from functions.report.format.definition import Code

_by_line = itemgetter(0)


class ErrorLog:
    """Keeps the first errors, counts all of them."""

    def __init__(self, limit: int) -> None:
        self.by_code: Counter[Code] = Counter()
        self._limit = limit
        self._kept: list[ValidationError] = []
        self._duplicates: list[ValidationError] = []

    @property
    def room(self) -> int:
        """How many more errors are kept; further ones only have to be counted."""
        return self._limit - len(self._kept)

    def add(self, line: int, violation: Violation) -> None:
        """Add the violation of a line. Lines are expected in rising order."""
        self.by_code[violation.code] += 1
        if self.room:
            self._kept.append(_error(line, violation))

    def count(self, codes: Iterable[Code]) -> None:
        """Count errors for which there is no room."""
        self.by_code.update(codes)

    def add_duplicates(self, found: Iterable[tuple[int, Violation]]) -> None:
        """Add the duplicate ids, in any order of lines: they are known only after the last row."""
        first = nsmallest(self._limit, self._counted(found), key=_by_line)
        self._duplicates = [_error(line, violation) for line, violation in first]

    def kept(self) -> tuple[ValidationError, ...]:
        """The first errors in order of line and, within one, of the format's columns (the id's error is first)."""
        return tuple(sorted([*self._duplicates, *self._kept], key=_by_line)[: self._limit])

    def _counted(self, found: Iterable[tuple[int, Violation]]) -> Iterable[tuple[int, Violation]]:
        for each in found:
            self.by_code[each[1].code] += 1
            yield each


def _error(line: int, violation: Violation) -> ValidationError:
    code, message, column, value = violation
    how_to_fix = hint(code, value)
    return ValidationError(
        line,
        None if column is None else printable(column),
        code,
        f"{message}: {how_to_fix}" if how_to_fix else message,
        None if value is None else printable(value),
    )
