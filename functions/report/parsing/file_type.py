"""Files that are no CSV at all, known by their first bytes, so that the answer can name them."""

from typing import Final

from functions.report.errors.validation_error import Violation
from functions.report.format.rules import Code

_SIGNATURES: Final = (
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (XLS)"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
)
_ZIP: Final = b"PK\x03\x04"
_XLSX_MARK: Final = b"[Content_Types].xml"
_HEAD: Final = 65_536


def foreign_file_type(data: bytes) -> Violation | None:
    """Name a file that is of another kind than UTF-8 text."""
    kind = _kind(data)
    if kind is None:
        return None
    return Violation(code=Code.FILE_ENCODING, message=f"this is {kind}: export the report as CSV in UTF-8")


def _kind(data: bytes) -> str | None:
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data.startswith(_ZIP):
        return "an Excel workbook (XLSX)" if _XLSX_MARK in data[:_HEAD] else "a ZIP archive"
    # ASCII text in UTF-16 without a byte-order mark: every second byte is NUL.
    return "UTF-16 text" if b"\0\0" in (data[0:4:2], data[1:4:2]) else None
