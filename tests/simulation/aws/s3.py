"""S3 in memory: versioned objects, ranges, conditions, listings."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final

from tests.simulation.aws.calls import Call, Calls, Moment
from tests.simulation.aws.errors import Exceptions, client_error
from tests.simulation.scheduler import NotModeledError

MAX_KEYS: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """One version of an object; `stored_at` is in seconds since the run began."""

    key: str
    content: bytes
    metadata: Mapping[str, str]
    stored_at: float

    @property
    def etag(self) -> str:
        """Quoted, as S3 answers it."""
        return f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"'


@dataclass
class Bucket:
    """All versions of all objects, newest last."""

    versions: dict[str, list[StoredObject]] = field(default_factory=dict)

    def latest(self, key: str) -> StoredObject | None:
        """The object, or None."""
        versions = self.versions.get(key)
        return versions[-1] if versions else None


class S3:
    """The client. Parameters are AWS's; one that is not modeled is a TypeError."""

    exceptions = Exceptions

    def __init__(
        self, calls: Calls, buckets: tuple[str, ...], *, epoch: datetime, stored: Callable[[str, StoredObject], None]
    ) -> None:
        """Make the client.

        Args:
            calls: makes the calls.
            buckets: names of the buckets.
            epoch: when the run began.
            stored: called with the bucket's name and the object after each write.
        """
        self._calls = calls
        self.buckets = {name: Bucket() for name in buckets}
        self._epoch = epoch
        self._stored = stored
        self.requests: Counter[tuple[str, str]] = Counter()
        """How often a key was to be written, by the key and the metadata `attempt`: SDK's retries count once."""

    def put_object(
        self,
        *,
        Bucket: str,
        Key: str,
        Body: Any,
        ContentType: str | None = None,
        Metadata: Mapping[str, str] | None = None,
    ) -> Any:
        """See AWS."""
        del ContentType
        content = bytes(Body) if isinstance(Body, bytes | bytearray | memoryview) else Body.read()
        metadata = dict(Metadata or {})
        self.requests[Key, metadata.get("attempt", "")] += 1

        def deed(moment: Moment) -> Any:
            made = StoredObject(key=Key, content=content, metadata=metadata, stored_at=moment.now)
            self._bucket(Bucket, "PutObject").versions.setdefault(Key, []).append(made)
            self._stored(Bucket, made)
            return {"ETag": made.etag}

        return self._make("PutObject", f"{Key} {metadata or ''}", deed, writes=True)

    def head_object(self, *, Bucket: str, Key: str) -> Any:
        """See AWS."""

        def deed(_moment: Moment) -> Any:
            found = self._bucket(Bucket, "HeadObject").latest(Key)
            if found is None:
                raise client_error("404", "HeadObject", status=404, message="Not Found")
            return self._described(found)

        return self._make("HeadObject", Key, deed, writes=False)

    def get_object(self, *, Bucket: str, Key: str, Range: str | None = None, IfMatch: str | None = None) -> Any:
        """See AWS."""

        def deed(_moment: Moment) -> Any:
            found = self._bucket(Bucket, "GetObject").latest(Key)
            if found is None:
                raise client_error("NoSuchKey", "GetObject", status=404)
            if IfMatch is not None and IfMatch.strip('"') != found.etag.strip('"'):
                raise client_error("PreconditionFailed", "GetObject", status=412)
            return {**self._described(found), "Body": BytesIO(_part(found.content, Range))}

        return self._make("GetObject", f"{Key} {Range or ''}", deed, writes=False)

    def list_objects_v2(
        self,
        *,
        Bucket: str,
        Prefix: str = "",
        Delimiter: str | None = None,
        MaxKeys: int = MAX_KEYS,
        ContinuationToken: str | None = None,
        StartAfter: str | None = None,
    ) -> Any:
        """See AWS. The token is the last key or prefix of the page."""

        def deed(_moment: Moment) -> Any:
            bucket = self._bucket(Bucket, "ListObjectsV2")
            start = ContinuationToken or StartAfter or ""
            found = sorted({_entry(key, Prefix, Delimiter) for key in bucket.versions if key.startswith(Prefix)})
            left = [each for each in found if each > start]
            page = left[:MaxKeys]
            ends = [each for each in page if Delimiter and each.endswith(Delimiter) and each not in bucket.versions]
            answer: dict[str, Any] = {"IsTruncated": len(left) > MaxKeys, "KeyCount": len(page)}
            objects = [latest for key in page if key not in ends and (latest := bucket.latest(key))]
            if objects:
                answer["Contents"] = [
                    {
                        "Key": each.key,
                        "Size": len(each.content),
                        "ETag": each.etag,
                        "LastModified": self._time(each.stored_at),
                    }
                    for each in objects
                ]
            if ends:
                answer["CommonPrefixes"] = [{"Prefix": each} for each in ends]
            if answer["IsTruncated"]:
                answer["NextContinuationToken"] = page[-1]
            return answer

        return self._make("ListObjectsV2", Prefix, deed, writes=False)

    def generate_presigned_url(self, operation: str, *, Params: Mapping[str, str], ExpiresIn: int) -> str:
        """See AWS; nothing is called."""
        return f"https://{Params['Bucket']}/{Params['Key']}?{operation}&{ExpiresIn}"

    def get_paginator(self, operation: str) -> "_Pages":
        """See boto3; of listings only."""
        if operation != "list_objects_v2":
            raise NotModeledError(f"paginator of {operation}")
        return _Pages(self)

    def _make(self, operation: str, target: str, deed: Callable[[Moment], Any], *, writes: bool) -> Any:
        return self._calls.make(Call(service="s3", operation=operation, target=target, writes=writes), deed)

    def _bucket(self, name: str, operation: str) -> Bucket:
        if name not in self.buckets:
            raise client_error("NoSuchBucket", operation, status=404)
        return self.buckets[name]

    def _described(self, found: StoredObject) -> Any:
        return {
            "ETag": found.etag,
            "ContentLength": len(found.content),
            "LastModified": self._time(found.stored_at),
            "Metadata": dict(found.metadata),
        }

    def _time(self, seconds: float) -> datetime:
        return (self._epoch + timedelta(seconds=seconds)).replace(microsecond=0)


class _Pages:
    def __init__(self, client: S3) -> None:
        self._client = client

    def paginate(self, **parameters: Any) -> Any:
        """See boto3."""
        token: str | None = None
        while True:
            page = self._client.list_objects_v2(**parameters, ContinuationToken=token)
            yield page
            if not page["IsTruncated"]:
                return
            token = page["NextContinuationToken"]


def _part(content: bytes, header: str | None) -> bytes:
    if header is None:
        return content
    found = re.fullmatch(r"bytes=(\d+)-(\d+)", header)
    if found is None:
        raise NotModeledError(f"Range: {header}")
    start, end = int(found[1]), int(found[2])
    if start >= len(content):
        raise client_error("InvalidRange", "GetObject", status=416)
    return content[start : end + 1] if end >= start else content


def _entry(key: str, prefix: str, delimiter: str | None) -> str:
    """The key, or the common prefix under which a listing shows it."""
    if not delimiter:
        return key
    head, found, _ = key[len(prefix) :].partition(delimiter)
    return prefix + head + delimiter if found else key
