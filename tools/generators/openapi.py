"""Writes docs/openapi.json: the REST API as OpenAPI 3.1, out of the contracts and the report format's document.

python -m tools.generators.openapi
"""

import json
import sys
from http import HTTPStatus
from typing import Any, Final

from functions.status.status import DEFAULT_LIMIT, MAX_LIMIT
from shared.contracts.api import (
    API_KEY_HEADER,
    CURSOR_PARAMETER,
    LIMIT_PARAMETER,
    MAX_REPORT_BYTES,
    REPORT_FIELD,
    UPLOAD_ID_PARAMETER,
    UPLOAD_PATH,
    UPLOADS_PATH,
)
from shared.repository import ROOT
from tools.generators.openapi_schemas import UPLOAD_ID, examples, ref, schemas
from tools.generators.report_schema import load

DOCUMENT: Final = ROOT / "docs" / "openapi.json"
_PROBLEM_JSON: Final = "application/problem+json"
_REFUSALS: Final = {
    HTTPStatus.BAD_REQUEST: "A header, parameter or the form is not as it has to be; `detail` says which.",
    HTTPStatus.UNAUTHORIZED: "No API key.",
    HTTPStatus.FORBIDDEN: "The API key is unknown, or belongs to no bank.",
    HTTPStatus.NOT_FOUND: "You have no upload with this id. Another bank's upload does not exist for you.",
    HTTPStatus.CONFLICT: "The same report is being taken in by another request at this moment: send it again.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: f"The report has more than {MAX_REPORT_BYTES:,} bytes.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not multipart/form-data.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests at once, or the day's quota is used up.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The pipeline is busy: send the same request again in a moment.",
}
_EVERYWHERE: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


def document() -> dict[str, Any]:
    """The OpenAPI document as it has to be."""
    report = load()
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Transaction Pipeline",
            "version": report["txn:version"],
            "summary": "Partner banks submit their daily transaction reports, and ask how they ended.",
            "description": "Each bank sees its own uploads only. The report format is described in report-format.md.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/v1", "description": "The stack's output `api_url`, which ends with the stage"}],
        "security": [{"apiKey": []}],
        "tags": [{"name": "uploads", "description": "Reports that were submitted"}],
        "paths": {
            f"/{UPLOAD_PATH}": {"post": _post_upload(report)},
            f"/{UPLOADS_PATH}": {"get": _list_uploads()},
            f"/{UPLOADS_PATH}/{{{UPLOAD_ID_PARAMETER}}}": {"get": _get_upload()},
        },
        "components": {
            "securitySchemes": {"apiKey": {"type": "apiKey", "in": "header", "name": API_KEY_HEADER}},
            "responses": _refusals(),
            "schemas": schemas(report),
        },
    }


def text() -> str:
    """The document as it is kept."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the document; the exit code."""
    DOCUMENT.write_text(text(), encoding="utf-8")
    print(f"written: {DOCUMENT.relative_to(ROOT)}")
    return 0


def _post_upload(report: dict[str, Any]) -> dict[str, Any]:
    too_large, other_type = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    return {
        "operationId": "postUpload",
        "tags": ["uploads"],
        "summary": "Hand a report in",
        "description": "It is validated at once. The same report of the same bank is one upload, however often it comes.",
        "requestBody": {"required": True, "content": {"multipart/form-data": _form(report)}},
        "responses": {
            "200": _answer("The report is known already; this is how it stands.", "Upload", "completed"),
            "202": _answer("The report is good and is being loaded.", "Accepted", "accepted"),
            "422": _answer(
                "The report is refused, with all its problems; nothing of it was kept.", "Refusal", "refused"
            ),
            **_refused(*_EVERYWHERE, HTTPStatus.CONFLICT, too_large, other_type),
        },
    }


def _form(report: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema": {
            "type": "object",
            "properties": {
                REPORT_FIELD: {
                    "type": "string",
                    "description": f"The report's file, at most {MAX_REPORT_BYTES:,} bytes, sent with a file name. "
                    "Each of its rows is a ReportRow.",
                    "contentMediaType": report["txn:file"]["mediaType"],
                }
            },
            "required": [REPORT_FIELD],
            "additionalProperties": False,
        },
        "encoding": {REPORT_FIELD: {"contentType": report["txn:file"]["mediaType"]}},
        "examples": {"report": {"value": {REPORT_FIELD: "\n".join(report["txn:example"]) + "\n"}}},
    }


def _list_uploads() -> dict[str, Any]:
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    cursor_means = "`next_cursor` of the last answer; none begins with the newest"
    return {
        "operationId": "listUploads",
        "tags": ["uploads"],
        "summary": "Your uploads, newest first",
        "parameters": [
            _parameter(LIMIT_PARAMETER, "How many at most", limit),
            _parameter(CURSOR_PARAMETER, cursor_means, {"type": "string"}),
        ],
        "responses": {"200": _answer("A page of them.", "Uploads", "page"), **_refused(*_EVERYWHERE)},
    }


def _get_upload() -> dict[str, Any]:
    path = {"name": UPLOAD_ID_PARAMETER, "in": "path", "required": True, "schema": UPLOAD_ID}
    return {
        "operationId": "getUpload",
        "tags": ["uploads"],
        "summary": "One upload",
        "parameters": [{**path, "description": "As the answer to handing it in gave it"}],
        "responses": {
            "200": _answer("How it stands; a refused one with its problems.", "Upload", "completed", "rejected"),
            **_refused(*_EVERYWHERE, HTTPStatus.NOT_FOUND),
        },
    }


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _answer(description: str, schema: str, *shown: str) -> dict[str, Any]:
    media_type = _PROBLEM_JSON if schema == "Refusal" else "application/json"
    values = {name: {"value": examples()[name]} for name in shown}
    return {"description": description, "content": {media_type: {"schema": ref(schema), "examples": values}}}


def _refused(*statuses: HTTPStatus) -> dict[str, Any]:
    known = {str(status.value): {"$ref": f"#/components/responses/{_name(status)}"} for status in sorted(statuses)}
    return {**known, "5XX": {"$ref": "#/components/responses/OutOfOrder"}}


def _refusals() -> dict[str, Any]:
    responses = {_name(status): _problem(means) for status, means in _REFUSALS.items()}
    retry = {"description": "Seconds to wait", "schema": {"type": "integer"}}
    responses[_name(HTTPStatus.SERVICE_UNAVAILABLE)]["headers"] = {"retry-after": retry}
    responses["OutOfOrder"] = _problem("The pipeline is at fault: try again later.")
    return responses


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {_PROBLEM_JSON: {"schema": ref("Problem")}}}


def _name(status: HTTPStatus) -> str:
    return status.name.title().replace("_", "")


if __name__ == "__main__":
    sys.exit(main())
