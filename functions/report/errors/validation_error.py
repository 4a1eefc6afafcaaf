"""ValidationErrors of a report: what one is, and the bounded log that collects them."""

from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest
from typing import Any, NamedTuple

from functions.report.errors.hints import hint
from functions.report.format.rules import MAX_VALUE_LENGTH, Code


class Violation(NamedTuple):
    """Something wrong in one line, before it is known which line that is.

    `value` is what was found, raw; `column` is None where the whole line or file is at violation.
    """

    code: Code
    message: str
    column: str | None = None
    value: str | None = None


class ValidationError(NamedTuple):
    """A violation with its place, fit to be shown: `line` is a physical line (header = 1), `value` is cut and printable."""

    line: int
    column: str | None
    code: Code
    message: str
    value: str | None

    def as_dict(self) -> dict[str, Any]:
        """The problem as the API and the errors file show it."""
        return {
            "line": self.line,
            "column": self.column,
            "code": self.code.value,
            "message": self.message,
            "value": self.value,
        }


def printable(value: str, length: int = MAX_VALUE_LENGTH) -> str:
    """Cut a value to so many characters and escape what a terminal, a log or a spreadsheet would not show as it is."""
    if len(value) <= length and value.isprintable():
        return value
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in value[: length + 1])
    return shown if len(shown) <= length else shown[: length - 1] + "…"


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
        """Note a violation at a line. Lines are expected in rising order."""
        self.by_code[violation.code] += 1
        if self.room:
            self._kept.append(_place(line, violation))

    def count(self, codes: Iterable[Code]) -> None:
        """Count errors for which there is no room."""
        self.by_code.update(codes)

    def add_duplicates(self, found: Iterable[tuple[int, Violation]]) -> None:
        """Note violations of ids, in whatever order of lines: they are known only after the last row."""
        first = nsmallest(self._limit, self._counted(found), key=_line)
        self._duplicates = [_place(line, violation) for line, violation in first]

    def kept(self) -> tuple[ValidationError, ...]:
        """The first errors in order of line and, within one, of the format's columns (an id's violation is first)."""
        return tuple(sorted([*self._duplicates, *self._kept], key=_line)[: self._limit])

    def _counted(self, found: Iterable[tuple[int, Violation]]) -> Iterable[tuple[int, Violation]]:
        for each in found:
            self.by_code[each[1].code] += 1
            yield each


def _line(placed: tuple[Any, ...]) -> int:
    line: int = placed[0]
    return line


def _place(line: int, violation: Violation) -> ValidationError:
    code, message, column, value = violation
    advice = hint(code, value)
    return ValidationError(
        line,
        None if column is None else printable(column),
        code,
        f"{message}: {advice}" if advice else message,
        None if value is None else printable(value),
    )
