"""A checksum is fixed only while it is the one that was found wrong."""

import hashlib
import io
from typing import Any, cast

from botocore.exceptions import ClientError

from tools.operations.state.lock_table import LockTable

PATH = "bucket/dev/data-stack.tfstate"


def digest(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


class World:
    """S3 with one state and DynamoDB with its checksum; a Terraform may end its work right after the state was read."""

    def __init__(self, body: bytes, checksum: str | None, *, next_body: bytes | None = None) -> None:
        self.body, self.checksum, self._next = body, checksum, next_body

    def get_object(self, **_: Any) -> dict[str, Any]:
        read = self.body
        if self._next is not None:
            self.body, self.checksum = self._next, digest(self._next)
        return {"Body": io.BytesIO(read)}

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {"Item": {"Digest": {"S": self.checksum}}} if self.checksum else {}

    def put_item(self, *, Item: dict[str, Any], **condition: Any) -> None:  # noqa: N803  boto3's name
        seen = condition.get("ExpressionAttributeValues", {}).get(":seen", {}).get("S")
        if condition and seen != self.checksum:
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "PutItem")
        self.checksum = Item["Digest"]["S"]

    def get_paginator(self, operation: str) -> Any:
        page = {"Items": []} if operation == "scan" else {"Contents": [{"Key": PATH.removeprefix("bucket/")}]}
        return Pages(page)


class Pages:
    def __init__(self, page: dict[str, Any]) -> None:
        self._page = page

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [self._page]


def fixed(world: World) -> list[str]:
    clients = cast("Any", world)
    return LockTable(dynamodb=clients, s3=clients, table="locks", bucket="bucket", suffix="dev").fix_checksums()


def test_a_checksum_that_is_missing_or_an_older_states_is_written() -> None:
    for checksum in (None, digest(b"older")):
        world = World(b"state", checksum)
        assert fixed(world) == [PATH]
        assert world.checksum == digest(b"state")


def test_a_right_one_is_left() -> None:
    assert not fixed(World(b"state", digest(b"state")))


def test_one_that_a_terraform_has_written_in_between_is_not_overwritten() -> None:
    for checksum in (None, digest(b"older"), digest(b"state")):
        world = World(b"state", checksum, next_body=b"newer")
        assert not fixed(world)
        assert world.checksum == digest(b"newer")
