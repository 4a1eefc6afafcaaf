"""The header: finds it and validates its names, which are the format's columns in any order."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from functions.report.errors.validation_error import Violation, printable
from functions.report.format.definition import COLUMNS, Code
from functions.report.parsing.blocks import Block
from functions.report.parsing.records import Line

_EMPTY_LINES: Final = re.compile(r"(?:\r?\n)*")
_EXPECTED = ", ".join(COLUMNS)


def take_header(blocks: Iterator[Block]) -> tuple[Line, Iterator[Block]] | None:
    """Split the first line that is not empty from a file's blocks; None if all are empty."""
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
    """Validate the header's names: unknown and repeated ones in their order, then missing ones."""
    violations: list[Violation] = []
    for position, name in enumerate(names):
        if name not in COLUMNS:
            violations.append(_unknown(name))
        elif name in names[:position]:
            message = f"column {name} appears more than once: remove the repeated one"
            violations.append(_violation(Code.HEADER_DUPLICATE_COLUMN, name, message))
    missing = (column for column in COLUMNS if column not in names)
    violations.extend(
        _violation(Code.HEADER_MISSING_COLUMN, column, f"column {column} is missing: add it") for column in missing
    )
    return violations


def _unknown(name: str) -> Violation:
    # In ASCII and quotes, so that look-alike letters, invisible characters and spaces are seen.
    found = printable(ascii(name))
    return _violation(Code.HEADER_UNKNOWN_COLUMN, name, f"column {found} is unknown: {_hint(name)}")


def _hint(name: str) -> str:
    meant = "".join(char for char in name if char.isprintable()).strip().casefold()
    if meant in COLUMNS:
        return f"write it exactly as '{meant}'"
    for separator, called in ((";", "semicolons"), ("\t", "tabs")):
        if set(name.split(separator)) >= set(COLUMNS):
            return f"separate the columns with commas, not {called}"
    return f"remove it, the columns are {_EXPECTED}"


def _violation(code: Code, name: str, message: str) -> Violation:
    return Violation(code=code, column=name, message=message, value=name)
