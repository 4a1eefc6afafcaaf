"""The OpenAPI document is valid, up to date, and what the functions really answer."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from functions.common.banks import Bank
from functions.common.http import ProxyResponse, Request, serve
from functions.common.uploads import Upload
from functions.intake.handler import post_upload
from functions.intake.intake import Intake
from functions.report.format.rules import COLUMNS, Code
from functions.report.validator import validate_report
from functions.status.handler import get_uploads
from functions.status.status import Status
from shared.contracts.api import API_KEY_HEADER, REPORT_FIELD, UPLOAD_ID_PARAMETER
from shared.contracts.uploads import UploadStatus
from tests.unit.functions.fakes import FakeBanks, FakeBucket, FakeContext, FakeUploads, clock
from tests.unit.functions.report.reports import BANK, NOW, report, row
from tools.client.multipart import file_form
from tools.generators.openapi import DOCUMENT, document, text
from tools.generators.openapi_schemas import examples

API = document()
KEY = "key-of-nordbank"
BANKS = FakeBanks(keys={KEY: Bank(bank_id=BANK, name="Nordbank")})
GOOD = report([row(transaction_id="a", amount="1.5"), row(transaction_id="b", amount="-0.25")])
BAD = report([row(transaction_id="a", amount="0"), row(transaction_id="a", currency="eur")])
UPLOAD, ONE, ALL = "/upload", "/uploads/{upload_id}", "/uploads"


class World:
    """Intake and status around the same uploads."""

    def __init__(self) -> None:
        self.uploads, self.bucket = FakeUploads(), FakeBucket()
        self._intake = Intake(uploads=self.uploads, reports=self.bucket, clock=clock)
        self._status = Status(uploads=self.uploads, by_bank=self.uploads, errors=self.bucket)

    def post(self, content: bytes, **headers: str) -> ProxyResponse:
        form = file_form(REPORT_FIELD, "daily.csv", content)
        sent = {API_KEY_HEADER: KEY, "content-type": form.content_type} | headers
        request = Request(headers=sent, body=form.body)
        return serve({}, FakeContext(), lambda _: post_upload(request, BANKS, self._intake))

    def get(self, upload_id: str | None = None, /, **query: str) -> ProxyResponse:
        path = {UPLOAD_ID_PARAMETER: upload_id} if upload_id else {}
        request = Request(headers={API_KEY_HEADER: KEY}, query=query, path=path)
        return serve({}, FakeContext(), lambda _: get_uploads(request, BANKS, self._status))


@pytest.fixture
def world() -> World:
    return World()


def check(response: ProxyResponse, path: str, method: str = "get") -> Any:
    """Hold an answer against what the document says of its status, and give its body."""
    body = json.loads(response["body"])
    described = resolved(API["paths"][path][method]["responses"][str(response["statusCode"])])
    content = described["content"][response["headers"]["content-type"]]
    hold(body, content["schema"])
    return body


def resolved(part: Mapping[str, Any]) -> Mapping[str, Any]:
    name = part.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = API["components"]["responses"][name] if name else part
    return found


def hold(value: Any, schema: Mapping[str, Any]) -> None:
    Draft202012Validator({**schema, "components": API["components"]}).validate(value)


def test_the_committed_document_is_what_the_contracts_say() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == text(), "run `./dev docs` and commit docs/openapi.json"


def test_it_is_openapi() -> None:
    assert not [str(error) for error in OpenAPIV31SpecValidator(API).iter_errors()]


def test_every_example_fits_its_schema() -> None:
    for path in API["paths"].values():
        for operation in path.values():
            for answer in map(resolved, operation["responses"].values()):
                for content in answer["content"].values():
                    for example in content.get("examples", {}).values():
                        hold(example["value"], content["schema"])


def test_the_refused_example_is_one_that_the_validator_gives() -> None:
    shown = examples()["refused"]
    result = validate_report(report([row(), row(transaction_id="N-2", amount="0.00")]), bank_id=BANK, now=NOW)

    assert [problem.as_dict() for problem in result.errors] == shown["errors"]
    assert dict(result.errors_by_code) == shown["errors_by_code"]


def test_a_good_report_is_answered_as_described_when_new_and_when_known(world: World) -> None:
    accepted = check(world.post(GOOD), UPLOAD, "post")
    known = world.post(GOOD)

    assert check(known, UPLOAD, "post")["upload_id"] == accepted["upload_id"]
    assert known["statusCode"] == 200
    assert check(world.get(accepted["upload_id"]), ONE)["totals"] == {"EUR": "1.25"}


def test_a_refused_report_is_answered_as_described(world: World) -> None:
    refusal = check(world.post(BAD), UPLOAD, "post")

    assert refusal["error_count"] == 3
    assert check(world.get(refusal["upload_id"]), ONE)["errors"] == refusal["errors"]


def test_an_upload_that_has_ended_is_shown_as_described(world: World) -> None:
    upload_id = check(world.post(GOOD), UPLOAD, "post")["upload_id"]
    conflict: Any = {"line": 2, "transaction_id": "a", "first_upload_id": "0" * 32}
    loaded = {"loaded": 1, "repeated": 0, "conflicts": 1, "conflict_samples": [conflict]}
    for status in (UploadStatus.VALIDATED, UploadStatus.LOADING, UploadStatus.COMPLETED):
        assert world.uploads.advance(upload_id, status, at="2026-11-23T12:00:01.000000Z", **loaded)

    assert check(world.get(upload_id), ONE)["conflict_samples"] == [conflict]


def test_pages_are_answered_as_described(world: World) -> None:
    for content in (GOOD, BAD):
        world.post(content)
    first = check(world.get(limit="1"), ALL)

    assert check(world.get(cursor=first["next_cursor"]), ALL)["next_cursor"] is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [({API_KEY_HEADER: ""}, 401), ({API_KEY_HEADER: "x"}, 403), ({"content-type": "text/csv"}, 415),
     ({"content-type": "multipart/form-data"}, 400)],
)  # fmt: skip
def test_requests_that_cannot_be_served_are_answered_as_described(
    world: World, headers: dict[str, str], status: int
) -> None:
    response = world.post(GOOD, **headers)

    assert check(response, UPLOAD, "post")["status"] == status


def test_an_unknown_upload_a_wrong_limit_and_a_report_too_large_are_answered_as_described(world: World) -> None:
    assert check(world.get("f" * 32), ONE)["status"] == 404
    assert check(world.get(limit="0"), ALL)["status"] == 400
    assert check(world.post(b"x" * 4_500_001), UPLOAD, "post")["status"] == 413


def test_a_row_of_the_document_is_checked_as_the_validator_does() -> None:
    schema = API["components"]["schemas"]["ReportRow"]
    validator = Draft202012Validator(schema)

    assert tuple(schema["properties"]) == COLUMNS
    assert validator.is_valid(row())
    assert not any(validator.is_valid(row(amount=amount)) for amount in ("1e5", "12x", "x12", "1" * 16))
    assert not validator.is_valid(row(currency="XAU"))


def test_problem_codes_are_the_validators() -> None:
    assert API["components"]["schemas"]["ErrorCode"]["enum"] == [code.value for code in Code]


def test_everything_that_an_upload_shows_is_described() -> None:
    shown = dict.fromkeys((each.name for each in fields(Upload)), "x")
    properties = API["components"]["schemas"]["Upload"]["properties"]

    assert set(Upload(**shown).public()) | {"errors", "corrections_url"} == set(properties)  # type: ignore[arg-type]  # any value will do
