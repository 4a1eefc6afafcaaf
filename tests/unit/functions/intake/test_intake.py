"""POST /upload: what a bank sends, what it is answered, what is stored."""

import base64
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.common.times import timestamp
from functions.common.uploads import derive_upload_id
from functions.report.format.definition import MAX_MARKED_AT_ONCE
from shared.contracts.api import MAX_REPORT_BYTES
from shared.contracts.objects import report_key
from shared.contracts.uploads import AttemptBy, UploadStatus
from tests.unit.functions.bank import KEY as API_KEY
from tests.unit.functions.bank import OTHER_KEY, World, body_of, form, part
from tests.unit.functions.fakes import FakeBucket, FakeUploads, UploadsWithLostAnswers, began, upload
from tests.unit.functions.report.reports import BANK, NOW, report, row

VALID = report([row(transaction_id="a", amount="1.5"), row(transaction_id="b", amount="-0.25")])
INVALID = report([row(transaction_id="a", amount="1,5x"), row(transaction_id="a", currency="eur")], quoted=True)
VALID_ID = derive_upload_id(BANK, VALID)
INVALID_ID = derive_upload_id(BANK, INVALID)
KEY = report_key(BANK, VALID_ID)


def test_a_valid_report_is_stored_and_answered_with_its_totals(world: World) -> None:
    response = world.submit(VALID)

    assert response["statusCode"] == 202
    assert response["headers"] == {"content-type": "application/json", "cache-control": "no-store"}
    assert body_of(response) == {
        "upload_id": VALID_ID,
        "status": "RECEIVED",
        "bank_id": BANK,
        "file_name": "daily.csv",
        "received_at": "2026-11-23T12:00:00.000000Z",
        "rows": 2,
        "totals": {"EUR": "1.25"},
    }
    assert world.bucket.reports == {report_key(BANK, VALID_ID): VALID}
    assert world.uploads.items[VALID_ID].status is UploadStatus.RECEIVED
    assert world.uploads.items[VALID_ID].size == len(VALID)


def test_a_body_that_is_not_base64_is_accepted_too(world: World) -> None:
    response = world.post(b"", body=form(part(VALID)).decode(), isBase64Encoded=False)

    assert response["statusCode"] == 202


def test_an_invalid_report_is_answered_with_every_error_and_not_stored(world: World) -> None:
    response = world.submit(INVALID)

    answer = body_of(response)
    assert response["statusCode"] == 422
    assert response["headers"] == {"content-type": "application/problem+json", "cache-control": "no-store"}
    assert {key: answer[key] for key in ("type", "title", "status", "upload_id", "rows", "error_count")} == {
        "type": "urn:transaction-pipeline:problem:report-rejected",
        "title": "Report rejected",
        "status": 422,
        "upload_id": INVALID_ID,
        "rows": 2,
        "error_count": 3,
    }
    assert answer["errors_by_code"] == {"amount.format": 1, "transaction_id.duplicate": 1, "currency.unknown": 1}
    first = dict(answer["errors"][0])
    assert first.pop("message").startswith("expected digits with an optional minus sign and decimal point")
    assert first == {"line": 2, "column": "amount", "code": "amount.format", "value": "1,5x"}
    assert answer["detail"] == (
        f"3 validation errors; no rows were loaded. Correct the report (GET /uploads/{INVALID_ID} links a copy"
        " with the invalid rows marked) and resubmit it."
    )
    assert world.bucket.corrections[BANK, INVALID_ID].count(b"amount.format") == 1
    assert not world.bucket.reports
    assert world.bucket.errors[BANK, INVALID_ID] == answer["errors"]
    assert world.uploads.items[INVALID_ID].status is UploadStatus.REJECTED
    assert world.uploads.items[INVALID_ID].error_count == 3


