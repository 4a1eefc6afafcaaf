"""Recognizes files of another type than UTF-8 text by their first bytes, so that the message can name the type."""

from typing import Final

from functions.report.errors.validation_error import Violation
from functions.report.format.definition import Code

_SIGNATURES: Final = (
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (XLS)"),
    (b"\xff\xfe\0\0", "UTF-32 text"),
    (b"\0\0\xfe\xff", "UTF-32 text"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)
_ZIP: Final = b"PK\x03\x04"
_XLSX_MARK: Final = b"[Content_Types].xml"
_HEAD: Final = 65_536


def foreign_file_type(data: bytes) -> Violation | None:
    """The violation of a file that is not UTF-8 text, by its first bytes."""
    name = next((name for signature, name in _SIGNATURES if data.startswith(signature)), None) or _other_name(data)
    message = f"the file is {name}: export the report as CSV in UTF-8"
    return Violation(code=Code.FILE_ENCODING, message=message) if name else None


def _other_name(data: bytes) -> str | None:
    if data.startswith(_ZIP):
        return "an Excel workbook (XLSX)" if _XLSX_MARK in data[:_HEAD] else "a ZIP archive"
    # ASCII text without a byte-order mark has one NUL of two bytes in UTF-16, three of four bytes in UTF-32.
    start = data[:4]
    if b"\0\0" not in (start[0::2], start[1::2]):
        return None
    if not start.strip(b"\0"):
        return "binary data"
    return "UTF-32 text" if b"\0\0\0" in start else "UTF-16 text"
