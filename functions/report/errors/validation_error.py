"""A broken rule, and the validation error that reports it."""

from typing import Any, NamedTuple

from functions.report.format.definition import MAX_VALUE_LENGTH, Code


class Violation(NamedTuple):
    """A broken rule, before its line is known.

    `value` is the invalid text, unchanged; `column` is None where the whole line or file is invalid.
    """

    code: Code
    message: str
    column: str | None = None
    value: str | None = None


class ValidationError(NamedTuple):
    """A violation at its line, ready to show: `line` is physical (the first is 1), `value` is cut and printable."""

    line: int
    column: str | None
    code: Code
    message: str
    value: str | None

    def as_dict(self) -> dict[str, Any]:
        """The error as JSON, for the API and the file of errors."""
        return {
            "line": self.line,
            "column": self.column,
            "code": self.code.value,
            "message": self.message,
            "value": self.value,
        }


def printable(value: str, length: int = MAX_VALUE_LENGTH) -> str:
    """Cut a value to a length, and escape what a terminal, a log or a spreadsheet would not show unchanged."""
    if len(value) <= length and value.isprintable():
        return value
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in value[: length + 1])
    return shown if len(shown) <= length else shown[: length - 1] + "…"
