"""S3 in memory: versioned objects, ranges, conditions, listings, parts, links."""

import base64
import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.simulation.aws.calls import Call, Calls, Moment
from tests.simulation.aws.errors import Exceptions, client_error
from tests.simulation.scheduler import NotModeledError

MAX_KEYS: Final = 1_000
MIN_PART_BYTES: Final = 5 * 1024 * 1024
"""Of each part of an object but the last."""
_SIGNED: Final = {
    "ContentLength": "content-length",
    "ContentType": "content-type",
    "ChecksumSHA256": "x-amz-checksum-sha256",
    "IfNoneMatch": "if-none-match",
}
"""Parameters of a PutObject that a link signs, and their headers (signature version 4)."""


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
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    """Parts of the objects that are not complete, by upload id and number."""
    begun: int = 0

    def latest(self, key: str) -> StoredObject | None:
        """The object, or None."""
        versions = self.versions.get(key)
        return versions[-1] if versions else None


class S3:
    """The client. Parameters are AWS's; one that is not modeled is a TypeError."""

    exceptions = Exceptions

    def __init__(
        self,
        calls: Calls,
        buckets: tuple[str, ...],
        *,
        epoch: datetime,
        stored: Callable[[str, StoredObject], None],
        now: Callable[[], float] = lambda: 0.0,
        min_part_bytes: int = MIN_PART_BYTES,
    ) -> None:
        """Make the client.

        Args:
            calls: makes the calls.
            buckets: names of the buckets.
            epoch: when the run began.
            stored: called with the bucket's name and the object after each write.
            now: seconds since the run began.
            min_part_bytes: of each part of an object but the last.
        """
        self._calls = calls
        self.buckets = {name: Bucket() for name in buckets}
        self._epoch = epoch
        self._stored = stored
        self._now = now
        self._min_part_bytes = min_part_bytes
        self.requests: Counter[tuple[str, str]] = Counter()
        """How often a key was to be written, by the key and the metadata `attempt`: SDK's retries count once."""

    def called_by(self, calls: Calls) -> "S3":
        """A client of the same buckets, whose calls are made in another way."""
        other = S3(
            calls, (), epoch=self._epoch, stored=self._stored, now=self._now, min_part_bytes=self._min_part_bytes
        )
        other.buckets, other.requests = self.buckets, self.requests
        return other

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
            return self._store("PutObject", Bucket, Key, content, moment, metadata=metadata)

        return self._make("PutObject", f"{Key} {metadata or ''}", deed, writes=True)

    def create_multipart_upload(
        self, *, Bucket: str, Key: str, ContentType: str | None = None, ChecksumAlgorithm: str | None = None
    ) -> Any:
        """See AWS."""
        del ContentType, ChecksumAlgorithm

        def deed(_moment: Moment) -> Any:
            bucket = self._bucket(Bucket, "CreateMultipartUpload")
            bucket.begun += 1
            bucket.parts[f"{bucket.begun}/{Key}"] = {}
            return {"UploadId": f"{bucket.begun}/{Key}"}

        return self._make("CreateMultipartUpload", Key, deed, writes=True)

    def upload_part(
        self, *, Bucket: str, Key: str, UploadId: str, PartNumber: int, Body: bytes, ChecksumAlgorithm: str = ""
    ) -> Any:
        """See AWS."""
        del ChecksumAlgorithm

        def deed(_moment: Moment) -> Any:
            self._parts("UploadPart", Bucket, Key, UploadId)[PartNumber] = Body
            return _described_part(Body)

        return self._make("UploadPart", f"{Key} {PartNumber}", deed, writes=True)

    def complete_multipart_upload(
        self, *, Bucket: str, Key: str, UploadId: str, MultipartUpload: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> Any:
        """See AWS. A second time, `NoSuchUpload`: "or completed", as S3's errors say; MiniStack answers 200."""
        operation = "CompleteMultipartUpload"
        listed = MultipartUpload["Parts"]

        def deed(moment: Moment) -> Any:
            parts = self._parts(operation, Bucket, Key, UploadId)
            numbers = [each["PartNumber"] for each in listed]
            if numbers != sorted(set(numbers)):
                raise client_error("InvalidPartOrder", operation)
            for each in listed:
                part = parts.get(each["PartNumber"])
                if part is None or any(each[name] != value for name, value in _described_part(part).items()):
                    raise client_error("InvalidPart", operation)
            if any(len(parts[number]) < self._min_part_bytes for number in numbers[:-1]):
                raise client_error("EntityTooSmall", operation)
            del self._bucket(Bucket, operation).parts[UploadId]
            return self._store(operation, Bucket, Key, b"".join(parts[number] for number in numbers), moment)

        return self._make(operation, Key, deed, writes=True)

    def abort_multipart_upload(self, *, Bucket: str, Key: str, UploadId: str) -> Any:
        """See AWS."""

        def deed(_moment: Moment) -> Any:
            self._parts("AbortMultipartUpload", Bucket, Key, UploadId)
            del self._bucket(Bucket, "AbortMultipartUpload").parts[UploadId]
            return {}

        return self._make("AbortMultipartUpload", Key, deed, writes=True)

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

    def generate_presigned_url(self, operation: str, *, Params: Mapping[str, Any], ExpiresIn: int) -> str:
        """See AWS; nothing is called."""
        signed = {_SIGNED[name]: str(value) for name, value in Params.items() if name in _SIGNED}
        until = self._now() + ExpiresIn
        names = ";".join(sorted({"host", *signed}))
        fields = {"operation": operation, "until": until, "signed": json.dumps(signed), "X-Amz-SignedHeaders": names}
        query = urlencode(fields)
        return f"https://{Params['Bucket']}/{Params['Key']}?{query}"

    def put_by_link(self, url: str, headers: Mapping[str, str], content: bytes, *, begun: float) -> Any:
        """A PUT of someone who has a link.

        Args:
            url: the link.
            headers: of the request.
            content: its body.
            begun: when the request began, in seconds since the run began: the link must be good then.
        """
        link = urlsplit(url)
        query = {name: value for name, (value,) in parse_qs(link.query).items()}
        signed: Mapping[str, str] = json.loads(query["signed"])
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()

        def deed(moment: Moment) -> Any:
            if query["operation"] != "put_object" or begun > float(query["until"]):
                raise client_error("AccessDenied", "PutObject", status=403)
            if {name: headers.get(name) for name in signed} != signed:
                raise client_error("SignatureDoesNotMatch", "PutObject", status=403)
            if "if-none-match" in signed and self._bucket(link.netloc, "PutObject").latest(link.path[1:]):
                raise client_error("PreconditionFailed", "PutObject", status=412)
            if signed.get("content-length", str(len(content))) != str(len(content)):
                raise client_error("IncompleteBody", "PutObject")
            if signed.get("x-amz-checksum-sha256", digest) != digest:
                raise client_error("BadDigest", "PutObject")
            return self._store("PutObject", link.netloc, link.path[1:], content, moment)

        return self._make("PutObject", f"{link.path[1:]} by a link", deed, writes=True)

    def get_paginator(self, operation: str) -> "_Pages":
        """See boto3; of listings only."""
        if operation != "list_objects_v2":
            raise NotModeledError(f"paginator of {operation}")
        return _Pages(self)

    def _make(self, operation: str, target: str, deed: Callable[[Moment], Any], *, writes: bool) -> Any:
        return self._calls.make(Call(service="s3", operation=operation, target=target, writes=writes), deed)

    def _store(
        self,
        operation: str,
        bucket: str,
        key: str,
        content: bytes,
        moment: Moment,
        *,
        metadata: Mapping[str, str] | None = None,
    ) -> Any:
        made = StoredObject(key=key, content=content, metadata=metadata or {}, stored_at=moment.now)
        self._bucket(bucket, operation).versions.setdefault(key, []).append(made)
        self._stored(bucket, made)
        return {"ETag": made.etag}

    def _parts(self, operation: str, bucket: str, key: str, upload_id: str) -> dict[int, bytes]:
        """The parts of an object that is not complete."""
        parts = self._bucket(bucket, operation).parts.get(upload_id)
        if parts is None or upload_id.partition("/")[2] != key:
            raise client_error("NoSuchUpload", operation, status=404)
        return parts

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


def _described_part(part: bytes) -> dict[str, str]:
    return {
        "ETag": f'"{hashlib.md5(part, usedforsecurity=False).hexdigest()}"',
        "ChecksumCRC32": base64.b64encode(zlib.crc32(part).to_bytes(4)).decode(),
    }


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
