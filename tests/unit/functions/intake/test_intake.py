"""POST /upload through its door: what a bank sends, what it is answered, what is stored."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from functions.common.banks import Bank
from functions.common.http import ProxyResponse, serve
from functions.common.identity import upload_id
from functions.common.times import timestamp
from functions.intake.handler import handle, post_upload
from functions.intake.intake import Intake
from functions.report.format.rules import MAX_MARKED_AT_ONCE
from shared.contracts.api import MAX_REPORT_BYTES
from shared.contracts.objects import report_key
from shared.contracts.uploads import UploadStatus
from tests.unit.functions.fakes import FakeBanks, FakeBucket, FakeContext, FakeUploads, clock, upload
from tests.unit.functions.report.reports import BANK, NOW, report, row

BOUNDARY = "----cut-here"
GOOD = report([row(transaction_id="a", amount="1.5"), row(transaction_id="b", amount="-0.25")])
BAD = report([row(transaction_id="a", amount="1,5x"), row(transaction_id="a", currency="eur")], quoted=True)
GOOD_ID = upload_id(BANK, GOOD)
BAD_ID = upload_id(BANK, BAD)
BANKS = FakeBanks(keys={"key-of-nordbank": Bank(bank_id=BANK, name="Nordbank")})


class World:
    def __init__(self) -> None:
        self.uploads = FakeUploads()
        self.bucket = FakeBucket()
        self.intake = Intake(uploads=self.uploads, reports=self.bucket, clock=clock)

    def post(self, content: bytes, /, **changes: Any) -> ProxyResponse:
        headers = {"X-API-Key": "key-of-nordbank", "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        event = {
            "headers": headers | changes.pop("headers", {}),
            "body": base64.b64encode(content).decode(),
            "isBase64Encoded": True,
            "queryStringParameters": None,
            "pathParameters": None,
        } | changes
        return serve(event, FakeContext(), lambda request: post_upload(request, BANKS, self.intake))

    def hand_in(self, content: bytes) -> ProxyResponse:
        return self.post(form(part(content)))


@pytest.fixture
def world() -> World:
    return World()


def part(content: bytes, name: str = "report", file_name: str | None = "daily.csv") -> bytes:
    disposition = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name is not None else "")
    return f"Content-Disposition: {disposition}\r\nContent-Type: text/csv\r\n\r\n".encode() + content


def form(*parts: bytes) -> bytes:
    return b"".join(f"--{BOUNDARY}\r\n".encode() + each + b"\r\n" for each in parts) + f"--{BOUNDARY}--\r\n".encode()


def body_of(response: ProxyResponse) -> Any:
    return json.loads(response["body"])


def test_a_good_report_is_stored_and_answered_with_its_totals(world: World) -> None:
    response = world.hand_in(GOOD)

    assert response["statusCode"] == 202
    assert response["headers"] == {"content-type": "application/json"}
    assert body_of(response) == {
        "upload_id": GOOD_ID,
        "status": "RECEIVED",
        "bank_id": BANK,
        "file_name": "daily.csv",
        "received_at": "2026-11-23T12:00:00.000000Z",
        "rows": 2,
        "totals": {"EUR": "1.25"},
    }
    assert world.bucket.reports == {report_key(BANK, GOOD_ID): GOOD}
    assert world.uploads.items[GOOD_ID].status is UploadStatus.RECEIVED
    assert world.uploads.items[GOOD_ID].size == len(GOOD)


def test_a_body_that_is_not_base64_is_taken_too(world: World) -> None:
    response = world.post(b"", body=form(part(GOOD)).decode(), isBase64Encoded=False)

    assert response["statusCode"] == 202


def test_a_refused_report_is_answered_with_every_problem_and_not_stored(world: World) -> None:
    response = world.hand_in(BAD)

    answer = body_of(response)
    assert response["statusCode"] == 422
    assert response["headers"] == {"content-type": "application/problem+json"}
    assert {key: answer[key] for key in ("type", "title", "status", "upload_id", "rows", "error_count")} == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "upload_id": BAD_ID,
        "rows": 2,
        "error_count": 3,
    }
    assert answer["errors_by_code"] == {"amount.format": 1, "transaction_id.duplicate": 1, "currency.unknown": 1}
    assert answer["errors"][0] == {
        "line": 2,
        "column": "amount",
        "code": "amount.format",
        "message": (
            "expected digits with an optional minus sign and decimal point, such as 1234.50 or -0.5: "
            "remove the thousands separators"
        ),
        "value": "1,5x",
    }
    assert f"GET /uploads/{BAD_ID} has it with the invalid rows marked" in answer["detail"]
    assert world.bucket.corrections[BANK, BAD_ID].count(b"amount.format") == 1
    assert not world.bucket.reports
    assert world.bucket.errors[BANK, BAD_ID] == answer["errors"]
    assert world.uploads.items[BAD_ID].status is UploadStatus.REJECTED
    assert world.uploads.items[BAD_ID].error_count == 3


def test_a_refused_reports_corrections_mark_more_than_the_answer_shows(world: World) -> None:
    content = report([row(transaction_id=f"N-{n}", amount="x") for n in range(MAX_MARKED_AT_ONCE + 7)])

    answer = body_of(world.hand_in(content))

    assert answer["error_count"] == MAX_MARKED_AT_ONCE + 7
    assert len(answer["errors"]) == len(world.bucket.errors[BANK, answer["upload_id"]]) == 1000
    corrections = world.bucket.corrections[BANK, answer["upload_id"]]
    assert corrections.count(b"amount.format") == MAX_MARKED_AT_ONCE
    assert corrections.count(b"7 more errors are not marked") == 1


def test_where_no_row_was_validated_no_corrections_are_kept_or_promised(world: World) -> None:
    answer = body_of(world.hand_in(b"amount\n1\n"))

    assert answer["detail"] == "errors in the report: 4; nothing of it was loaded, fix it and resubmit it"
    assert not world.bucket.corrections


@pytest.mark.parametrize("status", [UploadStatus.VALIDATED, UploadStatus.LOADING, UploadStatus.COMPLETED])
def test_a_report_that_is_known_is_answered_with_how_it_stands(world: World, status: UploadStatus) -> None:
    world.uploads.items[GOOD_ID] = upload(upload_id=GOOD_ID, status=status, rows=2, loaded=1)

    response = world.hand_in(GOOD)

    assert response["statusCode"] == 200
    assert body_of(response) == {
        "upload_id": GOOD_ID,
        "bank_id": BANK,
        "status": status.value,
        "received_at": "2026-11-23T12:00:00.000000Z",
        "updated_at": "2026-11-23T12:00:00.000000Z",
        "rows": 2,
        "loaded": 1,
    }
    assert not world.bucket.events


def test_submitted_twice_it_is_one_upload_and_starts_one_workflow(world: World) -> None:
    first, second = world.hand_in(GOOD), world.hand_in(GOOD)

    assert (first["statusCode"], second["statusCode"]) == (202, 200)
    assert body_of(first)["upload_id"] == body_of(second)["upload_id"]
    assert len(world.bucket.events) == 1


def test_a_received_report_whose_object_is_missing_is_stored_again(world: World) -> None:
    world.uploads.items[GOOD_ID] = upload(upload_id=GOOD_ID)

    assert world.hand_in(GOOD)["statusCode"] == 200
    assert world.bucket.events == [report_key(BANK, GOOD_ID)]


@pytest.mark.parametrize(
    ("status", "minutes", "started_again"),
    [
        (UploadStatus.RECEIVED, 11, True),  # the event was lost, or S3 did not send any yet
        (UploadStatus.VALIDATED, 11, True),  # the workflow timed out before it reached its Catch
        (UploadStatus.LOADING, 11, True),
        (UploadStatus.LOADING, 9, False),  # it may still be running
        (UploadStatus.COMPLETED, 11, True),  # nobody was told
    ],
)
def test_a_report_that_got_stuck_is_started_again(
    world: World, status: UploadStatus, minutes: int, *, started_again: bool
) -> None:
    changed = timestamp(NOW - timedelta(minutes=minutes))
    world.uploads.items[GOOD_ID] = upload(upload_id=GOOD_ID, status=status, updated_at=changed, notified_at=None)
    world.bucket.reports[report_key(BANK, GOOD_ID)] = GOOD

    response = world.hand_in(GOOD)

    assert (response["statusCode"], body_of(response)["status"]) == (200, status)
    assert world.bucket.events == ([report_key(BANK, GOOD_ID)] if started_again else [])


def test_a_report_that_was_loaded_and_announced_long_ago_is_left_alone(world: World) -> None:
    ended = upload(upload_id=GOOD_ID, status=UploadStatus.COMPLETED, updated_at="2020", notified_at="2020")
    world.uploads.items[GOOD_ID] = ended
    world.bucket.reports[report_key(BANK, GOOD_ID)] = GOOD

    assert world.hand_in(GOOD)["statusCode"] == 200
    assert not world.bucket.events


@pytest.mark.parametrize("status", [UploadStatus.FAILED, UploadStatus.REJECTED])
def test_a_report_that_failed_or_was_refused_starts_anew(world: World, status: UploadStatus) -> None:
    world.uploads.items[GOOD_ID] = upload(upload_id=GOOD_ID, status=status, error="x", notified_at="then")
    world.bucket.reports[report_key(BANK, GOOD_ID)] = GOOD

    assert world.hand_in(GOOD)["statusCode"] == 202
    assert world.bucket.events == [report_key(BANK, GOOD_ID)]
    assert world.uploads.items[GOOD_ID].status is UploadStatus.RECEIVED
    assert world.uploads.items[GOOD_ID].error is None


def test_a_refused_report_is_validated_again(world: World) -> None:
    assert [world.hand_in(BAD)["statusCode"] for _ in range(2)] == [422, 422]


def test_of_two_requests_at_once_the_later_one_is_told_how_the_first_stands(world: World) -> None:
    world.uploads.rivals.append(upload(upload_id=GOOD_ID, rows=2))

    assert world.hand_in(GOOD)["statusCode"] == 200
    assert len(world.bucket.events) == 1  # the first may have died before it stored the object


def test_an_upload_that_vanishes_between_two_looks_is_a_conflict(world: World) -> None:
    class Vanishing(FakeUploads):
        def begin(self, upload: Any) -> bool:
            return upload is None

    intake = Intake(uploads=Vanishing(), reports=world.bucket, clock=clock)
    world.intake = intake

    assert world.hand_in(GOOD)["statusCode"] == 409


def test_an_empty_report_is_refused_by_the_validator(world: World) -> None:
    answer = body_of(world.hand_in(b""))

    assert [problem["code"] for problem in answer["errors"]] == ["file.empty"]


@pytest.mark.parametrize(
    ("headers", "status", "hint"),
    [
        ({"X-API-Key": ""}, 401, "x-api-key"),
        ({"X-API-Key": "made-up"}, 403, "belongs to no bank"),
        ({"Content-Type": ""}, 415, "found none"),
        ({"Content-Type": "text/csv"}, 415, "found 'text/csv'"),
        ({"Content-Type": "multipart/form-data"}, 400, "no boundary"),
        ({"Content-Type": 'multipart/form-data; boundary=""'}, 400, "no boundary"),
        ({"Content-Type": "multipart/form-data; boundary=other"}, 400, "damaged or cut short"),
    ],
)
def test_a_request_with_wrong_headers_is_told_which(
    world: World, headers: dict[str, str], status: int, hint: str
) -> None:
    response = world.post(form(part(GOOD)), headers=headers)

    assert response["statusCode"] == status
    assert response["headers"]["content-type"] == "application/problem+json"
    assert body_of(response)["status"] == status
    assert hint in body_of(response)["detail"]
    assert "made-up" not in response["body"]
    assert not world.uploads.items


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (b"", "the body is empty"),
        (form(), "found: none"),
        (form(part(GOOD, name="file")), "found: 'file'"),
        (form(part(GOOD), part(GOOD)), "found: 'report', 'report'"),
        (form(part(GOOD), part(b"x", name="memo", file_name=None)), "found: 'report', 'memo'"),
        (form(part(GOOD, file_name=None)), "is no file"),
        (form(part(GOOD))[:-20], "damaged or cut short"),
        (form(part(GOOD))[:60], "damaged or cut short"),
        (form(b"Content-Type: text/csv\r\n\r\n" + GOOD), "damaged or cut short"),
        (form(b"Content-Disposition: form-data\r\n\r\n" + GOOD), "damaged or cut short"),
        (b"not multipart at all, but long enough for it", "damaged or cut short"),
    ],
)
def test_a_form_that_is_not_one_report_is_a_bad_request(world: World, body: bytes, hint: str) -> None:
    response = world.post(body)

    assert response["statusCode"] == 400
    assert hint in body_of(response)["detail"]


def test_a_body_that_is_falsely_marked_as_base64_is_a_bad_request(world: World) -> None:
    assert world.post(b"", body="!!", isBase64Encoded=True)["statusCode"] == 400


def test_a_report_of_the_limit_fits_and_one_more_byte_is_too_large(world: World) -> None:
    assert world.hand_in(b"x" * MAX_REPORT_BYTES)["statusCode"] == 422
    response = world.hand_in(b"x" * (MAX_REPORT_BYTES + 1))

    assert response["statusCode"] == 413
    assert str(MAX_REPORT_BYTES) in body_of(response)["detail"]


def test_a_form_of_many_parts_is_too_large(world: World) -> None:
    assert world.post(form(*[part(GOOD)] * 9))["statusCode"] == 413


def test_a_file_name_is_made_printable(world: World) -> None:
    response = world.post(form(part(GOOD, file_name="../\u202efdp.csv")))

    assert body_of(response)["file_name"] == "../\\u202efdp.csv"


def test_the_entry_names_all_missing_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BANKS_TABLE", "UPLOADS_TABLE", "REPORTS_BUCKET"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(Exception, match="BANKS_TABLE, UPLOADS_TABLE, REPORTS_BUCKET"):
        handle({}, FakeContext())
