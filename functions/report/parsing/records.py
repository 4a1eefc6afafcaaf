"""From bytes to fields: physical lines, and the record in each of them (RFC 4180)."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from functions.report.errors.validation_error import Violation
from functions.report.format.definition import MAX_VALUE_LENGTH, Code
from functions.report.parsing.blocks import MAX_LINE_BYTES

# Every quantifier is possessive, or ends where the next character shows it: time is linear in the line's length.
# No quantifier of a group is possessive: Python before 3.11.5 would go on after what did not match (CPython gh-100061).
_FIELD: Final = re.compile(r'(?:"([^"]*+(?:""[^"]*+)*)"|([^",]*+))(?:,|\Z)')
_CLOSED: Final = re.compile(r'"[^"]*+(?:""[^"]*+)*"(?!")')
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f]")


class Line(NamedTuple):
    """A physical line without its end. Numbers start at 1; `offset` is that of its first byte in the file."""

    number: int
    offset: int
    content: bytes


def lines(data: bytes, *, first_line: int = 1, offset: int = 0) -> Iterator[Line]:
    """Yield the physical lines that are not empty; empty ones are counted. LF and CRLF end a line."""
    *ended, rest = data.split(b"\n")
    for number, content in enumerate(ended, first_line):
        stripped = content.removesuffix(b"\r")
        if stripped:
            yield Line(number, offset, stripped)
        offset += len(content) + 1
    if rest:
        yield Line(first_line + len(ended), offset, rest)


def read_record(line: Line) -> list[str] | Violation:
    """Split a line into its fields, without quotes; or return why that is not possible."""
    if len(line.content) > MAX_LINE_BYTES:
        return _overlong_violation(line)
    if control := _CONTROL.search(line.content):
        return _control_violation(line, control)
    try:
        text = line.content.decode()
    except UnicodeDecodeError as error:
        return _encoding_violation(line, error)
    return _split_quoted(text) if '"' in text else text.split(",")


def _overlong_violation(line: Line) -> Violation:
    message = f"the line is longer than {MAX_LINE_BYTES} bytes: write one transaction on each line"
    beginning = line.content[: 4 * MAX_VALUE_LENGTH].decode(errors="backslashreplace")
    return Violation(code=Code.ROW_MALFORMED, message=message, value=beginning)


def _split_quoted(text: str) -> list[str] | Violation:
    fields: list[str] = []
    position = 0
    while match := _FIELD.match(text, position):
        quoted, plain = match.groups()
        fields.append(plain if quoted is None else quoted.replace('""', '"'))
        position = match.end()
        if match[0][-1:] != ",":
            return fields
    return _quote_violation(text, position)


def _quote_violation(text: str, position: int) -> Violation:
    if text[position] != '"':
        # The quote is somewhere in the field, which begins at the position.
        message = f"the field at character {position + 1} has a quote, but does not begin with one: remove the quote"
    elif closed := _CLOSED.match(text, position):
        position = closed.end()
        message = f"the text at character {position + 1} follows a closing quote: remove the text"
    else:
        message = f"the quote at character {position + 1} is not closed on its line: add the closing quote"
    return Violation(code=Code.ROW_MALFORMED, message=message, value=text[position:])


def _control_violation(line: Line, control: re.Match[bytes]) -> Violation:
    byte, place = control[0][0], f"byte {line.offset + control.start()} of the file"
    if byte == ord("\r"):
        message = f"{place} is a carriage return without line feed: end each line with LF or CRLF, remove any other one"
    else:
        message = f"{place} is the control character 0x{byte:02x}: remove it"
    return Violation(code=Code.ROW_MALFORMED, message=message, value=line.content.decode(errors="backslashreplace"))


def _encoding_violation(line: Line, error: UnicodeDecodeError) -> Violation:
    place = f"byte {line.offset + error.start} of the file (0x{line.content[error.start]:02x})"
    message = f"{place} is not valid UTF-8: remove it, valid values are ASCII"
    return Violation(code=Code.FILE_ENCODING, message=message, value=line.content.decode(errors="backslashreplace"))
