"""An object that is stored in parts is whole, or not there at all."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.common.aws.parts import Target, store_in_parts
from functions.common.errors import TemporaryError
from tests.effort import examples
from tests.unit.functions.stubs import Script

AT = {"Bucket": "bucket", "Key": "k"}
OF = AT | {"UploadId": "m1"}
BEGUN = AT | {"ContentType": "text/csv", "ChecksumAlgorithm": "CRC32"}


def target(client: Any) -> Target:
    return Target(client=client, bucket="bucket", key="k", content_type="text/csv")


def begins(script: Script, *parts: bytes) -> None:
    """An upload begins, and parts are stored."""
    script.answers("create_multipart_upload", {"UploadId": "m1"}, BEGUN)
    for number, part in enumerate(parts, 1):
        request = OF | {"PartNumber": number, "Body": part, "ChecksumAlgorithm": "CRC32"}
        script.answers("upload_part", {"ETag": f"e{number}", "ChecksumCRC32": f"c{number}"}, request)


def completed(parts: int) -> dict[str, Any]:
    stored = [{"PartNumber": n, "ETag": f"e{n}", "ChecksumCRC32": f"c{n}"} for n in range(1, parts + 1)]
    return OF | {"MultipartUpload": {"Parts": stored}}


class Keeper:
    """A client that keeps parts and objects."""

    exceptions = Script("s3").client.exceptions

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.objects: list[bytes] = []

    def put_object(self, *, Body: bytes, **_: Any) -> None:  # noqa: N803  boto3's name
        self.objects.append(Body)

    def create_multipart_upload(self, **_: Any) -> dict[str, str]:
        return {"UploadId": "m1"}

    def upload_part(self, *, Body: bytes, **_: Any) -> dict[str, str]:  # noqa: N803  boto3's name
        self.parts.append(Body)
        return {"ETag": "e", "ChecksumCRC32": "c"}

    def complete_multipart_upload(self, *, MultipartUpload: Any, **_: Any) -> None:  # noqa: N803  boto3's name
        assert [each["PartNumber"] for each in MultipartUpload["Parts"]] == list(range(1, len(self.parts) + 1))
        self.objects.append(b"".join(self.parts))


@examples(60)
@given(st.lists(st.binary(max_size=9)), st.integers(1, 12))
def test_the_parts_of_any_chunks_are_their_content(chunks: list[bytes], part_bytes: int) -> None:
    keeper, content = Keeper(), b"".join(chunks)

    store_in_parts(target(keeper), iter(chunks), part_bytes=part_bytes)

    assert keeper.objects == ([content] if content else [])
    assert all(part_bytes <= len(part) <= part_bytes + 8 for part in keeper.parts[:-1])
    assert bool(keeper.parts) is (len(content) >= part_bytes)


def test_small_content_is_stored_with_one_call() -> None:
    script = Script("s3")
    script.answers("put_object", {}, AT | {"Body": b"abc", "ContentType": "text/csv"})

    store_in_parts(target(script.client), iter([b"a", b"bc"]), part_bytes=4)
    script.played()


def test_large_content_is_stored_in_parts_each_with_its_checksum() -> None:
    script = Script("s3")
    begins(script, b"abcd", b"efgh", b"i")
    script.answers("complete_multipart_upload", {}, completed(3))

    store_in_parts(target(script.client), iter([b"ab", b"cd", b"efgh", b"i"]), part_bytes=4)
    script.played()


def test_if_a_part_cannot_be_stored_all_parts_are_removed() -> None:
    script = Script("s3")
    begins(script, b"abcd")
    script.fails("upload_part", "SlowDown", status=503)
    script.answers("abort_multipart_upload", {}, OF)

    with pytest.raises(TemporaryError, match="store an object in parts"):
        store_in_parts(target(script.client), iter([b"abcd", b"efgh"]), part_bytes=4)
    script.played()


def test_if_the_chunks_end_with_an_error_all_parts_are_removed() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"abcd"
        raise TemporaryError("could not read")

    script = Script("s3")
    begins(script, b"abcd")
    script.answers("abort_multipart_upload", {}, OF)

    with pytest.raises(TemporaryError, match="could not read"):
        store_in_parts(target(script.client), chunks(), part_bytes=4)
    script.played()


def test_if_the_answer_was_lost_that_the_object_is_complete_it_is_stored_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    script = Script("s3")
    begins(script, b"abcd")
    script.fails("complete_multipart_upload", "NoSuchUpload", status=404)
    script.fails("abort_multipart_upload", "NoSuchUpload", status=404)

    with pytest.raises(TemporaryError, match="it may be complete"):
        store_in_parts(target(script.client), iter([b"abcd"]), part_bytes=4)
    script.played()
    assert not caplog.records


def test_if_the_parts_can_be_neither_joined_nor_removed_the_first_error_is_raised(
    caplog: pytest.LogCaptureFixture,
) -> None:
    script = Script("s3")
    begins(script, b"abcd")
    script.fails("complete_multipart_upload", "InternalError", status=500)
    script.fails("abort_multipart_upload", "AccessDenied", status=403)

    with pytest.raises(TemporaryError, match="store an object in parts: InternalError"):
        store_in_parts(target(script.client), iter([b"abcd"]), part_bytes=4)
    script.played()
    assert "parts are left" in caplog.text
