"""The shapes of the REST API as JSON Schema, and an example of each."""

from typing import Any, Final

from functions.common.uploads import Upload
from functions.report.errors.validation_error import ValidationError
from shared.contracts.uploads import ENDED, UploadStatus
from shared.contracts.workflow import MAX_CONFLICT_SAMPLES
from tools.generators.report_schema import codes

UPLOAD_ID: Final = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_TIME: Final = {"type": "string", "format": "date-time", "description": "UTC, in microseconds"}
_ID: Final = "b973ef6001f3a1d7c2c4b7a0f5a3e19d"
_MOMENT: Final = "2026-11-23T12:00:00.000000Z"


def ref(name: str) -> dict[str, Any]:
    """A reference to one of `schemas`."""
    return {"$ref": f"#/components/schemas/{name}"}


def schemas(report: dict[str, Any]) -> dict[str, Any]:
    """Every shape by its name.

    Args:
        report: the report format's document.
    """
    about = report["txn:file"]
    upload = _upload(about["maxErrors"])
    always = ["upload_id", "bank_id", "status", "received_at", "updated_at"]
    accepted = ("upload_id", "status", "bank_id", "file_name", "received_at", "rows", "totals")
    return {
        "ReportRow": _row(report),
        "ErrorCode": {"type": "string", "enum": codes(report), "description": "Described in report-format.md"},
        "ValidationError": _validation_error(about["maxValueLength"]),
        "Status": {"type": "string", "enum": list(UploadStatus), "description": _statuses()},
        "Totals": _totals(report),
        "Conflict": _conflict(),
        "Accepted": _object({name: upload[name] for name in accepted}),
        "Upload": _object(upload, always),
        "Uploads": _object({"uploads": {"type": "array", "items": ref("Upload")}, "next_cursor": _or_null("string")}),
        "Problem": _problem(),
        "Refusal": {"allOf": [ref("Problem"), _refusal(about["maxErrors"])]},
    }


def examples() -> dict[str, Any]:
    """Answers by the name of what happened."""
    accepted = Upload(
        upload_id=_ID,
        bank_id="nordbank",
        status=UploadStatus.RECEIVED,
        received_at=_MOMENT,
        updated_at=_MOMENT,
        file_name="2026-11-23.csv",
        rows=2,
        totals={"EUR": "1234.50", "JPY": "-500"},
    )
    shown = accepted.public()
    problem = {
        "line": 3,
        "column": "amount",
        "code": "amount.zero",
        "message": "the amount is zero: remove the row, or write the amount that was booked",
    }
    refused = {"error_count": 1, "errors": [{**problem, "value": "0.00"}]}
    loaded = {"status": "COMPLETED", "loaded": 2, "repeated": 0, "conflicts": 0, "conflict_samples": []}
    return {
        "accepted": {name: value for name, value in shown.items() if name != "updated_at"},
        "completed": {**shown, **loaded},
        "rejected": {**{name: shown[name] for name in shown if name != "totals"}, "status": "REJECTED", **refused},
        "page": {"uploads": [{**shown, **loaded}], "next_cursor": None},
        "refused": {
            "type": "about:blank",
            "title": "Unprocessable Entity",
            "status": 422,
            "detail": "problems in the report: 1; nothing of it was loaded, fix it "
            f"(GET /uploads/{_ID} has it with the invalid rows marked) and resubmit it",
            "upload_id": _ID,
            "rows": 2,
            "errors_by_code": {"amount.zero": 1},
            **refused,
        },
    }


def _row(report: dict[str, Any]) -> dict[str, Any]:
    return {
        **_object({field["name"]: _cell(field) for field in report["fields"]}),
        "title": report["title"],
        "description": f"A row of a report, format {report['txn:version']}. What no schema can say (unique ids, "
        "decimals by currency, real days, the future, the bank's own id) is in report-format.md.",
    }


def _cell(field: dict[str, Any]) -> dict[str, Any]:
    constraints = {name: value for name, value in field["constraints"].items() if name not in {"required", "unique"}}
    if "pattern" in constraints:
        # Table Schema's patterns match whole values, JSON Schema's any part of one.
        constraints["pattern"] = f"^({constraints['pattern']})$"
    shown = {"title": field["title"], "description": field["description"], "examples": [field["example"]]}
    return {"type": "string", **constraints, **shown}


def _upload(max_errors: int) -> dict[str, Any]:
    """Properties of an upload; a new one is one more line."""
    return {
        "upload_id": UPLOAD_ID,
        "bank_id": {"type": "string"},
        "status": ref("Status"),
        "file_name": {"type": "string", "description": "As the bank calls it, made printable"},
        "received_at": _TIME,
        "updated_at": _TIME,
        "rows": _COUNT,
        "totals": ref("Totals"),
        "loaded": {**_COUNT, "description": "Rows that this upload wrote"},
        "repeated": {**_COUNT, "description": "Rows that another upload had written before, with the same content"},
        "conflicts": {**_COUNT, "description": "Rows whose transaction is known with other content; the first stands"},
        "conflict_samples": _list("Conflict", MAX_CONFLICT_SAMPLES),
        "error_count": _COUNT,
        "errors": _list("ValidationError", max_errors),
        "corrections_url": {
            "type": "string",
            "format": "uri",
            "description": "A refused report as a CSV with its invalid rows marked, for 15 minutes; if rows were validated",
        },
    }


def _validation_error(max_value_length: int) -> dict[str, Any]:
    properties = {
        "line": {"type": "integer", "minimum": 1, "description": "Physical line of the file; the first is 1"},
        "column": {**_or_null("string"), "description": "Null where the whole line or file is at fault"},
        "code": ref("ErrorCode"),
        "message": {"type": "string", "description": "What was expected, for people; it may change"},
        "value": {**_or_null("string"), "maxLength": max_value_length, "description": "Cut, and made printable"},
    }
    assert tuple(properties) == ValidationError._fields  # noqa: S101  the shape is the validator's
    return _object(properties)


def _totals(report: dict[str, Any]) -> dict[str, Any]:
    (currency,) = (field for field in report["fields"] if field["name"] == "currency")
    return {
        "type": "object",
        "description": "Exact sum of the amounts by currency, with all its decimals",
        "propertyNames": {"enum": currency["constraints"]["enum"]},
        "additionalProperties": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
    }


def _conflict() -> dict[str, Any]:
    transaction_id = {"type": "string"}
    return _object({"line": _COUNT, "transaction_id": transaction_id, "first_upload_id": UPLOAD_ID})


def _problem() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "A problem document by RFC 9457",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What is wrong, and what to do"},
        },
        "required": ["type", "title", "detail"],
    }


def _refusal(max_errors: int) -> dict[str, Any]:
    by_code = {"type": "object", "propertyNames": ref("ErrorCode"), "additionalProperties": _COUNT}
    properties = {
        "upload_id": UPLOAD_ID,
        "rows": _COUNT,
        "error_count": _COUNT,
        "errors_by_code": by_code,
        "errors": _list("ValidationError", max_errors),
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(name: str, most: int) -> dict[str, Any]:
    return {
        "type": "array",
        "items": ref(name),
        "maxItems": most,
        "description": f"The first {most:,}, in order of line",
    }


def _statuses() -> str:
    return f"{', '.join(status for status in UploadStatus if status in ENDED)} are final"


def _or_null(kind: str) -> dict[str, Any]:
    return {"type": [kind, "null"]}


def _object(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    """A shape without further properties; all of them are required unless said otherwise."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
        "additionalProperties": False,
    }
