"""Responses of GET /uploads, GET /uploads/{upload_id} and GET /uploads/{upload_id}/errors."""

from http import HTTPStatus
from typing import Any, Final

from functions.common.banks import Bank
from functions.common.http import Response, problem
from functions.common.rendering import upload_body
from functions.status.cursor import encode_cursor, encode_errors_cursor
from functions.status.status import ErrorsPage, Page, UploadDetails
from shared.contracts.objects import ERRORS_DAYS
from shared.contracts.problems import ProblemType

_ERRORS_DELETED: Final = f"Errors are kept for {ERRORS_DAYS} days. Submit the report again, and it is validated again."


def render_upload(details: UploadDetails | None) -> Response:
    """One upload, or 404."""
    if details is None:
        return _not_found()
    body = upload_body(details.upload, rows_processed=details.rows_processed)
    if details.errors is not None:
        body["errors"] = details.errors
    if details.corrections_url is not None:
        body["corrections_url"] = details.corrections_url
    if details.errors_deleted:
        body["detail"] = _ERRORS_DELETED
    return Response(status=HTTPStatus.OK.value, body=body)


def render_page(page: Page, bank: Bank) -> Response:
    """A page of the bank's uploads."""
    body = {
        "uploads": [upload_body(upload) for upload in page.uploads],
        "next_cursor": encode_cursor(bank.bank_id, page.last) if page.last else None,
    }
    return Response(status=HTTPStatus.OK.value, body=body)


def render_errors(page: ErrorsPage | None) -> Response:
    """A page of an upload's validation errors, or 404."""
    if page is None:
        return _not_found()
    body: dict[str, Any] = {
        "upload_id": page.upload.upload_id,
        "error_count": page.upload.error_count or 0,
        "errors": page.errors,
        "next_cursor": encode_errors_cursor(page.upload.upload_id, page.seen) if page.seen else None,
    }
    if page.deleted:
        body["detail"] = _ERRORS_DELETED
    return Response(status=HTTPStatus.OK.value, body=body)


def _not_found() -> Response:
    return problem(ProblemType.NOT_FOUND, "You have no upload with this id. GET /uploads lists yours.")
