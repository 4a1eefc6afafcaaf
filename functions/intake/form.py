"""Takes the report out of the request's multipart/form-data body (RFC 7578)."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser, parse_options_header

from functions.common.http import ProblemError, Request
from functions.report.errors.validation_error import printable
from shared.contracts.api import MAX_REPORT_BYTES, REPORT_FIELD

_MULTIPART: Final = "multipart/form-data"
_MAX_PARTS: Final = 8  # one is right; the others are only read so far that the answer can name what is wrong


@dataclass(frozen=True, kw_only=True)
class UploadedFile:
    """The report as it was sent. `name` is what the bank calls it: to be shown, never to be used as a path."""

    name: str
    content: bytes


@dataclass(kw_only=True)
class _Part:
    field: str
    file_name: str | None
    content: bytes = b""


def read_report(request: Request) -> UploadedFile:
    """Read the one file of the form.

    Raises:
        ProblemError: 415 for another content type, 413 for a report that is too large, 400 for a form that is damaged
            or holds anything but one file named `report`.
    """
    boundary = _boundary(request.headers.get("content-type", ""))
    if not request.body:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"the body is empty: send the report as form field {REPORT_FIELD}")
    parts = _parts(request.body, boundary)
    if [part.field for part in parts] != [REPORT_FIELD]:
        found = ", ".join(ascii(printable(part.field)) for part in parts) or "none"
        detail = f"expected exactly one form field, {REPORT_FIELD} (one report a request); found: {found}"
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail)
    (part,) = parts
    if part.file_name is None:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"form field {REPORT_FIELD} is no file: send it with a file name")
    return UploadedFile(name=printable(part.file_name), content=part.content)


def _boundary(content_type: str) -> str:
    kind, options = parse_options_header(content_type)
    if kind != _MULTIPART:
        detail = (
            f"expected content type {_MULTIPART}, found {ascii(printable(content_type)) if content_type else 'none'}"
        )
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
    boundary: str = options.get("boundary", "")
    if not boundary:
        raise ProblemError(
            HTTPStatus.BAD_REQUEST, f"the content type {_MULTIPART} has no boundary: leave it to your client"
        )
    return boundary


def _parts(body: bytes, boundary: str) -> list[_Part]:
    try:
        return list(_parse(body, boundary))
    except ParserLimitReached as error:
        detail = (
            f"the report is too large: at most {MAX_REPORT_BYTES} bytes (and {_MAX_PARTS} form fields) fit one request;"
            " submit it as several reports"
        )
        raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail) from error
    except MultipartError as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"the form is damaged or cut short: {error}") from error


def _parse(body: bytes, boundary: str) -> Iterator[_Part]:
    limits = {"max_segment_size": MAX_REPORT_BYTES, "max_segment_count": _MAX_PARTS}
    with PushMultipartParser(boundary, content_length=len(body), strict=True, **limits) as parser:
        for event in parser.parse(body):
            if isinstance(event, MultipartSegment):
                part = _Part(field=event.name or "", file_name=event.filename)
            elif event is None:
                yield part
            else:
                part.content += event
