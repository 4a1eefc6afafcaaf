"""The header: exactly the format's columns, in any order."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from functions.report.errors.validation_error import Violation, printable
from functions.report.format.rules import COLUMNS, Code
from functions.report.parsing.blocks import Block
from functions.report.parsing.records import Line

_EMPTY_LINES: Final = re.compile(r"(?:\r?\n)*")
_EXPECTED = ", ".join(COLUMNS)


def take_header(blocks: Iterator[Block]) -> tuple[Line, Iterator[Block]] | None:
    """Take the first line that is not empty off a file's blocks; None if there is none."""
    number = 1
    for offset, text in blocks:
        empty = _EMPTY_LINES.match(text)
        start = empty.end() if empty else 0
        number += text.count("\n", 0, start)
        if start < len(text):
            content, end, _ = text[start:].partition("\n")
            line = Line(number, offset + start, (content.removesuffix("\r") if end else content).encode("latin-1"))
            after = start + len(content) + len(end)
            return line, chain([Block(offset + after, text[after:])], blocks)
    return None


def header_violations(names: Sequence[str]) -> list[Violation]:
    """Validate the header's names: invalid ones where they stand, then missing ones in the format's order."""
    violations: list[Violation] = []
    for position, name in enumerate(names):
        if name not in COLUMNS:
            violations.append(_unknown(name))
        elif name in names[:position]:
            violations.append(_fault(Code.HEADER_DUPLICATE_COLUMN, name, f"column {name} stands twice: leave one"))
    missing = (column for column in COLUMNS if column not in names)
    violations.extend(
        _fault(Code.HEADER_MISSING_COLUMN, column, f"column {column} is missing: add it") for column in missing
    )
    return violations


def _unknown(name: str) -> Violation:
    # Escaped, so that a homoglyph or a space is seen.
    found = ascii(printable(name))
    return _fault(Code.HEADER_UNKNOWN_COLUMN, name, f"column {found} is not known: {_hint(name)}")


def _hint(name: str) -> str:
    meant = name.strip().casefold()
    if meant in COLUMNS:
        return f"write it exactly as '{meant}'"
    for separator, called in ((";", "semicolons"), ("\t", "tabs")):
        if set(name.split(separator)) >= set(COLUMNS):
            return f"put commas between the columns, not {called}"
    return f"leave it out, expected only {_EXPECTED}"


def _fault(code: Code, name: str, message: str) -> Violation:
    return Violation(code=code, column=name, message=message, value=name)
