"""The adapter of the manifests."""

import json

import pytest

from functions.common.errors import TemporaryError
from functions.validation.manifests_bucket import ManifestsBucket
from shared.contracts.workflow import ByteRange
from tests.unit.functions.stubs import Script

RANGES: list[ByteRange] = [
    {"start": 49, "end": 99, "first_line": 2, "rows": 1},
    {"start": 99, "end": 4_500_001, "first_line": 3, "rows": 5_000},
]
BODY = (
    b'{"start": 49, "end": 99, "first_line": 2, "rows": 1}\n'
    b'{"start": 99, "end": 4500001, "first_line": 3, "rows": 5000}\n'
)


def test_each_range_is_a_line_of_json_in_ascii() -> None:
    script = Script("s3")
    request = {"Bucket": "bucket", "Key": "manifests/b/u/a.jsonl", "Body": BODY, "ContentType": "application/jsonl"}
    script.answers("put_object", {}, request)

    ManifestsBucket(script.client, "bucket").store("manifests/b/u/a.jsonl", RANGES)

    assert [json.loads(line) for line in BODY.splitlines()] == RANGES
    script.played()


def test_a_throttled_write_is_temporary() -> None:
    script = Script("s3")
    script.fails("put_object", "SlowDown", status=503)

    with pytest.raises(TemporaryError, match="store the ranges"):
        ManifestsBucket(script.client, "bucket").store("manifests/b/u/a.jsonl", RANGES)
