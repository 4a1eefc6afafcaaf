"""The adapter of the reports bucket."""

from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from functions.common.aws.reports_bucket import CHUNK_BYTES, ReportsBucket
from functions.common.deadline import CALL_ATTEMPTS
from functions.common.errors import ReportMissingError, TemporaryError
from functions.common.reports import ReportVersion, StoredReport
from functions.report.errors.validation_error import ValidationError
from functions.report.format.definition import Code
from tests.unit.functions.stubs import Script

KEY = "reports/nordbank/u1"
AT = {"Bucket": "bucket", "Key": KEY}
ERRORS_AT = {"Bucket": "bucket", "Key": "errors/nordbank/u1.json"}
ERROR = ValidationError(line=2, column=None, code=Code.ROW_MALFORMED, message="m", value="é")
ERROR_JSON = b'[{"line": 2, "column": null, "code": "row.malformed", "message": "m", "value": "\\u00e9"}]'


def body(content: bytes, *, length: int | None = None) -> Any:
    return StreamingBody(BytesIO(content), content_length=len(content) if length is None else length)


def test_a_report_names_the_attempt_that_stored_it() -> None:
    script = Script("s3")
    script.answers("head_object", {"Metadata": {"attempt": "a1"}}, AT)
    script.answers("head_object", {"Metadata": {}}, AT)
    script.fails("head_object", "404", status=404)
    bucket = ReportsBucket(script.client, "bucket")

    assert [bucket.stored_attempt(KEY) for _ in range(3)] == ["a1", "", None]


LISTING = {"Bucket": "bucket", "Prefix": KEY, "MaxKeys": 1}


def test_a_denied_lookup_is_an_error_if_the_report_is_in_the_listing() -> None:
    script = Script("s3")
    script.fails("head_object", "403", status=403)
    script.answers("list_objects_v2", {"Contents": [{"Key": KEY}]}, LISTING)

    with pytest.raises(ClientError, match="403"):
        ReportsBucket(script.client, "bucket").stored_attempt(KEY)
    script.played()


@pytest.mark.parametrize("found", [{}, {"Contents": [{"Key": f"{KEY}0"}]}])
def test_a_report_that_s3_neither_shows_nor_lists_is_missing(found: dict[str, Any]) -> None:
    """S3 answers 403 for a missing object to a role that may list below a prefix only. The local cloud answers 404."""
    script = Script("s3")
    script.fails("head_object", "403", status=403)
    script.answers("list_objects_v2", found, LISTING)
    script.fails("get_object", "AccessDenied", status=403)
    script.answers("list_objects_v2", found, LISTING)
    bucket = ReportsBucket(script.client, "bucket")

    assert bucket.stored_attempt(KEY) is None
    with pytest.raises(ReportMissingError, match=KEY):
        bucket.read(KEY)
    script.played()


def test_reports_and_errors_are_stored_under_their_keys() -> None:
    script = Script("s3")
    script.answers("put_object", {}, AT | {"Body": b"abc", "ContentType": "text/csv", "Metadata": {"attempt": "a1"}})
    script.answers(
        "put_object", {}, ERRORS_AT | {"Body": ERROR_JSON, "ContentType": "application/json", "Metadata": {}}
    )
    script.answers("get_object", {"Body": body(ERROR_JSON)}, ERRORS_AT)
    bucket = ReportsBucket(script.client, "bucket")

    bucket.store(KEY, b"abc", attempt="a1")
    bucket.put_errors("nordbank", "u1", (ERROR,))

    assert bucket.get_errors("nordbank", "u1") == [ERROR.as_dict()]
    script.played()


def test_corrections_are_stored_chunk_by_chunk_and_without_chunks_there_is_no_object() -> None:
    script = Script("s3")
    request = {"Body": b"abcd", "ContentType": "text/csv; charset=utf-8"}
    script.answers("put_object", {}, {"Bucket": "bucket", "Key": "errors/nordbank/u1.csv"} | request)
    bucket = ReportsBucket(script.client, "bucket")

    bucket.put_corrections("nordbank", "u1", iter([b"ab", b"cd"]))
    bucket.put_corrections("nordbank", "u2", iter([]))

    script.played()


def test_a_link_downloads_the_corrections_for_a_quarter_of_an_hour() -> None:
    link = ReportsBucket(Script("s3").client, "bucket").link_corrections("nordbank", "u1", file_name="a.csv")

    parts = urlsplit(link)
    query = parse_qs(parts.query)
    assert parts.path.endswith("/errors/nordbank/u1.csv")
    assert query["X-Amz-Expires"] == ["900"]
    assert query["response-content-disposition"] == ['attachment; filename="a.csv"']


