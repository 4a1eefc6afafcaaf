"""Reading objects of the reports bucket, whole or in part, pinned to the version that was validated."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.common.aws.errors import aws_errors

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """An object's bytes, and the tag that pins them."""

    content: bytes
    etag: str


class Objects:
    """Objects by bucket and key."""

    def __init__(self, client: "S3Client") -> None:
        self._client = client

    def read(self, bucket: str, key: str) -> StoredObject:
        """Read a whole object."""
        with aws_errors("read the report"):
            answer = self._client.get_object(Bucket=bucket, Key=key)
            return StoredObject(content=answer["Body"].read(), etag=answer["ETag"])

    def read_range(self, bucket: str, key: str, *, start: int, end: int, etag: str) -> bytes:
        """Read bytes `start` (included) to `end` (excluded).

        Raises:
            ClientError: `PreconditionFailed` if the object is no longer the one with this tag.
        """
        with aws_errors("read a range of the report"):
            answer = self._client.get_object(Bucket=bucket, Key=key, Range=f"bytes={start}-{end - 1}", IfMatch=etag)
            return answer["Body"].read()