def test_the_corrections_mark_more_errors_than_the_answer_shows(world: World) -> None:
    content = report([row(transaction_id=f"N-{n}", amount="x") for n in range(MAX_MARKED_AT_ONCE + 7)])

    answer = body_of(world.submit(content))

    assert answer["error_count"] == MAX_MARKED_AT_ONCE + 7
    assert len(answer["errors"]) == len(world.bucket.errors[BANK, answer["upload_id"]]) == 1000
    corrections = world.bucket.corrections[BANK, answer["upload_id"]]
    assert corrections.count(b"amount.format") == MAX_MARKED_AT_ONCE
    assert corrections.count(b"7 more errors are not marked") == 1


def test_without_validated_rows_no_corrections_are_stored_or_mentioned(world: World) -> None:
    answer = body_of(world.submit(b"amount\n1\n"))

    assert answer["detail"] == "4 validation errors; no rows were loaded. Correct the report and resubmit it."
    assert not world.bucket.corrections


@pytest.mark.parametrize("status", [UploadStatus.VALIDATED, UploadStatus.LOADING, UploadStatus.COMPLETED])
def test_a_known_report_is_answered_with_its_status(world: World, status: UploadStatus) -> None:
    world.uploads.items[VALID_ID] = upload(upload_id=VALID_ID, status=status, rows=2, loaded=1)

    response = world.submit(VALID)

    assert response["statusCode"] == 200
    assert body_of(response) == {
        "upload_id": VALID_ID,
        "bank_id": BANK,
        "status": status.value,
        "received_at": "2026-11-23T12:00:00.000000Z",
        "updated_at": "2026-11-23T12:00:00.000000Z",
        "rows": 2,
        "loaded": 1,
    }
    assert not world.bucket.events


def test_a_report_submitted_twice_is_one_upload_and_starts_one_workflow(world: World) -> None:
    first, second = world.submit(VALID), world.submit(VALID)

    assert (first["statusCode"], second["statusCode"]) == (202, 200)
    assert body_of(first)["upload_id"] == body_of(second)["upload_id"]
    assert len(world.bucket.events) == 1


def test_an_accepted_report_begins_an_attempt_which_its_object_names_and_the_sweeper_looks_after(world: World) -> None:
    world.submit(VALID)

    known = world.uploads.items[VALID_ID]
    assert known.attempt == f"{1:032x}"
    assert known.attempts == [{"id": known.attempt, "began_at": "2026-11-23T12:00:00.000000Z", "by": "intake"}]
    assert known.due_at == "2026-11-23T12:06:00.000000Z"
    assert world.bucket.attempts == {KEY: known.attempt}


def test_a_rejected_report_is_never_due(world: World) -> None:
    world.submit(INVALID)

    assert world.uploads.items[INVALID_ID].attempt == f"{1:032x}"
    assert world.uploads.items[INVALID_ID].due_at is None


def test_while_the_request_that_began_an_attempt_may_still_store_the_report_no_other_stores_it(world: World) -> None:
    class SlowBucket(FakeBucket):
        """While the first request stores the report, 19 others arrive."""

        def store(self, key: str, content: bytes, *, attempt: str) -> None:
            if not answers:
                answers.extend(world.submit(VALID)["statusCode"] for _ in range(19))
            super().store(key, content, attempt=attempt)

    answers: list[int] = []
    world.bucket = SlowBucket()
    world.intake = replace(world.intake, reports=world.bucket)

    assert world.submit(VALID)["statusCode"] == 202
    assert answers == [200] * 19
    assert world.bucket.events == [KEY]


@pytest.mark.parametrize("stored", [None, "an earlier attempt"])
@pytest.mark.parametrize(("seconds", "taken_over"), [(31, True), (30, False)])
def test_a_beginner_that_died_is_taken_over(
    world: World, stored: str | None, seconds: int, *, taken_over: bool
) -> None:
    began_at = timestamp(NOW - timedelta(seconds=seconds))
    world.uploads.items[VALID_ID] = upload(upload_id=VALID_ID, rows=2, **began("a1", began_at))
    if stored:
        world.bucket.reports[KEY], world.bucket.attempts[KEY] = VALID, stored

    response = world.submit(VALID)

    known = world.uploads.items[VALID_ID]
    assert (response["statusCode"], body_of(response)["status"]) == (200, "RECEIVED")
    assert world.bucket.events == ([KEY] if taken_over else [])
    assert [each["id"] for each in known.attempts] == (["a1", f"{1:032x}"] if taken_over else ["a1"])
    assert known.attempt == known.attempts[-1]["id"]
    assert not taken_over or world.bucket.attempts[KEY] == known.attempt
    assert known.rows == 2


