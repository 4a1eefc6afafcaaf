"""The parts of a form (RFC 7578), byte for byte as they were sent.

A form that two parsers could read differently is refused, in words: with text around the parts, the boundary inside
one, headers twice, or contents in another encoding. So no report is stored other than its bank has sent it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser

from functions.common.form.parameters import has_control_characters, read_escaped, read_extended, read_parameters
from functions.common.http import ProblemError, Request
from functions.report.errors.validation_error import printable
from functions.report.format.currencies import MINOR_UNITS
from functions.report.format.definition import Code
from shared.contracts.api import MAX_FORM_BYTES, MAX_REPORT_BYTES, UPLOADS_PATH
from shared.contracts.problems import ProblemType

FORM_DATA: Final = "multipart/form-data"
MAX_PARTS: Final = 3 + len(MINOR_UNITS)
"""The report, its SHA-256, the number of its rows, and the total of each currency."""
_MAX_BOUNDARY: Final = 70
"""Characters of a boundary (RFC 2046, 5.1.1)."""
_MAX_HEADERS: Final = 8
_MAX_HEADER_BYTES: Final = 4_224
"""Of a part; a file name of 4,096 bytes fits."""
_UNENCODED: Final = {
    "Content-Transfer-Encoding": frozenset({"7bit", "8bit", "binary"}),
    "Content-Encoding": frozenset({"identity"}),
}
"""Headers of a part that say how its bytes are encoded, with the values that mean: not at all."""
_HEAD: Final = re.compile(rb"(?s).*?\n\r?\n")
_LINE_FEED: Final = re.compile(rb"(?<!\r)\n")
_COMPOSITE: Final = ("multipart/", "message/")

_bad_request: Final = partial(ProblemError, ProblemType.INVALID_FORM)
_too_large: Final = partial(ProblemError, ProblemType.FORM_TOO_LARGE)
_unsupported: Final = partial(ProblemError, ProblemType.UNSUPPORTED_MEDIA_TYPE)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A field of a form. `file_name` is None if it is no file."""

    field: str
    file_name: str | None
    content: bytes


def read_parts(request: Request) -> list[Part]:
    """Read the parts of a form.

    Raises:
        ProblemError: 415 for another content type, a compressed body, or one that may have been changed on its way; 413
            for a part or form that is too large; 400 for a form that is damaged or ambiguous.
    """
    coding = request.headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity"):
        raise _unsupported(f"The body has the content encoding {shown(coding)}. Send it uncompressed.")
    boundary = _boundary(request.headers.get("content-type", ""))
    if request.is_text and not request.body.isascii():
        raise _unsupported(
            f"The body has arrived as text, in which bytes may have been replaced. Write the content type in lower"
            f" case: {FORM_DATA}."
        )
    if not request.body:
        raise _bad_request("The body is empty. Send the report as a form.")
    parts = _parts(request.body, boundary)
    if len(request.body) > MAX_FORM_BYTES:
        raise _too_large(f"The form is too large: at most {MAX_FORM_BYTES:,} bytes fit in one request.")
    return parts


def shown(text: str) -> str:
    """Text of the request for an answer: cut, quoted and in ASCII."""
    return ascii(printable(text))


def _boundary(content_type: str) -> bytes:
    value = read_parameters(content_type)
    if not value and content_type.strip().lower().startswith(FORM_DATA):
        raise _bad_request("The Content-Type header is malformed or ambiguous. Let your HTTP client set this header.")
    if not value or value.kind != FORM_DATA:
        found = shown(content_type) if content_type else "none"
        raise _unsupported(f"Expected the content type {FORM_DATA}, found {found}. Send the report as a form.")
    boundary = value.parameters.get("boundary", "")
    if not boundary:
        raise _bad_request(f"The content type {FORM_DATA} has no boundary. Let your HTTP client set this header.")
    if len(boundary) > _MAX_BOUNDARY or boundary.endswith(" ") or not boundary.isascii() or "\\" in boundary:
        raise _bad_request(
            f"The boundary {shown(boundary)} is not allowed (RFC 2046: at most {_MAX_BOUNDARY} characters, no space at"
            " its end). Let your HTTP client set this header."
        )
    return boundary.encode()


def _parts(body: bytes, boundary: bytes) -> list[Part]:
    try:
        parts = list(_parse(body, boundary))
    except ParserLimitReached as error:
        # Only the limits of headers are left to the parser.
        raise _too_large(
            f"The headers of a form part are too large: at most {_MAX_HEADERS} headers of {_MAX_HEADER_BYTES:,} bytes"
            " are allowed. Shorten the file name, or leave out headers."
        ) from error
    except MultipartError as error:
        raise _bad_request(_damage(body, boundary, error)) from error
    _require_nothing_else(body, boundary, len(parts))
    return parts


