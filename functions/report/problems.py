"""Problems of a report: what one is, and the bounded log that collects them."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from functions.report.format import MAX_PROBLEMS, MAX_VALUE_LENGTH, Code


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Something wrong in one line, before it is known which line that is.

    `value` is what was found, raw; `column` is None where the whole line or file is at fault.
    """

    code: Code
    message: str
    column: str | None = None
    value: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A fault with its place, fit to be shown: `line` is a physical line (header = 1), `value` is cut and printable."""

    line: int
    column: str | None
    code: Code
    message: str
    value: str | None

    def as_dict(self) -> dict[str, Any]:
        """The problem as the API and the problems file show it."""
        return asdict(self)


def printable(value: str) -> str:
    """Cut a value to `MAX_VALUE_LENGTH` and escape what a terminal, a log or a spreadsheet would not show as it is."""
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in value[: MAX_VALUE_LENGTH + 1])
    return shown if len(shown) <= MAX_VALUE_LENGTH else shown[: MAX_VALUE_LENGTH - 1] + "…"


class ProblemLog:
    """Keeps the first `MAX_PROBLEMS` problems, counts all of them."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.by_code: Counter[str] = Counter()

    def add(self, line: int, fault: Fault) -> None:
        """Note a fault at a line. Lines are expected in rising order."""
        self.by_code[fault.code.value] += 1
        if len(self.kept) < MAX_PROBLEMS:
            self.kept.append(_place(line, fault))


def _place(line: int, fault: Fault) -> Problem:
    return Problem(
        line=line,
        column=None if fault.column is None else printable(fault.column),
        code=fault.code,
        message=fault.message,
        value=None if fault.value is None else printable(fault.value),
    )