def test_of_two_requests_that_take_over_one_stores_the_report(world: World) -> None:
    dead = upload(upload_id=VALID_ID, **began("a1", "2026-11-23T11:00:00.000000Z"))
    world.uploads.items[VALID_ID] = dead
    world.uploads.rivals = [replace(dead, **began("of-the-other", "2026-11-23T12:00:00.000000Z"))]

    assert world.submit(VALID)["statusCode"] == 200
    assert world.uploads.items[VALID_ID].attempt == "of-the-other"
    assert not world.bucket.events


@pytest.mark.parametrize("by", [AttemptBy.SWEEPER, AttemptBy.REDRIVE, AttemptBy.EVENT])
def test_an_attempt_that_runs_with_the_stored_report_is_not_taken_over(world: World, by: AttemptBy) -> None:
    known = upload(upload_id=VALID_ID, **began("a2", "2026-11-23T11:00:00.000000Z", by))
    world.uploads.items[VALID_ID] = known
    world.bucket.reports[KEY], world.bucket.attempts[KEY] = VALID, "a1"

    assert world.submit(VALID)["statusCode"] == 200
    assert world.uploads.items[VALID_ID] == known
    assert not world.bucket.events


@pytest.mark.parametrize("status", [UploadStatus.RECEIVED, UploadStatus.LOADING, UploadStatus.COMPLETED])
def test_an_upload_whose_report_is_stored_is_left_to_the_workflow_and_the_sweeper(
    world: World, status: UploadStatus
) -> None:
    known = upload(upload_id=VALID_ID, status=status, updated_at="2020-01-01T00:00:00Z", **began("a1", "2020"))
    world.uploads.items[VALID_ID] = known
    world.bucket.reports[KEY], world.bucket.attempts[KEY] = VALID, "a1"

    assert world.submit(VALID)["statusCode"] == 200
    assert world.uploads.items[VALID_ID] == known
    assert not world.bucket.events


@pytest.mark.parametrize("status", [UploadStatus.FAILED, UploadStatus.REJECTED])
def test_a_failed_or_rejected_upload_restarts(world: World, status: UploadStatus) -> None:
    earlier = {"error": "x", "notified_at": "then", "restarts": 1, **began("a1", "then")}
    world.uploads.items[VALID_ID] = upload(upload_id=VALID_ID, status=status, **earlier)
    world.bucket.reports[KEY] = VALID

    assert world.submit(VALID)["statusCode"] == 202
    known = world.uploads.items[VALID_ID]
    assert world.bucket.events == [KEY]
    assert known.status is UploadStatus.RECEIVED
    assert (known.error, known.notified_at, known.restarts) == (None, None, 0)
    assert [each["id"] for each in known.attempts] == ["a1", known.attempt]
    assert world.bucket.attempts[KEY] == known.attempt


def test_a_rejected_report_is_validated_again(world: World) -> None:
    assert [world.submit(INVALID)["statusCode"] for _ in range(2)] == [422, 422]


def test_a_report_that_is_invalid_now_does_not_end_the_attempt_of_another_request(world: World) -> None:
    running = upload(upload_id=INVALID_ID, status=UploadStatus.LOADING, **began("a1", "then"))
    world.uploads.rivals = [running]

    assert world.submit(INVALID)["statusCode"] == 422
    assert world.uploads.items[INVALID_ID] == running