def _parse(body: bytes, boundary: bytes) -> Iterator[Part]:
    limits = {"max_header_count": _MAX_HEADERS, "max_header_size": _MAX_HEADER_BYTES}
    with PushMultipartParser(boundary, content_length=len(body), strict=True, **limits) as parser:
        for count, part in enumerate(_assembled(parser, body), start=1):
            if count > MAX_PARTS:
                raise _too_large(f"The form has more than {MAX_PARTS} fields. Send each field once.")
            yield part


def _assembled(parser: PushMultipartParser, body: bytes) -> Iterator[Part]:
    field, file_name, content = "", None, b""
    for event in parser.parse(body):
        if isinstance(event, MultipartSegment):
            field, file_name = _names(_headers(event))
            content = b""
        elif event is None:
            yield Part(field=field, file_name=file_name, content=content)
        else:
            content += event
            if len(content) > MAX_REPORT_BYTES:
                raise ProblemError(
                    ProblemType.REPORT_TOO_LARGE,
                    f"The report is too large: at most {MAX_REPORT_BYTES:,} bytes fit in one request."
                    f" Declare it by POST /{UPLOADS_PATH}, and store it by the link that you get.",
                    code=Code.FILE_TOO_LARGE.value,
                )


def _headers(segment: MultipartSegment) -> dict[str, str]:
    """The headers of a part, which say that its bytes are as they are."""
    counts = Counter(name for name, _ in segment.headerlist)
    repeated = [name for name, count in counts.items() if count > 1]
    if repeated:
        raise _bad_request(f"A form part has the header {shown(repeated[0])} twice. Send each header once.")
    headers = dict(segment.headerlist)
    if any(map(has_control_characters, headers.values())):
        raise _bad_request("A form part has a header with a control character. Leave it out.")
    for name, unencoded in _UNENCODED.items():
        encoding = headers.get(name, "").strip().lower()
        if encoding and encoding not in unencoded:
            kind = name.replace("-", " ").lower()
            raise _bad_request(f"A form part has the {kind} {shown(encoding)}. Send the report's bytes as they are.")
    content_type = headers.get("Content-Type", "").strip().lower()
    if content_type.startswith(_COMPOSITE):
        raise _bad_request(f"A form part has the content type {shown(content_type)}. Send the report itself.")
    return headers


def _names(headers: dict[str, str]) -> tuple[str, str | None]:
    """A part's field, and the name of its file."""
    value = read_parameters(headers.get("Content-Disposition", ""))
    name = value.parameters.get("name") if value and value.kind == "form-data" else None
    # Parsers differ in whether they unescape a name.
    if not value or name is None or "%" in name or "\\" in name:
        raise _bad_request(
            "A form part's Content-Disposition header is missing, malformed or ambiguous: expected form-data with a"
            " name, and each parameter once. Let your HTTP client build the form, and write a quotation mark in a file"
            " name as %22."
        )
    parameters = value.parameters
    file_name = parameters.get("filename")
    if "filename*" in parameters:  # RFC 7578, 4.2 forbids it, but clients send it, and it is unambiguous
        file_name = read_extended(parameters["filename*"])
        if file_name is None:
            raise _bad_request(
                "The file name in filename* is malformed or not in UTF-8. Send it as filename, in UTF-8."
            )
    elif file_name is not None:
        file_name = read_escaped(file_name)
    return name, file_name


def _require_nothing_else(body: bytes, boundary: bytes, parts: int) -> None:
    """Refuse what is in the body but in none of its parts, and a boundary that other parsers would find in one."""
    delimiter = b"--" + boundary
    if body.count(delimiter) != parts + 1:
        raise _bad_request(
            "The form's boundary occurs inside of a part or after the form's end. Let your HTTP client choose another."
        )
    before, after = body.partition(delimiter)[0], body.rpartition(delimiter + b"--")[2]
    if before.strip() or after.strip():
        place = "before the first" if before.strip() else "after the last"
        raise _bad_request(f"The form has text {place} boundary. Send nothing but the form's fields.")


def _damage(body: bytes, boundary: bytes, error: MultipartError) -> str:
    delimiter = b"--" + boundary
    if delimiter not in body:
        return "The form is damaged: the boundary in the Content-Type header does not occur in the body."
    if delimiter + b"--" not in body:
        return "The form is cut short: its closing boundary is missing. Send the whole body."
    if any(isinstance(each, UnicodeDecodeError) for each in error.args):
        return "A form part has a header that is not UTF-8. Send the file name in ASCII or UTF-8."
    head = _HEAD.match(body.partition(delimiter)[2])
    if head and _LINE_FEED.search(head[0]):
        return "The form is damaged: lines of its boundaries and headers end with LF alone. End them with CRLF."
    if any(delimiter + space in body for space in (b" ", b"\t")):
        return "The form is damaged: there is a space after a boundary. Leave it out."
    return "The form is damaged: a part or its headers are malformed. Let your HTTP client build the form."
