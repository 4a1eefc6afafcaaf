"""docs/openapi.yaml is valid OpenAPI, and describes what the functions answer."""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from functions.common.http import ProxyResponse
from functions.common.rendering import upload_body
from functions.common.uploads import Upload
from functions.report.errors.validation_error import ValidationError
from functions.report.format.definition import COLUMNS, MAX_ERRORS, MAX_MARKED, MAX_VALUE_LENGTH, Code
from functions.report.validator import validate_report
from shared.contracts.api import (
    DEFAULT_LIMIT,
    DEFAULT_ROWS_LIMIT,
    MAX_DECLARED_BYTES,
    MAX_EXAMINED,
    MAX_FILE_NAME,
    MAX_LIMIT,
    MAX_REPORT_BYTES,
    MAX_ROWS_LIMIT,
    REPORT_FIELD,
)
from shared.contracts.objects import ERRORS_DAYS, load_key, report_key
from shared.contracts.problems import ProblemType
from shared.contracts.uploads import UploadStatus
from shared.contracts.workflow import MAX_CONFLICT_SAMPLES
from tests.unit.functions.api_document import API, resolved
from tests.unit.functions.bank import World, field, form, part
from tests.unit.functions.report.reports import BANK, NOW, report, row
from tests.unit.functions.transactions.test_transactions import DATE, index_of, stored
from tests.unit.functions.transactions.test_transactions import get as list_transactions
from tools.generators.report_schema import load

SCHEMAS = API["components"]["schemas"]
VALID = report([row(transaction_id="a", amount="1.5"), row(transaction_id="b", amount="-0.25")])
INVALID = report([row(transaction_id="a", amount="0"), row(transaction_id="a", currency="eur")])
UPLOAD, ONE, ALL = "/upload", "/uploads/{upload_id}", "/uploads"
ERRORS, TRANSACTIONS = "/uploads/{upload_id}/errors", "/transactions"


def check(response: ProxyResponse, path: str, method: str = "get") -> Any:
    """Validate a response against the document's schema for its status, and return its body."""
    body = json.loads(response["body"])
    described = resolved(API["paths"][path][method]["responses"][str(response["statusCode"])])
    for name, header in described.get("headers", {}).items():
        validate(response["headers"].get(name), resolved(header)["schema"])
    content = described["content"][response["headers"]["content-type"]]
    validate(body, content["schema"])
    return body


def validate(value: Any, schema: Mapping[str, Any]) -> None:
    Draft202012Validator({**schema, "components": API["components"]}).validate(value)


def test_it_is_valid_openapi() -> None:
    assert not [str(error) for error in OpenAPIV31SpecValidator(API).iter_errors()]


def test_every_example_fits_its_schema() -> None:
    for path in API["paths"].values():
        for operation in path.values():
            for answer in map(resolved, operation["responses"].values()):
                for content in answer["content"].values():
                    for example in map(resolved, content.get("examples", {}).values()):
                        validate(example["value"], content["schema"])


def test_the_example_of_a_rejected_report_is_what_intake_answers(world: World) -> None:
    answers = API["paths"][UPLOAD]["post"]["responses"]["422"]["content"]["application/problem+json"]
    shown = answers["examples"]["rejected"]["value"]

    answer = json.loads(world.submit(report([row(), row(transaction_id="N-2", amount="0.00")]))["body"])

    assert json.loads(json.dumps(answer).replace(answer["upload_id"], shown["upload_id"])) == shown


def test_the_example_of_a_report_is_valid() -> None:
    form = API["paths"][UPLOAD]["post"]["requestBody"]["content"]["multipart/form-data"]
    shown = form["examples"]["report"]["value"][REPORT_FIELD]

    assert validate_report(shown.encode(), bank_id=BANK, now=NOW).valid


def test_a_valid_report_is_answered_as_described_when_new_and_when_known(world: World) -> None:
    accepted = check(world.submit(VALID), UPLOAD, "post")
    known = world.submit(VALID)

    assert check(known, UPLOAD, "post")["upload_id"] == accepted["upload_id"]
    assert known["statusCode"] == 200
    assert check(world.get(accepted["upload_id"]), ONE)["totals"] == {"EUR": "1.25"}


def test_a_rejected_report_is_answered_as_described(world: World) -> None:
    rejected = check(world.submit(INVALID), UPLOAD, "post")

    assert rejected["error_count"] == 3
    assert check(world.get(rejected["upload_id"]), ONE)["errors"] == rejected["errors"]


