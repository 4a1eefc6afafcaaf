"""Responses of GET /uploads and GET /uploads/{upload_id}."""

from http import HTTPStatus

from functions.common.banks import Bank
from functions.common.http import Response, problem
from functions.common.rendering import upload_body
from functions.status.cursor import encode_cursor
from functions.status.status import Page, UploadDetails
from shared.contracts.objects import ERRORS_DAYS
from shared.contracts.problems import ProblemType


def render_upload(details: UploadDetails | None) -> Response:
    """One upload, or 404."""
    if details is None:
        return problem(ProblemType.NOT_FOUND, "You have no upload with this id. GET /uploads lists yours.")
    body = upload_body(details.upload, rows_processed=details.rows_processed)
    if details.errors is not None:
        body["errors"] = details.errors
    if details.corrections_url is not None:
        body["corrections_url"] = details.corrections_url
    if details.errors_deleted:
        body["detail"] = f"Errors are kept for {ERRORS_DAYS} days. Submit the report again, and it is validated again."
    return Response(status=HTTPStatus.OK.value, body=body)


def render_page(page: Page, bank: Bank) -> Response:
    """A page of the bank's uploads."""
    body = {
        "uploads": [upload_body(upload) for upload in page.uploads],
        "next_cursor": encode_cursor(bank.bank_id, page.last) if page.last else None,
    }
    return Response(status=HTTPStatus.OK.value, body=body)