def test_of_two_concurrent_requests_the_later_one_is_answered_with_the_uploads_status(world: World) -> None:
    world.uploads.rivals.append(upload(upload_id=VALID_ID, rows=2))

    assert world.submit(VALID)["statusCode"] == 200
    assert not world.bucket.events  # the other request stores the report


def test_a_report_is_stored_even_if_the_answer_to_the_begin_of_its_attempt_was_lost(world: World) -> None:
    world.intake = replace(world.intake, uploads=UploadsWithLostAnswers())

    assert world.submit(VALID)["statusCode"] == 202
    assert world.bucket.events == [KEY]


def test_a_report_is_stored_even_if_the_answer_to_its_take_over_was_lost(world: World) -> None:
    dead = upload(upload_id=VALID_ID, **began("a1", "2026-11-23T11:00:00.000000Z"))
    uploads = UploadsWithLostAnswers(items={VALID_ID: dead})
    world.intake = replace(world.intake, uploads=uploads)

    assert world.submit(VALID)["statusCode"] == 200
    assert world.bucket.attempts == {KEY: uploads.items[VALID_ID].attempt}


def test_an_upload_that_vanishes_between_two_reads_is_a_conflict(world: World) -> None:
    class Vanishing(FakeUploads):
        def begin(self, upload: Any) -> bool:
            return upload is None

    world.intake = replace(world.intake, uploads=Vanishing())

    assert world.submit(VALID)["statusCode"] == 409


def test_an_empty_report_is_rejected(world: World) -> None:
    answer = body_of(world.submit(b""))

    assert [each["code"] for each in answer["errors"]] == ["file.empty"]


@pytest.mark.parametrize(
    ("headers", "status", "hint"),
    [
        ({"Content-Type": ""}, 415, "found none"),
        ({"Content-Type": "text/csv"}, 415, "found 'text/csv'"),
        ({"Content-Type": "multipart/form-data"}, 400, "no boundary"),
        ({"Content-Type": 'multipart/form-data; boundary=""'}, 400, "no boundary"),
        ({"Content-Type": "multipart/form-data; boundary=other"}, 400, "the boundary in the Content-Type header"),
        ({"Content-Encoding": "gzip"}, 415, "content encoding 'gzip'. Send it uncompressed"),
        ({"Content-Encoding": "br, gzip"}, 415, "uncompressed"),
    ],
)
def test_an_invalid_header_is_named(world: World, headers: dict[str, str], status: int, hint: str) -> None:
    response = world.post(form(part(VALID)), headers=headers)

    assert response["statusCode"] == status
    assert response["headers"]["content-type"] == "application/problem+json"
    assert body_of(response)["status"] == status
    assert hint in body_of(response)["detail"]
    assert not world.uploads.items


@pytest.mark.parametrize(("key", "status", "hint"), [("", 403, "x-api-key"), ("made-up", 403, "belongs to no bank")])
def test_a_caller_without_a_banks_key_submits_nothing(world: World, key: str, status: int, hint: str) -> None:
    response = world.submit(VALID, key=key)

    assert response["statusCode"] == body_of(response)["status"] == status
    assert hint in body_of(response)["detail"]
    assert "made-up" not in response["body"]
    assert not world.uploads.items


