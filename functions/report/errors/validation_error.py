"""Problems of a report: what one is, and the bounded log that collects them."""

from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest
from typing import Any, NamedTuple

from functions.report.errors.hints import advice
from functions.report.format.rules import MAX_VALUE_LENGTH, Code


class Fault(NamedTuple):
    """Something wrong in one line, before it is known which line that is.

    `value` is what was found, raw; `column` is None where the whole line or file is at fault.
    """

    code: Code
    message: str
    column: str | None = None
    value: str | None = None


class Problem(NamedTuple):
    """A fault with its place, fit to be shown: `line` is a physical line (header = 1), `value` is cut and printable."""

    line: int
    column: str | None
    code: Code
    message: str
    value: str | None

    def as_dict(self) -> dict[str, Any]:
        """The problem as the API and the problems file show it."""
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


class ProblemLog:
    """Keeps the first problems, counts all of them."""

    def __init__(self, limit: int) -> None:
        self.by_code: Counter[Code] = Counter()
        self._limit = limit
        self._kept: list[Problem] = []
        self._duplicates: list[Problem] = []

    @property
    def room(self) -> int:
        """How many more problems are kept; further ones only have to be counted."""
        return self._limit - len(self._kept)

    def add(self, line: int, fault: Fault) -> None:
        """Note a fault at a line. Lines are expected in rising order."""
        self.by_code[fault.code] += 1
        if self.room:
            self._kept.append(_place(line, fault))

    def count(self, codes: Iterable[Code]) -> None:
        """Count problems for which there is no room."""
        self.by_code.update(codes)

    def add_duplicates(self, found: Iterable[tuple[int, Fault]]) -> None:
        """Note faults of ids, in whatever order of lines: they are known only after the last row."""
        first = nsmallest(self._limit, self._counted(found), key=_line)
        self._duplicates = [_place(line, fault) for line, fault in first]

    def kept(self) -> tuple[Problem, ...]:
        """The first problems in order of line and, within one, of the format's columns (an id's fault is first)."""
        return tuple(sorted([*self._duplicates, *self._kept], key=_line)[: self._limit])

    def _counted(self, found: Iterable[tuple[int, Fault]]) -> Iterable[tuple[int, Fault]]:
        for each in found:
            self.by_code[each[1].code] += 1
            yield each


def _line(placed: tuple[Any, ...]) -> int:
    line: int = placed[0]
    return line


def _place(line: int, fault: Fault) -> Problem:
    code, message, column, value = fault
    hint = advice(code, value)
    return Problem(
        line,
        None if column is None else printable(column),
        code,
        f"{message}: {hint}" if hint else message,
        None if value is None else printable(value),
    )
