"""Reads the report out of the request's multipart/form-data body (RFC 7578)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser, parse_options_header

from functions.common.http import ProblemError, Request
from functions.intake.intake import SubmittedReport
from functions.report.errors.validation_error import printable
from functions.report.format.definition import Code
from shared.contracts.api import MAX_REPORT_BYTES, REPORT_FIELD, UPLOADS_PATH
from shared.contracts.problems import ProblemType

_MULTIPART: Final = "multipart/form-data"
_MAX_PARTS: Final = 8
"""One is expected; the others are read only to name them in the answer."""
_MAX_HEADERS: Final = 8
_MAX_HEADER_BYTES: Final = 4_224
"""Of a part; a file name of 4,096 bytes fits."""
_UNENCODED: Final = frozenset({"", "7bit", "8bit", "binary"})


@dataclass(kw_only=True)
class _Part:
    field: str
    file_name: str | None
    content: bytes = b""


def read_report(request: Request) -> SubmittedReport:
    """Read the one file of the form.

    Raises:
        ProblemError: 415 for another content type or a compressed body, 413 for a report or form that is too large,
            400 for a form that is damaged or has anything but one file in the field `report`.
    """
    coding = request.headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity"):
        raise ProblemError(
            ProblemType.UNSUPPORTED_MEDIA_TYPE,
            f"The body has the content encoding {_shown(coding)}. Send it uncompressed.",
        )
    boundary = _boundary(request.headers.get("content-type", ""))
    if not request.body:
        raise _bad_request(f"The body is empty. Send the report as form field {REPORT_FIELD}.")
    parts = _parts(request.body, boundary)
    if [part.field for part in parts] != [REPORT_FIELD]:
        found = ", ".join(_shown(part.field) for part in parts) or "none"
        raise _bad_request(f"Expected exactly one form field, {REPORT_FIELD} (one report per request); found: {found}.")
    (part,) = parts
    if part.file_name is None:
        raise _bad_request(f"Form field {REPORT_FIELD} is not a file. Send it with a file name.")
    return SubmittedReport(file_name=printable(part.file_name), content=part.content)


def _boundary(content_type: str) -> str:
    kind, options = parse_options_header(content_type)
    if kind != _MULTIPART:
        found = _shown(content_type) if content_type else "none"
        detail = f"Expected the content type {_MULTIPART}, found {found}. Send the report as a form."
        raise ProblemError(ProblemType.UNSUPPORTED_MEDIA_TYPE, detail)
    boundary: str = options.get("boundary", "")
    if not boundary:
        detail = f"The content type {_MULTIPART} has no boundary. Let your HTTP client set this header."
        raise _bad_request(detail)
    return boundary


def _parts(body: bytes, boundary: str) -> list[_Part]:
    try:
        return list(_parse(body, boundary))
    except ParserLimitReached as error:
        # Only the limits of headers are left to the parser.
        raise _too_large(
            f"The headers of a form part are too large: at most {_MAX_HEADERS} headers of {_MAX_HEADER_BYTES:,} bytes"
            " are allowed. Shorten the file name, or leave out headers."
        ) from error
    except MultipartError as error:
        raise _bad_request(_damage(body, boundary, error)) from error


def _parse(body: bytes, boundary: str) -> Iterator[_Part]:
    limits = {"max_header_count": _MAX_HEADERS, "max_header_size": _MAX_HEADER_BYTES}
    with PushMultipartParser(boundary, content_length=len(body), strict=True, **limits) as parser:
        for count, part in enumerate(_assembled(parser, body), start=1):
            if count > _MAX_PARTS:
                raise _too_large(f"The form has more than {_MAX_PARTS} fields. Send one, {REPORT_FIELD}.")
            yield part


def _assembled(parser: PushMultipartParser, body: bytes) -> Iterator[_Part]:
    for event in parser.parse(body):
        if isinstance(event, MultipartSegment):
            part = _Part(field=event.name or "", file_name=_file_name(event))
            _require_unencoded(event)
        elif event is None:
            yield part
        else:
            part.content += event
            if len(part.content) > MAX_REPORT_BYTES:
                raise ProblemError(
                    ProblemType.REPORT_TOO_LARGE,
                    f"The report is too large: at most {MAX_REPORT_BYTES:,} bytes fit in one request."
                    f" Declare it by POST /{UPLOADS_PATH}, and store it by the link that you get.",
                    code=Code.FILE_TOO_LARGE.value,
                )


def _file_name(segment: MultipartSegment) -> str | None:
    if segment.filename is None and "filename*=" in segment.header("Content-Disposition").lower():
        raise _bad_request(
            "The file name is sent as filename*, which forms do not allow (RFC 7578, 4.2)."
            " Send it as filename, in ASCII or UTF-8."
        )
    name: str | None = segment.filename
    return name


def _require_unencoded(segment: MultipartSegment) -> None:
    encoding = segment.header("Content-Transfer-Encoding", "").strip().lower()
    if encoding not in _UNENCODED:
        raise _bad_request(
            f"A form part has the content transfer encoding {_shown(encoding)}. Send the report's bytes as they are."
        )


def _damage(body: bytes, boundary: str, error: MultipartError) -> str:
    delimiter = b"--" + boundary.encode()
    if delimiter not in body:
        return "The form is damaged: the boundary in the Content-Type header does not occur in the body."
    if delimiter + b"--" not in body:
        return "The form is cut short: its closing boundary is missing. Send the whole body."
    if any(isinstance(each, UnicodeDecodeError) for each in error.args):
        return "A form part has a header that is not UTF-8. Send the file name in ASCII or UTF-8."
    return "The form is damaged: a part or its headers are malformed. Let your HTTP client build the form."


def _shown(text: str) -> str:
    return ascii(printable(text))


def _bad_request(detail: str) -> ProblemError:
    return ProblemError(ProblemType.INVALID_FORM, detail)


def _too_large(detail: str) -> ProblemError:
    return ProblemError(ProblemType.FORM_TOO_LARGE, detail)
