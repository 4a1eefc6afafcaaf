"""The account's table of locks, and the checksums that Terraform keeps beside them."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.exceptions import ClientError

from shared.infra.naming import SharedNamer
from shared.infra.settings.settings import Settings
from tools.operations.state.lock import Lock, lock_of_item

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client

_KEY: Final = "LockID"
_CHECKSUM_ENDING: Final = "-md5"


@dataclass(frozen=True, kw_only=True)
class HeldLock:
    """A lock, and the item's own text, which differs from that of any newer lock."""

    lock: Lock
    info: str


@dataclass(frozen=True, kw_only=True)
class LockTable:
    """Locks and checksums of one environment's states."""

    dynamodb: "DynamoDBClient"
    s3: "S3Client"
    table: str
    bucket: str
    """State bucket."""
    suffix: str
    """Of the environment."""

    def held(self) -> list[HeldLock]:
        """All locks of the environment, oldest first.

        Raises:
            MalformedLockError: an item of the table is not a lock as Terraform writes it.
        """
        texts = [item["Info"]["S"] for item in self._items() if "Info" in item]
        return sorted((HeldLock(lock=lock_of_item(text), info=text) for text in texts), key=lambda x: x.lock.created)

    def free(self, held: HeldLock) -> bool:
        """Delete a lock; False if it is gone, or another one was taken in its place, which then stays."""
        return self._if_met(
            lambda: self.dynamodb.delete_item(
                TableName=self.table,
                Key={_KEY: {"S": held.lock.path}},
                ConditionExpression="Info = :info",
                ExpressionAttributeValues={":info": {"S": held.info}},
            )
        )

    def fix_checksums(self) -> list[str]:
        """Write the checksum of every unlocked state whose Terraform was killed between the state and its checksum.

        Terraform refuses a state that does not match its checksum. S3 has been consistent since 2020, so what it
        returns is the latest state that was written.

        Returns:
            Paths of the states that were fixed.
        """
        locked = {held.lock.path for held in self.held()}
        return [path for path in self._states() if path not in locked and self._fix(path)]

    def _fix(self, path: str) -> bool:
        """Write a state's checksum if it does not match; whether that was so.

        A Terraform may begin at any time: it writes the state first and then the checksum. So the checksum is read
        before the state, and written only if it is still the same.
        """
        key = {_KEY: {"S": path + _CHECKSUM_ENDING}}
        found = self.dynamodb.get_item(TableName=self.table, Key=key, ConsistentRead=True).get("Item", {})
        body = self.s3.get_object(Bucket=self.bucket, Key=path.removeprefix(f"{self.bucket}/"))["Body"].read()
        # Terraform's choice; it guards against accidents only.
        digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
        seen = found.get("Digest", {}).get("S")
        return seen != digest and self._replace(key, seen, digest)

    def _replace(self, key: Mapping[str, Any], seen: str | None, digest: str) -> bool:
        """Write a checksum in place of the one that was seen; False if another one was written in between."""
        unchanged: dict[str, Any] = (
            {"ConditionExpression": "attribute_not_exists(Digest)"}
            if seen is None
            else {"ConditionExpression": "Digest = :seen", "ExpressionAttributeValues": {":seen": {"S": seen}}}
        )
        return self._if_met(
            lambda: self.dynamodb.put_item(TableName=self.table, Item={**key, "Digest": {"S": digest}}, **unchanged)
        )

    @staticmethod
    def _if_met(write: Callable[[], object]) -> bool:
        """Make a conditional write; whether its condition was met."""
        try:
            write()
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def _states(self) -> list[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=f"{self.suffix}/")
        return [f"{self.bucket}/{each['Key']}" for page in pages for each in page.get("Contents", [])]

    def _items(self) -> Iterator[dict[str, Any]]:
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.table,
            ConsistentRead=True,
            FilterExpression="begins_with(LockID, :environment)",
            ExpressionAttributeValues={":environment": {"S": f"{self.bucket}/{self.suffix}/"}},
        )
        for page in pages:
            yield from page["Items"]


def open_table(settings: Settings) -> LockTable:
    """The lock table of the settings' account and region; makes no request yet."""
    names = SharedNamer(account_id=settings.account_id, region=settings.region)
    session = boto3.Session(region_name=settings.region)
    return LockTable(
        dynamodb=session.client("dynamodb"),
        s3=session.client("s3"),
        table=names.lock_table,
        bucket=names.state_bucket,
        suffix=settings.suffix,
    )
