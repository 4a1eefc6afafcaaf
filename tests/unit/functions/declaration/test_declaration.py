"""POST /uploads: a bank declares a report, and stores exactly these bytes by the link that it gets."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.common.times import timestamp
from functions.common.uploads import derive_upload_id
from shared.contracts.api import MAX_DECLARED_BYTES
from shared.contracts.objects import report_key
from shared.contracts.uploads import (
    DECLARED_DUE_AFTER,
    DECLARED_FOR,
    EXPIRES_AFTER,
    LINK_TIME,
    AttemptBy,
    UploadStatus,
)
from tests.unit.functions.bank import KEY, OTHER_KEY, World, body_of
from tests.unit.functions.fakes import UploadsWithLostAnswers, began, upload
from tests.unit.functions.report.reports import BANK, NOW, report, row

CONTENT = report([row(transaction_id="a")])
DIGEST = sha256(CONTENT).hexdigest()
UPLOAD_ID = derive_upload_id(BANK, CONTENT)
THE_KEY = report_key(BANK, UPLOAD_ID)
LATER = timedelta(minutes=40)


def test_a_declared_report_gets_a_link_that_is_bound_to_key_length_type_and_digest() -> None:
    world = World()

    answer = world.declare(CONTENT)

    body = body_of(answer)
    assert answer["statusCode"] == 201
    assert (body["upload_id"], body["status"], body["file_name"]) == (UPLOAD_ID, "DECLARED", "daily.csv")
    put = body["put"]
    assert put["method"] == "PUT"
    assert put["expires_at"] == timestamp(NOW + LINK_TIME)
    digest = b64encode(sha256(CONTENT).digest()).decode()
    assert put["headers"] == {
        "content-length": str(len(CONTENT)),
        "content-type": "text/csv",
        "x-amz-checksum-sha256": digest,
        "if-none-match": "*",
    }
    url, query = urlsplit(put["url"]), parse_qs(urlsplit(put["url"]).query)
    assert url.path.endswith(f"/{THE_KEY}")
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["3600"]
    # A digest in the query alone would bind nothing.
    assert query["X-Amz-SignedHeaders"] == ["content-length;content-type;host;if-none-match;x-amz-checksum-sha256"]
    assert not [name for name in query if "checksum" in name]


def test_a_declaration_begins_an_attempt_that_is_looked_after_and_expires() -> None:
    world = World()

    world.declare(CONTENT)

    known = world.uploads.items[UPLOAD_ID]
    assert (known.status, known.size, known.began_by) == (
        UploadStatus.DECLARED,
        len(CONTENT),
        AttemptBy.DECLARATION,
    )
    assert known.due_at == timestamp(NOW + DECLARED_DUE_AFTER)
    assert known.expires_at == int((NOW + EXPIRES_AFTER).timestamp())
    assert datetime.fromtimestamp(known.expires_at, UTC) > NOW + DECLARED_FOR
    assert not world.bucket.events


def test_a_declaration_that_is_repeated_gets_a_new_link_for_the_same_attempt() -> None:
    world = World()
    world.declare(CONTENT)
    first = world.uploads.items[UPLOAD_ID]
    world.now += LATER

    answer = world.declare(CONTENT)

    assert answer["statusCode"] == 201
    assert body_of(answer)["put"]["expires_at"] == timestamp(NOW + LATER + LINK_TIME)
    assert world.uploads.items[UPLOAD_ID] == first


def test_another_banks_declaration_of_the_same_report_is_another_upload() -> None:
    world = World()

    first, second = (body_of(world.declare(CONTENT, key=key)) for key in (KEY, OTHER_KEY))

    assert first["upload_id"] != second["upload_id"]
    assert first["put"]["url"].partition("?")[0] != second["put"]["url"].partition("?")[0]


@pytest.mark.parametrize("changed", ["size", "age"])
def test_a_declaration_of_another_size_or_without_time_for_a_link_is_replaced(changed: str) -> None:
    world = World()
    world.declare(CONTENT, size=len(CONTENT) + (changed == "size"))
    if changed == "age":
        world.now += DECLARED_FOR - LINK_TIME

    answer = world.declare(CONTENT)

    known = world.uploads.items[UPLOAD_ID]
    assert answer["statusCode"] == 201
    assert (known.size, len(known.attempts)) == (len(CONTENT), 2)
    assert known.expires_at == int((world.now + EXPIRES_AFTER).timestamp())
    assert known.declared_after is None


@pytest.mark.parametrize("status", ["RECEIVED", "VALIDATED", "LOADING", "COMPLETED"])
def test_a_report_that_is_stored_gets_no_link(status: str) -> None:
    world = World()
    world.know(UPLOAD_ID, status=UploadStatus(status))

    answer = world.declare(CONTENT)

    assert (answer["statusCode"], body_of(answer)["status"]) == (200, status)
    assert "put" not in body_of(answer)


def test_a_declared_report_whose_bytes_are_stored_gets_no_link() -> None:
    world = World()
    world.declare(CONTENT)
    world.bucket.reports[THE_KEY] = CONTENT

    answer = world.declare(CONTENT)

    assert (answer["statusCode"], body_of(answer)["status"]) == (200, "DECLARED")
    assert not world.workflow.started


@pytest.mark.parametrize("status", [UploadStatus.REJECTED, UploadStatus.FAILED])
def test_an_ended_upload_whose_report_is_stored_runs_again_with_it(status: UploadStatus) -> None:
    world = World()
    # A declaration with a wrong size may have come between a link and the PUT by it: what counts is what is stored.
    world.know(UPLOAD_ID, status=status, size=3, notified_at="then", **began("first", "then"))
    world.bucket.reports[THE_KEY] = CONTENT

    answer = world.declare(CONTENT)

    known = world.uploads.items[UPLOAD_ID]
    assert (answer["statusCode"], body_of(answer)["status"]) == (200, "RECEIVED")
    assert (known.began_by, known.notified_at, known.size) == (AttemptBy.DECLARATION, None, len(CONTENT))
    assert world.workflow.only["attempt"] == known.attempt
    assert world.workflow.only["detail"]["object"] == {"key": THE_KEY, "size": len(CONTENT)}


@pytest.mark.parametrize("status", [UploadStatus.REJECTED, UploadStatus.FAILED])
def test_an_ended_upload_whose_report_is_not_stored_is_declared_over_and_never_expires(status: UploadStatus) -> None:
    world = World()
    world.know(UPLOAD_ID, status=status, rows=1, notified_at="then", **began("first", "2026-11-01T00:00:00.000000Z"))
    ended = world.uploads.items[UPLOAD_ID]

    answer = world.declare(CONTENT)

    known = world.uploads.items[UPLOAD_ID]
    assert (answer["statusCode"], known.status, known.expires_at) == (201, UploadStatus.DECLARED, None)
    assert known.notified_at is None
    assert [each["by"] for each in known.attempts] == ["intake", "declaration"]
    assert world.uploads.withdraw(known)
    assert world.uploads.items[UPLOAD_ID] == ended


def test_a_declaration_that_is_replaced_still_knows_what_it_replaced() -> None:
    world = World()
    world.know(UPLOAD_ID, status=UploadStatus.FAILED, error="StuckError", **began("first", "then"))
    ended = world.uploads.items[UPLOAD_ID]
    world.declare(CONTENT, size=1)

    world.declare(CONTENT)

    assert world.uploads.withdraw(world.uploads.items[UPLOAD_ID])
    assert world.uploads.items[UPLOAD_ID] == ended


def test_a_declared_report_may_be_sent_in_one_request_instead() -> None:
    world = World()
    world.declare(CONTENT)

    answer = world.submit(CONTENT)

    known = world.uploads.items[UPLOAD_ID]
    assert (answer["statusCode"], known.status, known.expires_at) == (202, UploadStatus.RECEIVED, None)
    assert world.bucket.events == [THE_KEY]


def test_a_declared_report_that_is_invalid_may_be_sent_in_one_request_and_is_shown_as_rejected() -> None:
    world, invalid = World(), CONTENT.replace(b"EUR", b"eur")
    upload_id = body_of(world.declare(invalid))["upload_id"]

    answer = world.submit(invalid)

    assert (answer["statusCode"], body_of(answer)["upload_id"]) == (422, upload_id)
    shown = body_of(world.get(upload_id))
    assert (shown["status"], shown["error_count"] > 0, bool(shown["errors"])) == ("REJECTED", True, True)
    assert world.uploads.items[upload_id].expires_at is None


def test_a_declaration_counts_even_if_the_answer_to_its_write_was_lost() -> None:
    world = World()
    uploads = UploadsWithLostAnswers()
    world.declarations = replace(world.declarations, uploads=uploads)

    answer = world.declare(CONTENT)

    assert (answer["statusCode"], len(uploads.items)) == (201, 1)


@pytest.mark.parametrize(("status", "expected"), [("RECEIVED", 200), ("DECLARED", 201)])
def test_of_two_requests_at_once_both_are_answered_with_the_same_upload(status: str, expected: int) -> None:
    world = World()
    began_now = began("rival", timestamp(NOW), AttemptBy.DECLARATION)
    rival = upload(upload_id=UPLOAD_ID, status=UploadStatus(status), size=len(CONTENT), **began_now)
    world.uploads.rivals = [rival]

    answer = world.declare(CONTENT)

    assert (answer["statusCode"], "put" in body_of(answer)) == (expected, expected == 201)
    assert world.uploads.items[UPLOAD_ID] == rival


def test_of_two_declarations_at_once_with_different_sizes_one_is_answered_409() -> None:
    world = World()
    world.uploads.rivals = [upload(upload_id=UPLOAD_ID, status=UploadStatus.DECLARED, size=1)]

    answer = world.declare(CONTENT)

    assert answer["statusCode"] == 409
    assert body_of(answer)["detail"].endswith("Declare the report again.")


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"file_name": None}, "file_name is missing"),
        ({"file_name": ""}, "file_name must be"),
        ({"file_name": "a\nb"}, "file_name must be"),
        ({"file_name": "a\ud800"}, "file_name must be"),
        ({"file_name": "a" * 256}, "file_name must be"),
        ({"file_name": 1}, "file_name must be"),
        ({"size": None}, "size is missing"),
        ({"size": 0}, "size must be"),
        ({"size": -1}, "size must be"),
        ({"size": 1.0}, "size must be"),
        ({"size": True}, "size must be"),
        ({"size": "1"}, "size must be"),
        ({"sha256": None}, "sha256 is missing"),
        ({"sha256": DIGEST.upper()}, "sha256 must be"),
        ({"sha256": DIGEST + "\n"}, "sha256 must be"),
        ({"sha256": DIGEST[1:]}, "sha256 must be"),
        ({"sha256": [DIGEST]}, "sha256 must be"),
        ({"bank_id": "alpenbank"}, "unknown field 'bank_id'"),
        ({"a\x1b[1m": 1}, "unknown field"),
    ],
)
def test_an_invalid_declaration_is_answered_400_and_says_what_is_wrong(changes: dict[str, Any], detail: str) -> None:
    world = World()

    answer = world.declare(CONTENT, **changes)

    assert answer["statusCode"] == 400
    assert detail in body_of(answer)["detail"]
    assert body_of(answer)["detail"].isprintable()
    assert not world.uploads.items


def test_everything_that_is_wrong_is_named_at_once() -> None:
    detail = body_of(World().declare_by(json.dumps({"size": "1", "name": "x"})))["detail"]

    assert all(name in detail for name in ("file_name is missing", "sha256 is missing", "'name'", "size must be"))


@pytest.mark.parametrize(
    "body",
    [
        *("", "x", "[]", "null", '"a"', "[" * 5_000, '{"a": ' * 1_000, "9" * 5_000, "{}" * 2, " " * 9_000),
        '{"size": 1, "size": 2}',
    ],
)
def test_a_body_that_is_no_declaration_is_answered_400(body: str) -> None:
    assert World().declare_by(body)["statusCode"] == 400


@given(body=st.text() | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_no_body_but_a_declaration_is_accepted_and_none_is_an_error(body: str) -> None:
    world = World()

    assert world.declare_by(body)["statusCode"] == 400
    assert not world.uploads.items


@pytest.mark.parametrize("headers", [{"Content-Type": "text/csv"}, {"Content-Encoding": "gzip"}])
def test_another_content_type_or_a_compressed_body_is_answered_415(headers: dict[str, str]) -> None:
    assert World().declare_by("{}", **headers)["statusCode"] == 415


def test_a_report_of_5_gibibytes_is_accepted_and_a_larger_one_answered_413() -> None:
    world = World()

    assert world.declare(CONTENT, size=MAX_DECLARED_BYTES)["statusCode"] == 201
    answer = world.declare(CONTENT, size=MAX_DECLARED_BYTES + 1)

    assert (answer["statusCode"], body_of(answer)["code"]) == (413, "file.too_large")
    assert "5,000,000,000 bytes" in body_of(answer)["detail"]
