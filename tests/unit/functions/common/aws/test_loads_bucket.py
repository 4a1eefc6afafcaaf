"""The adapter of the ranges' results."""

import json
from io import BytesIO
from threading import Barrier
from typing import Any

import pytest
from botocore.response import StreamingBody

from functions.common.aws.loads_bucket import READERS, LoadsBucket
from functions.common.errors import TemporaryError
from shared.contracts.workflow import RangeLoaded
from tests.unit.functions.stubs import Script

LOADED: RangeLoaded = {
    "loaded": 1,
    "repeated": 0,
    "conflicts": 0,
    "replaced": 0,
    "loaded_totals": {"EUR": "1.00"},
    "repeated_totals": {},
    "conflict_totals": {},
    "conflict_samples": [],
}
BODY = (
    b'{"loaded": 1, "repeated": 0, "conflicts": 0, "replaced": 0, "loaded_totals": {"EUR": "1.00"},'
    b' "repeated_totals": {}, "conflict_totals": {}, "conflict_samples": []}'
)
AT = {"Bucket": "bucket", "Key": "loads/b/u/a/0.json"}


def test_a_result_is_read_as_it_was_stored() -> None:
    script = Script("s3")
    script.answers("put_object", {}, AT | {"Body": BODY, "ContentType": "application/json"})
    script.answers("get_object", {"Body": StreamingBody(BytesIO(BODY), content_length=len(BODY))}, AT)
    bucket = LoadsBucket(script.client, "bucket")

    bucket.store("loads/b/u/a/0.json", LOADED)

    assert bucket.read("loads/b/u/a/0.json") == LOADED
    script.played()


def test_results_are_read_side_by_side_and_come_in_order() -> None:
    keys = [f"loads/b/u/a/{number}.json" for number in range(2_345)]
    places = {key: number for number, key in enumerate(keys)}
    waiting = Barrier(READERS, timeout=60)

    class Client:
        """Answers the first calls only once there are as many as readers."""

        def get_object(self, *, Bucket: str, Key: str) -> dict[str, BytesIO]:  # noqa: N803  boto3's names
            assert Bucket == "bucket"
            if places[Key] < READERS:
                waiting.wait()
            return {"Body": BytesIO(json.dumps({"loaded": places[Key]}).encode())}

    client: Any = Client()

    read = LoadsBucket(client, "bucket").read_all(keys)

    assert [each["loaded"] for each in read] == list(range(2_345))


def test_a_result_that_cannot_be_read_is_an_error() -> None:
    script = Script("s3")
    script.fails("get_object", "SlowDown", status=503)

    with pytest.raises(TemporaryError, match="read a range's result"):
        list(LoadsBucket(script.client, "bucket").read_all(["loads/b/u/a/0.json"]))


def test_all_pages_of_keys_are_listed() -> None:
    script = Script("s3")
    request = {"Bucket": "bucket", "Prefix": "loads/b/u/a/"}
    first = {"IsTruncated": True, "NextContinuationToken": "more", "Contents": [{"Key": "1"}, {"Key": "2"}]}
    script.answers("list_objects_v2", first, request)
    script.answers("list_objects_v2", {"Contents": [{"Key": "3"}]}, request | {"ContinuationToken": "more"})
    script.answers("list_objects_v2", {}, request)
    bucket = LoadsBucket(script.client, "bucket")

    assert bucket.keys("loads/b/u/a/") == ["1", "2", "3"]
    assert bucket.keys("loads/b/u/a/") == []
    script.played()


def test_a_throttled_list_is_temporary() -> None:
    script = Script("s3")
    script.fails("list_objects_v2", "SlowDown", status=503)

    with pytest.raises(TemporaryError, match="list the ranges' results"):
        LoadsBucket(script.client, "bucket").keys("loads/")
