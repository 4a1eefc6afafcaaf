"""From bytes to fields: physical lines, and the record that each one holds (RFC 4180)."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from functions.report.errors.validation_error import Violation
from functions.report.format.rules import MAX_VALUE_LENGTH, Code
from functions.report.parsing.blocks import MAX_LINE_BYTES

# Every quantifier is possessive, or what follows it shows at once where it ends: time is linear in the line's length.
# None on a group is possessive: Python before 3.11.5 then stands behind what did not match (CPython gh-100061).
_FIELD: Final = re.compile(r'(?:"([^"]*+(?:""[^"]*+)*)"|([^",]*+))(?:,|\Z)')
_CLOSED: Final = re.compile(r'"[^"]*+(?:""[^"]*+)*"(?!")')
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f]")


class Line(NamedTuple):
    """A physical line without its end; `number` counts from 1 at the file's start, `offset` is its first byte's."""

    number: int
    offset: int
    content: bytes


def lines(data: bytes, *, first_line: int = 1, offset: int = 0) -> Iterator[Line]:
    """Yield the physical lines that are not empty; empty ones count in the numbers. LF and CRLF end a line."""
    *ended, rest = data.split(b"\n")
    for number, content in enumerate(ended, first_line):
        stripped = content.removesuffix(b"\r")
        if stripped:
            yield Line(number, offset, stripped)
        offset += len(content) + 1
    if rest:
        yield Line(first_line + len(ended), offset, rest)


def read_record(line: Line) -> list[str] | Violation:
    """Split a line into its fields, without quotes; or say why that cannot be done."""
    if len(line.content) > MAX_LINE_BYTES:
        return _overlong_fault(line)
    if control := _CONTROL.search(line.content):
        return _control_fault(line, control)
    try:
        text = line.content.decode()
    except UnicodeDecodeError as error:
        return _encoding_fault(line, error)
    return _split_quoted(text) if '"' in text else text.split(",")


def _overlong_fault(line: Line) -> Violation:
    """The violation of a line that is too long to be read; its beginning is enough to tell."""
    message = f"the line has more than {MAX_LINE_BYTES} bytes: expected one transaction a line"
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
    return _quote_fault(text, position)


def _quote_fault(text: str, position: int) -> Violation:
    if text[position] != '"':
        message = "a quote stands inside a field that does not start with one: leave it out, no value needs one"
    elif closed := _CLOSED.match(text, position):
        position = closed.end()
        message = "text follows a closing quote: leave it out, a comma or the end of the line belongs there"
    else:
        message = "a quoted field is not closed on its line: close it with a quote (no value may hold a line break)"
    return Violation(code=Code.ROW_MALFORMED, message=f"character {position + 1}: {message}", value=text[position:])


def _control_fault(line: Line, control: re.Match[bytes]) -> Violation:
    byte = control[0][0]
    name = "a carriage return without line feed" if byte == ord("\r") else f"control byte 0x{byte:02x}"
    message = f"byte {line.offset + control.start()} of the file is {name}: leave it out (lines end with LF or CRLF)"
    return Violation(code=Code.ROW_MALFORMED, message=message, value=line.content.decode(errors="backslashreplace"))


def _encoding_fault(line: Line, error: UnicodeDecodeError) -> Violation:
    byte = line.content[error.start]
    found = f"byte {line.offset + error.start} of the file (0x{byte:02x})"
    message = f"{found} is not UTF-8: leave it out, no value needs more than ASCII"
    return Violation(code=Code.FILE_ENCODING, message=message, value=line.content.decode(errors="backslashreplace"))
