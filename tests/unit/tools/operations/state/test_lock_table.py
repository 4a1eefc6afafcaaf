"""A checksum is fixed only while it is still the one that did not match."""

import hashlib
import io
from typing import Any, cast

from botocore.exceptions import ClientError

from tools.operations.state.lock_table import LockTable

PATH = "bucket/dev/data-stack.tfstate"


def digest(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


class Account:
    """S3 with one state and DynamoDB with its checksum; a Terraform may write right after the state was read."""

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


def fixed(account: Account) -> list[str]:
    clients = cast("Any", account)
    return LockTable(dynamodb=clients, s3=clients, table="locks", bucket="bucket", suffix="dev").fix_checksums()


def test_a_missing_or_outdated_checksum_is_replaced() -> None:
    for checksum in (None, digest(b"older")):
        account = Account(b"state", checksum)
        assert fixed(account) == [PATH]
        assert account.checksum == digest(b"state")


def test_a_matching_checksum_is_kept() -> None:
    assert not fixed(Account(b"state", digest(b"state")))


def test_a_checksum_that_a_terraform_wrote_in_between_is_not_overwritten() -> None:
    for checksum in (None, digest(b"older"), digest(b"state")):
        account = Account(b"state", checksum, next_body=b"newer")
        assert not fixed(account)
        assert account.checksum == digest(b"newer")