def test_only_the_key_that_api_gateway_has_checked_identifies_the_bank(world: World) -> None:
    assert world.post(form(part(VALID)), key="", headers={"X-API-Key": API_KEY})["statusCode"] == 403
    assert world.post(form(part(VALID)), headers={"X-API-Key": OTHER_KEY})["statusCode"] == 202
    assert {each.bank_id for each in world.uploads.items.values()} == {BANK}


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (b"", "The body is empty"),
        (form(), "found: none."),
        (form(part(VALID, name="file")), "found: 'file'."),
        (form(part(VALID), part(VALID)), "found: 'report', 'report'"),
        (form(part(VALID), part(b"x", name="memo", file_name=None)), "found: 'report', 'memo'"),
        (form(part(VALID, file_name=None)), "is not a file. Send it with a file name"),
        (form(part(VALID))[:-20], "cut short: its closing boundary is missing"),
        (form(part(VALID))[:60], "cut short: its closing boundary is missing"),
        (form(b"Content-Type: text/csv\r\n\r\n" + VALID), "a part or its headers are malformed"),
        (form(b"Content-Disposition: form-data\r\n\r\n" + VALID), "malformed"),
        (b"not multipart at all, but long enough for it", "does not occur in the body"),
        (form(part(VALID).replace(b"daily", "täglich".encode("latin-1"))), "not UTF-8. Send the file name in ASCII"),
        (form(part(VALID).replace(b"filename=", b"filename*=UTF-8''")), "malformed or ambiguous"),
        *[
            (form(b"Content-Transfer-Encoding: " + each + b"\r\n" + part(VALID)), f"encoding '{each.decode()}'.")
            for each in (b"base64", b"quoted-printable", b"x-uuencode")
        ],
    ],
)
def test_a_form_that_is_not_one_report_is_a_bad_request_in_plain_words(world: World, body: bytes, hint: str) -> None:
    response = world.post(body)

    assert response["statusCode"] == 400
    assert hint in body_of(response)["detail"]
    assert not re.search("segment|chunk|parser|Error|codec", body_of(response)["detail"])


@pytest.mark.parametrize("encoding", ["7bit", "8bit", "Binary"])
def test_a_transfer_encoding_that_changes_no_byte_is_accepted(world: World, encoding: str) -> None:
    sent = form(f"Content-Transfer-Encoding: {encoding}\r\n".encode() + part(VALID))

    assert world.post(sent)["statusCode"] == 202


def test_a_body_that_is_falsely_marked_as_base64_is_a_bad_request(world: World) -> None:
    assert world.post(b"", body="!!", isBase64Encoded=True)["statusCode"] == 400


def test_a_report_of_the_limit_fits_and_one_more_byte_is_too_large(world: World) -> None:
    assert world.submit(b"x" * MAX_REPORT_BYTES)["statusCode"] == 422
    response = world.submit(b"x" * (MAX_REPORT_BYTES + 1))

    assert response["statusCode"] == 413
    assert f"at most {MAX_REPORT_BYTES:,} bytes fit in one request" in body_of(response)["detail"]
    assert body_of(response)["code"] == "file.too_large"


def test_what_lambda_refuses_is_always_a_report_that_is_too_large() -> None:
    # API Gateway answers it with 413 for the function, in a template that says so (tests/synth/test_api.py). That it
    # does has not been seen: the local cloud has no such limit, and it has not been run on AWS.
    lambda_limit = 6 * 1024 * 1024  # Lambda quota: invocation payload, synchronous
    headers = {"x": '"' * 10_240}  # API Gateway quota: all headers together; JSON doubles a quotation mark
    event = {
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "requestContext": {"anything": "x" * 10_000},
        "body": base64.b64encode(form(part(b"x" * MAX_REPORT_BYTES, file_name="x" * 4_000))).decode(),
    }
    assert len(json.dumps(event)) < lambda_limit


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (form(*[part(VALID)] * 169), "more than 168 fields"),
        (form(part(VALID, file_name="x" * 5_000)), "Shorten the file name"),
        (form(b"X-Long: " + b"x" * 5_000 + b"\r\n" + part(VALID)), "4,224 bytes"),
        (form(b"X-Many: 1\r\n" * 8 + part(VALID)), "at most 8 headers"),
    ],
)
def test_a_form_with_too_many_parts_or_too_large_headers_is_answered_with_that_cause(
    world: World, body: bytes, hint: str
) -> None:
    response = world.post(body)

    assert response["statusCode"] == 413
    assert hint in body_of(response)["detail"]
    assert "report is too large" not in body_of(response)["detail"]


def test_a_file_name_is_made_printable(world: World) -> None:
    response = world.post(form(part(VALID, file_name="../\u202efdp.csv")))

    assert body_of(response)["file_name"] == "../\\u202efdp.csv"