def test_errors_are_answered_in_pages_as_described(world: World) -> None:
    rejected = check(world.submit(INVALID), UPLOAD, "post")

    first = check(world.errors(rejected["upload_id"], limit="2"), ERRORS)
    second = check(world.errors(rejected["upload_id"], cursor=first["next_cursor"]), ERRORS)

    assert first["errors"] + second["errors"] == rejected["errors"]
    assert check(world.errors(rejected["upload_id"], limit="0"), ERRORS)["status"] == 400
    assert check(world.errors("f" * 32), ERRORS)["status"] == 404
    world.now += timedelta(days=ERRORS_DAYS, seconds=1)
    assert check(world.errors(rejected["upload_id"]), ERRORS)["errors"] == []


def test_transactions_are_answered_as_described() -> None:
    index = index_of((0, stored(number)) for number in range(3))

    page = check(list_transactions(index, date=DATE, limit="2"), TRANSACTIONS)

    assert check(list_transactions(index, date=DATE, cursor=page["next_cursor"]), TRANSACTIONS)["next_cursor"] is None
    assert check(list_transactions(index), TRANSACTIONS)["status"] == 400
    assert check(list_transactions(index, date=DATE, key=""), TRANSACTIONS)["status"] == 403


def test_a_validated_report_is_answered_as_described_whether_it_is_valid_or_not(world: World) -> None:
    assert check(world.check(VALID), "/validate", "post")["valid"]
    assert not check(world.check(INVALID), "/validate", "post")["valid"]
    assert check(world.check(VALID, field("memo", "x")), "/validate", "post")["status"] == 400


def test_other_control_totals_of_a_known_report_are_answered_as_described(world: World) -> None:
    world.submit(VALID)

    answer = world.post(form(part(VALID), field("rows", "3")))

    assert check(answer, UPLOAD, "post")["type"] == "urn:transaction-pipeline:problem:control-totals-differ"


def test_a_failed_upload_is_shown_as_described(world: World) -> None:
    upload_id = check(world.submit(VALID), UPLOAD, "post")["upload_id"]
    attempt = world.uploads.items[upload_id].attempt
    at, error = "2026-11-23T12:00:01.000000Z", "DeadlineExceededError"
    assert world.uploads.advance(upload_id, attempt, UploadStatus.FAILED, at=at, error=error)
    world.loads.items[load_key(BANK, upload_id, attempt, start=49, rows=1)] = {}  # type: ignore[typeddict-item]
    examples = API["paths"][ONE]["get"]["responses"]["200"]["content"]["application/json"]["examples"]

    shown, example = check(world.get(upload_id), ONE), examples["failed"]["value"]
    assert {name: shown[name] for name in ("error", "detail", "rows_processed")} == {
        name: example[name] for name in ("error", "detail", "rows_processed")
    }


def test_a_completed_upload_is_shown_as_described(world: World) -> None:
    upload_id = check(world.submit(VALID), UPLOAD, "post")["upload_id"]
    conflict: Any = {"line": 2, "transaction_id": "a", "first_upload_id": "0" * 32}
    loaded: dict[str, Any] = {
        "loaded": 1,
        "repeated": 0,
        "conflicts": 1,
        "loaded_totals": {"EUR": "1.50"},
        "repeated_totals": {},
        "conflict_totals": {"EUR": "-0.25"},
        "conflict_samples": [conflict],
    }
    attempt = world.uploads.items[upload_id].attempt
    for status in (UploadStatus.VALIDATED, UploadStatus.LOADING, UploadStatus.COMPLETED):
        assert world.uploads.advance(upload_id, attempt, status, at="2026-11-23T12:00:01.000000Z", **loaded)

    assert check(world.get(upload_id), ONE)["conflict_samples"] == [conflict]


def test_pages_are_answered_as_described(world: World) -> None:
    for content in (VALID, INVALID):
        world.submit(content)
    first = check(world.get(limit="1"), ALL)

    assert check(world.get(cursor=first["next_cursor"]), ALL)["next_cursor"] is None


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"key": ""}, 403),
        ({"key": "x"}, 403),
        ({"Content-Type": "text/csv"}, 415),
        ({"Content-Type": "multipart/form-data"}, 400),
    ],
)
def test_requests_that_cannot_be_served_are_answered_as_described(
    world: World, changes: dict[str, str], status: int
) -> None:
    response = world.submit(VALID, **changes)

    assert check(response, UPLOAD, "post")["status"] == status


def test_unknown_uploads_invalid_limits_and_too_large_reports_are_answered_as_described(world: World) -> None:
    assert check(world.get("f" * 32), ONE)["status"] == 404
    assert check(world.get(limit="0"), ALL)["status"] == 400
    assert check(world.submit(b"x" * (MAX_REPORT_BYTES + 1)), UPLOAD, "post")["code"] == "file.too_large"