def test_a_report_is_read_with_its_entity_tag_and_a_range_only_if_it_still_has_that() -> None:
    script = Script("s3")
    script.answers("get_object", {"Body": body(b"abcdef"), "ETag": '"tag"'}, AT)
    script.answers("get_object", {"Body": body(b"cd")}, AT | {"Range": "bytes=2-3", "IfMatch": '"tag"'})
    bucket = ReportsBucket(script.client, "bucket")

    assert bucket.read(KEY) == StoredReport(content=b"abcdef", etag='"tag"')
    assert bucket.read_range(KEY, start=2, end=4, etag='"tag"') == b"cd"
    script.played()


def part(start: int, end: int) -> dict[str, str]:
    return AT | {"Range": f"bytes={start}-{end - 1}", "IfMatch": '"tag"'}


def test_a_large_report_is_read_in_chunks_of_one_version() -> None:
    script = Script("s3")
    size = 2 * CHUNK_BYTES + 3
    script.answers("head_object", {"ContentLength": size, "ETag": '"tag"'}, AT)
    for start, end in ((0, CHUNK_BYTES), (CHUNK_BYTES, 2 * CHUNK_BYTES), (2 * CHUNK_BYTES, size)):
        script.answers("get_object", {"Body": body(b"x" * (end - start))}, part(start, end))
    script.fails("get_object", "PreconditionFailed", status=412)
    bucket = ReportsBucket(script.client, "bucket")

    version = bucket.look_up(KEY)

    assert version == ReportVersion(size=size, etag='"tag"')
    assert [len(chunk) for chunk in bucket.read_chunks(KEY, version)] == [CHUNK_BYTES, CHUNK_BYTES, 3]
    with pytest.raises(ClientError, match="PreconditionFailed"):
        next(bucket.read_chunks(KEY, version))
    script.played()


def test_a_chunk_that_breaks_off_is_read_again_and_the_others_are_not() -> None:
    script = Script("s3")
    version = ReportVersion(size=CHUNK_BYTES + 2, etag='"tag"')
    script.answers("get_object", {"Body": body(b"x" * CHUNK_BYTES)}, part(0, CHUNK_BYTES))
    for content in (b"", b"a", b"ab"):
        script.answers("get_object", {"Body": body(content, length=2)}, part(CHUNK_BYTES, CHUNK_BYTES + 2))
    for _ in range(CALL_ATTEMPTS):
        script.answers("get_object", {"Body": body(b"", length=1)})
    bucket = ReportsBucket(script.client, "bucket")

    assert list(bucket.read_chunks(KEY, version))[1:] == [b"ab"]
    with pytest.raises(TemporaryError, match="IncompleteReadError"):
        next(bucket.read_chunks(KEY, version))
    script.played()


def test_further_errors_have_keys_of_their_own() -> None:
    script = Script("s3")
    request = {"Body": ERROR_JSON, "ContentType": "application/json", "Metadata": {}}
    script.answers("put_object", {}, {"Bucket": "bucket", "Key": "errors/nordbank/u1/0002.json"} | request)

    ReportsBucket(script.client, "bucket").put_errors("nordbank", "u1", (ERROR,), part=2)

    script.played()


def test_a_report_that_is_not_stored_is_a_permanent_error_and_a_denied_one_stays_what_it_is() -> None:
    script = Script("s3")
    script.fails("get_object", "NoSuchKey", status=404)
    script.fails("get_object", "AccessDenied", status=403)
    script.answers("list_objects_v2", {"Contents": [{"Key": KEY}]}, LISTING)
    script.fails("head_object", "404", status=404)
    script.fails("get_object", "NoSuchKey", status=404)
    bucket = ReportsBucket(script.client, "bucket")

    with pytest.raises(ReportMissingError, match=KEY):
        bucket.read(KEY)
    with pytest.raises(ClientError, match="AccessDenied"):
        bucket.read(KEY)
    with pytest.raises(ReportMissingError, match=KEY):
        bucket.look_up(KEY)
    with pytest.raises(ReportMissingError, match=KEY):
        bucket.read_range(KEY, start=0, end=1, etag='"tag"')


def test_a_response_that_is_cut_short_is_temporary() -> None:
    script = Script("s3")
    script.answers("get_object", {"Body": body(b"abc", length=9), "ETag": "x"}, AT)

    with pytest.raises(TemporaryError, match="IncompleteReadError"):
        ReportsBucket(script.client, "bucket").read(KEY)
