"""What a bank may know of its uploads: one of them, or all, newest first. Another bank's does not exist for it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Protocol

from functions.common.banks import Bank
from functions.common.http import ProblemError, Response
from functions.common.uploads import Upload
from functions.status.cursor import Position, decode_cursor, encode_cursor
from shared.contracts.api import CURSOR_PARAMETER, LIMIT_PARAMETER
from shared.contracts.uploads import UploadStatus

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")

DEFAULT_LIMIT: Final = 20
MAX_LIMIT: Final = 100


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some uploads, newest first; `last` is where the next page goes on, None at the end."""

    uploads: Sequence[Upload]
    last: Position | None


class KnownUploads(Protocol):
    """Reads the uploads."""

    def get(self, upload_id: str) -> Upload | None:
        """The upload as it stands now, if it is known."""
        ...


class UploadsByBank(Protocol):
    """Reads a bank's uploads in order of time."""

    def page(self, bank_id: str, *, limit: int, after: Position | None) -> Page:
        """Up to `limit` uploads, newest first, those after `after`."""
        ...


class KnownErrors(Protocol):
    """Reads the errors of refused reports."""

    def get_errors(self, bank_id: str, upload_id: str) -> list[dict[str, Any]]:
        """The first 1,000 errors."""
        ...

    def link_corrections(self, bank_id: str, upload_id: str, *, file_name: str) -> str:
        """A link that saves the report with its invalid rows marked, under this name; it expires."""
        ...


@dataclass(frozen=True, kw_only=True)
class Status:
    """Answers the reads."""

    uploads: KnownUploads
    by_bank: UploadsByBank
    errors: KnownErrors

    def one(self, bank: Bank, upload_id: str) -> Response:
        """One upload of the bank; a refused one with its errors and, if rows were validated, its corrections' link.

        Raises:
            ProblemError: 404 if the bank has no such upload.
        """
        upload = self.uploads.get(upload_id)
        if upload is None or upload.bank_id != bank.bank_id:
            raise ProblemError(HTTPStatus.NOT_FOUND, "you have no upload with this id: GET /uploads lists yours")
        body = upload.public()
        if upload.status is UploadStatus.REJECTED:
            body["errors"] = self.errors.get_errors(bank.bank_id, upload_id)
            if upload.rows:  # none were validated, and none marked, where header or file were at violation
                name = _corrections_name(upload)
                body["corrections_url"] = self.errors.link_corrections(bank.bank_id, upload_id, file_name=name)
        return Response(status=HTTPStatus.OK.value, body=body)

    def newest(self, bank: Bank, query: Mapping[str, str]) -> Response:
        """A page of the bank's uploads.

        Raises:
            ProblemError: 400 for a limit or cursor that is none.
        """
        page = self.by_bank.page(bank.bank_id, limit=_limit(query), after=_after(query, bank))
        body = {
            "uploads": [upload.public() for upload in page.uploads],
            "next_cursor": encode_cursor(bank.bank_id, page.last) if page.last else None,
        }
        return Response(status=HTTPStatus.OK.value, body=body)


def _corrections_name(upload: Upload) -> str:
    """Like the report's own name, in letters that every file system and HTTP header takes."""
    stem = (upload.file_name or upload.upload_id).rpartition("/")[2].removesuffix(".csv")
    return f"{_UNSAFE.sub('_', stem)}-corrections.csv"


def _limit(query: Mapping[str, str]) -> int:
    text = query.get(LIMIT_PARAMETER, str(DEFAULT_LIMIT))
    # At most three ASCII digits: int() alone takes more than that, "1_0" and "१०" too.
    if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_LIMIT)) and 1 <= int(text) <= MAX_LIMIT:
        return int(text)
    raise ProblemError(HTTPStatus.BAD_REQUEST, f"{LIMIT_PARAMETER}: expected a whole number from 1 to {MAX_LIMIT}")


def _after(query: Mapping[str, str], bank: Bank) -> Position | None:
    cursor = query.get(CURSOR_PARAMETER)
    if cursor is None:
        return None
    try:
        return decode_cursor(cursor, bank.bank_id)
    except ValueError as error:
        detail = f"{CURSOR_PARAMETER}: expected the next_cursor of your last answer, or none to begin with the newest"
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail) from error