def test_a_declaration_is_answered_as_described_when_new_and_when_stored(world: World) -> None:
    declared = check(world.declare(VALID), ALL, "post")
    world.bucket.reports[report_key(BANK, declared["upload_id"])] = VALID

    assert check(world.declare(VALID), ALL, "post")["upload_id"] == declared["upload_id"]
    assert check(world.get(declared["upload_id"]), ONE)["status"] == "DECLARED"


@pytest.mark.parametrize(
    ("changes", "status"), [({"key": ""}, 403), ({"key": "x"}, 403), ({"size": 0}, 400), ({"size": 2**40}, 413)]
)
def test_a_declaration_that_cannot_be_served_is_answered_as_described(
    world: World, changes: dict[str, Any], status: int
) -> None:
    assert check(world.declare(VALID, **changes), ALL, "post")["status"] == status


def test_a_declaration_is_described_with_the_limits_of_the_code() -> None:
    operation = API["paths"][ALL]["post"]
    schema = SCHEMAS["Declaration"]

    assert schema["properties"]["size"]["maximum"] == MAX_DECLARED_BYTES
    assert schema["properties"]["file_name"]["maxLength"] == MAX_FILE_NAME
    assert f"{MAX_DECLARED_BYTES:,} bytes" in operation["responses"]["413"]["description"]
    for example in operation["requestBody"]["content"]["application/json"]["examples"].values():
        validate(example["value"], schema)


def test_a_row_is_described_as_in_the_report_format() -> None:
    described = {name: dict(resolved(each)) for name, each in SCHEMAS["ReportRow"]["properties"].items()}

    assert tuple(described) == COLUMNS
    for column in load()["fields"]:
        expected = {key: value for key, value in column["constraints"].items() if key not in {"required", "unique"}}
        if "pattern" in expected:  # Table Schema's patterns match whole values, JSON Schema's any part of one
            expected["pattern"] = f"^({expected['pattern']})$"
        assert {key: described[column["name"]][key] for key in expected} == expected


def test_limits_of_lists_are_those_of_the_code() -> None:
    for path, default, most in (
        (ALL, DEFAULT_LIMIT, MAX_LIMIT),
        (ERRORS, DEFAULT_ROWS_LIMIT, MAX_ROWS_LIMIT),
        (TRANSACTIONS, DEFAULT_ROWS_LIMIT, MAX_ROWS_LIMIT),
    ):
        (limit,) = (each["schema"] for each in API["paths"][path]["get"]["parameters"] if each["name"] == "limit")
        assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, most, default)
    for path in (ALL, TRANSACTIONS):
        assert f"{MAX_EXAMINED:,} {path[1:]} are looked at" in API["paths"][path]["get"]["description"]
    assert f"the first {MAX_MARKED:,} of a larger one" in API["paths"][ERRORS]["get"]["description"]
    assert SCHEMAS["ErrorsPage"]["properties"]["errors"]["maxItems"] == MAX_ROWS_LIMIT == MAX_ERRORS
    assert SCHEMAS["Transactions"]["properties"]["transactions"]["maxItems"] == MAX_ROWS_LIMIT


def test_codes_statuses_and_limits_are_those_of_the_code() -> None:
    operations = {path: next(iter(each.values())) for path, each in API["paths"].items()}
    form = operations[UPLOAD]["requestBody"]["content"]["multipart/form-data"]["schema"]

    assert SCHEMAS["ErrorCode"]["enum"] == [code.value for code in Code]
    assert SCHEMAS["Status"]["enum"] == list(UploadStatus)
    assert SCHEMAS["Problem"]["properties"]["type"]["enum"] == [each.uri for each in ProblemType]
    assert SCHEMAS["ValidationErrors"]["maxItems"] == MAX_ERRORS
    assert SCHEMAS["Upload"]["properties"]["conflict_samples"]["maxItems"] == MAX_CONFLICT_SAMPLES
    assert SCHEMAS["ValidationError"]["properties"]["value"]["maxLength"] == MAX_VALUE_LENGTH
    assert tuple(SCHEMAS["ValidationError"]["properties"]) == ValidationError._fields
    assert f"{MAX_REPORT_BYTES:,} bytes" in form["properties"][REPORT_FIELD]["description"]
    assert f"{MAX_REPORT_BYTES:,} bytes" in API["components"]["responses"]["RequestEntityTooLarge"]["description"]


def test_everything_that_an_upload_shows_is_described() -> None:
    any_value: dict[str, Any] = dict.fromkeys((each.name for each in fields(Upload)), "x")
    known = any_value | {"updated_at": "2026-11-23T12:00:00Z", "status": UploadStatus.FAILED, "rows": 2, "loaded": 1}
    shown = set(upload_body(Upload(**known), rows_processed=1))

    assert shown | {"errors", "corrections_url"} == set(SCHEMAS["Upload"]["properties"])
